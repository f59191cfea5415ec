"""A person's sessions, listed and ended one by one."""

import re

import pytest
import requests

from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, POOL_ID

UNKNOWN = "tkn" + "0" * 25


@pytest.fixture
def alice(site):
    return site.person()


@pytest.fixture
def sign_in(site):
    """Signs in with a new browser each time."""
    return lambda **changes: site.tokens(Browser(site.base), **changes)


def sessions(call, username=EMAIL):
    return call("admin_list_user_sessions", Username=username)["Sessions"]


def revoke(call, session_id, **changes):
    return call(
        "admin_revoke_user_session", **{"Username": EMAIL, "SessionId": session_id, **changes}
    )


def test_a_person_without_sessions_has_an_empty_list(alice, call):
    assert sessions(call) == []


def test_each_sign_in_is_a_session_the_newest_first(site, alice, call, sign_in):
    sign_in()
    site.pool.clock.move(60)
    sign_in()
    newest, oldest = sessions(call)
    for session in newest, oldest:
        assert re.fullmatch("tkn[a-z0-9]{25}", session["SessionId"])
        assert (session["SessionType"], session["ClientId"]) == ("TOKEN", CLIENT_ID)
        assert session["CreateDate"] == session["LastActiveDate"]
    assert 60 <= (newest["CreateDate"] - oldest["CreateDate"]).total_seconds() < 120
    assert sessions(call, alice.sub) == [newest, oldest]


def test_a_refresh_is_activity_and_no_new_session(site, alice, call, sign_in):
    tokens = sign_in()
    before = sessions(call)[0]
    site.pool.clock.move(60)
    site.refresh(tokens["refresh_token"])
    (after,) = sessions(call)
    assert after == before | {"LastActiveDate": after["LastActiveDate"]}
    assert (after["LastActiveDate"] - before["LastActiveDate"]).total_seconds() >= 60


def test_sessions_that_are_over_are_not_listed(site, alice, call, sign_in):
    sign_in()
    site.pool.clock.move(7 * 86400)
    assert sessions(call) == []


def test_a_revoked_session_ends_with_its_tokens_and_the_others_go_on(site, alice, call, sign_in):
    first = sign_in(scope="openid")
    first_id = sessions(call)[0]["SessionId"]
    second = sign_in(scope="openid")
    assert revoke(call, first_id)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert first_id not in [session["SessionId"] for session in sessions(call)]
    assert len(sessions(call)) == 1
    assert site.refresh(first["refresh_token"]).json() == {"error": "invalid_grant"}
    assert site.refresh(second["refresh_token"]).status_code == 200
    assert user_info(site, first).status_code == 401
    assert user_info(site, second).status_code == 200


def test_signing_out_everywhere_ends_all_sessions(alice, call, sign_in):
    sign_in()
    sign_in()
    call("admin_user_global_sign_out", Username=EMAIL)
    assert sessions(call) == []


def test_a_session_is_its_persons_alone(site, alice, call, sign_in):
    sign_in()
    session_id = sessions(call)[0]["SessionId"]
    site.person("bob@example.com")
    assert sessions(call, "bob@example.com") == []
    code, _ = call.fails(
        "admin_revoke_user_session", Username="bob@example.com", SessionId=session_id
    )
    assert code == "ResourceNotFoundException"
    assert len(sessions(call)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"SessionId": UNKNOWN}, "ResourceNotFoundException"),
        ({"SessionId": "sso" + "0" * 25}, "ResourceNotFoundException"),
        ({"SessionId": "TKN" + "0" * 25}, "InvalidParameterException"),
        ({"RevokeAssociatedSessions": "LINKED"}, "InvalidParameterException"),
        ({"Username": "nobody@example.com"}, "UserNotFoundException"),
    ],
)
def test_what_cannot_be_revoked_is_refused(alice, call, changes, error):
    given = {"Username": EMAIL, "SessionId": UNKNOWN, **changes}
    assert call.fails("admin_revoke_user_session", **given)[0] == error


def test_nobodys_sessions_are_not_found(alice, call):
    code, _ = call.fails("admin_list_user_sessions", Username="nobody@example.com")
    assert code == "UserNotFoundException"


def test_a_role_needs_the_right_to_them(site, alice):
    payload = {"UserPoolId": POOL_ID, "Username": EMAIL}
    status, headers, _ = site.pool.api(
        "AWSCognitoIdentityProviderService.AdminListUserSessions", payload, lambda *_: False
    )
    assert (status, headers["x-amzn-ErrorType"]) == (400, "AccessDeniedException:")


def user_info(site, tokens):
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return requests.get(f"{site.base}/oauth2/userInfo", headers=headers, timeout=10)
