"""Whatever a client sends, the answer is one that the contract lists, and never our mistake."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.api import NotesApi

# Lone surrogates too: JSON can carry them in an escape.
ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda children: st.lists(children) | st.dictionaries(ANY_TEXT, children),
    max_leaves=5,
)
ALMOST_A_NOTE = st.fixed_dictionaries(
    {},
    optional={
        "noteid": st.sampled_from(["a", "b"]) | ANY_JSON,
        "title": ANY_TEXT | ANY_JSON,
        "note": ANY_TEXT | ANY_JSON,
        "tags": st.lists(ANY_TEXT, max_size=25) | ANY_JSON,
        "pinned": st.booleans() | ANY_JSON,
        "version": ANY_JSON,
    },
)
BODIES = st.none() | ANY_TEXT | (ALMOST_A_NOTE | ANY_JSON).map(json.dumps)
NOTE_IDS = st.sampled_from(["a", "b"]) | ANY_TEXT
IF_MATCH = st.sampled_from(['"1"', '"2"']) | ANY_TEXT
QUERIES = st.dictionaries(
    st.sampled_from(["limit", "cursor", "q", "tag", "view", "permanent", "confirm"]),
    st.sampled_from(["1", "trash", "active", "true", "false"]) | ANY_TEXT,
)
OPERATIONS = st.sampled_from(
    [
        ("GET", "/"),
        ("GET", "/notes"),
        ("POST", "/notes"),
        ("DELETE", "/notes"),
        ("GET", "/notes/{noteid}"),
        ("PUT", "/notes/{noteid}"),
        ("DELETE", "/notes/{noteid}"),
        ("POST", "/notes/{noteid}/restore"),
    ]
)


class AnyRequestTests:
    @settings(
        max_examples=400,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        operation=OPERATIONS,
        noteid=NOTE_IDS,
        body=BODIES,
        if_match=IF_MATCH,
        query=QUERIES,
        is_base64=st.booleans(),
    )
    def test_the_answer_is_in_the_contract(
        self,
        api: NotesApi,
        operation: tuple[str, str],
        noteid: str,
        body: str | None,
        if_match: str,
        query: dict[str, str],
        is_base64: bool,
    ) -> None:
        details: dict[str, Any] = {"body": body, "query": query, "headers": {"If-Match": if_match}}
        if "{noteid}" in operation[1]:
            details["noteid"] = noteid
        answer = api.call(*operation, **details, is_base64=is_base64)
        assert answer.status < 500

    @settings(
        max_examples=100,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(text=st.text(), title=st.text(max_size=200), tags=st.lists(st.text(max_size=50)))
    def test_what_is_accepted_comes_back_unchanged(
        self, api: NotesApi, text: str, title: str, tags: list[str]
    ) -> None:
        api.delete("a")
        api.delete("a", permanent="true")
        if api.create("a", note=text, title=title, tags=tags).status == 201:
            note = api.get("a").json
            assert (note["note"], note["title"]) == (text, title)
            assert len(set(note["tags"])) == len(note["tags"])
        else:
            assert "\x00" in text + title or len(tags) > 20 or any(_is_odd(tag) for tag in tags)


def _is_odd(tag: str) -> bool:
    return not tag.strip() or "\x00" in tag or len(tag.lower()) > 50
