"""Sign-up, confirmation and forgotten-password pages of the hosted UI."""

from flask import request
from werkzeug.wrappers import Response

from devcloud.cognito.authorization import AuthorizationRequest
from devcloud.cognito.challenges import Kind
from devcloud.cognito.errors import CognitoError, InvalidParameter
from devcloud.cognito.pages import CHALLENGE_COOKIE, USERNAME_COOKIE, Pages
from devcloud.cognito.people import Person


class AccountPages:
    """/signup, /confirmUser, /resendcode, /forgotPassword and /confirmForgotPassword."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._pool = pages.pool

    def sign_up(self) -> Response:
        """GET and POST /signup."""
        authorization = self._pages.authorization()
        if not self._pool.settings.self_sign_up:
            return self._pages.go("cognito.login", authorization)
        if request.method == "GET":
            return self._show_sign_up(authorization, authorization.login_hint)
        self._pages.check_form()
        email = request.form.get("username", "").strip()
        try:
            person = self._pool.accounts.sign_up(email, request.form.get("password", ""), {})
        except CognitoError as error:
            return self._show_sign_up(authorization, email, error)
        return self._pages.begin_challenge(authorization, person, Kind.CONFIRM_SIGN_UP)

    def confirm_user(self) -> Response:
        """GET and POST /confirmUser.

        The browser that signed up, and only that one, is signed in by the code: elsewhere the
        code proves the address, but nobody has given the password.
        """
        authorization = self._pages.authorization()
        username = request.cookies.get(USERNAME_COOKIE, "")
        if request.method == "GET":
            return self._pages.show("confirm_user", authorization=authorization, username=username)
        self._pages.check_form()
        username = request.form.get("username", "").strip()
        try:
            person = self._pool.accounts.confirm_sign_up(
                authorization.app_client, username, request.form.get("code", "")
            )
        except CognitoError as error:
            return self._pages.show(
                "confirm_user", 422, authorization=authorization, error=error, username=username
            )
        if self._began_here(authorization, person):
            return self._pages.go_on(authorization, person)
        return self._pages.go("cognito.login", authorization, notice="confirmed")

    def resend_code(self) -> Response:
        """POST /resendcode."""
        authorization = self._pages.authorization()
        self._pages.check_form()
        username = request.form.get("username", "").strip()
        try:
            self._pool.accounts.resend_code(authorization.app_client, username)
        except CognitoError as error:
            return self._pages.show(
                "confirm_user", 422, authorization=authorization, error=error, username=username
            )
        return self._pages.go("cognito.confirm_user", authorization, notice="code-sent")

    def forgot_password(self) -> Response:
        """GET and POST /forgotPassword."""
        authorization = self._pages.authorization()
        if request.method == "GET":
            return self._pages.show(
                "forgot_password", authorization=authorization, username=authorization.login_hint
            )
        self._pages.check_form()
        username = request.form.get("username", "").strip()
        try:
            self._pool.accounts.forgot_password(authorization.app_client, username)
        except CognitoError as error:
            return self._pages.show(
                "forgot_password", 422, authorization=authorization, error=error, username=username
            )
        response = self._pages.go("cognito.confirm_forgot_password", authorization)
        self._pages.set_cookie(response, USERNAME_COOKIE, username)
        return response

    def confirm_forgot_password(self) -> Response:
        """GET and POST /confirmForgotPassword."""
        authorization = self._pages.authorization()
        username = request.cookies.get(USERNAME_COOKIE, "")
        if request.method == "GET":
            return self._show_new_password(authorization, username)
        self._pages.check_form()
        username = request.form.get("username", "").strip()
        try:
            if request.form.get("password") != request.form.get("confirm_password"):
                raise InvalidParameter("The two passwords are not the same.")
            self._pool.accounts.confirm_forgot_password(
                authorization.app_client,
                username,
                request.form.get("code", ""),
                request.form.get("password", ""),
            )
        except CognitoError as error:
            return self._show_new_password(authorization, username, error)
        response = self._pages.go("cognito.login", authorization, notice="password-changed")
        response.delete_cookie(USERNAME_COOKIE)
        return response

    def _began_here(self, authorization: AuthorizationRequest, person: Person) -> bool:
        challenge = self._pages.challenge(authorization)
        if challenge is None or challenge.kind is not Kind.CONFIRM_SIGN_UP:
            return False
        with self._pool.database.transaction() as connection:
            secret = request.cookies.get(CHALLENGE_COOKIE, "")
            return challenge.sub == person.sub and self._pool.challenges.close(connection, secret)

    def _show_sign_up(
        self,
        authorization: AuthorizationRequest,
        username: str,
        error: CognitoError | str = "",
    ) -> Response:
        return self._pages.show(
            "sign_up",
            422 if error else 200,
            authorization=authorization,
            error=error,
            username=username,
        )

    def _show_new_password(
        self,
        authorization: AuthorizationRequest,
        username: str,
        error: CognitoError | str = "",
    ) -> Response:
        return self._pages.show(
            "confirm_forgot_password",
            422 if error else 200,
            authorization=authorization,
            error=error,
            username=username,
        )
