"""cognito.pool: what is asked of cognito-idp, and what its answers mean."""

import ast
import inspect
import re
from collections.abc import Iterator

import pytest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError
from botocore.stub import Stubber

from cognito import pool
from cognito.http import ProviderUnavailable
from tests.test_repository import files, imported, text


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The user pool's API at the wire; a call that no test set up fails."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    pool._client.cache_clear()
    with Stubber(pool._client()) as stub:
        yield stub
    pool._client.cache_clear()


class DeletePersonTests:
    def test_it_names_pool_and_sub(self, cognito: Stubber, settings) -> None:
        expected = {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Username": "the-sub"}
        cognito.add_response("admin_delete_user", {}, expected)

        pool.delete_person("the-sub")

        cognito.assert_no_pending_responses()

    def test_somebody_who_is_gone_already_is_fine(self, cognito: Stubber) -> None:
        cognito.add_client_error("admin_delete_user", "UserNotFoundException")

        pool.delete_person("the-sub")

    @pytest.mark.parametrize(
        "code", ["TooManyRequestsException", "InternalErrorException", "AccessDeniedException"]
    )
    def test_a_refusal_is_an_unavailable_provider_and_logged(
        self, code: str, cognito: Stubber, caplog: pytest.LogCaptureFixture
    ) -> None:
        cognito.add_client_error("admin_delete_user", code, "the-sub is a secret")

        with pytest.raises(ProviderUnavailable, match=code):
            pool.delete_person("the-sub")

        assert caplog.records[0].cause == code
        assert "secret" not in caplog.text

    @pytest.mark.parametrize(
        "error", [ConnectTimeoutError(endpoint_url="http://pool"), NoCredentialsError()]
    )
    def test_no_answer_is_an_unavailable_provider(
        self, error: Exception, cognito: Stubber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(**_: object) -> None:
            raise error

        monkeypatch.setattr(pool._client(), "admin_delete_user", fails)

        with pytest.raises(ProviderUnavailable, match=type(error).__name__):
            pool.delete_person("the-sub")

    def test_it_waits_for_ever_for_nothing(self, cognito: Stubber, settings) -> None:
        limits = pool._client().meta.config
        assert limits.connect_timeout == limits.read_timeout == settings.OIDC_TIMEOUT
        assert limits.retries["total_max_attempts"] == 2


class PermissionTests:
    def test_the_instance_may_do_exactly_what_is_called_here(self) -> None:
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(inspect.getsource(pool)))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Call)
        } - {"client"}
        assert calls
        wanted = {"cognito-idp:" + "".join(map(str.capitalize, c.split("_"))) for c in calls}

        allowed = set(re.findall(r"cognito-idp:[A-Z]\w+", text("infra/web.yaml")))

        assert allowed == wanted

    def test_nothing_else_of_the_site_calls_cognito_idp(self) -> None:
        for part in ("notes", "notesite", "identity"):
            for path in pool_users(part):
                assert path.endswith("identity/pool.py")


def pool_users(part: str) -> list[str]:
    return [
        str(path)
        for path in files(part, ".py")
        if any(name.split(".")[0] in {"boto3", "botocore"} for name in imported(path))
    ]
