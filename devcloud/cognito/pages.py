"""What every page of the hosted UI needs: texts, cookies, forms that cannot be forged, headers."""

from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from devcloud.cognito import totp
from devcloud.cognito.authorization import NOTICE, AuthorizationRequest, authorization_request
from devcloud.cognito.challenges import Challenge, Kind
from devcloud.cognito.errors import CognitoError
from devcloud.cognito.opaque import new_secret, same
from devcloud.cognito.people import Person
from devcloud.cognito.pool import UserPool
from devcloud.cognito.sign_in_sessions import LIFETIME, SignedIn
from devcloud.cognito.texts import translator

SIGN_IN_COOKIE = "cognito"
CSRF_COOKIE = "XSRF-TOKEN"
CHALLENGE_COOKIE = "cognito-challenge"
USERNAME_COOKIE = "cognito-username"
# Sentences that one page asks the next to show.
NOTICES = {
    "confirmed": "Your account is confirmed. Sign in to continue.",
    "code-sent": "If the account is waiting for a code, a new one is on its way.",
    "begin-again": "That took too long. Sign in again.",
    "password-changed": "Your password is changed. Sign in with the new one.",
}
CHALLENGE_PAGES = {
    Kind.CONFIRM_SIGN_UP: "cognito.confirm_user",
    Kind.NEW_PASSWORD_REQUIRED: "cognito.new_password",
    Kind.SOFTWARE_TOKEN_MFA: "cognito.mfa",
    Kind.MFA_SETUP: "cognito.mfa_setup",
}


class FormExpired(Exception):
    """A form without the token that its page was given."""


class Pages:
    """Shared by all pages of one user pool."""

    def __init__(self, pool: UserPool) -> None:
        self.pool = pool
        origins = {
            "{0.scheme}://{0.netloc}".format(urlsplit(url))
            for app_client in pool.app_clients.values()
            for url in (*app_client.callback_urls, *app_client.logout_urls)
        }
        # Browsers apply form-action to the redirects after a form too, and the last of them goes
        # to the application.
        form_action = " ".join(["form-action 'self'", *sorted(origins)])
        self._policy = (
            f"default-src 'none'; style-src 'self'; img-src 'self'; {form_action};"
            " base-uri 'none'; frame-ancestors 'none'"
        )

    def authorization(self) -> AuthorizationRequest:
        """The authorization request that the page's address carries."""
        authorization = authorization_request(self.pool.app_clients, request.args.to_dict())
        if self.pool.domain.has_managed_login:
            return authorization
        return replace(authorization, prompt=None)

    def signed_in(self) -> SignedIn | None:
        """Who is signed in to the hosted UI in this browser."""
        return self.pool.sign_in_sessions.find(request.cookies.get(SIGN_IN_COOKIE, ""))

    def challenge(self, authorization: AuthorizationRequest) -> Challenge | None:
        """What this browser has begun and not finished."""
        secret = request.cookies.get(CHALLENGE_COOKIE, "")
        return self.pool.challenges.find(secret, authorization.app_client)

    def check_form(self) -> None:
        """Raise FormExpired unless the form comes from a page that this browser was given."""
        cookie = request.cookies.get(CSRF_COOKIE, "")
        if not cookie or not same(request.form.get("_csrf", ""), cookie):
            raise FormExpired
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise FormExpired

    def show(
        self,
        page: str,
        status: int = 200,
        *,
        authorization: AuthorizationRequest | None = None,
        error: CognitoError | str = "",
        **values: object,
    ) -> Response:
        """A page; ``error`` is its problem in one sentence."""
        token = request.cookies.get(CSRF_COOKIE) or new_secret()
        lang = request.args.get("lang", "") if self.pool.domain.has_managed_login else ""
        language, translate = translator(lang)
        html = render_template(
            f"hosted_ui/{page}.html",
            _=translate,
            language=language,
            csrf_token=token,
            query=authorization.query if authorization else "",
            error=translate(str(error)),
            notice=translate(NOTICES.get(request.args.get(NOTICE, ""), "")),
            policy=self.pool.settings.password_policy,
            self_sign_up=self.pool.settings.self_sign_up,
            **values,
        )
        response = Response(html, status, content_type="text/html; charset=utf-8")
        self.set_cookie(response, CSRF_COOKIE, token)
        return self.protect(response)

    def protect(self, response: Response) -> Response:
        """The headers of every answer to a browser."""
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        return response

    def go(self, endpoint: str, authorization: AuthorizationRequest, notice: str = "") -> Response:
        """On to another page with the same authorization request."""
        query = authorization.query
        if notice:
            query += "&" + urlencode({NOTICE: notice})
        return self.protect(redirect(f"{url_for(endpoint)}?{query}"))

    def go_on(self, authorization: AuthorizationRequest, person: Person) -> Response:
        """After a right password: to what is still wanted, or back to the application."""
        kind = self.pool.authentication.next_step(person)
        if kind is None:
            return self.finish(authorization, person)
        return self.begin_challenge(authorization, person, kind)

    def begin_challenge(
        self, authorization: AuthorizationRequest, person: Person, kind: Kind
    ) -> Response:
        """To the page of a challenge."""
        totp_secret = totp.new_secret() if kind is Kind.MFA_SETUP else None
        with self.pool.database.transaction() as connection:
            secret = self.pool.challenges.open(
                connection, authorization.app_client, person.sub, kind, totp_secret
            )
        response = self.go(CHALLENGE_PAGES[kind], authorization)
        self.set_cookie(response, CHALLENGE_COOKIE, secret)
        self.set_cookie(response, USERNAME_COOKIE, person.email)
        return response

    def finish(self, authorization: AuthorizationRequest, person: Person) -> Response:
        """Sign in to the hosted UI and go back to the application with a code."""
        pool = self.pool
        with pool.database.transaction() as connection:
            secret = pool.sign_in_sessions.start(connection, person.sub)
        signed_in = pool.sign_in_sessions.find(secret)
        if signed_in is None:
            # Disabled or deleted at this very moment.
            return self.go("cognito.login", authorization)
        response = self.answer(authorization, signed_in)
        self.set_cookie(response, SIGN_IN_COOKIE, secret, LIFETIME)
        response.delete_cookie(CHALLENGE_COOKIE)
        response.delete_cookie(USERNAME_COOKIE)
        return response

    def answer(self, authorization: AuthorizationRequest, signed_in: SignedIn) -> Response:
        """Back to the application with a code."""
        with self.pool.database.transaction() as connection:
            code = self.pool.grants.new_code(connection, authorization, signed_in)
        return self.protect(redirect(authorization.redirect(code=code)))

    def set_cookie(
        self, response: Response, name: str, value: str, max_age: int | None = None
    ) -> None:
        """A cookie that scripts cannot read and other sites' forms do not send."""
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            httponly=True,
            samesite="Lax",
            secure=self.pool.domain_url.startswith("https:"),
        )
