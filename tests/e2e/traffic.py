"""Everything a browser received and sent, and the search for tokens in it."""

import contextlib
import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Error, Response

JWT = re.compile(r"eyJ[\w-]{5,}\.eyJ[\w-]{5,}")


@dataclass
class Traffic:
    """What passed between the browser and the servers, as one text for each answer."""

    texts: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Record every answer that a page of the context receives from now on."""
        context.on("response", self._record)

    def _record(self, response: Response) -> None:
        parts = [response.url, response.request.url]
        for headers in (response.request.headers_array(), response.headers_array()):
            parts += [f"{header['name']}: {header['value']}" for header in headers]
        # A redirect has no body, an image no text.
        with contextlib.suppress(Error, UnicodeDecodeError):
            parts.append(response.text())
        self.texts.append("\n".join(parts))

    def holding(self, *secrets: str) -> list[str]:
        """The URLs of answers in which a JWT or one of the secrets can be read."""
        return [
            text.partition("\n")[0]
            for text in self.texts
            if JWT.search(text) or any(secret in text for secret in secrets)
        ]
