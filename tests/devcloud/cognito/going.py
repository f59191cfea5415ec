"""Has a person go while a request of theirs is under way, at each step of the database in turn."""

from contextlib import contextmanager
from functools import partial
from itertools import count

from devcloud.cognito.people import EVERYBODY
from tests.devcloud.cognito.site import EMAIL


def deleted(site, sub, connection):
    site.pool.people.delete(connection, sub)


def disabled(site, sub, connection):
    if site.pool.people.find(sub):
        site.pool.people.change(connection, sub, enabled=False)


class Steps:
    """The steps of the database that a request takes; at one of them something happens first."""

    def __init__(self, database, number, happening):
        self._query, self._transaction = database.query, database.transaction
        self._left, self._happening = number, happening
        self._inside = False
        self.has_happened = False

    def _step(self):
        # Within a transaction nobody else can write.
        if self._inside:
            return
        if self._left == 0 and not self.has_happened:
            self.has_happened = True
            with self._transaction() as connection:
                self._happening(connection)
        self._left -= 1

    def query(self, *arguments):
        self._step()
        return self._query(*arguments)

    @contextmanager
    def transaction(self):
        self._step()
        with self._transaction() as connection:
            self._inside = True
            try:
                yield connection
            finally:
                self._inside = False


def goes_during(monkeypatch, site, happening, prepare):
    """The statuses of a request, made once for each step of the database that it takes.

    What ``prepare`` returns sends it; before one step, each time the next, it happens.
    """
    answers = []
    for number in count():
        with site.pool.database.transaction() as connection:
            for person in site.pool.people.page(EVERYBODY, 10):
                site.pool.people.delete(connection, person.sub)
        send = prepare(site)
        sub = site.pool.people.get(EMAIL).sub
        steps = Steps(site.pool.database, number, partial(happening, site, sub))
        with monkeypatch.context() as patches:
            patches.setattr(site.pool.database, "query", steps.query)
            patches.setattr(site.pool.database, "transaction", steps.transaction)
            status = send()
        assert status < 500, number
        answers.append(status)
        if not steps.has_happened:
            return answers
