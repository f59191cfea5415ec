"""What admins may type about people of the user pool."""

import unicodedata
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from cognito import pool

# AWS: a user name has 128 characters at most. In a filter, which has 256, each may need two.
MOST_CHARACTERS = 120


class SearchForm(forms.Form):
    """Whom the list shows: by the beginning of an address or a ``sub``, by state, or by group."""

    q = forms.CharField(max_length=MOST_CHARACTERS, required=False)
    state = forms.ChoiceField(choices=[(name, name) for name in pool.STATES], required=False)
    group = forms.CharField(max_length=128, required=False)
    page = forms.CharField(max_length=10_000, required=False)

    def clean_q(self) -> str:
        typed: str = self.cleaned_data["q"]
        if "\\" in typed:
            # Whether a filter can have one is not documented.
            raise ValidationError("No address is looked for by a backslash; leave it out.")
        return typed

    def clean_group(self) -> str:
        return _group_name(self.cleaned_data["group"])

    def clean_page(self) -> str:
        token: str = self.cleaned_data["page"]
        if any(character.isspace() for character in token):
            raise ValidationError("This is no page of the list; begin at the first one.")
        return token

    @property
    def condition(self) -> str:
        """ListUsers' filter."""
        typed, state = self.cleaned_data["q"], self.cleaned_data["state"]
        if state:
            return pool.STATES[state]
        if not typed:
            return pool.EVERYBODY
        return pool.with_sub(typed.lower()) if _is_sub(typed) else pool.with_email(typed)


class InviteForm(forms.Form):
    """Whom to invite."""

    # The address is the user name with which the invitation is asked for.
    email = forms.EmailField(label="E-mail address", max_length=128)


class GroupForm(forms.Form):
    """Which group to join or to leave."""

    group = forms.CharField(max_length=128)

    def clean_group(self) -> str:
        return _group_name(self.cleaned_data["group"])


def _is_sub(typed: str) -> bool:
    try:
        return str(UUID(typed)) == typed.lower()
    except ValueError:
        return False


def _group_name(name: str) -> str:
    """The name, if it can be one (AWS: letters, marks, symbols, numbers and punctuation)."""
    if any(unicodedata.category(character)[0] not in "LMSNP" for character in name):
        raise ValidationError("There is no group of such a name.")
    return name
