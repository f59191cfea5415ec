"""Which pages of other origins may call the API from a browser, and read its answers.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Iterable
from dataclasses import replace

from service.proxy import Answer, Request

ANY_ORIGIN = "*"


def preflight(methods: Iterable[str]) -> Answer:
    """What may be sent; without an allowed origin beside it, it allows nothing."""
    return Answer(
        204,
        None,
        {
            "Access-Control-Allow-Methods": ",".join(methods),
            "Access-Control-Allow-Headers": "Authorization,Content-Type,If-Match",
            "Access-Control-Max-Age": "600",
        },
    )


def readable_elsewhere(answer: Answer, request: Request, allowed: frozenset[str]) -> Answer:
    """The answer as a page may read it that has one of the allowed origins.

    A browser takes one origin, not a list: the one that asks.
    """
    if not allowed:
        return answer
    headers = dict(answer.headers)
    origin = request.headers.get("origin", "")
    if ANY_ORIGIN in allowed:
        origin = ANY_ORIGIN
    else:
        headers["Vary"] = "Origin"
    if origin in allowed:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "ETag,Retry-After,x-amzn-RequestId"
    return replace(answer, headers=headers)
