"""Sign-in and sign-out pages of the hosted UI."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from devcloud.cognito.authorization import WrongPlace
from devcloud.cognito.challenges import Kind
from devcloud.cognito.errors import CognitoError, PasswordResetRequired, UserNotConfirmed
from devcloud.cognito.pages import SIGN_IN_COOKIE, USERNAME_COOKIE, Pages


class SignInPages:
    """/oauth2/authorize, /login, /logout and /error."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._pool = pages.pool

    def authorize(self) -> Response:
        """GET /oauth2/authorize: at once back with a code, or on to the sign-in page.

        AWS: somebody whose hosted UI cookie is valid is not asked; ``prompt=login`` asks all the
        same, and ``prompt=none`` answers ``login_required`` instead of asking.
        """
        authorization = self._pages.authorization()
        signed_in = self._pages.signed_in()
        prompt = authorization.prompt
        if signed_in is not None and prompt != "login":
            return self._pages.answer(authorization, signed_in)
        if prompt == "none":
            location = authorization.redirect(error="login_required")
            return self._pages.protect(redirect(location))
        return self._pages.go("cognito.login", authorization)

    def login(self) -> Response:
        """GET and POST /login."""
        authorization = self._pages.authorization()
        signed_in = self._pages.signed_in()
        if request.method == "GET":
            if signed_in is not None and authorization.prompt != "login":
                return self._pages.show(
                    "continue", authorization=authorization, email=signed_in.person.email
                )
            return self._pages.show(
                "login", authorization=authorization, username=authorization.login_hint
            )
        self._pages.check_form()
        if "continue" in request.form and signed_in is not None:
            return self._pages.answer(authorization, signed_in)
        username = request.form.get("username", "").strip()
        try:
            person = self._pool.authentication.check_password(
                authorization.app_client, username, request.form.get("password", "")
            )
        except UserNotConfirmed:
            return self._pages.begin_challenge(
                authorization, self._pool.people.get(username), Kind.CONFIRM_SIGN_UP
            )
        except PasswordResetRequired:
            response = self._pages.go("cognito.confirm_forgot_password", authorization)
            self._pages.set_cookie(response, USERNAME_COOKIE, username)
            return response
        except CognitoError as error:
            return self._pages.show(
                "login", 422, authorization=authorization, error=error, username=username
            )
        return self._pages.go_on(authorization, person)

    def logout(self) -> Response:
        """GET /logout in both forms: to a sign-out URL, or to the sign-in page."""
        client_id = request.args.get("client_id", "")
        app_client = self._pool.app_clients.get(client_id)
        if app_client is None:
            raise WrongPlace("invalid_client", client_id)
        logout_uri = request.args.get("logout_uri")
        if logout_uri is None:
            response = self._pages.go("cognito.login", self._pages.authorization())
        elif logout_uri in app_client.logout_urls:
            response = self._pages.protect(redirect(logout_uri))
        else:
            raise WrongPlace("redirect_mismatch", client_id)
        with self._pool.database.transaction() as connection:
            self._pool.sign_in_sessions.end(connection, request.cookies.get(SIGN_IN_COOKIE, ""))
        response.delete_cookie(SIGN_IN_COOKIE)
        return response

    def error(self) -> Response:
        """GET /error: a request that must not be sent back to where it says it comes from."""
        return self._pages.show("error", 400, code=request.args.get("error", ""))

    def begin_again(self, _: Exception) -> Response:
        """Back to the password, because what was begun cannot be finished."""
        authorization = self._pages.authorization()
        return self._pages.go("cognito.login", authorization, notice="begin-again")

    def refuse(self, wrong: WrongPlace) -> Response:
        """On to the error page."""
        location = url_for("cognito.error", error=wrong.error, client_id=wrong.client_id)
        return self._pages.protect(redirect(location))
