"""Runs the template's functions, each in its own processes and with its own environment."""

import ast
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devcloud.addresses import Addresses
from devcloud.errors import TemplateError
from devcloud.function_process import (
    FunctionFailed,
    FunctionProcess,
    FunctionTimedOut,
    Invocation,
    NoResultYet,
)
from devcloud.permissions import Credentials
from devcloud.resources import REGION, Resource
from devcloud.stack import Stack

__all__ = ["Function", "FunctionFailed", "FunctionTimedOut", "Functions", "NoResultYet"]

# Lambda would start up to 1,000 processes; more than a few only fight for a laptop's cores.
_MOST_PROCESSES = 8
_WARM_PROCESSES = 2
_IDLE_SECONDS = 60.0


@dataclass(frozen=True)
class FunctionSettings:
    """What the template says of a function."""

    name: str
    arn: str
    handler: str
    timeout: float
    role_arn: str
    environment: Mapping[str, str]


def function_settings(resource: Resource) -> FunctionSettings:
    """The settings of an AWS::Lambda::Function, with Lambda's defaults."""
    properties = resource.properties
    place = f"Resources.{resource.logical_id}.Properties"
    for name in ("Handler", "Role", "Runtime"):
        if name not in properties:
            raise TemplateError(f"{place}.{name}", "a function needs it.")
    if not str(properties["Runtime"]).startswith("python"):
        raise TemplateError(f"{place}.Runtime", "devcloud runs Python functions only.")
    arn = resource.attribute("Arn")
    assert arn is not None
    variables = properties.get("Environment", {}).get("Variables", {})
    memory = str(properties.get("MemorySize", 128))
    return FunctionSettings(
        name=resource.physical_id,
        arn=arn,
        handler=properties["Handler"],
        timeout=float(properties.get("Timeout", 3)),
        role_arn=properties["Role"],
        environment={
            "AWS_DEFAULT_REGION": REGION,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": memory,
            "AWS_LAMBDA_FUNCTION_NAME": resource.physical_id,
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{resource.physical_id}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "devcloud",
            "AWS_REGION": REGION,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
        }
        | {name: str(value) for name, value in variables.items()},
    )


class Function:
    """A function: warm processes that take turns, and more of them while they are all busy."""

    def __init__(
        self,
        settings: FunctionSettings,
        package_directory: Path,
        environment: Mapping[str, str],
        log_file: Path,
    ) -> None:
        self.settings = settings
        self._package_directory = package_directory
        self._environment = environment
        self._log_file = log_file
        # Each run of devcloud begins a new log.
        log_file.unlink(missing_ok=True)
        self._condition = threading.Condition()
        self._idle: list[FunctionProcess] = []
        self._count = 0
        self._is_stopped = False

    def warm_up(self) -> None:
        """Start the first processes, so that the first request need not wait for them."""
        for _ in range(_WARM_PROCESSES):
            self._give_back(self._start())

    def invoke(self, event: Mapping[str, Any], request_id: str, wait_seconds: float) -> Any:
        """What the handler returns.

        Raises FunctionFailed, FunctionTimedOut, or NoResultYet when the waiting is over first; as
        in Lambda the handler then works on to its end.
        """
        wait_until = time.monotonic() + wait_seconds
        process = self._take(wait_until)
        settings = self.settings
        try:
            process.begin(Invocation(event, request_id, settings.arn, settings.timeout))
            result = process.result(wait_until)
        except NoResultYet:
            threading.Thread(target=self._finish, args=(process,), daemon=True).start()
            raise
        except BaseException:
            self._give_back(process)
            raise
        self._give_back(process)
        return result

    def stop(self) -> None:
        """End every process."""
        with self._condition:
            self._is_stopped = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()

    def retire_idle(self) -> None:
        """End processes beyond the warm ones that nobody has needed for a while."""
        now = time.monotonic()
        with self._condition:
            spare = [p for p in self._idle if now - p.idle_since > _IDLE_SECONDS]
            spare = spare[: max(0, self._count - _WARM_PROCESSES)]
            for process in spare:
                self._idle.remove(process)
                self._count -= 1
        for process in spare:
            process.stop()

    def _finish(self, process: FunctionProcess) -> None:
        """See an invocation to its end that nobody waits for any more."""
        with suppress(FunctionFailed, FunctionTimedOut):
            process.result()
        self._give_back(process)

    def _take(self, wait_until: float) -> FunctionProcess:
        with self._condition:
            while True:
                while self._idle:
                    process = self._idle.pop()
                    if process.is_usable:
                        return process
                    self._count -= 1
                if self._count < _MOST_PROCESSES:
                    self._count += 1
                    break
                if not self._condition.wait(max(0.0, wait_until - time.monotonic())):
                    raise NoResultYet
        return self._new()

    def _start(self) -> FunctionProcess:
        with self._condition:
            self._count += 1
        return self._new()

    def _new(self) -> FunctionProcess:
        return FunctionProcess(
            self.settings.handler, self._package_directory, self._environment, self._log_file
        )

    def _give_back(self, process: FunctionProcess) -> None:
        process.idle_since = time.monotonic()
        with self._condition:
            is_kept = process.is_usable and not self._is_stopped
            if is_kept:
                self._idle.append(process)
            else:
                self._count -= 1
            self._condition.notify()
        if not is_kept:
            process.stop()


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
        self.credentials: dict[str, Credentials] = {}
        self._by_arn: dict[str, Function] = {}
        for resource in stack.of_type("AWS::Lambda::Function"):
            settings = function_settings(resource)
            place = f"Resources.{resource.logical_id}.Properties.Handler"
            _check_handler(code_directory, settings.handler, place)
            credentials = Credentials.make(settings.role_arn)
            self.credentials[credentials.access_key_id] = credentials
            self._by_arn[settings.arn] = Function(
                settings,
                _package(code_directory, data_directory / "functions", resource, settings.handler),
                {
                    **{k: addresses.local(v) for k, v in settings.environment.items()},
                    "AWS_ACCESS_KEY_ID": credentials.access_key_id,
                    "AWS_EC2_METADATA_DISABLED": "true",
                    "AWS_ENDPOINT_URL": endpoint,
                    "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
                    "AWS_SESSION_TOKEN": secrets.token_urlsafe(30),
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


def _check_handler(code_directory: Path, handler: str, place: str) -> None:
    """Refuse a handler that is not there, without importing it into devcloud's process."""
    module, _, name = handler.rpartition(".")
    path = code_directory.joinpath(*module.split(".")).with_suffix(".py")
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError) as error:
        raise TemplateError(place, f"{path} cannot be loaded: {error}.") from error
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name not in defined:
        raise TemplateError(place, f"{path} defines no function {name}.")


def _package(code_directory: Path, directory: Path, resource: Resource, handler: str) -> Path:
    """A directory that holds what the deployed package holds, and nothing beside it."""
    package = directory / resource.logical_id
    package.mkdir(parents=True, exist_ok=True)
    top = handler.split(".")[0]
    source = code_directory / top
    if not source.exists():
        source = source.with_suffix(".py")
    link = package / source.name
    link.unlink(missing_ok=True)
    link.symlink_to(source.resolve())
    return package
