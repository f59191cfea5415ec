"""Two versions of a note, side by side and as one with the changes of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from notes.base_version import BaseVersion, lines, mark
from notes.gateway import NoteContent


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of one version, and whether the other one has them."""

    text: str
    is_different: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    stored: tuple[Passage, ...]
    typed: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """One version made of two, and whether both had changed the same lines or the title."""

    content: NoteContent
    overlaps: bool


def compare(stored: str, typed: str) -> Comparison:
    """Both texts in passages that, one after the other, are the texts."""
    ours, theirs = lines(stored), lines(typed)
    left: list[Passage] = []
    right: list[Passage] = []
    for is_different, i, j in _blocks(ours, theirs):
        left += _passage(ours, i, is_different)
        right += _passage(theirs, j, is_different)
    return Comparison(tuple(left), tuple(right))


def merge(base: BaseVersion | None, stored: NoteContent, typed: NoteContent) -> Merge:
    """What only one of them changed since the base version is as that one has it. Where both
    changed the same lines, or the base is unknown, the stored lines come before the typed ones;
    a title and a pin that both changed are as typed."""
    note, overlaps = _merged_text(base.lines if base else (), lines(stored.note), lines(typed.note))
    title = stored.title if base and mark(typed.title) == base.title else typed.title
    is_title_lost = stored.title != title and not (base and mark(stored.title) == base.title)
    content = NoteContent(
        title=title,
        note=note,
        tags=_merged_tags(base.tags if base else (), stored.tags, typed.tags),
        pinned=stored.pinned if base and typed.pinned == base.pinned else typed.pinned,
    )
    return Merge(content, overlaps or is_title_lost)


def _merged_tags(
    base: Sequence[str], stored: tuple[str, ...], typed: tuple[str, ...]
) -> tuple[str, ...]:
    """The tags of both, without those that were there and that one of them removed."""
    both = dict.fromkeys((*stored, *typed))
    return tuple(tag for tag in both if (tag in stored and tag in typed) or mark(tag) not in base)


def _merged_text(base: Sequence[str], stored: list[str], typed: list[str]) -> tuple[str, bool]:
    """The three-way merge, line by line; the base has the lines' marks."""
    ours, theirs = [mark(line) for line in stored], [mark(line) for line in typed]
    merged: list[str] = []
    overlaps = False
    for b, i, j in _stretches(base, ours, theirs):
        was = list(base[b])
        if was == ours[i]:
            merged += typed[j]
        elif was == theirs[j]:
            merged += stored[i]
        else:
            overlaps = overlaps or ours[i] != theirs[j]
            merged += _both(stored[i], typed[j])
    return "\n".join(merged), overlaps


def _stretches(
    base: Sequence[str], ours: list[str], theirs: list[str]
) -> Iterator[tuple[slice, slice, slice]]:
    """The three texts cut before and after each line that all of them have."""
    in_ours, in_theirs = _found(base, ours), _found(base, theirs)
    common = [(at, in_ours[at], in_theirs[at]) for at in sorted(in_ours.keys() & in_theirs.keys())]
    b = i = j = 0
    for line in (*common, (len(base), len(ours), len(theirs))):
        yield from _lined_up(slice(b, line[0]), slice(i, line[1]), slice(j, line[2]))
        yield _line(line[0]), _line(line[1]), _line(line[2])
        b, i, j = (at + 1 for at in line)


def _lined_up(b: slice, i: slice, j: slice) -> Iterator[tuple[slice, slice, slice]]:
    """Line by line where all have as many lines: two boxes ticked, one below the other."""
    size = b.stop - b.start
    if size == i.stop - i.start == j.stop - j.start:
        for k in range(size):
            yield _line(b.start + k), _line(i.start + k), _line(j.start + k)
    else:
        yield b, i, j


def _line(at: int) -> slice:
    return slice(at, at + 1)


def _found(base: Sequence[str], marks: list[str]) -> dict[int, int]:
    """Which line of the base is which line there."""
    blocks = SequenceMatcher(None, base, marks).get_matching_blocks()
    return {block.a + k: block.b + k for block in blocks for k in range(block.size)}


def _both(stored: list[str], typed: list[str]) -> list[str]:
    merged: list[str] = []
    for is_different, i, j in _blocks(stored, typed):
        merged += stored[i] + typed[j] if is_different else stored[i]
    return merged


def _blocks(ours: list[str], theirs: list[str]) -> Iterator[tuple[bool, slice, slice]]:
    matcher = SequenceMatcher(None, ours, theirs)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag != "equal", slice(i1, i2), slice(j1, j2)


def _passage(all_lines: list[str], part: slice, is_different: bool) -> list[Passage]:
    """Those lines with their ends; nothing if that is no text."""
    text = "".join(f"{line}\n" for line in all_lines[part])
    if part.stop == len(all_lines):
        # The last line has no end.
        text = text.removesuffix("\n")
    return [Passage(text, is_different)] if text else []
