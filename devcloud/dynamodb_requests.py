"""What DynamoDB refuses before it looks at any item: moto takes all this for granted."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from botocore.model import ServiceModel, StructureShape
from botocore.session import Session
from botocore.validate import ParamValidator

from devcloud.dynamodb_values import TOO_DEEP, value_mistake, values

# AWS, service quotas.
_LONGEST_EXPRESSION = 4096


class RequestCheck:
    """Holds requests against botocore's service model and DynamoDB's limits."""

    def __init__(self) -> None:
        self._validator = ParamValidator()

    def known(self, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The members that the operation has; as on AWS, others do not count."""
        members = self._shape(operation).members
        return {name: value for name, value in payload.items() if name in members}

    def mistake(self, operation: str, payload: Mapping[str, Any]) -> str | None:
        """What is wrong with the request, in one line; None when nothing is."""
        shape = self._shape(operation)
        try:
            report = self._validator.validate(payload, shape)
        except RecursionError:
            return TOO_DEEP
        if report.has_errors():
            return " ".join(report.generate_report().split())
        mistakes = filter(None, map(value_mistake, values(payload, shape)))
        if (mistake := next(mistakes, None)) is not None:
            return mistake
        for entries in payload["RequestItems"].values() if operation == "BatchWriteItem" else ():
            if any(len(entry) != 1 for entry in entries):
                return "Each request of a batch must be one PutRequest or one DeleteRequest."
        for name in [name for name in payload if name.endswith("Expression")]:
            # JSON can hold half a surrogate pair.
            if len(payload[name].encode(errors="surrogatepass")) > _LONGEST_EXPRESSION:
                return f"Invalid {name}: Expression size has exceeded the maximum allowed size"
        if operation == "UpdateItem" and "UpdateExpression" not in payload:
            return "devcloud does not imitate UpdateItem without UpdateExpression."
        return None

    @cached_property
    def _service(self) -> ServiceModel:
        # Read at the first request: it takes longer than anything else of this module.
        return Session().get_service_model("dynamodb")

    def _shape(self, operation: str) -> StructureShape:
        shape = self._service.operation_model(operation).input_shape
        assert isinstance(shape, StructureShape)
        return shape
