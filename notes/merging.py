"""Two versions of a text, side by side and as one from which nothing is missing."""

from dataclasses import dataclass
from difflib import SequenceMatcher

# Comparing takes quadratic time at worst; longer texts are shown as wholly different.
LINES_COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of one version, and whether the other one has them."""

    text: str
    is_different: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    stored: tuple[Passage, ...]
    typed: tuple[Passage, ...]
    merged: str


def compare(stored: str, typed: str) -> Comparison:
    """Both versions in passages; merged, each place where they differ has first the stored
    lines and then the typed ones."""
    ours, theirs = _lines(stored), _lines(typed)
    left: list[Passage] = []
    right: list[Passage] = []
    merged: list[str] = []
    for is_different, a, b in _blocks(ours, theirs):
        if a:
            left.append(Passage("".join(a), is_different))
        if b:
            right.append(Passage("".join(b), is_different))
        merged += _both(a, b) if is_different else a
    return Comparison(tuple(left), tuple(right), "".join(merged))


def _lines(text: str) -> list[str]:
    """Its lines with their ends. ``splitlines`` also splits at characters that are text here."""
    *whole, rest = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]


def _both(a: list[str], b: list[str]) -> list[str]:
    if a and b and not a[-1].endswith("\n"):
        return [*a[:-1], a[-1] + "\n", *b]
    return [*a, *b]


def _blocks(ours: list[str], theirs: list[str]) -> list[tuple[bool, list[str], list[str]]]:
    if ours == theirs:
        return [(False, ours, theirs)]
    if max(len(ours), len(theirs)) > LINES_COMPARED:
        return [(True, ours, theirs)]
    matcher = SequenceMatcher(None, ours, theirs)
    return [
        (tag != "equal", ours[i1:i2], theirs[j1:j2])
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    ]
