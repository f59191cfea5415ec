"""POST /oauth2/token with a refresh token, and POST /oauth2/revoke."""

import pytest
import requests

from devcloud.cognito.opaque import stored
from tests.devcloud.cognito.site import CLIENT_ID

INVALID_GRANT = (400, {"error": "invalid_grant"})
NO_ROTATION = {"RefreshTokenRotation": {"Feature": "DISABLED"}}


def error_of(response):
    return response.status_code, response.json()


@pytest.fixture
def alice(site):
    return site.person()


@pytest.fixture
def tokens(site, alice, browser):
    return site.tokens(browser)


def test_a_refresh_keeps_the_sign_in_and_renews_the_rest(site, tokens):
    site.pool.clock.move(60)
    answer = site.refresh(tokens["refresh_token"]).json()
    relaxed = {"audience": CLIENT_ID, "options": {"verify_iat": False}}
    old = site.verified(tokens["id_token"], **relaxed)
    new = site.verified(answer["id_token"], **relaxed)
    for claim in ("sub", "aud", "iss", "auth_time", "origin_jti", "email"):
        assert new[claim] == old[claim]
    assert new["iat"] >= old["iat"] + 60
    assert new["jti"] != old["jti"]
    assert "nonce" not in new


def test_attributes_and_groups_are_those_of_now(site, alice, tokens):
    with site.pool.database.transaction() as connection:
        site.pool.groups.add_member(connection, "admins", alice.sub)
    answer = site.refresh(tokens["refresh_token"]).json()
    assert site.verified(answer["id_token"], audience=CLIENT_ID)["cognito:groups"] == ["admins"]


def test_without_rotation_the_token_stays_and_no_other_comes(new_site, browser_of):
    site = new_site(client=NO_ROTATION)
    site.person()
    tokens = site.tokens(browser_of(site))
    for _ in range(3):
        answer = site.refresh(tokens["refresh_token"])
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()


def test_rotation_gives_a_new_token(site, tokens):
    second = site.refresh(tokens["refresh_token"]).json()["refresh_token"]
    assert second != tokens["refresh_token"]
    assert site.refresh(second).status_code == 200


def test_a_rotated_token_works_within_its_grace_period(site, tokens):
    first = site.refresh(tokens["refresh_token"]).json()
    site.pool.clock.move(9)
    again = site.refresh(tokens["refresh_token"])
    assert again.status_code == 200
    assert site.refresh(first["refresh_token"]).status_code == 200
    assert site.refresh(again.json()["refresh_token"]).status_code == 200


def test_a_rotated_token_is_refused_after_its_grace_period(site, tokens):
    newest = site.refresh(tokens["refresh_token"]).json()["refresh_token"]
    site.pool.clock.move(11)
    assert error_of(site.refresh(tokens["refresh_token"])) == INVALID_GRANT
    assert site.refresh(newest).status_code == 200


def test_using_a_token_in_its_grace_period_does_not_prolong_it(site, tokens):
    site.refresh(tokens["refresh_token"])
    site.pool.clock.move(9)
    site.refresh(tokens["refresh_token"])
    site.pool.clock.move(2)
    assert error_of(site.refresh(tokens["refresh_token"])) == INVALID_GRANT


def test_all_refresh_tokens_end_with_the_sign_in(site, tokens):
    site.pool.clock.move(6 * 86400)
    newest = site.refresh(tokens["refresh_token"]).json()["refresh_token"]
    site.pool.clock.move(86400)
    assert error_of(site.refresh(newest)) == INVALID_GRANT


@pytest.mark.parametrize("wrong", ["x", "", "é", "a" * 5000])
def test_a_token_that_was_never_issued_is_refused(site, tokens, wrong):
    expected = INVALID_GRANT if wrong else (400, {"error": "invalid_request"})
    assert error_of(site.refresh(wrong)) == expected


@pytest.mark.parametrize("change", [{"enabled": False}, None])
def test_a_disabled_or_deleted_person_gets_no_new_tokens(site, alice, tokens, change):
    with site.pool.database.transaction() as connection:
        if change:
            site.pool.people.change(connection, alice.sub, **change)
        else:
            site.pool.people.delete(connection, alice.sub)
    assert error_of(site.refresh(tokens["refresh_token"])) == INVALID_GRANT


def test_only_hashes_of_refresh_tokens_are_stored(site, tokens):
    rows = site.pool.database.query("SELECT * FROM cognito_refresh_tokens")
    assert [row["secret_hash"] for row in rows] == [stored(tokens["refresh_token"])]


def test_revoking_ends_the_refresh_token_and_the_access_token(site, browser, tokens):
    answer = site.post("/oauth2/revoke", {"token": tokens["refresh_token"]})
    assert (answer.status_code, answer.content) == (200, b"")
    assert error_of(site.refresh(tokens["refresh_token"])) == INVALID_GRANT
    assert site.pool.tokens.accept(tokens["access_token"]) is None


def test_revoking_one_token_revokes_those_it_was_rotated_into(site, tokens):
    newest = site.refresh(tokens["refresh_token"]).json()["refresh_token"]
    site.post("/oauth2/revoke", {"token": tokens["refresh_token"]})
    assert error_of(site.refresh(newest)) == INVALID_GRANT


def test_another_sign_in_of_the_same_person_goes_on(site, browser, tokens):
    other = site.tokens(browser, prompt="login")
    site.post("/oauth2/revoke", {"token": tokens["refresh_token"]})
    assert site.refresh(other["refresh_token"]).status_code == 200


@pytest.mark.parametrize("times", [1, 2])
def test_revoking_again_or_nonsense_is_fine(site, tokens, times):
    for token in [tokens["refresh_token"]] * times + ["nonsense"]:
        answer = site.post("/oauth2/revoke", {"token": token})
        assert (answer.status_code, answer.content) == (200, b"")


def test_revoking_nothing_is_an_invalid_request(site):
    assert error_of(site.post("/oauth2/revoke", {})) == (400, {"error": "invalid_request"})


def test_revoking_with_revocation_switched_off_is_an_invalid_request(new_site):
    site = new_site(client={"EnableTokenRevocation": False})
    answer = site.post("/oauth2/revoke", {"token": "x"})
    assert error_of(answer) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("name", ["id_token", "access_token"])
def test_only_refresh_tokens_can_be_revoked(site, tokens, name):
    answer = site.post("/oauth2/revoke", {"token": tokens[name]})
    assert error_of(answer) == (400, {"error": "unsupported_token_type"})


@pytest.mark.parametrize("header", ["Basic ä", "Basic %", "Basic", "Basic /w=="])
def test_credentials_that_cannot_be_read_are_wrong_ones(site, tokens, header):
    given = {"data": {"token": tokens["refresh_token"], "grant_type": "refresh_token"}}
    given["headers"] = {"Authorization": header.encode()}
    revoked = requests.post(f"{site.base}/oauth2/revoke", timeout=10, **given)
    assert error_of(revoked) == (401, {"error": "invalid_client"})
    refreshed = requests.post(f"{site.base}/oauth2/token", timeout=10, **given)
    assert error_of(refreshed) == (400, {"error": "invalid_client"})


@pytest.mark.parametrize("auth", [(CLIENT_ID, "wrong"), ("nobody", "x"), None])
def test_revoking_with_wrong_credentials_is_401(site, tokens, auth):
    answer = site.post("/oauth2/revoke", {"token": tokens["refresh_token"]}, auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert site.refresh(tokens["refresh_token"]).status_code == 200
