"""/notes/<noteid>/: a note, rendered and harmless."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from notes import markdown
from tests.builders import note_json
from tests.notes.conftest import NotesApi


class ReadNoteTests:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("x" * 50_000, False),
            ("x" * 50_001, True),
            ("![" * 2_500, False),
            ("![" * 2_501, True),
            ("a://" * 1_000, False),
            ("a://" * 1_001, True),
        ],
        ids=["long", "too long", "brackets", "too many brackets", "schemes", "too many schemes"],
    )
    def test_it_says_why_a_note_is_not_rendered(
        self, text: str, says: bool, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json(note=text))

        page = browser.get("/notes/note1/").content.decode()

        assert ("shown as it was typed" in page) is says

    def test_it_shows_the_note(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", note_json(note="Plant **20** bulbs.", pinned=True))

        page = browser.get("/notes/note1/").content.decode()

        assert '<h1 dir="auto">Garden</h1>' in page
        assert "<p>Plant <strong>20</strong> bulbs.</p>" in page
        assert 'href="/notes/?tag=home"' in page
        assert "Pinned" in page

    def test_a_note_in_the_trash_can_be_restored_and_not_edited(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json(deleted_at="2026-11-10T00:00:00Z"))

        page = browser.get("/notes/note1/").content.decode()

        assert 'action="/notes/note1/restore/"' in page
        assert "/notes/note1/edit/" not in page

    def test_an_unknown_note_is_not_found(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/other", {"code": "NoteNotFound"}, 404)

        response = browser.get("/notes/other/")

        assert response.status_code == 404
        assert b"There is nothing here" in response.content

    @pytest.mark.parametrize(
        "path", ["..", "..%2fx", "%2e%2e/", "a%20b", "a%00", "-a", "x" * 65, "a.css", "a;b", "é"]
    )
    def test_an_address_that_is_no_id_makes_no_call(
        self, path: str, api: NotesApi, browser: Client
    ) -> None:
        assert browser.get(f"/notes/{path}/").status_code == 404
        assert api.requests == []

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.get("/notes/note1/").status_code == 302
        assert api.requests == []

    def test_it_takes_no_post(self, browser: Client) -> None:
        assert browser.post("/notes/note1/").status_code == 405


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://canary.example/x.png)",
    '![x](https://canary.example/x.png "onerror=alert(1)")',
    "![x][1]\n\n[1]: https://canary.example/x.png",
    '[x](https://a.example "\'><script>alert(1)</script>")',
    "[x](https://a.example' onclick='alert(1))",
    '```" onmouseover="alert(1)\nx\n```',
    "```x class=y style=z\n<script>\n```",
    "`<script>alert(1)</script>`",
    "<style>*{background:url(https://canary.example)}</style>",
    "<iframe src=https://canary.example></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<base href=https://canary.example>",
    "<form action=https://canary.example><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<meta http-equiv=refresh content='0;url=https://canary.example'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "http://a.example/<script>alert(1)</script>",
    "www.a.example/'onclick='alert(1)",
    "|<script>alert(1)</script>|\n|-|\n|<img src=x>|",
    "# <img src=x onerror=alert(1)>",
    "[<img src=x onerror=alert(1)>](https://a.example)",
    "<x-custom onclick=alert(1)>",
    "\u202e<script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
]
ALLOWED = markdown._BLOCKS | markdown._INLINE | markdown._TABLE | markdown._CHECK_BOX
WIDE_TABLE = f"{'|a' * 100}|\n{'|:-:' * 100}|\n" + "|1|\n" * 300
CLASSES = {"plain-text", "bare-address", "task", "align-center", "align-right"}


class Inspector(HTMLParser):
    """Fails at any element, attribute or address that a note must not have."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in {"href", "title", "rel", "start", "class", "type", "disabled", "checked"}
            if name == "href":
                assert urlsplit(value or "").scheme in {"", "http", "https", "mailto", "tel"}
            if name == "class":
                assert (value or "").startswith("language-") or value in CLASSES
        if tag == "input":
            assert dict(attrs)["type"] == "checkbox"
            assert "disabled" in dict(attrs)
        if tag == "a":
            assert "noopener noreferrer" in (dict(attrs).get("rel") or "")


def inspect(html: str) -> None:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()


class MarkdownTests:
    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_nothing_that_could_run_or_load_is_left(self, payload: str) -> None:
        inspect(markdown.to_html(payload))

    @given(
        st.text(alphabet=st.sampled_from("ab<>/\"'`![]()#*_-|&;:=\n\t \\x0javscript"), max_size=60)
    )
    def test_no_text_at_all_leaves_anything(self, text: str) -> None:
        inspect(markdown.to_html(text))

    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("# Title", "<h2>Title</h2>"),
            ("## Title\n#### Below", "<h2>Title</h2>\n<h4>Below</h4>"),
            ("# Title\n###### Deep", "<h6>Deep</h6>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("~~old~~", "<s>old</s>"),
            ("3. three", '<ol start="3">'),
            ("|a|\n|-|\n|1|", "<td>1</td>"),
            ("|a|\n|-:|\n|1|", '<td class="align-right">1</td>'),
            ("|a|\n|:-:|\n|1|", '<th class="align-center">a</th>'),
            ("see https://a.example.", 'class="bare-address"'),
            ("<https://a.example>", 'class="bare-address"'),
            ("see example.org, www.example.org", ">example.org</a>, <a"),
            ("to a@example.org.", 'href="mailto:a@example.org"'),
            ("**a**\nhttps://a.example/_b_*c", ">https://a.example/_b_*c</a>"),
            ("https://a.example/" + "b" * 1_000, "<p>https://a.example/b"),
            ("//a.example", "<p>//a.example</p>"),
            ("[a](https://a.example)", '<a href="https://a.example" rel='),
            ("![a *cat*](https://a.example/c.png)", ">a cat</a>"),
            ("![](https://a.example/c.png)", ">image</a>"),
            ("```python\nx < 1\n```", '<code class="language-python">x &lt; 1\n</code>'),
            ("- [ ] to *do*", "<span>to <em>do</em></span></label></li>"),
            ("- [ ] a\n\n- b", '<li class="task">\n<p><label>'),
            ("[ ] no list", "<p>[ ] no list</p>"),
            ("> " * 30 + "deep", "deep"),
        ],
    )
    def test_markdown_is_rendered(self, text: str, html: str) -> None:
        assert html in markdown.to_html(text)

    def test_a_thing_to_do_has_a_box_that_nobody_can_change(self) -> None:
        html = markdown.to_html("- [ ] open\n1. [X] done\n- [x]none")

        boxes = [set(re.findall(r"(\w+)=", box)) for box in re.findall("<input ([^>]*)>", html)]
        assert boxes == [{"type", "disabled"}, {"type", "disabled", "checked"}]
        assert re.findall(r"<label><input [^>]*><span>(\w+)</span></label>", html) == [
            "open",
            "done",
        ]
        assert html.count('<li class="task">') == 2

    def test_a_box_and_a_class_are_the_renderers_alone(self) -> None:
        html = markdown.to_html('<input checked autofocus>\n\n<li class="task">[ ] [x](y)')

        assert re.findall(r"<(\w+)", html) == ["p", "p", "a"]

    def test_missing_cells_of_a_wide_table_take_little_room(self) -> None:
        page = markdown.to_html(WIDE_TABLE)
        assert page.count("align-center") == 100 + 300
        assert page.count("<td></td>") == 300 * 99

    def test_a_very_long_text_is_shown_as_it_is(self) -> None:
        text = "\n# <b>\n" + "word " * 20_000

        html = markdown.to_html(text)

        assert html.startswith('<pre class="plain-text">\n\n# &lt;b&gt;\n')
        assert re.fullmatch(r"<pre[^>]*>[^<]*</pre>", html)
