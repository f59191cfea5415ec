"""What the template says of a function, and the directory that stands for its package."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devcloud.errors import TemplateError
from devcloud.function_libraries import empty, link, packaged
from devcloud.resources import REGION, Resource


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


def check_handler(code_directory: Path, handler: str, place: str) -> None:
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


def package_directory(
    code_directory: Path, directory: Path, resource: Resource, handler: str
) -> Path:
    """A directory that holds what the deployed package holds, and nothing beside it."""
    package = directory / resource.logical_id
    empty(package)
    top = handler.split(".")[0]
    source = code_directory / top
    requirements = packaged(source / "requirements.txt")
    if not source.exists():
        source = source.with_suffix(".py")
    (package / source.name).symlink_to(source.resolve())
    link(requirements, package, f"Resources.{resource.logical_id}.Properties.Code")
    return package
