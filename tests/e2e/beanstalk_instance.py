"""Does to a source bundle what Elastic Beanstalk does on an instance, on this machine.

Unpacks it, makes a virtual environment from its requirements.txt, sets the environment properties
of infra/web.yaml, runs its container commands in their order, starts its Procfile's process, and
puts its nginx in front with the files that the platform generates.
"""

import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from cfnlint.decode import cfn_yaml

from tests import canaries

PROPERTIES = "aws:elasticbeanstalk:application:environment"
SECRETS = "aws:elasticbeanstalk:application:environmentsecrets"

# What the platform generates below /etc/nginx/conf.d on Amazon Linux 2023 for Python: the format
# and log of enhanced health, the application's proxy pass, and the folder `static` as /static.
GENERATED = {
    "healthd_logformat.conf": """
        log_format healthd '$msec"$uri"$status"$request_time"$upstream_response_time"'
                           '$http_x_forwarded_for';
    """,
    "elasticbeanstalk/00_application.conf": """
        location / {
            proxy_pass          http://127.0.0.1:8000;
            proxy_http_version  1.1;
            proxy_set_header    Connection          $connection_upgrade;
            proxy_set_header    Upgrade             $http_upgrade;
            proxy_set_header    Host                $host;
            proxy_set_header    X-Real-IP           $remote_addr;
            proxy_set_header    X-Forwarded-For     $proxy_add_x_forwarded_for;
        }
    """,
    "elasticbeanstalk/01_static.conf": """
        location /static {
            alias /var/app/current/static;
            access_log off;
        }
    """,
    "elasticbeanstalk/healthd.conf": """
        if ($time_iso8601 ~ "^(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2})") {
            set $year $1; set $month $2; set $day $3; set $hour $4;
        }
        access_log /var/log/nginx/healthd/application.log.$year-$month-$day-$hour healthd;
    """,
}


def environment_properties(template: Path, values: Mapping[str, str]) -> dict[str, str]:
    """What the template sets for an environment with its own host.

    ``values`` has the parameters, and for what only AWS knows its logical name: ``Database`` with
    ``.Endpoint.Address``, ``SecretKey:SECRET_KEY``.
    """
    content = cfn_yaml.load(str(template))
    entries = content["Resources"]["WebEnvironment"]["Properties"]["OptionSettings"]
    conditions = {"HasOwnHost": True, "ReadsSecretKeyFallbacks": False}

    def resolve(value: object) -> object:
        if not isinstance(value, dict):
            return str(value)
        ((function, argument),) = value.items()
        if function == "Fn::If":
            return resolve(argument[1] if conditions[argument[0]] else argument[2])
        if function == "Fn::Sub":
            return values[argument.replace("${", "").replace("}", "")]
        if function == "Fn::GetAtt":
            return values[".".join(argument)]
        return values.get(argument)

    properties = {}
    for entry in entries:
        if "Fn::If" in entry:
            condition, option, _ = entry["Fn::If"]
            if not conditions[condition]:
                continue
        else:
            option = entry
        if option["Namespace"] in {PROPERTIES, SECRETS}:
            properties[option["OptionName"]] = str(resolve(option["Value"]))
    return properties


class Instance:
    """One instance's folders, below one of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.application = folder / "var/app/current"
        self.virtual_environment = folder / "var/app/venv"
        self.nginx = folder / "etc/nginx"
        self.logs = folder / "var/log"

    def unpack(self, bundle: Path) -> None:
        """The bundle into an empty folder, with the modes it was packed with."""
        self.bundle = bundle
        self.application.mkdir(parents=True)
        with zipfile.ZipFile(bundle) as archive:
            for entry in archive.infolist():
                path = Path(archive.extract(entry, self.application))
                path.chmod(entry.external_attr >> 16 & 0o777)

    def deploy_configuration(self) -> None:
        """What happens when a variable changes and no version: unpacked anew, and no more.

        Neither commands nor container commands are run.
        https://github.com/aws/elastic-beanstalk-roadmap/issues/88
        """
        self.application.rename(self.application.with_name("before"))
        self.unpack(self.bundle)

    def install(self) -> None:
        """A new virtual environment from the bundle's requirements.txt alone."""
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(
            [sys.executable, "-m", "venv", self.virtual_environment], check=True, env=clean
        )
        done = subprocess.run(
            [self.virtual_environment / "bin/pip", "install", "--quiet",
             "--requirement", self.application / "requirements.txt"],
            capture_output=True,
            text=True,
            env=clean,
        )  # fmt: skip
        assert not done.returncode, done.stderr

    def _extensions(self) -> list[dict[str, Any]]:
        paths = sorted(self.application.glob(".ebextensions/*.config"))
        return [yaml.safe_load(path.read_text()) for path in paths]

    def set_properties(self, properties: Mapping[str, str]) -> None:
        """What the processes get; nothing of the test's own environment but the usual folders.

        The bundle sets some itself, whose folders are below this instance's own here.
        """
        own: dict[str, str] = {}
        for extension in self._extensions():
            own.update(extension.get("option_settings", {}).get(PROPERTIES, {}))
        self.environment = {
            "PATH": f"{self.virtual_environment}/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            **{name: re.sub("^/var/", f"{self.folder}/var/", own[name]) for name in own},
            **properties,
        }

    def container_commands(self) -> list[tuple[str, str]]:
        """Name and command, in the order in which the leader runs them."""
        commands: dict[str, dict[str, Any]] = {}
        for extension in self._extensions():
            commands.update(extension.get("container_commands", {}))
        order = sorted(commands, key=lambda name: (not commands[name].get("leader_only"), name))
        return [(name, commands[name]["command"]) for name in order]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """A shell command as the platform runs it, with this instance's virtual environment."""
        here = command.replace("/var/app/venv/*", str(self.virtual_environment))
        return subprocess.run(
            ["sh", "-c", here],
            cwd=self.application,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    @contextmanager
    def web_process(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """The Procfile's web process, asked to end at the end."""
        (command,) = re.findall(
            r"^web:\s*(\S.*)$", (self.application / "Procfile").read_text(), re.MULTILINE
        )
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / "web.stdout.log").open("wb") as log:
            process = subprocess.Popen(
                ["sh", "-c", f"exec {command}"],
                cwd=self.application,
                env={**self.environment, "PORT": str(port)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=40)
        logged = self.log("web.stdout.log")
        assert not canaries.in_log(logged, self.environment["OIDC_RP_CLIENT_SECRET"])

    @contextmanager
    def proxy(self, port: int, application_port: int) -> Iterator[None]:
        """The bundle's nginx, with the platform's files, on another port and in our folders."""

        def here(text: str) -> str:
            for found, ours in {
                "/var/log/nginx": str(self.logs / "nginx"),
                "/var/run/nginx.pid": str(self.folder / "nginx.pid"),
                "/var/app/current": str(self.application),
                # Here the load balancer's address.
                "set_real_ip_from 10.0.0.0/8;": "set_real_ip_from 127.0.0.1;",
                "http {": f"http {{ {temporary_paths(self.nginx)}",
                "http://127.0.0.1:8000": f"http://127.0.0.1:{application_port}",
                "listen      80 default_server;": f"listen 127.0.0.1:{port} default_server;",
            }.items():
                text = text.replace(found, ours)
            # Root's workers would lose their rights and could not enter our folders.
            return re.sub(r"^user .*;$", own_user(), text, flags=re.MULTILINE)

        (self.logs / "nginx/healthd").mkdir(parents=True, exist_ok=True)
        # nginx writes a log with variables in its name only while its document root exists.
        (self.nginx / "html").mkdir(parents=True, exist_ok=True)
        configuration = (self.application / ".platform/nginx/nginx.conf").read_text()
        for name, text in {"nginx.conf": configuration, **in_conf_d(GENERATED)}.items():
            (self.nginx / name).parent.mkdir(parents=True, exist_ok=True)
            (self.nginx / name).write_text(here(text))
        with nginx(self.nginx / "nginx.conf"):
            yield

    def log(self, name: str) -> str:
        return (self.logs / name).read_text()


def in_conf_d(files: Mapping[str, str]) -> dict[str, str]:
    return {f"conf.d/{name}": text for name, text in files.items()}


def temporary_paths(folder: Path) -> str:
    """Where nginx puts bodies that are large; its usual place is root's."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


def own_user() -> str:
    return "user root;" if os.geteuid() == 0 else ""


@contextmanager
def nginx(configuration: Path) -> Iterator[None]:
    """An nginx that runs until the end; it returns from starting once its ports are open."""
    command = ["nginx", "-c", str(configuration), "-p", str(configuration.parent)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    try:
        yield
    finally:
        subprocess.run([*command, "-s", "quit"], check=True, capture_output=True)


@contextmanager
def load_balancer(
    folder: Path, https_port: int, http_port: int, instance_port: int, certificate: Path
) -> Iterator[None]:
    """What an application load balancer does to requests, by an nginx with TLS.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    """
    folder.mkdir(parents=True)
    forward = f"""
            proxy_pass         http://127.0.0.1:{instance_port};
            proxy_http_version 1.1;
            proxy_set_header   Host              $http_host;
            proxy_set_header   X-Forwarded-For   $proxy_add_x_forwarded_for;
            proxy_set_header   X-Forwarded-Proto $scheme;
            proxy_set_header   X-Forwarded-Port  $server_port;
    """
    (folder / "nginx.conf").write_text(f"""
        {own_user()}
        pid {folder}/nginx.pid;
        error_log {folder}/error.log;
        events {{ }}
        http {{
            {temporary_paths(folder)}
            access_log off;
            client_max_body_size 0;
            # A load balancer passes names with underscores on; the instance must cope.
            underscores_in_headers on;
            server {{
                listen 127.0.0.1:{https_port} ssl;
                ssl_certificate     {certificate};
                ssl_certificate_key {certificate.with_suffix(".key")};
                location / {{ {forward} }}
            }}
            server {{
                listen 127.0.0.1:{http_port};
                location / {{ {forward} }}
            }}
        }}
    """)
    with nginx(folder / "nginx.conf"):
        yield
