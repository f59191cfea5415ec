"""The libraries that a function can import: its package's own and those of Lambda's runtime."""

from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from devcloud.errors import TemplateError

# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
_IN_THE_RUNTIME = ["boto3"]


def runtime_directory(directory: Path) -> Path:
    """A directory with what Lambda's Python runtimes bring along beside the standard library."""
    # No logical id has a hyphen, so it is no function's directory.
    runtime = directory / "lambda-runtime"
    empty(runtime)
    link(_IN_THE_RUNTIME, runtime, "Lambda's runtime")
    return runtime


def empty(directory: Path) -> None:
    """Have the directory without links of an earlier run."""
    directory.mkdir(parents=True, exist_ok=True)
    for entry in directory.iterdir():
        if entry.is_symlink():
            entry.unlink()


def packaged(requirements: Path) -> list[str]:
    """What is installed into a package beside its code; nothing without a requirements file."""
    if not requirements.exists():
        return []
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return [line for line in (text.partition("#")[0].strip() for text in lines) if line]


def link(requirements: Iterable[str], directory: Path, place: str) -> None:
    """Put links to the installed distributions there, and to all that they require."""
    wanted = [Requirement(line) for line in requirements]
    linked = set()
    while wanted:
        requirement = wanted.pop()
        is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if requirement.name in linked or not is_needed:
            continue
        linked.add(requirement.name)
        installed = _installed(requirement, place)
        for top in _top_levels(installed):
            link_to = directory / top
            link_to.unlink(missing_ok=True)
            link_to.symlink_to(Path(str(installed.locate_file(top))).resolve())
        wanted += [Requirement(line) for line in installed.requires or ()]


def _installed(requirement: Requirement, place: str) -> Distribution:
    try:
        installed = distribution(requirement.name)
    except PackageNotFoundError:
        raise TemplateError(place, f"{requirement} is not installed; run `make setup`.") from None
    if not requirement.specifier.contains(installed.version):
        raise TemplateError(
            place, f"{requirement} is needed, not {installed.version}; run `make setup`."
        )
    return installed


def _top_levels(installed: Distribution) -> set[str]:
    """Its packages and modules in site-packages."""
    tops = {path.parts[0] for path in installed.files or ()}
    return {top for top in tops if top not in ("..", "__pycache__") and ".dist-info" not in top}
