"""The pages between the password and the application: new password, authenticator app."""

from flask import request
from werkzeug.wrappers import Response

from devcloud.cognito import totp
from devcloud.cognito.authorization import AuthorizationRequest
from devcloud.cognito.challenges import Challenge, Kind
from devcloud.cognito.errors import CognitoError, InvalidParameter, InvalidSession
from devcloud.cognito.pages import CHALLENGE_COOKIE, Pages
from devcloud.cognito.people import Person


class ChallengeGone(Exception):
    """This browser has begun no such challenge, or took too long."""


class ChallengePages:
    """/newPassword, /mfa and /mfaSetup."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._pool = pages.pool
        self._responses = pages.pool.challenge_responses

    def new_password(self) -> Response:
        """GET and POST /newPassword: somebody signs in with a temporary password."""
        authorization, challenge, person = self._open(Kind.NEW_PASSWORD_REQUIRED)
        if request.method == "GET":
            return self._show("new_password", authorization, person)
        self._pages.check_form()
        password = request.form.get("password", "")
        try:
            if password != request.form.get("confirm_password"):
                raise InvalidParameter("The two passwords are not the same.")
            person = self._responses.new_password(_secret(), challenge, password)
        except InvalidSession:
            raise ChallengeGone from None
        except CognitoError as error:
            return self._show("new_password", authorization, person, error)
        return self._pages.go_on(authorization, person)

    def mfa(self) -> Response:
        """GET and POST /mfa: the code of the authenticator app."""
        authorization, challenge, person = self._open(Kind.SOFTWARE_TOKEN_MFA)
        if request.method == "GET":
            return self._show("mfa", authorization, person)
        self._pages.check_form()
        try:
            self._responses.totp_code(_secret(), challenge, request.form.get("code", ""))
        except InvalidSession:
            raise ChallengeGone from None
        except CognitoError as error:
            return self._show("mfa", authorization, person, error)
        return self._pages.finish(authorization, person)

    def mfa_setup(self) -> Response:
        """GET and POST /mfaSetup: an authenticator app is taken into use."""
        authorization, challenge, person = self._open(Kind.MFA_SETUP)
        secret = challenge.totp_secret
        if secret is None:
            # The API opened it, where the key follows by an operation of its own.
            raise ChallengeGone
        link = totp.app_link(secret, person.email, "Notesite")
        setup = {"secret": secret, "app_link": link}
        if request.method == "GET":
            return self._show("mfa_setup", authorization, person, **setup)
        self._pages.check_form()
        try:
            self._responses.totp_setup(_secret(), challenge, request.form.get("code", ""))
        except InvalidSession:
            raise ChallengeGone from None
        except CognitoError as error:
            return self._show("mfa_setup", authorization, person, error, **setup)
        return self._pages.finish(authorization, person)

    def _open(self, kind: Kind) -> tuple[AuthorizationRequest, Challenge, Person]:
        authorization = self._pages.authorization()
        challenge = self._pages.challenge(authorization)
        person = self._pool.people.find(challenge.sub) if challenge else None
        if challenge is None or challenge.kind is not kind or person is None or not person.enabled:
            raise ChallengeGone
        return authorization, challenge, person

    def _show(
        self,
        page: str,
        authorization: AuthorizationRequest,
        person: Person,
        error: CognitoError | str = "",
        **values: str,
    ) -> Response:
        return self._pages.show(
            page,
            422 if error else 200,
            authorization=authorization,
            error=error,
            username=person.email,
            **values,
        )


def _secret() -> str:
    return request.cookies.get(CHALLENGE_COOKIE, "")
