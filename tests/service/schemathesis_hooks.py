"""What schemathesis cannot know of the notes API, loaded by the campaign's process.

Operations meet at the same notes, those that take next to nothing get what any client may send
besides, deleted notes are looked for where they ought to be, and requests are counted.
"""

import atexit
import hashlib
import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, Response

from service.validation import is_noteid

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
_whereabouts: dict[str, str] = {}


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
def after_call(context: schemathesis.HookContext, case: Case, response: Response) -> None:
    """Only requests that differ count, with the operation's own method and a token that is good.

    So a campaign that outlasts its token does not pass for one that tried everything.
    """
    if case.method.upper() != case.operation.method.upper() or response.status_code == 401:
        return
    sent = response.request
    headers = sorted((k, str(v)) for k, v in sent.headers.items() if "Schemathesis" not in k)
    what = repr((sent.url, headers, sent.body)).encode(errors="replace")
    name = case.operation.definition.raw["operationId"]
    _requests[name].add(hashlib.sha256(what).hexdigest())


@schemathesis.check
def a_deleted_note_is_in_the_trash_or_gone(
    ctx: schemathesis.CheckContext, response: Response, case: Case
) -> None:
    """In place of use_after_free, which takes a note that is read in the trash for a mistake."""
    route = (case.method.upper(), case.operation.path)
    if not 200 <= response.status_code < 300:
        return
    noteid = str((case.path_parameters or {}).get("noteid"))
    if route == ("GET", "/notes/{noteid}"):
        where = _whereabouts.get(noteid)
        assert where != "gone", "A note was read that had been deleted for good."
        is_in_trash = response.json()["deleted_at"] is not None
        assert where is None or is_in_trash == (where == "trash"), f"The note is not in {where}."
    elif route == ("DELETE", "/notes/{noteid}"):
        is_for_good = (case.query or {}).get("permanent") == "true"
        _whereabouts[noteid] = "gone" if is_for_good else "trash"
    elif route == ("DELETE", "/notes"):
        _whereabouts.update(dict.fromkeys(_whereabouts, "gone"))
    elif route[0] in ("POST", "PUT"):
        _whereabouts[response.json()["noteid"]] = "in use"


@atexit.register
def _tell() -> None:
    if target := os.environ.get("REQUESTS_COUNTED"):
        counted = {name: len(different) for name, different in sorted(_requests.items())}
        Path(target).write_text(json.dumps(counted), encoding="utf-8")
