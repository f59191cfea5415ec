"""The variables that the web application takes from the stack."""

import json
import re

from devcloud.addresses import Addresses
from devcloud.errors import TemplateError
from devcloud.stack import Stack

_SECRET_OUTPUT = "WebAppClientSecretArn"


def web_environment(stack: Stack, addresses: Addresses) -> dict[str, str]:
    """Outputs by the names of the variables they feed, with the keys of the web app's secret."""
    variables = {
        _variable(name): addresses.local(str(value))
        for name, value in stack.outputs.items()
        if name != _SECRET_OUTPUT
    }
    variables["COGNITO_ENDPOINT_URL"] = addresses.base
    if _SECRET_OUTPUT in stack.outputs:
        arn = str(stack.outputs[_SECRET_OUTPUT])
        secret = stack.by_physical_id("AWS::SecretsManager::Secret", arn)
        if secret is None:
            raise TemplateError(f"Outputs.{_SECRET_OUTPUT}", f"no secret has the ARN {arn}.")
        variables |= json.loads(secret.properties["SecretString"])
    return variables


def _variable(output: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", output).upper()
