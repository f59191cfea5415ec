"""The user pool's addresses as a Flask blueprint."""

from flask import Blueprint
from werkzeug.wrappers import Response

from devcloud.cognito.account_pages import AccountPages
from devcloud.cognito.authorization import RequestRefused, WrongPlace
from devcloud.cognito.challenge_pages import ChallengeGone, ChallengePages
from devcloud.cognito.errors import UserNotFound
from devcloud.cognito.mail_pages import MailPages
from devcloud.cognito.oauth_endpoints import OAuthEndpoints, OAuthError
from devcloud.cognito.pages import FormExpired, Pages
from devcloud.cognito.pool import UserPool
from devcloud.cognito.sign_in_pages import SignInPages
from devcloud.cognito.texts import with_address
from devcloud.database import OwnerGone


def create_blueprint(pool: UserPool) -> Blueprint:
    """Hosted UI, OAuth endpoints, discovery and the local mail page, to be mounted at the root."""
    blueprint = Blueprint(
        "cognito",
        __name__,
        static_folder="static",
        static_url_path="/_local/static",
        template_folder="templates",
    )
    blueprint.add_app_template_filter(with_address)
    pages = Pages(pool)
    _add_pages(blueprint, pages)
    _add_oauth(blueprint, pool)

    @blueprint.errorhandler(RequestRefused)
    def request_refused(refused: RequestRefused) -> Response:
        return pages.protect(Response(status=302, headers={"Location": refused.location}))

    @blueprint.errorhandler(FormExpired)
    def form_expired(_: FormExpired) -> Response:
        return pages.show("form_expired", 403)

    @blueprint.errorhandler(OAuthError)
    def oauth_error(error: OAuthError) -> Response:
        return error.response()

    return blueprint


def _add_pages(blueprint: Blueprint, pages: Pages) -> None:
    sign_in, account, challenge = SignInPages(pages), AccountPages(pages), ChallengePages(pages)
    get, form = ["GET"], ["GET", "POST"]
    add = blueprint.add_url_rule
    add("/oauth2/authorize", "authorize", sign_in.authorize, methods=get)
    add("/login", "login", sign_in.login, methods=form)
    add("/logout", "logout", sign_in.logout, methods=get)
    add("/error", "error", sign_in.error, methods=get)
    add("/signup", "sign_up", account.sign_up, methods=form)
    add("/confirmUser", "confirm_user", account.confirm_user, methods=form)
    add("/resendcode", "resend_code", account.resend_code, methods=["POST"])
    add("/forgotPassword", "forgot_password", account.forgot_password, methods=form)
    add(
        "/confirmForgotPassword",
        "confirm_forgot_password",
        account.confirm_forgot_password,
        methods=form,
    )
    add("/newPassword", "new_password", challenge.new_password, methods=form)
    add("/mfa", "mfa", challenge.mfa, methods=form)
    add("/mfaSetup", "mfa_setup", challenge.mfa_setup, methods=form)
    add("/_local/mail", "mail", MailPages(pages).mail, methods=get)
    blueprint.register_error_handler(WrongPlace, sign_in.refuse)
    # The last two: the person was deleted while this request was under way.
    for lost in (ChallengeGone, OwnerGone, UserNotFound):
        blueprint.register_error_handler(lost, sign_in.begin_again)


def _add_oauth(blueprint: Blueprint, pool: UserPool) -> None:
    oauth = OAuthEndpoints(pool)
    well_known = f"/{pool.pool_id}/.well-known"
    add = blueprint.add_url_rule
    add("/oauth2/token", "token", oauth.token, methods=["POST"])
    add("/oauth2/userInfo", "user_info", oauth.user_info, methods=["GET"])
    add("/oauth2/revoke", "revoke", oauth.revoke, methods=["POST"])
    add(f"{well_known}/jwks.json", "jwks", oauth.jwks, methods=["GET"])
    add(f"{well_known}/openid-configuration", "discovery", oauth.discovery, methods=["GET"])
