"""Everything that runs: the services of one stack, their application and their upkeep."""

import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from devcloud.addresses import Addresses
from devcloud.app import create_app
from devcloud.aws_api import AwsApi
from devcloud.clock import Clock
from devcloud.cognito import ConfigurationError
from devcloud.database import Database
from devcloud.dynamodb import DynamoDB
from devcloud.dynamodb_items import ItemStore
from devcloud.errors import StartError
from devcloud.functions import Functions
from devcloud.mint import Mint
from devcloud.permissions import role_policies
from devcloud.physical_ids import PhysicalIds
from devcloud.services import api_stage, user_pool
from devcloud.stack import Stack
from devcloud.template import Template, read_template
from devcloud.web_environment import web_environment

# Where deployed code would come from: devcloud takes it from beside the template.
_ARTIFACTS = {
    "CodeBucket": "devcloud",
    "CodeKey": "service.zip",
}
_UPKEEP_SECONDS = 30.0


class Cloud:
    """The stack of a template, served by ``app``; with ``mints`` it signs wrong tokens too.

    Raises StartError when the template, the contract or the parameters are wrong.
    """

    def __init__(
        self,
        data_directory: Path,
        template_path: Path,
        given: Mapping[str, str],
        base_url: str,
        function_endpoint: str,
        *,
        mints: bool = False,
    ) -> None:
        template = read_template(template_path)
        database = Database(data_directory / "devcloud.sqlite3")
        stack = Stack(template, _with_artifacts(template, given), PhysicalIds(database))
        addresses = Addresses(stack, base_url)
        clock = Clock()
        code_directory = template.directory.parent
        self._functions = Functions(
            stack, code_directory, data_directory.resolve(), addresses, function_endpoint
        )
        self._dynamodb = DynamoDB(stack.of_type("AWS::DynamoDB::Table"), ItemStore(database), clock)
        self._stopping = threading.Event()
        try:
            pool = user_pool(stack, database, clock, addresses)
        except ConfigurationError as error:
            raise StartError(str(error)) from error
        self.app = create_app(
            pool=pool,
            stage=api_stage(stack, self._functions, pool, clock),
            aws_api=AwsApi(self._dynamodb, pool, self._functions.credentials, role_policies(stack)),
            environment=web_environment(stack, addresses),
            clock=clock,
            mint=Mint(pool) if mints else None,
        )

    def start(self) -> None:
        """Start the functions' first processes and the upkeep, in the background."""
        threading.Thread(target=self._upkeep, daemon=True).start()

    def stop(self) -> None:
        """End the functions' processes."""
        self._stopping.set()
        self._functions.stop()

    def _upkeep(self) -> None:
        for function in self._functions.all():
            function.warm_up()
        while not self._stopping.wait(_UPKEEP_SECONDS):
            # What cannot be deleted now is tried again the next time.
            with suppress(sqlite3.Error):
                self._dynamodb.purge_expired()
            for function in self._functions.all():
                function.retire_idle()


def _with_artifacts(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    known = {name: value for name, value in _ARTIFACTS.items() if name in template.parameters}
    return known | dict(given)
