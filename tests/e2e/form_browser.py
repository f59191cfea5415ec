"""A browser without JavaScript: follows redirects, keeps cookies, fills in forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


@dataclass
class Form:
    """A form of a page: where it goes, how, and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _PageParser(HTMLParser):
    """Collects forms, links and stylesheets."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"a", "link"} and "href" in values:
            self.links.append(values["href"])
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get")))
        elif self.forms and tag == "input" and "name" in values:
            # Only a button that was pressed is sent; these forms have one each.
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif self.forms and tag == "textarea":
            self._textarea = values.get("name", "")
            self.forms[-1].fields[self._textarea] = ""

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.forms[-1].fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None


def parse(page: requests.Response) -> _PageParser:
    """The forms and links of a page."""
    parser = _PageParser()
    parser.feed(page.text)
    return parser


class FormBrowser(requests.Session):
    """A session that trusts one certificate and can submit forms."""

    def __init__(self, certificate: str) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = certificate
        self.headers.update(
            {
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0",
                "Accept": "text/html",
                "Sec-Fetch-Mode": "navigate",
            }
        )
        # What is just starting refuses connections at first.
        patient = HTTPAdapter(
            max_retries=Retry(
                None, connect=60, read=0, redirect=False, backoff_factor=0.1, backoff_max=1
            )
        )
        self.mount("http://", patient)
        self.mount("https://", patient)

    def request(self, *args, **kwargs):
        kwargs.setdefault("timeout", 30)
        return super().request(*args, **kwargs)

    def submit(self, page: requests.Response, **filled: str) -> requests.Response:
        """Fill in the form that has these fields and send it as a browser would."""
        (form,) = (one for one in parse(page).forms if set(filled) <= set(one.fields))
        target = urljoin(page.url, form.action)
        origin = "/".join(target.split("/")[:3])
        return self.request(
            form.method.upper(),
            target,
            data={**form.fields, **filled},
            headers={"Referer": page.url, "Origin": origin},
        )
