"""What AWS documents of the authorize endpoint and of signing in on the hosted UI."""

import json
import secrets
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.devcloud.rows.exchanges import claims, known_as, newest_mail
from tests.devcloud.rows.row import Rows
from tests.second_opinion.running_stack import CALLBACK, PASSWORD, stack_of

row = Rows()
# A clock that is moved goes on while the test works, so what ends is tried this much earlier.
MARGIN = 30


def authorize(stack, method="GET", **changed):
    """The bare answer."""
    return requests.request(
        method,
        f"{stack.base}/oauth2/authorize",
        params=stack.authorization(**changed),
        allow_redirects=False,
        timeout=10,
    )


def sent_back(stack, **changed):
    """The parameters with which the app client is called back at once."""
    answer = authorize(stack, **changed)
    assert answer.status_code == 302
    address, _, query = answer.headers["Location"].partition("?")
    assert address == CALLBACK
    return {name: values[0] for name, values in parse_qs(query).items()}


def has_to_sign_in(page):
    return "password" in page.forms[0]["fields"]


@row(
    "/oauth2/authorize takes GET only and redirects (302) to /login with the same parameters;"
    " response_type, client_id and redirect_uri are required; state, scope, nonce, code_challenge"
    " and its method, identity_provider and idp_identifier are optional"
)
def authorize_redirects_to_login(aws):
    optional = ("state", "scope", "nonce", "code_challenge", "code_challenge_method")
    providers = {"identity_provider": "COGNITO", "idp_identifier": "an-idp"}
    for changed in (providers, dict.fromkeys(optional)):
        answer = authorize(aws.stack, **changed)
        target = urlsplit(answer.headers["Location"])
        assert (answer.status_code, target.path) == (302, "/login")
        given = {name: values[0] for name, values in parse_qs(target.query).items()}
        assert given == aws.stack.authorization(**changed)
    assert authorize(aws.stack, "POST").status_code == 405
    assert sent_back(aws.stack, response_type=None)["error"] == "invalid_request"
    for required in ("client_id", "redirect_uri"):
        location = authorize(aws.stack, **{required: None}).headers["Location"]
        assert location.startswith("/error?")


@row(
    "redirect_uri is absolute, registered, compared exactly and without a fragment;"
    " https except on localhost, 127.0.0.1 and [::1]"
)
def redirect_uris_are_exact(aws):
    for other in (CALLBACK[:-1], CALLBACK + "?a=b", CALLBACK + "#a", "/oidc/callback/"):
        location = authorize(aws.stack, redirect_uri=other).headers["Location"]
        assert location.startswith("/error?error=redirect_mismatch")
    for wrong in ("http://example.com", "https://example.com/#"):
        assert "CallbackURLs" in aws.refusal_of(WebAppUrl=wrong)
    right = ["http://127.0.0.1:8000/", "http://[::1]:8000/", "https://example.com/"]
    written = """CallbackURLs: [!Sub "${WebAppUrl}/oidc/callback/"]
      LogoutURLs: [!Sub "${WebAppUrl}/signed-out/"]
      SupportedIdentityProviders: [COGNITO]
      ExplicitAuthFlows: [ALLOW_CUSTOM_AUTH]

"""
    change = (written, written.replace('[!Sub "${WebAppUrl}/oidc/callback/"]', json.dumps(right)))
    started = stack_of(aws.started_with(change))
    for redirect_uri in right:
        _, page = started.authorize(redirect_uri=redirect_uri)
        assert has_to_sign_in(page)


@row(
    "an unknown redirect_uri is not redirected to the app client: the browser lands on"
    " /error?error=redirect_mismatch&client_id=..., HTTP 400"
)
def an_unknown_redirect_uri_is_an_error_page(aws):
    _, page = aws.stack.authorize(redirect_uri="https://evil.example/")
    wanted = f"{aws.stack.base}/error?error=redirect_mismatch&client_id={aws.stack.app_client_id}"
    assert (page.status, page.url) == (400, wanted)


@row(
    "missing response_type, code_challenge without method, method other than S256: redirect_uri"
    " with error=invalid_request; flow not allowed: unauthorized_client;"
    " unknown or malformed scope: invalid_scope"
)
def wrong_requests_are_sent_back(aws):
    for changed, error in (
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"scope": "openid banana"}, "invalid_scope"),
        ({"scope": 'openid "'}, "invalid_scope"),
    ):
        assert sent_back(aws.stack, **changed) == {"error": error, "state": "a-state"}


@row(
    "a scope that is not enabled for the app client is ignored; no scope means all of its scopes;"
    " an ID token only with openid; email, phone and profile need openid"
)
def scopes_are_those_of_the_app_client(aws):
    email, full = aws.person(), aws.app_client("FULL")
    ignored = aws.stack.sign_in(email, scope="openid email aws.cognito.signin.user.admin")
    assert claims(ignored["access_token"])["scope"] == "openid email"
    everything = full.sign_in(email, scope=None)
    scopes = set(claims(everything["access_token"])["scope"].split())
    assert scopes == {"openid", "email", "profile", "aws.cognito.signin.user.admin"}
    assert "id_token" not in full.sign_in(email, scope="aws.cognito.signin.user.admin")
    change = ("[openid, email, profile, aws", "[openid, email, phone, profile, aws")
    all_scopes = aws.variant(change).app_client("FULL")
    for scope in ("email", "phone", "profile"):
        assert sent_back(all_scopes, scope=scope)["error"] == "invalid_scope"
        assert has_to_sign_in(all_scopes.authorize(scope=f"openid {scope}")[1])


@row(
    "an authorization code is single-use and valid for 5 minutes, it comes back in the query"
    " string; PKCE with S256 only"
)
def codes_work_once_for_five_minutes(aws):
    email = aws.person()
    code = aws.stack.code_for(email)
    assert aws.stack.exchange(code).status_code == 200
    late, in_time = aws.stack.code_for(email), aws.stack.code_for(email)
    aws.later(300 - MARGIN)
    assert aws.stack.exchange(in_time).status_code == 200
    aws.later(MARGIN + 1)
    wrong_verifier = aws.stack.exchange(aws.stack.code_for(email), code_verifier="w" * 64)
    for refused in (aws.stack.exchange(code), aws.stack.exchange(late), wrong_verifier):
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    assert sent_back(aws.stack, code_challenge_method="plain")["error"] == "invalid_request"


@row("nonce is echoed in the ID token, state comes back as it was")
def nonce_and_state_come_back(aws):
    email, state = aws.person(), 'a&b=c d+%2F"'
    browser, page = aws.stack.authorize(state=state, nonce="a-nonce-of-mine")
    answer = browser.submit(page, username=email, password=PASSWORD).answer
    assert answer["state"] == state
    tokens = aws.stack.exchange(answer["code"]).json()
    assert claims(tokens["id_token"])["nonce"] == "a-nonce-of-mine"


@row(
    "the sign-in cookie is valid for an hour from the interactive sign-in and does not slide;"
    " AdminUserGlobalSignOut does not clear it, only /logout does"
)
def the_cookie_lives_an_hour(aws):
    email = aws.person()
    browser, page = aws.stack.authorize()
    browser.submit(page, username=email, password=PASSWORD)
    aws.stack.user_pool.admin_user_global_sign_out(
        UserPoolId=aws.stack.user_pool_id, Username=email
    )
    aws.later(3600 - MARGIN)
    assert browser.open("/oauth2/authorize", **aws.stack.authorization()).answer["code"]
    aws.later(MARGIN + 1)
    page = browser.open("/oauth2/authorize", **aws.stack.authorization())
    assert has_to_sign_in(page)
    browser.submit(page, username=email, password=PASSWORD)
    signed_out = CALLBACK.replace("oidc/callback", "signed-out")
    browser.open("/logout", client_id=aws.stack.app_client_id, logout_uri=signed_out)
    assert has_to_sign_in(browser.open("/oauth2/authorize", **aws.stack.authorization()))


@row(
    "prompt works with managed login only: none goes on silently or returns login_required;"
    " by default one signs in unless a valid cookie exists"
)
def prompt_is_for_managed_login(aws):
    assert has_to_sign_in(aws.stack.authorize(prompt="none")[1])
    managed = stack_of(
        aws.started_with(
            ("      Domain: echo\n", "      Domain: echo\n      ManagedLoginVersion: 2\n")
        )
    )
    assert sent_back(managed, prompt="none")["error"] == "login_required"
    browser, page = managed.authorize()
    browser.submit(page, username="demo@example.com", password="Demo-passw0rd!")
    for prompt in ({}, {"prompt": "none"}):
        again = browser.open("/oauth2/authorize", **managed.authorization(**prompt))
        assert again.answer["code"]
    assert has_to_sign_in(
        browser.open("/oauth2/authorize", **managed.authorization(prompt="login"))
    )


@row(
    "lockout: after 5 failures for a second, doubling to about 15 minutes, with the error"
    " Password attempts exceeded"
)
def failures_lock(aws):
    email = aws.person()

    def alert(password):
        browser, page = aws.stack.authorize()
        return browser.submit(page, username=email, password=password).alert

    for failure in range(1, 18):
        assert alert("wrong") == "Incorrect username or password."
        if failure < 5:
            continue
        assert alert(PASSWORD) == "Password attempts exceeded"
        locked = min(2 ** (failure - 5), 900)
        # The test itself takes time, so the short locks are not measured from below.
        early = locked // 4 if locked >= 32 else 0
        if early:
            aws.later(locked - early)
            assert alert(PASSWORD) == "Password attempts exceeded"
        aws.later(early or locked)
    assert alert(PASSWORD) == ""


@row(
    "codes: sign-up 24 hours, forgotten password 1 hour;"
    " ConfirmSignUp 15, ResendConfirmationCode 5, ConfirmForgotPassword 5 to 20 an hour"
)
def codes_have_their_limits(aws):
    client = aws.app_client("API")
    pool, errors = client.user_pool, client.user_pool.exceptions

    def signed_up():
        known = known_as(client, f"{secrets.token_hex(8)}@example.com")
        pool.sign_up(**known, Password=PASSWORD)
        return known, newest_mail(aws, known["Username"])["code"]

    (in_time, code), (known, late) = signed_up(), signed_up()
    email = known["Username"]
    aws.later(24 * 3600 - MARGIN)
    pool.confirm_sign_up(**in_time, ConfirmationCode=code)
    aws.later(MARGIN + 1)
    with pytest.raises(errors.ExpiredCodeException):
        pool.confirm_sign_up(**known, ConfirmationCode=late)
    for _ in range(5):
        pool.resend_confirmation_code(**known)
    with pytest.raises(errors.LimitExceededException):
        pool.resend_confirmation_code(**known)
    for _ in range(14):
        with pytest.raises(errors.CodeMismatchException):
            pool.confirm_sign_up(**known, ConfirmationCode="wrong")
    with pytest.raises(errors.LimitExceededException):
        pool.confirm_sign_up(**known, ConfirmationCode=newest_mail(aws, email)["code"])
    aws.later(3601)
    pool.resend_confirmation_code(**known)
    pool.confirm_sign_up(**known, ConfirmationCode=newest_mail(aws, email)["code"])

    def forgotten():
        known = known_as(client, aws.person())
        pool.forgot_password(**known)
        code = newest_mail(aws, known["Username"])["code"]
        return {**known, "ConfirmationCode": code, "Password": PASSWORD}

    in_time, late = forgotten(), forgotten()
    aws.later(3600 - MARGIN)
    pool.confirm_forgot_password(**in_time)
    aws.later(MARGIN + 1)
    with pytest.raises(errors.ExpiredCodeException):
        pool.confirm_forgot_password(**late)
    tries, answer = 1, ""
    while answer != "LimitExceededException":
        with pytest.raises(errors.ClientError) as caught:
            pool.confirm_forgot_password(**late | {"ConfirmationCode": "wrong"})
        answer = caught.value.response["Error"]["Code"]
        tries += answer != "LimitExceededException"
        assert tries <= 20
    assert tries >= 5


@row("a challenge is open for 3 to 15 minutes, by default 3; a temporary password for 7 days")
def challenges_and_temporary_passwords_end(aws):
    validity = "      AuthSessionValidity: {}\n"
    place = "      RefreshTokenRotation: {Feature: ENABLED, RetryGracePeriodSeconds: 60}\n"
    for wrong in (2, 16):
        assert "AuthSessionValidity" in aws.refusal_of((place, place + validity.format(wrong)))
    longest = aws.variant((place, place + validity.format(15)))
    new = {"password": "Another-passw0rd!", "confirm_password": "Another-passw0rd!"}
    for at, stack, seconds in ((aws, aws.stack, 180), (longest, longest.app_client("FULL"), 900)):
        challenges = [challenge_of(stack, invited(stack)) for _ in range(2)]
        (in_time, page), (late, late_page) = challenges
        at.later(seconds - MARGIN)
        assert in_time.submit(page, **new).answer["code"]
        at.later(MARGIN + 1)
        assert "code" not in late.submit(late_page, **new).answer
    in_time, late = invited(aws.stack), invited(aws.stack)
    aws.later(7 * 24 * 3600 - MARGIN)
    assert "confirm_password" in challenge_of(aws.stack, in_time)[1].forms[0]["fields"]
    aws.later(MARGIN + 1)
    assert "expired" in challenge_of(aws.stack, late)[1].alert


def invited(stack):
    """The e-mail address of somebody whose temporary password is PASSWORD."""
    email = f"{secrets.token_hex(8)}@example.com"
    stack.user_pool.admin_create_user(
        UserPoolId=stack.user_pool_id,
        Username=email,
        TemporaryPassword=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    return email


def challenge_of(stack, email):
    """The browser and the page after the password."""
    browser, page = stack.authorize()
    return browser, browser.submit(page, username=email, password=PASSWORD)


@pytest.mark.parametrize("check", row.cases)
def test_row(check, aws):
    check(aws)
