"""Every function of the stack, with its own processes, environment and credentials."""

import secrets
from pathlib import Path

from devcloud.addresses import Addresses
from devcloud.function_libraries import runtime_directory
from devcloud.function_package import check_handler, function_settings, package_directory
from devcloud.function_pool import Function
from devcloud.permissions import Credentials
from devcloud.stack import Stack


class Functions:
    """Every function of the stack by ARN."""

    def __init__(
        self,
        stack: Stack,
        code_directory: Path,
        data_directory: Path,
        addresses: Addresses,
        endpoint: str,
    ) -> None:
        packages = data_directory / "functions"
        runtime = runtime_directory(packages)
        self.credentials: dict[str, Credentials] = {}
        self._by_arn: dict[str, Function] = {}
        for resource in stack.of_type("AWS::Lambda::Function"):
            settings = function_settings(resource)
            place = f"Resources.{resource.logical_id}.Properties.Handler"
            check_handler(code_directory, settings.handler, place)
            credentials = Credentials.make(settings.role_arn)
            self.credentials[credentials.access_key_id] = credentials
            self._by_arn[settings.arn] = Function(
                settings,
                package_directory(code_directory, packages, resource, settings.handler),
                {
                    **{k: addresses.local(v) for k, v in settings.environment.items()},
                    "AWS_ACCESS_KEY_ID": credentials.access_key_id,
                    "AWS_EC2_METADATA_DISABLED": "true",
                    "AWS_ENDPOINT_URL": endpoint,
                    "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
                    "AWS_SESSION_TOKEN": secrets.token_urlsafe(30),
                    "LAMBDA_RUNTIME_DIR": str(runtime),
                },
                data_directory / "logs" / f"{resource.logical_id}.log",
            )

    def __getitem__(self, arn: str) -> Function:
        return self._by_arn[arn]

    def __contains__(self, arn: str) -> bool:
        return arn in self._by_arn

    def all(self) -> list[Function]:
        """Every function."""
        return list(self._by_arn.values())

    def stop(self) -> None:
        """End all their processes."""
        for function in self._by_arn.values():
            function.stop()
