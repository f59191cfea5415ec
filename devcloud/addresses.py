"""Where the stack's services are: on AWS's host names in the template, on one port here."""

from devcloud.resources import REGION, URL_SUFFIX
from devcloud.stack import Stack


class Addresses:
    """Puts devcloud's addresses in the place of AWS's."""

    def __init__(self, stack: Stack, base: str) -> None:
        self.base = base
        self._local = {f"https://cognito-idp.{REGION}.{URL_SUFFIX}": base}
        for domain in stack.of_type("AWS::Cognito::UserPoolDomain"):
            host = f"{domain.physical_id}.auth.{REGION}.amazoncognito.com"
            self._local[f"https://{host}"] = base
        for api in stack.of_type("AWS::ApiGateway::RestApi"):
            host = f"{api.physical_id}.execute-api.{REGION}.{URL_SUFFIX}"
            self._local[f"https://{host}"] = f"{base}/execute-api"

    def local(self, text: str) -> str:
        """The text with every address of the stack's services changed into devcloud's."""
        for address, replacement in self._local.items():
            text = text.replace(address, replacement)
        return text
