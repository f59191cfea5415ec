"""The authorization request: what an application asks for when it sends a browser here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from devcloud.cognito.app_client import SYSTEM_SCOPES, AppClient

# An S256 challenge is a SHA-256 in base64url without padding (RFC 7636 section 4.2).
CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
NEEDS_OPENID = {"email", "phone", "profile"}
# What the pages tell each other beside the request.
NOTICE = "notice"


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may be answered with a code."""

    app_client: AppClient
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None
    code_challenge: str | None
    prompt: str | None
    login_hint: str
    parameters: Mapping[str, str]

    @property
    def query(self) -> str:
        """The same request as a query string, for the next page.

        AWS: with the same parameters, so that sign-up, confirmation and sign-in end in the
        application that began.
        """
        return urlencode(self.parameters)

    def redirect(self, **answer: str) -> str:
        """Where the browser goes with the answer, ``state`` included."""
        return _with_query(self.redirect_uri, answer, self.state)


class WrongPlace(Exception):
    """The request names no registered application, so nothing may be sent back to it."""

    def __init__(self, error: str, client_id: str) -> None:
        super().__init__(error)
        self.error = error
        self.client_id = client_id


class RequestRefused(Exception):
    """A wrong request of a registered application, to which the error is sent."""

    def __init__(self, location: str) -> None:
        super().__init__("The authorization request is refused.")
        self.location = location


def authorization_request(
    app_clients: Mapping[str, AppClient], given: Mapping[str, str]
) -> AuthorizationRequest:
    """Check a request; raises WrongPlace or RequestRefused (AWS, authorization endpoint)."""
    client_id = given.get("client_id", "")
    redirect_uri = given.get("redirect_uri", "")
    app_client = app_clients.get(client_id)
    if app_client is None:
        raise WrongPlace("invalid_client", client_id)
    if redirect_uri not in app_client.callback_urls:
        raise WrongPlace("redirect_mismatch", client_id)
    state = given.get("state")
    error = _error(app_client, given)
    scopes: tuple[str, ...] = ()
    if not error:
        scopes = _granted_scopes(app_client, given.get("scope", ""))
        error = "" if scopes else "invalid_scope"
    if error:
        raise RequestRefused(_with_query(redirect_uri, {"error": error}, state))
    return AuthorizationRequest(
        app_client=app_client,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=state,
        nonce=given.get("nonce"),
        code_challenge=given.get("code_challenge"),
        prompt=given.get("prompt"),
        login_hint=given.get("login_hint", ""),
        parameters={name: value for name, value in given.items() if name != NOTICE},
    )


def _error(app_client: AppClient, given: Mapping[str, str]) -> str:
    if given.get("response_type") not in ("code", "token"):
        return "invalid_request"
    if given["response_type"] == "token" or not app_client.allows_code_grant:
        return "unauthorized_client"
    challenge = given.get("code_challenge")
    method = given.get("code_challenge_method")
    if (challenge is None) != (method is None):
        return "invalid_request"
    if challenge is not None and (method != "S256" or not CODE_CHALLENGE.fullmatch(challenge)):
        return "invalid_request"
    if given.get("identity_provider", "COGNITO") != "COGNITO":
        return "invalid_request"
    return ""


def _granted_scopes(app_client: AppClient, scope: str) -> tuple[str, ...]:
    """The scopes that count; none when the request is wrong.

    AWS: an unknown scope is an error, a known one that is not enabled for the app client is
    ignored, no scope at all means every one of the app client's, and `email`, `phone` and
    `profile` go with `openid` only.
    """
    wanted = list(dict.fromkeys(scope.split())) or list(app_client.scopes)
    if any(name not in SYSTEM_SCOPES and name not in app_client.scopes for name in wanted):
        return ()
    granted = tuple(name for name in wanted if name in app_client.scopes)
    if NEEDS_OPENID.intersection(granted) and "openid" not in granted:
        return ()
    return granted


def _with_query(uri: str, answer: Mapping[str, str], state: str | None) -> str:
    values = dict(answer) if state is None else {**answer, "state": state}
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(values)}"
