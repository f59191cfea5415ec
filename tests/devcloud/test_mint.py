"""Wrong tokens on request: who gets them, what they are, and that the stage refuses them."""

import json
import time

import jwt
import pytest
import requests

from tests.devcloud.running import ECHO_TEMPLATE, ROOT, Devcloud

UNAUTHORIZED = '{"message":"Unauthorized"}'


def minted(devcloud, **wanted):
    """The token that the mint makes; an ID token unless something else is wanted."""
    answer = ask(devcloud, {"token_use": "id", **wanted})
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def ask(devcloud, wanted):
    return requests.post(f"{devcloud.base}/_local/mint", json=wanted, timeout=10)


def get(devcloud, path, token):
    return requests.get(devcloud.api + path, headers={"Authorization": token}, timeout=10)


def verified(devcloud, token):
    """The claims, if a key of the pool's JWKS has signed the token."""
    issuer = f"{devcloud.base}/{devcloud.environment['COGNITO_USER_POOL_ID']}"
    keys = requests.get(f"{issuer}/.well-known/jwks.json", timeout=10).json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(key) for key in keys if key["kid"] == kid)
    options = {"verify_exp": False, "verify_aud": False}
    return jwt.decode(token, key, algorithms=["RS256"], issuer=issuer, options=options)


@pytest.fixture(scope="module")
def echo_mint(tmp_path_factory):
    devcloud = Devcloud(tmp_path_factory.mktemp("mint"), template=ECHO_TEMPLATE, mint=True)
    yield devcloud
    devcloud.stop()


@pytest.fixture(scope="module")
def notes_mint(tmp_path_factory):
    devcloud = Devcloud(tmp_path_factory.mktemp("mint"), mint=True)
    yield devcloud
    devcloud.stop()


class SwitchTests:
    def test_it_is_refused_unless_switched_on(self, echo):
        answer = ask(echo, {"token_use": "id"})
        assert answer.status_code == 403
        message = "Start devcloud with --mint to have wrong tokens made."
        assert answer.json() == {"message": message}

    def test_a_local_site_never_switches_it_on(self):
        for name in ("Makefile", "devcloud/run.py"):
            assert "mint" not in (ROOT / name).read_text()

    def test_only_json_makes_a_token(self, echo_mint):
        """So that no web page can do it with a form."""
        text = '{"token_use": "id"}'
        answer = requests.post(f"{echo_mint.base}/_local/mint", data=text, timeout=5)
        assert answer.status_code == 400

    def test_it_answers_loopback_names_only(self, echo_mint):
        answer = requests.post(
            f"{echo_mint.base}/_local/mint",
            json={"token_use": "id"},
            headers={"Host": "evil.example"},
            timeout=5,
        )
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "wanted",
        [
            *(None, [], {}, {"token_use": "refresh"}, {"token_use": []}),
            *({"token_use": "id", "key": "x"}, {"token_use": "id", "claims": []}),
            *({"token_use": "id", "headers": "kid"}, {"token_use": "id", "username": 1}),
            *({"token_use": "id", "exp": 0}, {"token_use": "id", "username": "x@example.com"}),
        ],
    )
    def test_a_senseless_wish_is_refused_in_one_sentence(self, echo_mint, wanted):
        answer = ask(echo_mint, wanted)
        assert answer.status_code == 400
        assert answer.json()["message"].endswith(".")


class TokenTests:
    def test_unchanged_it_is_what_a_sign_in_gives(self, echo_mint):
        claims = verified(echo_mint, minted(echo_mint))
        assert claims["email"] == "demo@example.com"
        assert claims["aud"] == echo_mint.environment["OIDC_RP_CLIENT_ID"]
        assert get(echo_mint, "/secured", minted(echo_mint)).status_code == 200
        assert get(echo_mint, "/scoped", minted(echo_mint, token_use="access")).status_code == 200

    def test_it_may_be_anybodys(self, echo_mint):
        claims = verified(echo_mint, minted(echo_mint, username="admin@example.com"))
        assert claims["cognito:groups"] == ["admins"]

    def test_claims_and_headers_are_changed_and_taken_away(self, echo_mint):
        changes = {"aud": "other", "email": None, "made": [1]}
        token = minted(echo_mint, claims=changes, headers={"typ": "at+jwt"})
        claims = verified(echo_mint, token)
        assert (claims["aud"], claims["made"]) == ("other", [1])
        assert "email" not in claims
        assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
        without = minted(echo_mint, headers={"kid": None})
        assert jwt.get_unverified_header(without) == {"alg": "RS256"}

    def test_a_foreign_key_has_the_pools_kid(self, echo_mint):
        token = minted(echo_mint, key="foreign")
        with pytest.raises(jwt.InvalidSignatureError):
            verified(echo_mint, token)

    def test_the_other_key_is_the_pools_too(self, echo_mint):
        token, access_token = minted(echo_mint, key="other"), minted(echo_mint, token_use="access")
        assert verified(echo_mint, token)["token_use"] == "id"
        kids = [jwt.get_unverified_header(one)["kid"] for one in (token, access_token)]
        assert kids[0] == kids[1]

    def test_the_pool_itself_knows_of_no_such_session(self, echo_mint):
        token = minted(echo_mint, token_use="access")
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.get(f"{echo_mint.base}/oauth2/userInfo", headers=headers, timeout=5)
        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "claims",
        [{"sub": None}, {"exp": None}, {"exp": "later"}, {"scope": 5}, {"origin_jti": ["a"]}],
    )
    def test_the_pool_refuses_claims_that_make_no_sense(self, echo_mint, claims):
        headers = {
            "Authorization": f"Bearer {minted(echo_mint, token_use='access', claims=claims)}"
        }
        answer = requests.get(f"{echo_mint.base}/oauth2/userInfo", headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


class StageTests:
    @pytest.mark.parametrize(
        "wanted",
        [
            {"key": "foreign"},
            {"headers": {"kid": "unknown"}},
            {"headers": {"kid": None}},
            {"headers": {"alg": "none"}},
            {"headers": {"alg": "HS256"}},
            {"claims": {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/another"}},
            {"claims": {"token_use": "access"}},
            {"claims": {"token_use": None}},
            {"claims": {"exp": "soon"}},
            {"claims": {"exp": 1e300}},
            {"claims": {"iat": "then"}},
        ],
        ids=json.dumps,
    )
    def test_it_refuses_a_wrong_token(self, echo_mint, wanted):
        answer = get(echo_mint, "/secured", minted(echo_mint, **wanted))
        assert (answer.status_code, answer.text) == (401, UNAUTHORIZED)

    @pytest.mark.parametrize("exp", [0, None, "the past"])
    def test_it_says_that_an_expired_token_has_expired(self, echo_mint, exp):
        exp = int(time.time()) - 1 if exp == "the past" else exp
        answer = get(echo_mint, "/secured", minted(echo_mint, claims={"exp": exp}))
        assert answer.status_code == 401
        assert answer.text == '{"message":"The incoming token has expired"}'

    def test_it_lets_the_pools_other_app_clients_pass_unless_an_expression_names_one(
        self, echo_mint
    ):
        """As AWS: the authorizer is the pool's; `/audience` is for the app client `nobody`."""
        other = {"aud": "another-app-client"}
        assert get(echo_mint, "/secured", minted(echo_mint, claims=other)).status_code == 200
        assert get(echo_mint, "/audience", minted(echo_mint, claims=other)).status_code == 401
        right = minted(echo_mint, claims={"aud": "nobody"})
        assert get(echo_mint, "/audience", right).status_code == 200


class NotesApiTests:
    def test_an_expired_token_is_refused(self, notes_mint):
        answer = get(notes_mint, "/notes", minted(notes_mint, claims={"exp": 1}))
        assert answer.status_code == 401
        assert answer.text == '{"message":"The incoming token has expired"}'

    def test_a_token_of_another_app_client_is_refused(self, notes_mint):
        """By the function: the authorizer lets every app client of its pool pass."""
        assert get(notes_mint, "/notes", minted(notes_mint)).status_code == 200
        other = minted(notes_mint, claims={"aud": "another-app-client"})
        assert get(notes_mint, "/notes", other).status_code == 403
