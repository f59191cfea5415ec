"""What DynamoDB refuses before it looks at any item: moto takes all this for granted."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.session import Session
from botocore.validate import ParamValidator

# AWS, service quotas.
_LONGEST_EXPRESSION = 4096
# The same; reports that measured it took 31 maps or lists around a text, and were refused 32. They
# were refused wherever a value may be, and in these words.
_DEEPEST_VALUE = 32
_TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels"
    " beyond supported limit"
)


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
            return _TOO_DEEP
        if report.has_errors():
            return " ".join(report.generate_report().split())
        if any(_is_too_deep(value) for value in _values(payload, shape)):
            return _TOO_DEEP
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


def _values(given: Any, shape: Shape) -> Iterator[Mapping[str, Any]]:
    """The attribute values in a request that fits the model."""
    match shape:
        case StructureShape(name="AttributeValue"):
            yield given
        case StructureShape():
            for name, member in shape.members.items():
                if name in given:
                    yield from _values(given[name], member)
        case ListShape():
            for item in given:
                yield from _values(item, shape.member)
        case MapShape():
            for item in given.values():
                yield from _values(item, shape.value)


def _is_too_deep(value: Mapping[str, Any]) -> bool:
    level, depth = [value], 0
    while level and depth < _DEEPEST_VALUE:
        level = [inner for outer in level for inner in _inside(outer)]
        depth += 1
    return bool(level)


def _inside(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*value.get("M", {}).values(), *value.get("L", ())]
