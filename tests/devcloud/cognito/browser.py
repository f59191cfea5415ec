"""A browser that knows forms and cookies but no scripts, for the pages of the hosted UI."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests


class Page(HTMLParser):
    """The forms, links and visible text of an answer."""

    def __init__(self, response):
        super().__init__()
        self.status = response.status_code
        self.url = response.url
        self.headers = response.headers
        self.html = response.text
        self.location = response.headers.get("Location", "")
        self.forms = []
        self.links = {}
        self.alert = ""
        self._words = []
        self._link = None
        self._alert_depth = 0
        self.feed(response.text)
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.forms.append({"action": values.get("action", ""), "fields": {}})
        if tag == "input" and self.forms and values.get("name"):
            self.forms[-1]["fields"][values["name"]] = values.get("value") or ""
        if tag == "a":
            self._link = values.get("href")
        if tag == "div" and values.get("role") == "alert":
            self._alert_depth = 1

    def handle_endtag(self, tag):
        if tag == "a":
            self._link = None
        if tag == "div":
            self._alert_depth = 0

    def handle_data(self, data):
        self._words.append(data)
        if self._link:
            self.links[data.strip()] = self._link
        if self._alert_depth:
            self.alert = f"{self.alert} {data}".strip()

    @property
    def answer(self):
        """The parameters of the address that the browser is sent to."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


class Browser:
    """One person's browser; it stops where a redirect leaves the user pool's domain."""

    def __init__(self, base):
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False

    def open(self, url, **parameters):
        response = self.session.get(
            urljoin(self.base, url), params=parameters, allow_redirects=False, timeout=10
        )
        return self._follow(response)

    def submit(self, page, number=0, **fields):
        form = page.forms[number]
        response = self.session.post(
            urljoin(self.base, form["action"]),
            data={**form["fields"], **fields},
            allow_redirects=False,
            timeout=10,
        )
        return self._follow(response)

    def _follow(self, response):
        while response.is_redirect:
            target = urljoin(response.url, response.headers["Location"])
            if not target.startswith(self.base):
                break
            response = self.session.get(target, allow_redirects=False, timeout=10)
        return Page(response)
