"""What the repository promises about itself: names, arrows and documents that cannot drift."""

import ast
import json
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.contrib import admin

from notes.gateway import NotesGateway
from service.handler import ROUTES

ROOT = Path(__file__).resolve().parent.parent
# A template of the same name here goes before it.
DJANGO_ADMIN = Path(admin.__file__).parent / "templates"
WEB = ("notesite", "notes", "administration", "identity", "cognito", "outgoing")
# What a part may never import. Everything else about it is its own business.
OTHER_PROGRAMS = {"devcloud", "tests", "infra", "service"}
FORBIDDEN = {
    "notesite": OTHER_PROGRAMS | {"notes.gateway"},
    "notes": OTHER_PROGRAMS
    | {"notesite", "administration", "mozilla_django_oidc"}
    # Of cognito only what an account's deletion needs.
    | {"cognito.http", "cognito.jwks", "cognito.provider", "cognito.verify"},
    "notes/gateway": {"django", "identity", "cognito", "mozilla_django_oidc"},
    "administration": OTHER_PROGRAMS | {"notesite", "notes"},
    "identity": OTHER_PROGRAMS | {"notesite", "notes", "administration"},
    "cognito": OTHER_PROGRAMS
    | {"notesite", "notes", "administration", "identity"}
    | {"django.db", "django.http", "django.contrib"},
    "outgoing": OTHER_PROGRAMS | {"django", *WEB},
    "service": {"devcloud", "tests", "infra", "django", *WEB},
    # devcloud runs the service as Lambda would: in another process, by the handler's name.
    "devcloud": {"tests", "infra", "service", "django", *WEB},
    "infra": {"devcloud", "tests", "service", "django", *WEB},
}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def repository() -> list[Path]:
    """Every file that is in git or on its way there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in sorted(names.split("\0")) if (ROOT / name).is_file()]


def files(folder: str, suffix: str = "") -> list[Path]:
    """Our own files below a folder, all or those of that suffix."""
    return [
        path
        for path in repository()
        if path.is_relative_to(ROOT / folder) and path.name.endswith(suffix)
    ]


def documents() -> list[Path]:
    return files("", ".md")


def anchors(document: Path) -> set[str]:
    """What links can name in the document: its headings as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in it, with the names it takes from it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def code_lines(path: Path) -> set[int]:
    """The numbers of the lines that hold something other than a comment or a docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [
        node.body[0]
        for node in ast.walk(tree(path))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    ]
    prose = {line for text in docstrings for line in lines_of(text.lineno, text.end_lineno)}
    with tokenize.open(path) as source:
        tokens = [
            token
            for token in tokenize.generate_tokens(source.readline)
            if token.type != tokenize.COMMENT and token.string.strip()
        ]
    return {line for token in tokens for line in lines_of(token.start[0], token.end[0])} - prose


def lines_of(first: int, last: int | None) -> range:
    return range(first, (last or first) + 1)


def strings(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def variables_read() -> set[str]:
    """The first argument of every reader of notesite/env.py."""
    return {
        node.args[0].value
        for path in files("notesite", ".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.func.attr != "refuse"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def events_logged() -> set[str]:
    """What the web application's own code writes into the log, by its events' names."""
    return {
        argument.value
        for part in WEB
        for path in files(part, ".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"logger", "events"}
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def section(document: str, heading: str) -> str:
    return text(document).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def operations() -> dict[str, tuple[str, str]]:
    """Operations of the notes function by the name they have in Python: method and path."""
    return {
        re.sub(r"(?<=[a-z])([A-Z])", r"_\1", operation["operationId"]).lower(): (
            method.upper(),
            path,
        )
        for path, methods in json.loads(text("infra/openapi.json"))["paths"].items()
        for method, operation in methods.items()
        # Preflights are choices that a deployment makes; they are no operations of a person.
        if "operationId" in operation and "${NotesFunction.Arn}" in json.dumps(operation)
    }


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text("Makefile"), re.MULTILINE))


class VariableTests:
    def test_the_example_has_each_variable_once(self) -> None:
        names = re.findall(r"^([A-Z_]+)=", text(".env.example"), re.MULTILINE)
        assert sorted(names) == sorted(variables_read())

    def test_the_documents_table_has_the_same_variables(self) -> None:
        table = section("docs/configuration.md", "The web application")
        documented = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)
        assert sorted(documented) == sorted(variables_read())

    @pytest.mark.parametrize(
        "program", ["gunicorn.conf.py", "devcloud/run.py", "service/settings.py"]
    )
    def test_what_other_programs_read_is_documented(self, program: str) -> None:
        read = {word for word in strings(ROOT / program) if re.fullmatch(r"[A-Z][A-Z_]{2,}", word)}
        documented = set(re.findall(r"`([A-Z_]+)`", text("docs/configuration.md")))
        assert read and read <= documented


class EventTests:
    def test_the_table_has_each_event_once_and_all_have_names_of_one_style(self) -> None:
        documented = re.findall(r"^\| `([a-z_]+)` \|", text("docs/log.md"), re.MULTILINE)
        assert documented and sorted(documented) == sorted(events_logged())


class ImportTests:
    @pytest.mark.parametrize("part", FORBIDDEN)
    def test_imports_follow_the_arrows(self, part: str) -> None:
        wrong = [
            f"{path.relative_to(ROOT)} imports {name}"
            for path in files(part, ".py")
            for name in imported(path)
            for forbidden in FORBIDDEN[part]
            if name == forbidden or name.startswith(f"{forbidden}.")
        ]
        assert files(part, ".py") and not wrong

    def test_the_gateway_needs_nothing_of_the_pages(self) -> None:
        names = {name for path in files("notes/gateway", ".py") for name in imported(path)}
        assert {name for name in names if name.startswith("notes")} == {
            name for name in names if name.startswith("notes.gateway")
        }


class ContractTests:
    @pytest.mark.parametrize("name", operations())
    def test_each_operation_has_a_gateway_method_that_is_tested(self, name: str) -> None:
        assert callable(getattr(NotesGateway, name, None))
        assert any(f".{name}(" in path.read_text() for path in files("tests/notes", ".py"))

    @pytest.mark.parametrize(("name", "route"), operations().items())
    def test_each_operation_has_a_route_and_a_test_file_of_its_name(
        self, name: str, route: tuple[str, str]
    ) -> None:
        assert ROUTES[route].__name__ == name
        assert (ROOT / f"tests/service/test_{name}.py").is_file()

    def test_the_service_has_no_route_beside_the_contract(self) -> None:
        assert sorted(ROUTES) == sorted(operations().values())

    def test_each_function_of_the_template_is_tested(self) -> None:
        modules = re.findall(r"Handler: (service\.\w+)\.lambda_handler", text("infra/backend.yaml"))
        tested = {name for path in files("tests/service", ".py") for name in imported(path)}
        for module in modules:
            assert any(name.startswith(module) for name in tested), module
        assert modules


class MakefileTests:
    def test_each_target_has_help_text(self) -> None:
        helped = set(re.findall(r"^([a-z-]+):.*## \S", text("Makefile"), re.MULTILINE))
        phony = set(re.findall(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)[0].split())
        assert targets() == helped == phony

    def test_documents_name_targets_that_exist(self) -> None:
        named = {
            (path.name, target)
            for path in documents()
            for target in re.findall(
                r"(?:^ {4}|`)make ([a-z][a-z-]*)", path.read_text(), re.MULTILINE
            )
        }
        assert named and not {(path, target) for path, target in named if target not in targets()}

    def test_the_readme_begins_with_the_two_commands(self) -> None:
        assert re.findall(r"^ {4}(.+)", text("README.md"), re.MULTILINE)[:2] == [
            "make run",
            "make test",
        ]

    def test_the_readme_lists_every_target(self) -> None:
        assert targets() <= set(re.findall(r"`make ([a-z-]+)`", text("README.md"))) | {"help"}


class TemplateTests:
    def test_each_template_that_is_named_exists_and_none_is_left_over(self) -> None:
        named = {word for part in WEB for path in files(part, ".py") for word in strings(path)}
        for path in files("templates"):
            named |= set(re.findall(r"""{% (?:include|extends) ["']([^"']+)""", path.read_text()))
        # Those below admin/ are Django's own.
        named = {name for name in named if re.fullmatch(r"(?!admin/)[\w/-]+\.(html|svg)", name)}
        # Those of statuses are taken by number: by Django, and by notes/middleware.py.
        statuses = set(re.findall(r"Failure\(\s*(\d{3})", text("notes/failures.py"))) - {"401"}
        by_status = {f"{status}.html" for status in statuses}
        there = {
            name
            for path in files("templates")
            if not (DJANGO_ADMIN / (name := str(path.relative_to(ROOT / "templates")))).exists()
        }
        assert named | by_status <= there
        assert not {name for name in there - named if not re.match(r"\d{3}(_csrf)?\.html", name)}

    def test_each_static_file_that_is_named_exists_and_none_is_left_over(self) -> None:
        named: set[str] = set()
        for path in files("templates"):
            named |= set(re.findall(r"""{% static ["']([^"']+)""", path.read_text()))
        assert named == {str(path.relative_to(ROOT / "static")) for path in files("static")}


class SizeTests:
    def test_the_relying_party_can_be_read_in_one_sitting(self) -> None:
        """Lines with code: docstrings, comments, blank lines and Django's migrations left out."""
        ours = [path for path in files("identity", ".py") if "migrations" not in path.parts]
        assert sum(len(code_lines(path)) for path in ours) < 900


class DocumentTests:
    @pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
    def test_links_and_paths_lead_somewhere(self, path: Path) -> None:
        words = path.read_text()
        links = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", words)
        paths = re.findall(r"`([\w.-]+/[\w./-]+\.(?:py|html|json|yaml|md|css|js|sh|toml))`", words)
        assert not [link for link, _ in links if not (path.parent / link).exists()]
        assert not [
            f"{link}#{anchor}"
            for link, anchor in links
            if anchor and anchor not in anchors(path.parent / link if link else path)
        ]
        assert not [
            name
            for name in paths
            if not (ROOT / name).exists()
            and not (path.parent / name).exists()
            and not name.startswith(".local/")  # made by running it
        ]

    def test_each_library_has_its_reason(self) -> None:
        wanted = {
            match[0]
            for name in ("requirements.in", "requirements-dev.in")
            for match in re.finditer(r"^[A-Za-z][\w-]*", text(name), re.MULTILINE)
        }
        decided = text("docs/decisions.md")
        assert not {name for name in wanted if f"`{name}`" not in decided}

    def test_the_hooks_have_the_pinned_ruff(self) -> None:
        pinned = re.search(r"^ruff==\S+", text("requirements-dev.txt"), re.MULTILINE)
        assert pinned
        assert set(re.findall(r"ruff==[\d.]+", text(".pre-commit-config.yaml"))) == {pinned[0]}


class TidinessTests:
    def test_nothing_is_left_to_do_and_no_path_is_of_one_machine(self) -> None:
        # In two pieces, because this file is looked through as well.
        words = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b|(?<![\w.~])/(home|root|Users|work)/" r"\w")
        found = [
            f"{path.relative_to(ROOT)}: {match[0]}"
            for path in repository()
            if path.suffix != ".png"
            for match in words.finditer(path.read_text(encoding="utf-8"))
        ]
        assert not found
