"""What a request may say; checked here too, because the gateway's models cannot say all of it."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from service.errors import InvalidRequest
from service.note import NoteContent

NOTEID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
VERSION_TAG = re.compile(r'"([1-9][0-9]{0,8})"')
TITLE_LENGTH = 200
TEXT_BYTES = 300_000
TAG_LENGTH = 50
TAG_COUNT = 20

# NUL, at which many a program takes a text to end, and half of a surrogate pair, which is no UTF-8.
_REFUSED = re.compile("[\x00\ud800-\udfff]")


def is_noteid(value: object) -> bool:
    return isinstance(value, str) and NOTEID.fullmatch(value) is not None


def json_object(body: str | None) -> dict[str, Any]:
    """The body as a JSON object; raises InvalidRequest for anything else."""
    try:
        value = json.loads(body or "")
    except (ValueError, RecursionError):
        raise InvalidRequest(message="The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise InvalidRequest(message="The body is not a JSON object.")
    return value


def note_to_create(body: Mapping[str, Any]) -> tuple[str, NoteContent]:
    """The id and the content of a NoteCreateModel."""
    problems = _unknown_fields(body, {"noteid", "title", "note", "tags", "pinned"})
    if not is_noteid(body.get("noteid")):
        problems["noteid"] = "must be 1 to 64 letters, digits, - and _, with neither sign in front"
    content = _content({"title": "", "tags": [], "pinned": False, **body}, problems)
    return body["noteid"], content


def note_to_update(body: Mapping[str, Any]) -> NoteContent:
    """The content of a NoteUpdateModel, which leaves nothing out."""
    problems = _unknown_fields(body, {"title", "note", "tags", "pinned"})
    return _content(body, problems)


def version_in(if_match: str) -> int:
    """The version that an If-Match header names."""
    match = VERSION_TAG.fullmatch(if_match.strip())
    if match is None:
        raise InvalidRequest({"If-Match": 'must be one version in double quotes, like "3"'})
    return int(match[1])


def normal_tag(tag: str) -> str:
    """In lower case, composed, without white space around it and with single spaces in it.

    Without the composition an accent typed on one system would make another tag on the next.
    """
    return unicodedata.normalize("NFC", " ".join(tag.split()).lower())


def _content(body: Mapping[str, Any], problems: dict[str, str]) -> NoteContent:
    title = _string(body, "title", problems)
    if len(title) > TITLE_LENGTH:
        problems["title"] = f"must be at most {TITLE_LENGTH} characters"
    text = _string(body, "note", problems)
    if len(text.encode(errors="replace")) > TEXT_BYTES:
        problems["note"] = f"must be at most {TEXT_BYTES} bytes of UTF-8"
    tags = _tags(body, problems)
    pinned = body.get("pinned")
    if "pinned" not in body:
        problems["pinned"] = "is required"
    elif not isinstance(pinned, bool):
        problems["pinned"] = "must be true or false"
    if problems:
        raise InvalidRequest(problems)
    return NoteContent(title=title, note=text, tags=tags, pinned=pinned is True)


def _string(body: Mapping[str, Any], name: str, problems: dict[str, str]) -> str:
    value = body.get(name)
    if name not in body:
        problems[name] = "is required"
    elif not isinstance(value, str):
        problems[name] = "must be a string"
    elif _REFUSED.search(value):
        problems[name] = "must not hold NUL or half of a surrogate pair"
    else:
        return value
    return ""


def _tags(body: Mapping[str, Any], problems: dict[str, str]) -> tuple[str, ...]:
    """As ``normal_tag`` has them and each one once, in the order given."""
    value = body.get("tags")
    if "tags" not in body:
        problems["tags"] = "is required"
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        problems["tags"] = "must be a list of strings"
        return ()
    tags = tuple(dict.fromkeys(normal_tag(tag) for tag in value))
    if len(value) > TAG_COUNT:
        problems["tags"] = f"must be at most {TAG_COUNT}"
    elif not all(tags) or any(len(tag) > TAG_LENGTH for tag in (*value, *tags)):
        problems["tags"] = f"must have 1 to {TAG_LENGTH} characters each"
    elif any(_REFUSED.search(tag) for tag in tags):
        problems["tags"] = "must not hold NUL or half of a surrogate pair"
    return tags


def _unknown_fields(body: Mapping[str, Any], known: set[str]) -> dict[str, str]:
    # These names come from outside and go back in the answer: few, short, and valid UTF-8.
    unknown = [name[:64].encode(errors="replace").decode() for name in body if name not in known]
    return dict.fromkeys(unknown[:10], "is not a field of a note")
