"""A note's Markdown becomes HTML that can do nothing but show the note."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_BLOCKS = {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"}
_INLINE = {"strong", "em", "s", "a", "code"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_CHECK_BOX = {"label", "input", "span"}
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "ol": {"start"},
    "li": {"class"},
    "th": {"class"},
    "td": {"class"},
    "code": {"class"},
    "input": {"checked"},
}
# Whatever it was rendered as, a field in a note is a box that nobody can change there.
_FIELDS = {"input": {"type": "checkbox", "disabled": ""}}
_CLASSES = {
    "a": {"bare-address"},
    "li": {"task"},
    "th": {"align-center", "align-right"},
    "td": {"align-center", "align-right"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


# A page may keep its process busy for about a second, no longer, whatever was typed. For each of
# the marks the renderer reads on through much of the text, so they count by themselves.
_RENDERED_CHARACTERS = 50_000
_RENDERED_MARKS = {"[": 2_500, "://": 1_000}
# Some of the expressions that find bare addresses take quadratic time.
_ADDRESS_CHARACTERS = 1_000


def takes_too_long(text: str) -> bool:
    """Whether the text is shown as it was typed."""
    return len(text) > _RENDERED_CHARACTERS or any(
        text.count(mark) > most for mark, most in _RENDERED_MARKS.items()
    )


def to_html(text: str) -> SafeString:
    """The text rendered, and cleaned whatever the renderer made of it; or as it was typed.

    Images are shown as links: loading one would tell its server who reads the note. The page
    has its own h1, so the note's headings begin with h2.
    """
    if takes_too_long(text):
        return format_html('<pre class="plain-text">{}</pre>', "\n" + text)
    rendered = _MARKDOWN.render(text)
    cleaned = nh3.clean(
        rendered,
        tags=_BLOCKS | _INLINE | _TABLE | _CHECK_BOX,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_own_classes_only,
        set_tag_attribute_values=_FIELDS,
    )
    return mark_safe(cleaned)


def _own_classes_only(tag: str, attribute: str, value: str) -> str | None:
    if attribute != "class" or value in _CLASSES.get(tag, ()):
        return value
    return value if tag == "code" and value.startswith("language-") else None


class _AddressFinder:
    """LinkifyIt, looking for addresses in each word by itself: none has a space in it."""

    def __init__(self) -> None:
        # Nobody writes an address as `//host`.
        self._linkify = LinkifyIt().add("//", None)

    def pretest(self, text: str) -> bool:
        return any(self._linkify.pretest(word[0]) for word in _words(text))

    def test(self, text: str) -> bool:
        return any(self._linkify.test(word[0]) for word in _words(text))

    def match(self, text: str) -> list[Match]:
        found = []
        for word in _words(text):
            for link in self._linkify.match(word[0]) or ():
                link.index += word.start()
                link.last_index += word.start()
                found.append(link)
        return found

    def match_at_start(self, text: str) -> Match | None:
        word = re.match(r"\S*", text[: _ADDRESS_CHARACTERS + 1])
        if word is None or len(word[0]) > _ADDRESS_CHARACTERS:
            return None
        return self._linkify.match_at_start(word[0])


def _words(text: str) -> Iterator[re.Match[str]]:
    words = re.finditer(r"\S+", text)
    return (word for word in words if len(word[0]) <= _ADDRESS_CHARACTERS)


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        label = self.renderInlineAsText(token.children, options, env) or "image"
        link = Token("link_open", "a", 1, attrs={"href": token.attrGet("src") or ""})
        text = Token("text", "", 0, content=label)
        return self.render([link, text, Token("link_close", "a", -1)], options, env)

    def check_box(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f'<input type="checkbox" disabled{" checked" if tokens[idx].meta["done"] else ""}>'


def _place_headings(state: StateCore) -> None:
    """The note's highest headings come right below the page's h1, whatever they are."""
    headings = [token for token in state.tokens if token.type.startswith("heading_")]
    highest = min((int(token.tag[1:]) for token in headings), default=0)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1:]) - highest + 2, 6)}"


def _draw_check_boxes(state: StateCore) -> None:
    """``- [ ]`` and ``- [x]``, which many write for things to do, get a box."""
    tokens = state.tokens
    for item, inline in zip(tokens, tokens[2:], strict=False):
        if item.type != "list_item_open" or not inline.children:
            continue
        first = inline.children[0]
        mark = first.content[:4].lower()
        if first.type != "text" or mark not in _BOXES:
            continue
        item.attrSet("class", "task")
        first.content = first.content[4:]
        inline.children = [
            Token("label_open", "label", 1),
            Token("check_box", "input", 0, meta={"done": _BOXES[mark]}),
            Token("words_open", "span", 1),
            *inline.children,
            Token("words_close", "span", -1),
            Token("label_close", "label", -1),
        ]


def _mark_bare_addresses(state: StateCore) -> None:
    """On paper, where links show their address, these do already."""
    for inline in state.tokens:
        for token in inline.children or ():
            if token.type == "link_open" and token.info == "auto":
                token.attrSet("class", "bare-address")


def _align_cells(state: StateCore) -> None:
    """A column's alignment by a class: the page takes no style in the note's HTML."""
    for token, content in pairwise(state.tokens):
        side = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        # A short row gets its missing cells, which may be many.
        if side in {"center", "right"} and content.content:
            token.attrSet("class", f"align-{side}")


_BOXES = {"[ ] ": False, "[x] ": True}
_MARKDOWN = MarkdownIt(
    "commonmark",
    {"html": False, "linkify": True, "breaks": True, "maxNesting": 100},
    renderer_cls=_Renderer,
).enable(["linkify", "table", "strikethrough"])
_MARKDOWN.linkify = _AddressFinder()
_MARKDOWN.core.ruler.push("place_headings", _place_headings)
_MARKDOWN.core.ruler.push("check_boxes", _draw_check_boxes)
_MARKDOWN.core.ruler.push("bare_addresses", _mark_bare_addresses)
_MARKDOWN.core.ruler.push("aligned_cells", _align_cells)
