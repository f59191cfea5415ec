"""The list of the people of the user pool: what it shows, and where its links lead."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import cached_property

from administration import here, words
from administration.forms import SearchForm
from administration.here import Known
from administration.sentences import sentence
from cognito import pool
from cognito.pool_errors import PoolError, RequestInvalid
from cognito.pool_values import Group, PeoplePage, Person
from identity.database import release_connection

HEADINGS = ("E-mail address", "Name", "Status", "In the pool", "Created", "Here")
STATES = {
    "": "Everybody",
    "disabled": "Disabled",
    "invited": words.status("FORCE_CHANGE_PASSWORD").capitalize(),
    "unconfirmed": words.status("UNCONFIRMED").capitalize(),
    "reset": words.status("RESET_REQUIRED").capitalize(),
}


@dataclass(frozen=True)
class Row:
    """A person in the list; without ``known``, they have never signed in here."""

    person: Person
    status: str
    known: Known | None
    # Somebody who signs in through another provider has another user name, and no page here.
    has_page: bool


@dataclass(frozen=True)
class Choice:
    """A link beside the list."""

    label: str
    query: str
    is_selected: bool


class PeopleList:
    """One page of the list; ``problem`` says in one sentence why it is not whole."""

    headings = HEADINGS

    def __init__(self, query: QueryDict) -> None:
        self.form = SearchForm(query)
        self.rows: list[Row] = []
        self.problem = ""
        self._next_token = ""
        self._groups: tuple[Group, ...] = ()
        if not self.form.is_valid():
            self.problem = str(next(iter(self.form.errors.values()))[0])
            return
        release_connection()
        try:
            self._groups = pool.list_groups()
            page = self._asked_for()
        except RequestInvalid as error:
            self.problem = f"{sentence(error)} Or begin at the first page: pages lose their place."
            return
        except PoolError as error:
            self.problem = sentence(error)
            return
        self._next_token = page.next_token
        known = here.known(person.sub for person in page.people)
        self.rows = [
            Row(
                person=person,
                status=words.status(person.status),
                known=known.get(person.sub),
                has_page=person.username == person.sub,
            )
            for person in page.people
        ]

    def _asked_for(self) -> PeoplePage:
        wanted = self.form.cleaned_data
        if wanted["group"]:
            return pool.list_members(wanted["group"], wanted["page"])
        return pool.list_people(self.form.condition, wanted["page"])

    @cached_property
    def wanted(self) -> dict[str, str]:
        """What is looked for, without the page."""
        given = self.form.data
        return {name: given[name] for name in ("q", "state", "group") if given.get(name)}

    @property
    def first_page(self) -> str:
        """The query of the first page, if this is another one."""
        return f"?{urlencode(self.wanted)}" if self.form.data.get("page") else ""

    @property
    def next_page(self) -> str:
        """The query of the page after this one, if there is one."""
        if not self._next_token:
            return ""
        return f"?{urlencode({**self.wanted, 'page': self._next_token})}"

    @property
    def states(self) -> list[Choice]:
        """The states that people can be in."""
        wanted = self.wanted or {"state": ""}
        return [
            Choice(
                label,
                f"?{urlencode({'state': state} if state else {})}",
                wanted.get("state") == state,
            )
            for state, label in STATES.items()
        ]

    @property
    def groups(self) -> list[Choice]:
        """The pool's groups."""
        selected = self.wanted.get("group", "")
        return [
            Choice(group.name, f"?{urlencode({'group': group.name})}", group.name == selected)
            for group in self._groups
        ]
