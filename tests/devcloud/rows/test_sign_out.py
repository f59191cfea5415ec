"""What AWS documents of how sign-ins end: revocation and /logout."""

import time

import pytest

from tests.devcloud.rows.exchanges import (
    INVALID_GRANT,
    claims,
    error_of,
    refresh,
    revoke,
    user_info,
)
from tests.devcloud.rows.row import Rows

row = Rows()

SIGNED_OUT = "http://localhost:8000/signed-out/"


@row(
    "/oauth2/revoke takes POST: 200 and nothing, also for a token that is revoked or invalid; 400"
    " invalid_request (token missing, feature off); 400 unsupported_token_type (no refresh token);"
    " 401 invalid_client"
)
def revocation_answers(aws):
    tokens = aws.stack.sign_in(aws.person())
    for token in (tokens["refresh_token"], tokens["refresh_token"], "invalid"):
        answer = revoke(aws.stack, token)
        assert (answer.status_code, answer.content) == (200, b"")
        assert error_of(refresh(aws.stack, tokens)) == INVALID_GRANT
    off = revoke(aws.app_client("PARTIAL"), tokens["refresh_token"])
    wrong = revoke(aws.stack, "x", auth=(aws.stack.app_client_id, "wrong"))
    unreadable = revoke(aws.stack, "x", auth=None, headers={"Authorization": "Basic %"})
    for answer, status, error in (
        (revoke(aws.stack, None), 400, "invalid_request"),
        (off, 400, "invalid_request"),
        (revoke(aws.stack, tokens["access_token"]), 400, "unsupported_token_type"),
        (wrong, 401, "invalid_client"),
        (unreadable, 401, "invalid_client"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (status, error)


@row(
    "/logout takes GET: client_id with a logout_uri of LogoutURLs, or client_id with a redirect_uri"
    " of CallbackURLs and response_type, which goes on to /login; no id_token_hint"
)
def sign_out_has_two_forms(aws):
    def signed_in():
        browser, page = aws.stack.authorize()
        browser.submit(page, username="demo@example.com", password="Demo-passw0rd!")
        return browser

    client_id = aws.stack.app_client_id
    page = signed_in().open("/logout", client_id=client_id, logout_uri=SIGNED_OUT)
    assert (page.status, page.location) == (302, SIGNED_OUT)
    browser = signed_in()
    page = browser.open("/logout", **aws.stack.authorization(state="next"))
    assert page.url.startswith(f"{aws.stack.base}/login?")
    page = browser.open("/logout", client_id=client_id, logout_uri="https://evil.example/")
    assert page.status == 400
    elsewhere = aws.stack.authorization(redirect_uri="https://evil.example/")
    assert browser.open("/logout", **elsewhere).status == 400
    page = browser.open("/logout", id_token_hint="x", post_logout_redirect_uri=SIGNED_OUT)
    assert page.status == 400


@row(
    "revoked tokens still pass signature and expiry checks, so the Cognito authorizer goes on"
    " taking a signed-out person's ID token until exp"
)
def revoked_tokens_still_pass_the_authorizer(aws):
    tokens = aws.stack.sign_in(aws.person())
    revoke(aws.stack, tokens["refresh_token"])
    assert user_info(aws.stack, tokens["access_token"]).status_code == 401
    assert aws.get("/secured", Authorization=tokens["id_token"]).status_code == 200
    aws.later(claims(tokens["id_token"])["exp"] - time.time() + 1)
    assert aws.get("/secured", Authorization=tokens["id_token"]).status_code == 401


@pytest.mark.parametrize("check", row.cases)
def test_row(check, aws):
    check(aws)
