"""How a contract changes what API Gateway answers by itself."""

import pytest

from devcloud.gateway_responses import GatewayError, GatewayResponses

CONTEXT = {"requestId": "r-1", "extendedRequestId": "x-1"}


def answer(error, **changes):
    return GatewayResponses(changes, "Body").answer(error, CONTEXT)


class GatewayResponsesTests:
    def test_a_template_has_the_context(self):
        template = (
            '{"m":$context.error.messageString,"t":"$context.error.responseType",'
            '"r":"$context.requestId"}'
        )
        changed = {"statusCode": "418", "responseTemplates": {"application/json": template}}
        got = answer(GatewayError("UNAUTHORIZED"), UNAUTHORIZED=changed)
        assert got.status == 418
        assert got.body == '{"m":"Unauthorized","t":"UNAUTHORIZED","r":"r-1"}'

    def test_a_header_is_a_text_or_a_variable(self):
        changed = {
            "responseParameters": {
                "gatewayresponse.header.Retry-After": "'7'",
                "gatewayresponse.header.X-Request": "context.requestId",
            }
        }
        headers = answer(GatewayError("THROTTLED"), THROTTLED=changed).headers
        assert headers["Retry-After"] == "7"
        assert headers["X-Request"] == "r-1"

    @pytest.mark.parametrize(
        ("kind", "default"),
        [("UNAUTHORIZED", "DEFAULT_4XX"), ("INTEGRATION_TIMEOUT", "DEFAULT_5XX")],
    )
    def test_a_default_changes_what_has_no_own_change(self, kind, default):
        changed = {"responseParameters": {"gatewayresponse.header.X-Changed": "'yes'"}}
        assert answer(GatewayError(kind), **{default: changed}).headers["X-Changed"] == "yes"
        own = {"responseParameters": {}}
        kept = answer(GatewayError(kind), **{default: changed, kind: own})
        assert "X-Changed" not in kept.headers
