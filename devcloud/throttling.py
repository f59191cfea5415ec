"""Limits how many requests a stage lets through, by token buckets."""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from devcloud.gateway_responses import GatewayError
from devcloud.methods import Method

_ACCOUNT_RATE = 10_000.0
_ACCOUNT_BURST = 5_000.0


class TokenBucket:
    """Lets ``rate`` requests a second through, and ``burst`` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled_at = time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether there was a token left."""
        with self._lock:
            now = time.monotonic()
            gained = (now - self._filled_at) * self._rate
            self._tokens = min(self._burst, self._tokens + gained)
            self._filled_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Throttle:
    """The limits in a stage's MethodSettings.

    What is set for all methods holds for each of them by itself:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """

    def __init__(
        self, methods: Iterable[Method], method_settings: Iterable[Mapping[str, Any]]
    ) -> None:
        settings = list(method_settings)
        self._account = TokenBucket(_ACCOUNT_RATE, _ACCOUNT_BURST)
        self._buckets = {method: _bucket(method, settings) for method in methods}

    def let_through(self, method: Method) -> None:
        """Count the request; raises GatewayError when there have been too many."""
        bucket = self._buckets[method]
        if not self._account.take() or (bucket is not None and not bucket.take()):
            raise GatewayError("THROTTLED")


def _bucket(method: Method, settings: list[Mapping[str, Any]]) -> TokenBucket | None:
    chosen = None
    for setting in settings:
        path = str(setting.get("ResourcePath", "/*"))
        # Inner slashes are written ~1: /~1notes~1{noteid}.
        is_own = path.replace("~1", "/").replace("//", "/", 1) == method.resource_path
        is_for_all = path == "/*"
        if setting.get("HttpMethod") not in ("*", method.http_method):
            continue
        if "ThrottlingRateLimit" in setting and (is_own or (is_for_all and chosen is None)):
            chosen = setting
    if chosen is None:
        return None
    rate = float(chosen["ThrottlingRateLimit"])
    return TokenBucket(rate, float(chosen.get("ThrottlingBurstLimit", rate)))
