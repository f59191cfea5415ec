"""The page of one person of the user pool: how they are there, how they are here, what can be done.

Whatever the pool does not tell, the page shows what is known here, and a person can be locked out.
"""

from dataclasses import dataclass

from administration import here, words
from administration.acts import (
    BUTTONS,
    DISABLE,
    ENABLE,
    RESEND,
    RESET_PASSWORD,
    SIGN_OUT,
    Act,
    gives_rights,
)
from administration.sentences import sentence
from cognito import pool
from cognito.pool_errors import PersonNotFound, PoolError
from cognito.pool_values import Group, Person
from identity.database import release_connection
from identity.models import BrowserSession, User


@dataclass(frozen=True)
class Membership:
    """A group that the person is in; nobody gives up being an admin by a slip of the finger."""

    group: Group
    is_kept_by_oneself: bool


@dataclass(frozen=True)
class PersonPage:
    """``person`` is None when the pool did not tell, and ``is_gone`` when it has no such person.

    ``problem`` says in one sentence what did not answer.
    """

    sub: str
    person: Person | None
    is_gone: bool
    problem: str
    memberships: tuple[Membership, ...]
    other_groups: tuple[Group, ...]
    user: User | None
    sessions: tuple[BrowserSession, ...]

    @property
    def title(self) -> str:
        """The person's name for admins."""
        email = self.person.email if self.person else self.user.email if self.user else ""
        return email or self.sub

    @property
    def facts(self) -> list[tuple[str, object]]:
        """What the pool tells, line by line."""
        facts: list[tuple[str, object]] = [("User id (sub)", self.sub)]
        if self.person:
            verified = "verified" if self.person.is_email_verified else "not verified"
            facts += [
                ("E-mail address", f"{self.person.email} ({verified})"),
                ("Name", self.person.name or "not known"),
                ("Status", words.status(self.person.status)),
                ("In the pool", "enabled" if self.person.is_enabled else "disabled"),
                ("Created", f"{self.person.created_at:%-d %b %Y, %H:%M} UTC"),
                ("Last changed", f"{self.person.changed_at:%-d %b %Y, %H:%M} UTC"),
                *self.person.other_attributes,
            ]
        return facts

    @property
    def difference(self) -> str:
        """What is not the same there as here, after an act that was not finished."""
        if not self.person or not self.user or self.person.is_enabled == self.user.is_active:
            return ""
        if self.person.is_enabled:
            return (
                "Locked out here, but enabled in the user pool: disable them to finish it, "
                "or enable them to let them in again."
            )
        return (
            "Disabled in the user pool, but not locked out here: disable them to end their "
            "sessions here too."
        )

    @property
    def acts(self) -> list[Act]:
        """What can be done to the person as they are."""
        return [act for act in BUTTONS.values() if self._makes_sense(act)]

    def _makes_sense(self, act: Act) -> bool:
        is_in = bool(self.person and self.person.is_enabled)
        is_in_here = bool(self.user and self.user.is_active)
        if self.is_gone:
            return False
        if act is DISABLE:
            return self.person is None or is_in or is_in_here
        if act is ENABLE:
            return bool(self.person and not is_in) or bool(self.user and not is_in_here)
        if act is RESET_PASSWORD:
            return bool(self.person and self.person.status in ("CONFIRMED", "RESET_REQUIRED"))
        if act is RESEND:
            return bool(self.person and self.person.status == "FORCE_CHANGE_PASSWORD")
        return act is SIGN_OUT


def person_page(sub: str) -> PersonPage:
    """What can be found out of the person, there and here."""
    person: Person | None = None
    groups: tuple[Group, ...] = ()
    all_groups: tuple[Group, ...] = ()
    problem, is_gone = "", False
    release_connection()
    try:
        person = pool.get_person(sub)
        groups = pool.groups_of(sub)
        all_groups = pool.list_groups()
    except PersonNotFound as error:
        problem, is_gone = sentence(error), True
    except PoolError as error:
        problem = sentence(error)
    return PersonPage(
        sub=sub,
        person=person,
        is_gone=is_gone,
        problem=problem,
        memberships=tuple(Membership(group, gives_rights(group.name)) for group in groups),
        other_groups=tuple(group for group in all_groups if group not in groups),
        user=here.user(sub),
        sessions=tuple(here.sessions(sub)),
    )
