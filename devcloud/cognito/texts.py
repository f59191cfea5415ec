"""The languages of the hosted UI's pages: English, and what else `lang` may name."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

ADDRESS = Markup('<strong class="address">{}</strong>')
LANGUAGES = Path(__file__).parent / "languages"


def translator(lang: str) -> tuple[str, Callable[[str], str]]:
    """The language's tag and a function from an English sentence to that language.

    A language or a sentence that is not there stays English.
    """
    known = {path.stem for path in LANGUAGES.glob("*.json")}
    if lang not in known:
        return "en", str
    return lang, lambda sentence: _catalogue(lang).get(sentence, sentence)


@cache
def _catalogue(lang: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((LANGUAGES / f"{lang}.json").read_text("utf-8"))
    return texts


def with_address(sentence: str, address: str) -> Markup:
    """The sentence with the e-mail address, made to stand out, in its place."""
    return escape(sentence).format(ADDRESS.format(address))
