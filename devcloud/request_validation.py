"""Validates a request against its method's parameters and models.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

from collections.abc import Callable, Mapping

from devcloud.gateway_responses import GatewayError
from devcloud.methods import Method
from devcloud.models import BodyModel
from devcloud.stage_request import StageRequest


def validate(method: Method, request: StageRequest, path_parameters: Mapping[str, str]) -> None:
    """Raise GatewayError for what API Gateway would not pass on."""
    if method.validates_parameters:
        missing = _missing_parameters(method, request, path_parameters)
        if missing:
            raise GatewayError(
                "BAD_REQUEST_PARAMETERS",
                f"Missing required request parameters: [{', '.join(missing)}]",
            )
    if method.validates_body:
        model = _model(method.body_models, request.header("Content-Type"))
        if model is not None and not model.accepts(request.body):
            raise GatewayError("BAD_REQUEST_BODY")


def _missing_parameters(
    method: Method, request: StageRequest, path_parameters: Mapping[str, str]
) -> list[str]:
    query = dict(request.query)
    # Unlike in HTTP, the spelling of a header's name counts here.
    headers = dict(request.headers)
    values: dict[str, Callable[[str], str | None]] = {
        "path": path_parameters.get,
        "query": query.get,
        "header": headers.get,
    }
    # A blank value counts as none.
    return sorted(
        parameter.name
        for parameter in method.parameters
        if parameter.required and not (values[parameter.location](parameter.name) or "").strip()
    )


def _model(models: Mapping[str, BodyModel], content_type: str | None) -> BodyModel | None:
    """The model for the content type; one that the contract does not name is not validated."""
    name = (content_type or "application/json").partition(";")[0].strip().lower()
    return models.get(name)
