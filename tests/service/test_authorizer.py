"""The Lambda authorizer for access tokens: which it accepts, and what it says of them."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import authorizer
from service.jwks import JwksUnavailable, KeySet
from service.settings import AuthorizerSettings, MissingSetting
from tests.contract import contract
from tests.service.access_tokens import ISSUER, KID, Endpoint, access_token, asked, tampered
from tests.service.embedded_metric_format import metrics_in


@pytest.mark.usefixtures("endpoint")
class AcceptedTokenTests:
    def test_the_principal_is_the_sub(self) -> None:
        assert asked(access_token())["principalId"] == "5f3c1d1e-0000-4000-8000-00000000000a"

    def test_it_may_come_after_bearer(self) -> None:
        assert asked(f"Bearer {access_token()}")["principalId"]
        assert asked(f"bearer {access_token()}")["principalId"]

    @pytest.mark.parametrize(
        "form",
        ["{}", "Bearer {}", "bearer {}", "BEARER {}", "Bearer  {}", "Bearer\t{}", " {}", "{} "]
        + ["{}\n", "Bearer Bearer {}", "Basic {}", "{}.x", "{}="],
    )
    def test_it_takes_what_api_gateway_lets_through(self, form: str) -> None:
        scheme = contract("TakesAccessTokens")["components"]["securitySchemes"]["NotesAuthorizer"]
        asks = scheme["x-amazon-apigateway-authorizer"]["identityValidationExpression"]
        header = form.format(access_token())
        lets_in = nullcontext() if re.fullmatch(asks, header) else pytest.raises(Exception)
        with lets_in:
            asked(header)

    def test_the_policy_is_for_the_whole_stage_and_no_other(self) -> None:
        """The verdict is kept for the token: another method of the API comes with it next."""
        (statement,) = asked(access_token())["policyDocument"]["Statement"]
        assert statement == {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": "arn:aws:execute-api:eu-central-1:000000000000:a1b2c3d4e5/prod/*",
        }

    def test_the_function_behind_learns_of_the_app_client(self) -> None:
        context = asked(access_token())["context"]
        assert context == {"client_id": "1example23456789", "username": "ada"}


@pytest.mark.usefixtures("endpoint")
class RefusedTokenTests:
    def reason(self, token: str, capsys: pytest.CaptureFixture[str]) -> str:
        """What the log says of the refusal."""
        with pytest.raises(Exception) as refusal:
            asked(token)
        assert (type(refusal.value), str(refusal.value)) == (Exception, "Unauthorized")
        line = metrics_in(capsys.readouterr().out)
        assert (line["status"], line["client_error"], line["server_error"]) == (401, 1, 0)
        return str(line["error"])

    @pytest.mark.parametrize(
        "token",
        ["", "x", "Bearer ", "a.b.c", "..", "a.b", "\u00e9.\u00e9.\u00e9", "null.null.null"],
    )
    def test_it_must_be_a_jwt(self, token: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.reason(token, capsys) == "Not a valid JWT token"

    def test_deeply_nested_json_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        def encoded(text: str) -> str:
            return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

        header = encoded('{"alg":"RS256"}')
        token = f"{header}.{encoded('[' * 100_000)}.{encoded('x')}"
        assert self.reason(token, capsys) == "Not a valid JWT token"

    @pytest.mark.parametrize("iss", [None, "", ISSUER + "x", "https://evil.example", 1, [ISSUER]])
    def test_it_must_be_of_the_pool(self, iss: Any, capsys: pytest.CaptureFixture[str]) -> None:
        token = tampered(access_token(), iss=iss)
        assert self.reason(token, capsys) == "invalid issuer"

    @pytest.mark.parametrize("token_use", [None, "id", "refresh", "", ["access"]])
    def test_it_must_be_an_access_token(
        self, token_use: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.reason(access_token(token_use=token_use), capsys) == "Not an access token"

    @pytest.mark.parametrize("kid", [None, "", "another-key"])
    def test_its_key_must_be_the_pools(
        self, kid: str | None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.reason(access_token(kid=kid), capsys) == "Invalid access token"

    def test_its_key_must_be_for_signatures(
        self, capsys: pytest.CaptureFixture[str], endpoint: Endpoint
    ) -> None:
        (key,) = endpoint.documents[0]["keys"]
        endpoint.documents = [{"keys": [{**key, "use": "enc"}]}]
        assert self.reason(access_token(), capsys) == "Invalid access token"

    def test_its_signature_must_be_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        token = access_token(signed_by="key-of-an-attacker")
        assert self.reason(token, capsys) == "InvalidSignatureError"
        token = tampered(access_token(), sub="somebody-else")
        assert self.reason(token, capsys) == "InvalidSignatureError"

    def test_it_must_not_have_expired(self, capsys: pytest.CaptureFixture[str]) -> None:
        token = access_token(exp=int(time.time()) - 1)
        assert self.reason(token, capsys) == "ExpiredSignatureError"

    @pytest.mark.parametrize("iat", [lambda: None, lambda: "soon", lambda: int(time.time()) + 30])
    def test_when_it_was_issued_is_no_reason(self, iat: Callable[[], object]) -> None:
        """The source document asks for signature, issuer and expiry; and clocks differ."""
        assert asked(access_token(iat=iat()))["principalId"]

    @pytest.mark.parametrize("claim", ["exp", "sub"])
    def test_it_must_be_complete(self, claim: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.reason(access_token(**{claim: None}), capsys) == "MissingRequiredClaimError"

    def test_it_must_be_somebodys(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.reason(access_token(sub=""), capsys) == "No sub"

    @pytest.mark.parametrize("exp", ["soon", [], {}])
    def test_its_times_must_be_times(self, exp: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.reason(access_token(exp=exp), capsys)

    def test_it_must_not_choose_its_own_algorithm(self, capsys: pytest.CaptureFixture[str]) -> None:
        claims = jwt.decode(access_token(), options={"verify_signature": False})
        unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": KID})
        assert self.reason(unsigned, capsys) == "Not a valid JWT token"
        assert self.reason(f"{unsigned}AAAA", capsys) == "InvalidAlgorithmError"
        with_secret = jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": KID})
        assert self.reason(with_secret, capsys) == "InvalidAlgorithmError"

    def test_the_questions_are_asked_in_the_source_documents_order(
        self, capsys: pytest.CaptureFixture[str], endpoint: Endpoint
    ) -> None:
        wrong = {"iss": "x", "token_use": "id", "exp": 1}
        assert self.reason(access_token(kid="x", **wrong), capsys) == "invalid issuer"
        del wrong["iss"]
        assert self.reason(access_token(kid="x", **wrong), capsys) == "Not an access token"
        assert endpoint.asked == []
        del wrong["token_use"]
        assert self.reason(access_token(kid="x", **wrong), capsys) == "Invalid access token"
        assert self.reason(access_token(**wrong), capsys) == "ExpiredSignatureError"


class LogTests:
    """One line for each request, which metrics and the alarm stand on; never a token or a claim."""

    def line(self, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        line = metrics_in(capsys.readouterr().out)
        assert line.pop("_aws")
        assert line.pop("milliseconds") >= 0
        return line

    def test_it_says_who_was_let_in(
        self, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked(access_token())
        assert self.line(capsys) == {
            "request_id": "request-1",
            "function": "notesite-AuthorizerFunction",
            "operation": "authorize",
            "owner": hashlib.sha256(b"5f3c1d1e-0000-4000-8000-00000000000a").hexdigest()[:16],
            "status": 200,
            "client_error": 0,
            "server_error": 0,
            "mistake": 0,
        }

    def test_it_says_that_the_keys_cannot_be_fetched(
        self, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
    ) -> None:
        endpoint.documents = [OSError("down")]
        with pytest.raises(JwksUnavailable):
            asked(access_token())
        line = self.line(capsys)
        assert (line["status"], line["error"]) == (500, "JwksUnavailable")
        assert (line["server_error"], line["mistake"]) == (1, 0)

    def test_it_says_where_a_mistake_is(
        self,
        endpoint: Endpoint,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def mistaken(*_: object) -> None:
            raise RuntimeError("a secret text")

        monkeypatch.setattr(authorizer, "verified_claims", mistaken)
        with pytest.raises(RuntimeError):
            asked(access_token())
        line = self.line(capsys)
        assert (line["status"], line["error"], line["mistake"]) == (500, "RuntimeError", 1)
        assert line["trace"][-1].endswith(" mistaken")
        assert "secret" not in json.dumps(line)


class AnyTokenTests:
    @given(header=st.text(), claims=st.dictionaries(st.text(), st.none() | st.integers()))
    def test_nothing_but_a_refusal_comes_of_what_others_made_up(
        self, header: str, claims: dict[str, Any]
    ) -> None:
        keys = KeySet(ISSUER, Endpoint())
        made_up = tampered(access_token(), **claims)
        for token in (header, f"Bearer {header}", made_up, f"{header}.{header}.{header}"):
            if not claims and token == made_up:
                continue
            with pytest.raises(authorizer.Refused):
                authorizer.verified_claims(token, ISSUER, keys)


class AuthorizerSettingsTests:
    def test_it_reads_the_issuer(self) -> None:
        settings = AuthorizerSettings.from_environment({"USER_POOL_ISSUER": ISSUER})
        assert settings == AuthorizerSettings(ISSUER)

    @pytest.mark.parametrize("issuer", ["", "cognito-idp.eu-central-1.amazonaws.com/pool"])
    def test_it_says_what_is_wrong(self, issuer: str) -> None:
        with pytest.raises(MissingSetting, match="^USER_POOL_ISSUER is "):
            AuthorizerSettings.from_environment({"USER_POOL_ISSUER": issuer})
