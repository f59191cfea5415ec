"""What schemathesis cannot know of the notes API, loaded by the campaign's process.

Operations meet at the same notes, which are in use, in the trash or gone, each often enough. Those
that take next to nothing get what any client may send besides. Every answer is held against those
before it, and what was sent and done is counted.
"""

import atexit
import hashlib
import json
import os
from collections import defaultdict
from itertools import count
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, Response
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import EnsureResourceAvailability, UseAfterFree
from schemathesis.specs.openapi.checks import ensure_resource_availability, use_after_free

from service.validation import VERSION_TAG, is_noteid
from tests.service.observed_notes import ObservedNotes, Sent

API = os.environ["CAMPAIGN_API"]
TOKEN = os.environ["CAMPAIGN_TOKEN"]

# Their parameters leave little to vary: for the first two there would be one request each.
FEW_PARAMETERS = {"greet", "deleteNotes", "getNote", "deleteNote", "restoreNote"}
# Ids made up at random would hardly ever be those of notes that are there.
_COMMON = st.sampled_from(["one", "two", "three"])
_WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def _is_no_parameter(word: str) -> bool:
    return word not in ("confirm", "permanent")


_BESIDES = st.fixed_dictionaries(
    {
        "query": st.dictionaries(_WORDS.filter(_is_no_parameter), _WORDS, max_size=5),
        "headers": st.dictionaries(
            st.from_regex(r"X-[A-Za-z0-9-]{1,20}", fullmatch=True),
            st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=50),
            max_size=5,
        ),
        "body": st.none() | st.binary(max_size=200) | _WORDS.map(json.dumps).map(str.encode),
    }
)

_requests: dict[str, set[str]] = defaultdict(set)
_notes = ObservedNotes()
# What did not fit, until the next check tells schemathesis of it.
_misfits: list[str] = []
_STAGES = {
    "createNote": ("gone", "gone", "in use", "gone", "gone", "gone", "in the trash", "gone"),
    "getNote": ("in use", "in the trash", "gone", "as it is"),
    "updateNote": ("in use", "in use", "in the trash", "in use", "gone", "in use"),
    "deleteNote": ("in use", "in use", "in use", "in the trash", "in use", "gone"),
    "deleteNote for good": ("in the trash", "in use", "in the trash", "gone", "in the trash"),
    "restoreNote": ("in the trash", "in use", "gone", "as it is"),
}
_turns = {turn: count() for turn in (*_STAGES, "permanent", "cursor")}


@schemathesis.hook
def flatmap_case(context: schemathesis.HookContext, case: Case) -> st.SearchStrategy[Case]:
    """The case about a note that others are about too, or with what nobody asked for."""
    changed = st.just(case)
    if case.operation.definition.raw["operationId"] in FEW_PARAMETERS:
        changed = st.builds(_with, changed, _BESIDES)
    # An id that is wrong is what the case is about.
    if is_noteid(_place_of_noteid(case).get("noteid")):
        changed |= st.builds(_about, changed, _COMMON)
    return changed


def _place_of_noteid(case: Case) -> dict[str, Any]:
    if case.operation.definition.raw["operationId"] == "createNote":
        return case.body if isinstance(case.body, dict) else {}
    return case.path_parameters or {}


def _about(case: Case, noteid: str) -> Case:
    _place_of_noteid(case)["noteid"] = noteid
    return case


def _with(case: Case, besides: dict[str, Any]) -> Case:
    """Queries, headers and a body that must not change the answer."""
    case.query = {**besides["query"], **(case.query or {})}
    case.headers.update(besides["headers"])
    if besides["body"] is not None:
        case.body = besides["body"]
        case.media_type = "application/octet-stream"
    return case


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """The note is in turn in use, in the trash and gone, and often of the version asked for."""
    operation = case.operation.definition.raw["operationId"]
    if operation == "listNotes" and "cursor" in (case.query or {}) and next(_turns["cursor"]) % 4:
        # One that nobody gave is refused, whatever else is asked.
        case.query = {name: value for name, value in case.query.items() if name != "cursor"}
    noteid = str(_place_of_noteid(case).get("noteid"))
    is_its_own = case.method.upper() == case.operation.method.upper()
    if operation not in _STAGES or not is_noteid(noteid) or not is_its_own:
        return
    if operation == "deleteNote":
        # Left to chance it would be rare.
        if "permanent" not in (case.query or {}) and next(_turns["permanent"]) % 2:
            case.query = {**(case.query or {}), "permanent": "true"}
        if (case.query or {}).get("permanent") == "true":
            operation = "deleteNote for good"
    turn = next(_turns[operation])
    # A chain of requests has its own course.
    if case.meta and case.meta.phase.name is not TestPhase.STATEFUL:
        _set_the_stage(noteid, _STAGES[operation][turn % len(_STAGES[operation])])
    note = _notes.note(noteid)
    given = str((case.headers or {}).get("If-Match", ""))
    is_positive = bool(case.meta and case.meta.generation.mode.is_positive)
    takes_version = operation in ("updateNote", "deleteNote", "deleteNote for good")
    if VERSION_TAG.fullmatch(given) or (is_positive and not given and takes_version):
        if note and turn // 4 % 4:
            case.headers["If-Match"] = f'"{note.version}"'
    elif given and is_positive:
        # Schemathesis makes no value of this pattern in its phase of examples at the limits.
        case.headers["If-Match"] = '"1"'


def _set_the_stage(noteid: str, place: str) -> None:
    """What is done here does not count: it is not what the campaign asked for."""
    note = _notes.note(noteid)
    counted = _notes.done.copy()
    if place == "gone":
        if note and not note.is_in_trash:
            _ask("DELETE", f"/notes/{noteid}")
        if note:
            _ask("DELETE", f"/notes/{noteid}?permanent=true")
    elif place != "as it is":
        if note is None:
            _ask("POST", "/notes", json={"noteid": noteid, "note": "set"})
        if place == "in the trash" and not (note and note.is_in_trash):
            _ask("DELETE", f"/notes/{noteid}")
        elif place == "in use" and note and note.is_in_trash:
            _ask("POST", f"/notes/{noteid}/restore")
    _notes.done = counted


def _ask(method: str, path: str, **body: Any) -> None:
    answer = requests.request(
        method, API + path, headers={"Authorization": TOKEN}, timeout=30, **body
    )
    _observe(answer.request, answer.status_code, answer.json())


def _begin_without_notes() -> None:
    while requests.delete(
        f"{API}/notes?confirm=all", headers={"Authorization": TOKEN}, timeout=30
    ).json()["remaining"]:
        pass


def _observe(sent: requests.PreparedRequest, status: int, answer: Any) -> None:
    """At once and not in a check: before that one, others may ask again."""
    try:
        what = Sent.of(str(sent.method), str(sent.url), API, sent.headers, sent.body)
        _notes.observe(what, status, answer)
    except AssertionError as misfit:
        _misfits.append(f"{sent.method} {sent.url}: {misfit}")


@schemathesis.hook
def after_call(context: schemathesis.HookContext, case: Case, response: Response) -> None:
    """Only requests that differ count, with the operation's own method and a token that is good.

    So a campaign that outlasts its token does not pass for one that tried everything.
    """
    if response.status_code == 401:
        return
    sent = response.request
    if response.content and "json" in response.headers.get("content-type", [""])[0]:
        _observe(sent, response.status_code, response.json())
    if case.method.upper() != case.operation.method.upper():
        return
    headers = sorted((k, str(v)) for k, v in sent.headers.items() if "Schemathesis" not in k)
    what = repr((sent.url, headers, sent.body)).encode(errors="replace")
    name = case.operation.definition.raw["operationId"]
    _requests[name].add(hashlib.sha256(what).hexdigest())


@schemathesis.check
def the_answer_fits_those_before_it(
    ctx: schemathesis.CheckContext, response: Response, case: Case
) -> None:
    if _misfits:
        raise AssertionError(_misfits.pop(0))


@schemathesis.check
def use_after_free_but_in_the_trash(
    ctx: schemathesis.CheckContext, response: Response, case: Case
) -> None:
    """What is deleted may be read, but only as what it is: a note in the trash."""
    try:
        use_after_free(ctx, response, case)
    except UseAfterFree:
        if response.json().get("deleted_at") is None:
            raise


@schemathesis.check
def ensure_resource_availability_but_for_good(
    ctx: schemathesis.CheckContext, response: Response, case: Case
) -> None:
    """What was created is there, but where `_set_the_stage` deleted it for good."""
    try:
        ensure_resource_availability(ctx, response, case)
    except EnsureResourceAvailability:
        if _notes.note(str(_place_of_noteid(case).get("noteid"))):
            raise


@atexit.register
def _tell() -> None:
    if target := os.environ.get("COUNTED"):
        told = {
            "requests": {name: sorted(different) for name, different in _requests.items()},
            "done": dict(_notes.done),
            "misfits": _misfits,
        }
        Path(target).write_text(json.dumps(told), encoding="utf-8")


_begin_without_notes()
