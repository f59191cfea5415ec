"""One-time passwords of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds)."""

import base64
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

STEP = 30


def new_secret() -> str:
    """A shared secret in base 32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")


def code_at(secret: str, timestamp: float) -> str:
    """The code that the app shows at that time."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">q", int(timestamp // STEP)), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def step_of(secret: str, code: str, timestamp: float) -> int | None:
    """Whose code it is: of now, or of the step before or after (RFC 6238 section 5.2)."""
    given = code.strip().replace(" ", "").encode()
    steps = [int(moment // STEP) for moment in (timestamp - STEP, timestamp, timestamp + STEP)]
    right = [
        step for step in steps if hmac.compare_digest(code_at(secret, step * STEP).encode(), given)
    ]
    return max(right, default=None)


def app_link(secret: str, email: str, issuer: str) -> str:
    """The otpauth link that an authenticator app opens."""
    label = quote(f"{issuer}:{email}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
