"""The pages' languages."""

import json
import re
from pathlib import Path

from devcloud import cognito
from devcloud.cognito.pages import NOTICES
from tests.devcloud.cognito.site import EMAIL, authorization

HOME = Path(cognito.__file__).parent
GERMAN = json.loads((HOME / "languages" / "de.json").read_text("utf-8"))


def test_every_sentence_of_the_pages_is_there():
    templates = "".join(path.read_text("utf-8") for path in HOME.glob("templates/*/*.html"))
    sentences = set(re.findall(r'_\("([^"]+)"\)', templates)) | set(NOTICES.values())
    assert sentences - set(GERMAN) == set()


def test_no_sentence_is_left_over():
    sources = "".join(
        path.read_text("utf-8") for path in [*HOME.glob("*.py"), *HOME.glob("templates/*/*.html")]
    )
    left_over = [
        sentence
        for sentence in GERMAN
        if sentence.removeprefix("Password did not conform with policy: ") not in sources
    ]
    assert left_over == []


def test_lang_chooses_the_language_and_goes_with_the_browser(site, browser):
    page = browser.open("/oauth2/authorize", **authorization(lang="de"))
    assert '<html lang="de">' in page.html
    assert "Passwort vergessen?" in page.links
    page = browser.submit(page, username=EMAIL, password="wrong")
    assert page.alert == "E-Mail-Adresse oder Passwort ist falsch."
    page = browser.open(page.links["Konto anlegen"])
    page = browser.submit(page, username="<b>@example.com", password="Correct-horse-7")
    assert "der an &lt;b&gt;@example.com geschickt wurde" in re.sub(
        "</?strong[^>]*>", "", page.html
    )


def test_an_unknown_language_is_english(site, browser):
    for lang in ("xx", "../de", ""):
        page = browser.open("/login", **authorization(lang=lang))
        assert '<html lang="en">' in page.html
        assert "Forgot your password?" in page.links
