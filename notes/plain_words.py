"""A line of Markdown as a list says it: the words, without the marks around them."""

import re

_MARKS = (
    # At a line's start. A snippet joins lines by spaces: further on, a hyphen may be the writer's.
    (re.compile(r"^(?:>+|[-*+])\s+"), ""),
    (re.compile(r"(?:^|(?<=\s))(?:#{1,6}|[-*+] \[[ xX]\]|\[[ xX]\])\s+"), ""),
    (re.compile(r"(?:^|(?<=\s))(?:`{3}|~{3})\w*(?=\s|$)"), ""),
    (re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)"), r"\1"),
    # Of words; a lone one, or one within a word, is the writer's own.
    (re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<![\w_])(_{1,3})(?=\S)([^_]+?)(?<=\S)\1(?![\w_])"), r"\2"),
    (re.compile(r"~~(?=\S)([^~]+?)(?<=\S)~~"), r"\1"),
    (re.compile(r"`([^`]+)`"), r"\1"),
)
# Of the line below a table's head: where there is one, every bar is a cell's edge.
_DASHES = re.compile(r"\|\s?:?-{3,}:?\s?(?=\||$)")


def plain_words(text: str) -> str:
    """The text without Markdown's marks; only shown, so a rare one more or less does no harm."""
    for pattern, kept in _MARKS:
        text = pattern.sub(kept, text)
    if _DASHES.search(text):
        text = _DASHES.sub(" ", text).replace("|", " ")
    return " ".join(text.split())
