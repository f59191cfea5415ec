"""Values that must never be seen, and the places where every test of the suite looks for them.

A credential may stand in no log, on no error page and in no row of a session or a draft; an
e-mail address or the text of a note in no log and in no such row. ``Watch`` looks at all of them
while a test runs; programs in processes of their own have their logs searched when they end.
"""

import io
import logging
import re
import zlib
from base64 import b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.test import Client

from tests import builders

ACCESS_TOKEN = "access-token-of-the-test"
REFRESH_TOKEN = "refresh-token-of-the-test"
PASSWORDS = {"Demo-passw0rd!", "Admin-passw0rd!"}
# Whatever looks like one is one, whichever test made it.
JWT = re.compile(r"eyJ[\w-]{5,}\.eyJ[\w-]{5,}")
ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}")
SESSION_KEY = re.compile(r"[a-z0-9]{32}")
WATCHED_TABLES = re.compile(r'^(?:INSERT INTO|UPDATE) "(?:identity_browsersession|notes_draft)"')


def credentials() -> set[str]:
    """What this site could be impersonated with, and the tokens of the tests' own people."""
    keys = {settings.OIDC_RP_CLIENT_SECRET, settings.SECRET_KEY}
    return {ACCESS_TOKEN, REFRESH_TOKEN, *PASSWORDS, *keys, *settings.SESSION_ENCRYPTION_KEYS}


def personal() -> set[str]:
    """Who the tests' person is, and what they wrote."""
    return {builders.claims()["email"], builders.note_json()["note"]}


def found(haystack: str, secrets: Iterable[str], *patterns: re.Pattern[str]) -> set[str]:
    """The secrets in that text, plain, percent-encoded or in Base64, and what looks like one."""
    searched = f"{haystack}\n{unquote(haystack)}\n{_decoded(haystack)}"
    forms = {
        form: secret
        for secret in secrets
        for form in (secret, quote(secret), urlsafe_b64encode(secret.encode()).decode()[:-4])
    }
    hits = {secret for form, secret in forms.items() if form in searched}
    return hits | {match[0] for pattern in patterns for match in pattern.finditer(searched)}


def _decoded(text: str) -> str:
    """What is in the long words of the text, if they are Base64 or a compressed cookie."""
    parts = []
    for word in text.replace('"', " ").replace(":", " ").split():
        if len(word) < 24:
            continue
        try:
            raw = b64decode(word.strip(".").encode() + b"===", altchars=b"-_")
        except (Error, ValueError):
            continue
        parts.append(_text_in(raw))
        try:
            parts.append(zlib.decompress(raw).decode(errors="replace"))
        except zlib.error:
            continue
    return "\n".join(parts)


def _text_in(raw: bytes) -> str:
    """What can be read of it. A ciphertext's bytes make an address by chance, but no long text."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "\n".join(run.decode() for run in re.findall(rb"[ -~]{12,}", raw))


def in_log(text: str, *secrets: str) -> set[str]:
    """What a program's log says and must not."""
    return found(text, [*credentials(), *personal(), *secrets], JWT, ADDRESS)


class Watch:
    """What a test makes the site log, show as an error and store, searched when it is over."""

    def __init__(self) -> None:
        self._log = io.StringIO()
        self._pages: list[str] = []
        self._stored: list[str] = []
        self._session_keys: set[str] = set()

    def forget(self) -> None:
        """Start anew, with nothing seen so far."""
        self._log.truncate(0)
        self._pages.clear()
        self._stored.clear()

    def leaks(self) -> dict[str, set[str]]:
        """The secrets that were found, by the place where they were."""
        keys = self._session_keys
        places = {
            "log": in_log(self._log.getvalue(), *keys),
            "error page": found("\n".join(self._pages), credentials() | keys, JWT),
            "row": found("\n".join(self._stored), credentials() | personal(), JWT, ADDRESS),
        }
        return {place: secrets for place, secrets in places.items() if secrets}

    @contextmanager
    def everything(self) -> Iterator[None]:
        """Look on until the end of the block."""
        handler = _production_handler(self._log)
        request = Client.request
        watch = self

        def watched(self: Client, **environ: Any) -> HttpResponse:
            answer = request(self, **environ)
            if answer.status_code >= 400 and not answer.streaming:
                watch._pages.append(answer.content.decode(errors="replace"))
            return answer

        logging.getLogger().addHandler(handler)
        Client.request = watched
        connection_created.connect(self._look_at)
        for connection in connections.all(initialized_only=True):
            self._look_at(connection=connection)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
            Client.request = request
            connection_created.disconnect(self._look_at)
            for connection in connections.all(initialized_only=True):
                if self._write in connection.execute_wrappers:
                    connection.execute_wrappers.remove(self._write)

    def _look_at(self, *, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if self._write not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._write)

    def _write(
        self,
        execute: Callable[..., Any],
        sql: str,
        values: Sequence[Any] | None,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if WATCHED_TABLES.match(sql):
            texts = {value for value in values or () if isinstance(value, str)}
            # The key names the row. Anywhere else it would be the credential that it is.
            keys = {text for text in texts if SESSION_KEY.fullmatch(text)}
            self._session_keys |= keys
            self._stored += texts - keys
        return execute(sql, values, many, context)


def _production_handler(stream: io.StringIO) -> logging.Handler:
    """A handler that writes what production's would."""
    (production,) = (one for one in logging.getLogger().handlers if one.name == "stderr")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(production.formatter)
    for each in production.filters:
        handler.addFilter(each)
    return handler
