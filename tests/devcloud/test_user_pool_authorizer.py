"""COGNITO_USER_POOLS: what a method answers to each kind of token."""

import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from devcloud.authorizers import claim_text
from tests.devcloud.sign_in import sign_in

UNAUTHORIZED = '{"message":"Unauthorized"}'


def get(echo, path, authorization=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    return requests.get(echo.api + path, headers=headers, timeout=10)


def unverified(token):
    return jwt.decode(token, options={"verify_signature": False})


@pytest.fixture(scope="module")
def own_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class RefusalTests:
    def test_it_answers_as_recorded_on_aws(self, echo):
        answer = get(echo, "/secured")
        assert answer.status_code == 401
        assert answer.text == UNAUTHORIZED
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Length"] == "26"
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"
        assert answer.headers["x-amzn-RequestId"]
        assert answer.headers["x-amz-apigw-id"]

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "x", "a.b.c", "Basic YTpi"])
    def test_it_refuses_what_is_no_token(self, echo, header):
        answer = get(echo, "/secured", header)
        assert (answer.status_code, answer.text) == (401, UNAUTHORIZED)

    def test_it_refuses_a_token_with_a_changed_signature(self, echo, tokens):
        head, body, signature = tokens["id_token"].split(".")
        answer = get(echo, "/secured", f"{head}.{body}.{signature[::-1]}")
        assert (answer.status_code, answer.text) == (401, UNAUTHORIZED)

    def test_it_refuses_a_token_signed_with_another_key(self, echo, tokens, own_key):
        claims = unverified(tokens["id_token"])
        kid = jwt.get_unverified_header(tokens["id_token"])["kid"]
        forged = jwt.encode(claims, own_key, "RS256", headers={"kid": kid})
        assert get(echo, "/secured", forged).text == UNAUTHORIZED

    def test_it_refuses_a_token_whose_key_it_does_not_know(self, echo, tokens, own_key):
        claims = unverified(tokens["id_token"])
        forged = jwt.encode(claims, own_key, "RS256", headers={"kid": "another"})
        assert get(echo, "/secured", forged).text == UNAUTHORIZED

    def test_it_refuses_an_unsigned_token(self, echo, tokens):
        claims = unverified(tokens["id_token"])
        kid = jwt.get_unverified_header(tokens["id_token"])["kid"]
        forged = jwt.encode(claims, None, "none", headers={"kid": kid})
        assert get(echo, "/secured", forged).text == UNAUTHORIZED

    def test_it_says_that_an_expired_token_has_expired(self, echo, tokens):
        expires_in = unverified(tokens["id_token"])["exp"] - time.time()
        echo.move_clock(expires_in + 1)
        try:
            answer = get(echo, "/secured", tokens["id_token"])
        finally:
            echo.move_clock(-expires_in - 1)
        assert answer.status_code == 401
        assert answer.text == '{"message":"The incoming token has expired"}'
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"


class AcceptanceTests:
    @pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer "])
    def test_it_takes_an_id_token_raw_and_as_bearer(self, echo, tokens, prefix):
        assert get(echo, "/secured", prefix + tokens["id_token"]).status_code == 200

    def test_it_takes_no_access_token_without_scopes(self, echo, tokens):
        assert get(echo, "/secured", tokens["access_token"]).text == UNAUTHORIZED

    def test_it_takes_an_access_token_with_the_scope(self, echo, tokens):
        assert get(echo, "/scoped", tokens["access_token"]).status_code == 200

    def test_it_takes_no_id_token_where_there_are_scopes(self, echo, tokens):
        assert get(echo, "/scoped", tokens["id_token"]).text == UNAUTHORIZED

    def test_it_takes_no_access_token_without_the_scope(self, echo, tokens):
        assert get(echo, "/other-scope", tokens["access_token"]).text == UNAUTHORIZED

    @pytest.mark.parametrize("kind", ["id_token", "access_token"])
    def test_the_validation_expression_is_held_against_the_audience(self, echo, tokens, kind):
        assert get(echo, "/audience", tokens[kind]).text == UNAUTHORIZED

    def test_it_goes_on_taking_a_revoked_sign_ins_token_until_it_expires(self, echo):
        """It looks at signature and times alone, and asks the pool nothing."""
        own = sign_in(echo)
        client = (echo.environment["OIDC_RP_CLIENT_ID"], echo.environment["OIDC_RP_CLIENT_SECRET"])
        revoked = requests.post(
            f"{echo.base}/oauth2/revoke",
            data={"token": own["refresh_token"]},
            auth=client,
            timeout=10,
        )
        assert revoked.status_code == 200
        headers = {"Authorization": f"Bearer {own['access_token']}"}
        url = f"{echo.base}/oauth2/userInfo"
        assert requests.get(url, headers=headers, timeout=10).status_code == 401
        assert get(echo, "/secured", own["id_token"]).status_code == 200

    def test_security_at_the_root_of_the_contract_is_ignored(self, echo):
        assert get(echo, "/open").status_code == 200


class ClaimsTests:
    def test_every_claim_is_a_string(self, echo, tokens):
        event = get(echo, "/secured", tokens["id_token"]).json()["event"]
        claims = event["requestContext"]["authorizer"]["claims"]
        sent = unverified(tokens["id_token"])
        assert set(claims) == set(sent)
        assert all(isinstance(value, str) for value in claims.values())
        assert claims["sub"] == sent["sub"]
        assert claims["auth_time"] == str(sent["auth_time"])
        assert claims["email_verified"] == "true"

    def test_times_are_spelled_out(self, echo, tokens):
        event = get(echo, "/secured", tokens["id_token"]).json()["event"]
        claims = event["requestContext"]["authorizer"]["claims"]
        sent = unverified(tokens["id_token"])
        for name in ("exp", "iat"):
            spelled = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(sent[name]))
            assert claims[name] == spelled

    def test_groups_are_joined_with_commas(self):
        assert claim_text("cognito:groups", ["admins", "writers"]) == "admins,writers"
