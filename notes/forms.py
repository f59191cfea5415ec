"""What may be typed into a note: the contract's limits, each with a sentence that helps."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from notes.base_version import BaseVersion
from notes.gateway import Note, NoteContent, NoteInvalid
from notes.gateway.note import (
    NOTE_ID_PATTERN,
    TAG_CHARACTERS,
    TAGS,
    TEXT_BYTES,
    TITLE_CHARACTERS,
    normal_tag,
)


class NoteTextField(forms.CharField):
    """The text as it was typed, to the byte.

    Browsers send every line break of a textarea as CR LF (HTML standard, "constructing the
    entry list"); here it becomes LF again, once, and nothing else changes.
    """

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        size = len(value.encode())
        if size > TEXT_BYTES:
            raise ValidationError(
                f"The text is {size - TEXT_BYTES:,} bytes too long: "
                f"a note can hold {TEXT_BYTES:,}, about 50,000 words."
            )


class TagsField(forms.CharField):
    """Tags as words, or between commas when a tag has spaces; a tuple in Python."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        parts = text.split(",") if "," in text else text.split()
        # A dictionary keeps the order and drops repetitions.
        return tuple(dict.fromkeys(tag for part in parts if (tag := normal_tag(part))))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        joined = ", ".join(value)
        # Without a comma, one tag of two words would be read as two tags.
        return f"{joined}," if len(value) == 1 and " " in joined else joined

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > TAGS:
            raise ValidationError(f"A note can have {TAGS} tags; these are {len(value)}.")
        for tag in value:
            if len(tag) > TAG_CHARACTERS:
                raise ValidationError(
                    f"A tag can have {TAG_CHARACTERS} characters; “{tag[:20]}…” has {len(tag)}."
                )

    def run_validators(self, value: Any) -> None:
        super().run_validators(" ".join(value))


class EditorField(forms.BoundField):
    """A field that has the focus when the editor opens, if it is the one to begin with."""

    form: "NoteForm"

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        begins = self.name == self.form.begins_with
        return {
            **super().build_widget_attrs(attrs, widget),
            **({"autofocus": True} if begins else {}),
        }


class NoteForm(forms.Form):
    """The fields of the editor. Leading and trailing space in a note is the writer's own."""

    title = forms.CharField(
        required=False,
        strip=False,
        max_length=TITLE_CHARACTERS,
        error_messages={
            "max_length": "The title is too long: it can have %(limit_value)d characters."
        },
        widget=forms.TextInput(
            attrs={"placeholder": "Title", "autocomplete": "off", "dir": "auto"}
        ),
    )
    note = NoteTextField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "placeholder": "Start writing…",
                "rows": 16,
                "dir": "auto",
                "data-autosize": "",
                "data-most-bytes": TEXT_BYTES,
            }
        ),
    )
    tags = TagsField(
        required=False,
        help_text="Separate tags with spaces, or with commas if a tag has spaces in it.",
        widget=forms.TextInput(
            attrs={
                "placeholder": "Add tags",
                "autocomplete": "off",
                "autocapitalize": "none",
                "dir": "auto",
            }
        ),
    )
    pinned = forms.BooleanField(label="Keep on top", required=False)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    bound_field_class = EditorField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if any(field.errors for field in self.hidden_fields()):
            raise ValidationError(
                "This page does not know which note it is. Copy your text, open the note again "
                "and put it in there.",
                code="damaged",
            )
        if self.errors or cleaned["title"].strip() or cleaned["note"].strip():
            return cleaned
        raise ValidationError("Write a title or some text first.", code="empty")

    @property
    def begins_with(self) -> str:
        """The first field with a mistake; the title, if the mistake is that there is nothing."""
        wrong = [field.name for field in self.visible_fields() if field.errors]
        return wrong[0] if wrong else "title" if self.errors else ""

    @property
    def base_version(self) -> BaseVersion | None:
        """What the valid form's note was when the person began; None for a new one."""
        return BaseVersion.parse(self.cleaned_data["base"])

    @property
    def content(self) -> NoteContent:
        """What the valid form says."""
        data = self.cleaned_data
        return NoteContent(data["title"], data["note"], data["tags"], data["pinned"])

    def refuse(self, error: NoteInvalid) -> None:
        """Show what the API found wrong, at the fields that it names."""
        shown = [name for name in error.fields if name in self.fields]
        for name in shown:
            self.add_error(name, f"The notes service says: {error.fields[name]}")
        if not shown:
            otherwise = "The notes service does not accept this note as it is."
            self.add_error(None, error.reason or otherwise)


class NewNoteForm(NoteForm):
    """A note to create. The id is made with the empty form, so sending it twice makes one note."""

    noteid = forms.RegexField(f"^{NOTE_ID_PATTERN}$", strip=False, widget=forms.HiddenInput)

    @property
    def begins_with(self) -> str:
        return super().begins_with if self.is_bound else "title"

    @classmethod
    def empty(cls, content: NoteContent | None = None) -> "NewNoteForm":
        """A form with an id of its own, filled in with the content if there is some."""
        return cls(initial={"noteid": uuid4().hex, **_initial(content)})


class EditNoteForm(NoteForm):
    """A note to change, with the version that the person began with."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @classmethod
    def showing(cls, note: Note, content: NoteContent | None = None) -> "EditNoteForm":
        """The stored note, or other content that is to replace this version of it."""
        base = str(BaseVersion.of(note.content))
        initial = _initial(content or note.content)
        return cls(initial={"version": note.version, "base": base, **initial})


def _initial(content: NoteContent | None) -> dict[str, Any]:
    if content is None:
        return {}
    return {
        "title": content.title,
        "note": content.note,
        "tags": content.tags,
        "pinned": content.pinned,
    }
