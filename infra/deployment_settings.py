"""Reads deploy.toml: which deployment this is, and what it sets apart from the defaults."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """deploy.toml is missing or wrong; the message says what to write."""


@dataclass(frozen=True)
class DeploymentSettings:
    """One deployment: its name, region and address, and parameters of both templates.

    Without a host of one's own the address is CloudFront's, which is not known beforehand. Both
    templates make alarms; the one `alarm_email` of deploy.toml is a parameter of each.
    """

    name: str
    region: str
    web_app_url: str | None
    backend: dict[str, str]
    web: dict[str, str]

    @property
    def edge_stack(self) -> str:
        return f"{self.name}-edge"

    @property
    def backend_stack(self) -> str:
        return f"{self.name}-backend"

    @property
    def web_stack(self) -> str:
        return f"{self.name}-web"


PATTERNS = {
    "name": r"[a-z][a-z0-9-]{0,30}",
    "region": r"[a-z]{2}(-[a-z]+)+-\d",
    "web_app_url": r"https://[a-z0-9][a-z0-9.-]*[a-z0-9]",
    "alarm_email": r"[^@\s]+@[^@\s]+[.][^@\s]+",
}

# Parameters of infra/web.yaml that only a host of one's own has.
OF_A_HOST = {"CertificateArn", "HostedZoneId"}


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not re.fullmatch(PATTERNS[name], value):
        raise SettingsError(f"{name} in deploy.toml must be a text of the form {PATTERNS[name]}.")
    return value


def _parameters(content: dict[str, Any], section: str) -> dict[str, str]:
    """A section as CloudFormation's parameters, which are texts; a list becomes one with commas."""
    parameters = {}
    for name, value in content.get(section, {}).items():
        if isinstance(value, bool):
            parameters[name] = str(value).lower()
        elif isinstance(value, list):
            parameters[name] = ",".join(str(one) for one in value)
        elif isinstance(value, str | int):
            parameters[name] = str(value)
        else:
            raise SettingsError(f"{section}.{name} in deploy.toml must be a text, number or list.")
    return parameters


def _check_way_in(settings: DeploymentSettings) -> DeploymentSettings:
    """An own host has a certificate; without one the environment's name must be settled."""
    if settings.web_app_url and "CertificateArn" not in settings.web:
        raise SettingsError("web_app_url needs CertificateArn in [web].")
    if not settings.web_app_url and "CnamePrefix" not in settings.web:
        raise SettingsError("Without web_app_url, CloudFront needs CnamePrefix in [web].")
    if not settings.web_app_url and (of_host := OF_A_HOST & set(settings.web)):
        raise SettingsError(
            f"Take {', '.join(sorted(of_host))} out of [web]: it does nothing without web_app_url."
        )
    return settings


def load(path: Path) -> DeploymentSettings:
    """The settings of a file, or a SettingsError."""
    try:
        content = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise SettingsError(f"{path} is missing; docs/deployment.md shows one.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    unknown = set(content) - {*PATTERNS, "backend", "web"}
    if unknown:
        raise SettingsError(f"deploy.toml has nothing called {', '.join(sorted(unknown))}.")
    alarms = {"AlarmEmail": _text(content, "alarm_email")} if "alarm_email" in content else {}
    return _check_way_in(
        DeploymentSettings(
            name=_text(content, "name"),
            region=_text(content, "region"),
            web_app_url=_text(content, "web_app_url") if "web_app_url" in content else None,
            backend=alarms | _parameters(content, "backend"),
            web=alarms | _parameters(content, "web"),
        )
    )
