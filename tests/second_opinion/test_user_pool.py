"""Signing in on the user pool's domain, and its token endpoint."""

import base64
import json

import requests

from tests.second_opinion.conftest import ALICE


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def refused(answer):
    return answer.status_code, answer.json()["error"]


class AuthorizeTests:
    def test_it_redirects_to_the_sign_in_page(self, stack):
        _, page = stack.authorize()
        assert "/login?" in page.url

    def test_an_unregistered_redirect_uri_ends_on_the_pools_own_error_page(self, stack):
        _, page = stack.authorize(redirect_uri="http://localhost:8000/elsewhere/")
        assert page.status == 400
        assert "/error?error=redirect_mismatch" in page.url

    def test_a_missing_response_type_goes_back_as_invalid_request(self, stack):
        _, page = stack.authorize(response_type=None)
        assert page.answer["error"] == "invalid_request"

    def test_plain_pkce_goes_back_as_invalid_request(self, stack):
        _, page = stack.authorize(code_challenge_method="plain")
        assert page.answer["error"] == "invalid_request"

    def test_the_implicit_grant_goes_back_as_unauthorized_client(self, stack):
        _, page = stack.authorize(response_type="token")
        assert page.answer["error"] == "unauthorized_client"


class TokenTests:
    def test_a_wrong_secret_is_400(self, stack):
        answer = stack.exchange(stack.code_for(ALICE), secret="wrong")
        assert refused(answer) == (400, "invalid_client")
        assert answer.json()["error_description"] == "invalid_client_secret"

    def test_a_code_works_once(self, stack):
        code = stack.code_for(ALICE)
        assert stack.exchange(code).status_code == 200
        assert refused(stack.exchange(code)) == (400, "invalid_grant")

    def test_a_code_wants_its_verifier(self, stack):
        answer = stack.exchange(stack.code_for(ALICE), code_verifier="another" * 10)
        assert refused(answer) == (400, "invalid_grant")

    def test_an_unknown_grant_type_is_400(self, stack):
        answer = stack.token_request(grant_type="password")
        assert refused(answer) == (400, "unsupported_grant_type")

    def test_an_answer_has_the_documented_members(self, tokens):
        assert tokens["token_type"] == "Bearer"
        assert tokens["expires_in"] == 900
        assert {"id_token", "access_token", "refresh_token"} <= set(tokens)

    def test_the_id_token_has_the_documented_claims(self, tokens):
        documented = {"sub", "aud", "iss", "token_use", "auth_time", "iat", "exp", "jti"}
        documented |= {"origin_jti", "cognito:username", "email", "email_verified", "nonce"}
        assert documented <= set(claims(tokens["id_token"]))

    def test_the_access_token_has_the_documented_claims_and_no_audience(self, tokens):
        documented = {"sub", "iss", "client_id", "token_use", "scope", "auth_time", "iat", "exp"}
        documented |= {"jti", "origin_jti", "username"}
        found = set(claims(tokens["access_token"]))
        assert documented <= found
        assert "aud" not in found

    def test_the_user_name_is_the_sub(self, tokens):
        found = claims(tokens["id_token"])
        assert found["cognito:username"] == found["sub"]

    def test_id_and_access_token_have_different_keys(self, tokens):
        headers = [
            json.loads(base64.urlsafe_b64decode(tokens[name].split(".")[0] + "=="))
            for name in ("id_token", "access_token")
        ]
        assert headers[0]["kid"] != headers[1]["kid"]


class RefreshTests:
    def test_a_refresh_rotates_and_keeps_the_time_of_the_sign_in(self, stack):
        first = stack.sign_in(ALICE)
        token = first["refresh_token"]
        answer = stack.token_request(grant_type="refresh_token", refresh_token=token)
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] != token
        old, new = claims(first["id_token"]), claims(answer.json()["id_token"])
        assert new["auth_time"] == old["auth_time"]
        assert new["origin_jti"] == old["origin_jti"]

    def test_a_revoked_token_refreshes_no_more(self, stack):
        token = stack.sign_in(ALICE)["refresh_token"]
        revoked = self._revoke(stack, token)
        assert (revoked.status_code, revoked.content) == (200, b"")
        answer = stack.token_request(grant_type="refresh_token", refresh_token=token)
        assert refused(answer) == (400, "invalid_grant")

    def test_an_unknown_token_is_revoked_quietly(self, stack):
        assert self._revoke(stack, "unknown").status_code == 200

    def test_an_access_token_cannot_be_revoked(self, stack, tokens):
        answer = self._revoke(stack, tokens["access_token"])
        assert refused(answer) == (400, "unsupported_token_type")

    def test_a_wrong_secret_cannot_revoke(self, stack, tokens):
        answer = self._revoke(stack, tokens["refresh_token"], secret="wrong")
        assert refused(answer) == (401, "invalid_client")

    def _revoke(self, stack, token, secret=None):
        return requests.post(
            f"{stack.base}/oauth2/revoke",
            data={"token": token},
            auth=(stack.app_client_id, secret or stack.app_client_secret),
            timeout=20,
        )
