"""The source bundle brings up the site: its own packages, commands, process and nginx.

Production settings, PostgreSQL by verified TLS, and a proxy that ends TLS, as on AWS; devcloud
stands in for Cognito and the notes API.
"""

import json
import re
import secrets
import shutil
import socket
import string
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests

from infra.bundle import make_bundle
from tests.e2e import certificates, local_postgresql
from tests.e2e.beanstalk_instance import Instance, environment_properties, load_balancer
from tests.e2e.form_browser import FormBrowser, parse
from tests.machine import free_ports, require

REPOSITORY = Path(__file__).resolve().parents[2]


def letters_and_digits(length: int) -> str:
    """What Secrets Manager generates with ExcludePunctuation."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


@dataclass(frozen=True)
class Site:
    """The running site and where a test can look."""

    url: str
    http_url: str
    instance: Instance
    instance_url: str
    certificate: Path
    database: str
    browsers: ExitStack

    def browser(self) -> FormBrowser:
        return self.browsers.enter_context(FormBrowser(str(self.certificate)))

    def signed_in_browser(self) -> tuple[FormBrowser, requests.Response]:
        """A browser after signing in as the demo person, and the page it landed on."""
        browser = self.browser()
        login = browser.get(f"{self.url}/notes/")
        landed = browser.submit(login, username="demo@example.com", password="Demo-passw0rd!")
        return browser, landed


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    require("nginx", shutil.which("nginx") is not None)
    require("PostgreSQL", local_postgresql.is_installed())
    folder = tmp_path_factory.mktemp("site")
    https, http, proxy, web, database, devcloud = free_ports(6)
    url, devcloud_url = f"https://localhost:{https}", f"http://127.0.0.1:{devcloud}"
    password = letters_and_digits(48)

    bundle = make_bundle(REPOSITORY, folder / "dist", allow_dirty=True)
    instance = Instance(folder / "instance")
    instance.unpack(bundle.path)
    instance.install()
    certificate = certificates.for_localhost()
    certificate_path = certificate.write(folder)

    with ExitStack() as running:
        running.enter_context(
            local_postgresql.postgresql(database, "notesite", password, certificate)
        )
        stand_in = subprocess.Popen(
            [sys.executable, "-m", "devcloud", "--port", str(devcloud),
             "--data-dir", str(folder / "devcloud"), "--parameter", f"WebAppUrl={url}"],
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        running.callback(stand_in.wait)
        running.callback(stand_in.terminate)
        with FormBrowser(str(certificate_path)) as operator:
            outputs = operator.get(f"{devcloud_url}/_local/environment").json()
        properties = environment_properties(
            REPOSITORY / "infra/web.yaml",
            {
                "WebAppUrl": url,
                "LogLevel": "DEBUG",
                "CognitoRegion": outputs["COGNITO_REGION"],
                "CognitoUserPoolId": outputs["COGNITO_USER_POOL_ID"],
                "CognitoDomain": outputs["COGNITO_DOMAIN"],
                "OidcRpClientId": outputs["OIDC_RP_CLIENT_ID"],
                "NotesApiUrl": outputs["NOTES_API_URL"],
                "NotesApiToken": outputs["NOTES_API_TOKEN"],
                "NotesTrashDays": outputs["NOTES_TRASH_DAYS"],
                "Database.Endpoint.Address": "localhost",
                "Database.Endpoint.Port": str(database),
                "DatabaseSecret:username": "notesite",
                "DatabaseSecret:password": password,
                "SecretKey:SECRET_KEY": letters_and_digits(64),
                "SessionEncryptionKeys:SESSION_ENCRYPTION_KEYS": letters_and_digits(43),
                "WebAppClientSecretArn:OIDC_RP_CLIENT_SECRET": outputs["OIDC_RP_CLIENT_SECRET"],
            },
        )
        instance.set_properties(
            {
                **properties,
                # The two that differ here: who stands in for Cognito, and whose certificate the
                # database has.
                "COGNITO_ENDPOINT_URL": outputs["COGNITO_ENDPOINT_URL"],
                "PGSSLROOTCERT": str(certificate_path),
            }
        )
        for name, command in instance.container_commands():
            done = instance.run(command)
            assert not done.returncode, f"{name}: {done.stderr}"
        running.enter_context(instance.web_process(web))
        running.enter_context(instance.proxy(proxy, web))
        running.enter_context(
            load_balancer(folder / "load-balancer", https, http, proxy, certificate_path)
        )
        with FormBrowser(str(certificate_path)) as operator:
            operator.get(f"http://127.0.0.1:{web}/healthz")
        yield Site(
            url=url,
            http_url=f"http://localhost:{http}",
            instance=instance,
            instance_url=f"http://127.0.0.1:{proxy}",
            certificate=certificate_path,
            database=f"host=127.0.0.1 port={database} user=notesite password={password} "
            f"dbname=notesite sslmode=verify-full sslrootcert={certificate_path}",
            browsers=running.enter_context(ExitStack()),
        )


class HealthTests:
    def test_it_is_healthy_for_a_probe_that_knows_only_the_address(self, site):
        answer = site.browser().get(
            f"{site.instance_url}/healthz", headers={"Host": "10.0.12.34"}, allow_redirects=False
        )
        assert (answer.status_code, answer.text.strip()) == (200, "ok")

    def test_it_can_reach_everything_it_needs(self, site):
        answer = site.browser().get(f"{site.url}/readyz")
        assert answer.status_code == 200, answer.text

    def test_it_passes_djangos_checks_for_production(self, site):
        done = site.instance.run("python manage.py check --deploy --fail-level INFO")
        assert not done.returncode, done.stderr

    def test_its_own_checks_leave_no_migration_undone(self, site):
        done = site.instance.run("python manage.py migrate --check")
        assert not done.returncode, done.stderr

    def test_another_host_is_refused(self, site):
        answer = site.browser().get(
            f"{site.url}/", headers={"Host": "evil.example"}, allow_redirects=False
        )
        assert answer.status_code == 400


class SchemeTests:
    def test_whoever_comes_without_https_is_sent_there(self, site):
        answer = site.browser().get(f"{site.http_url}/notes/?q=tea", allow_redirects=False)
        assert answer.status_code == 301
        assert answer.headers["Location"].startswith("https://localhost")

    @pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X_Forwarded_Proto", "Forwarded"])
    def test_a_browser_cannot_pretend_to_have_come_by_https(self, site, name):
        answer = site.browser().get(
            f"{site.http_url}/",
            headers={name: "proto=https" if name == "Forwarded" else "https"},
            allow_redirects=False,
        )
        assert answer.status_code == 301

    def test_pages_tell_browsers_to_stay_with_https(self, site):
        answer = site.browser().get(f"{site.url}/")
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


class SignInTests:
    def test_somebody_signs_in_behind_the_proxy(self, site):
        browser, landed = site.signed_in_browser()
        assert landed.status_code == 200
        assert landed.url == f"{site.url}/notes/"
        assert "__Host-notesite" in browser.cookies

    def test_the_cookie_is_for_https_and_not_for_scripts(self, site):
        browser, _ = site.signed_in_browser()
        (cookie,) = (one for one in browser.cookies if one.name == "__Host-notesite")
        assert cookie.secure
        assert cookie.has_nonstandard_attr("HttpOnly")

    def test_a_note_is_written_and_read(self, site):
        browser, _ = site.signed_in_browser()
        text = f"Milk, bread and {secrets.token_hex(8)}"
        written = browser.submit(browser.get(f"{site.url}/notes/new/"), title="Shopping", note=text)
        assert written.status_code == 200, written.text
        assert text in browser.get(f"{site.url}/notes/").text or text in written.text

    def test_every_connection_to_the_database_is_encrypted(self, site):
        site.signed_in_browser()
        with psycopg.connect(site.database) as connection:
            rows = connection.execute(
                "SELECT ssl, count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                " WHERE backend_type = 'client backend' GROUP BY ssl"
            ).fetchall()
        assert [ssl for ssl, _ in rows] == [True]


class StaticFileTests:
    @pytest.fixture
    def stylesheet(self, site):
        """The answer for a stylesheet of the home page."""
        browser = site.browser()
        home = browser.get(f"{site.url}/")
        path = next(link for link in parse(home).links if link.endswith(".css"))
        return browser.get(f"{site.url}{path}", headers={"Accept-Encoding": "gzip"})

    def test_a_hashed_name_is_served_and_kept_for_ever(self, stylesheet):
        assert stylesheet.status_code == 200
        assert re.search(r"\.[0-9a-f]{12}\.css$", stylesheet.url)
        assert "immutable" in stylesheet.headers["Cache-Control"]

    def test_it_travels_compressed(self, stylesheet):
        assert stylesheet.headers["Content-Encoding"] == "gzip"


class LimitTests:
    def test_a_form_that_is_too_large_gets_an_answer_of_the_site(self, site):
        browser, _ = site.signed_in_browser()
        answer = browser.submit(
            browser.get(f"{site.url}/notes/new/"), title="Too long", note="x" * 3_000_000
        )
        assert answer.status_code in {400, 413, 422}
        assert "nginx" not in answer.text

    def test_what_no_page_can_have_sent_is_refused_before_it_is_read(self, site):
        answer = site.browser().post(
            f"{site.url}/notes/new/", data="x" * 13_000_000, allow_redirects=False
        )
        assert answer.status_code == 413

    def test_trace_is_refused(self, site):
        assert site.browser().request("TRACE", f"{site.url}/").status_code == 405


class LogTests:
    def test_no_code_search_or_token_is_logged(self, site):
        browser, _ = site.signed_in_browser()
        browser.get(f"{site.url}/notes/", params={"q": "wordthatnobodymaysee"})
        instance = site.instance
        everything = "".join(
            path.read_text(errors="replace")
            for path in instance.logs.rglob("*log*")
            if path.is_file()
        )
        assert "/oidc/callback/" in everything
        for secret in ("code=", "state=", "wordthatnobodymaysee", "eyJ", "Demo-passw0rd!"):
            assert secret not in everything, secret
        for name in ("SECRET_KEY", "SESSION_ENCRYPTION_KEYS", "PGPASSWORD"):
            assert instance.environment[name] not in everything, name

    def test_the_access_log_can_be_read_by_machines(self, site):
        site.browser().get(f"{site.url}/", params={"q": 'a"b\\c'}, headers={"User-Agent": 'x"y'})
        lines = site.instance.log("nginx/access.log").splitlines()
        entries = [json.loads(line) for line in lines]
        assert entries
        assert all("?" not in entry["path"] for entry in entries)

    def test_the_browsers_own_address_is_known_and_cannot_be_made_up(self, site):
        browser = site.browser()
        browser.get_adapter(site.url).init_poolmanager(1, 1, source_address=("127.0.0.9", 0))
        browser.get(
            f"{site.url}/?who", headers={"X-Forwarded-For": "6.6.6.6", "User-Agent": "nine"}
        )
        entry = logged_by(site, browser, "nine")
        assert entry["remote"] == "127.0.0.9"
        assert entry["forwarded_for"] == "6.6.6.6, 127.0.0.9"

    def test_elastic_beanstalk_gets_its_health_log(self, site):
        site.browser().get(f"{site.url}/")
        (log,) = (site.instance.logs / "nginx/healthd").iterdir()
        assert '"/"200"' in log.read_text()


def logged_by(site, browser, user_agent):
    """The access log's entry of that visitor; nginx writes it after the answer is out."""
    for _ in range(100):
        lines = map(json.loads, site.instance.log("nginx/access.log").splitlines())
        if entries := [line for line in lines if line["user_agent"] == user_agent]:
            return entries[0]
        browser.get(f"{site.url}/healthz")
    raise AssertionError(f"nothing was logged of {user_agent}")


class ConfigurationDeploymentTests:
    """A changed variable is deployed in place, without the commands of a release."""

    def test_pages_and_their_static_files_are_there_after_one(self, site):
        site.instance.deploy_configuration()
        (port,) = free_ports(1)
        with site.instance.web_process(port):
            browser = site.browser()
            browser.headers.update({"Host": "localhost", "X-Forwarded-Proto": "https"})
            home = browser.get(f"http://127.0.0.1:{port}/")
            assert home.status_code == 200
            path = next(link for link in parse(home).links if link.endswith(".css"))
            assert browser.get(f"http://127.0.0.1:{port}{path}").status_code == 200


class OperatorTests:
    """docs/deployment.md, "On an instance"."""

    def test_the_documented_shell_has_the_variables_of_the_web_process(self, site):
        document = (REPOSITORY / "docs/deployment.md").read_text()
        (line,) = re.findall(r"^xargs .+", document, re.MULTILINE)
        (port,) = free_ports(1)
        with site.instance.web_process(port) as process:
            site.browser().get(f"http://127.0.0.1:{port}/healthz")
            done = subprocess.run(
                ["sh", "-c", line.replace("$(pgrep -of gunicorn)", str(process.pid))],
                cwd=site.instance.application,
                env={"PATH": "/usr/bin:/bin"},
                input="python manage.py doctor\n",
                capture_output=True,
                text=True,
            )
        assert "good  administration.D004" in done.stdout, done.stderr


class RestartTests:
    def test_a_request_under_way_is_answered_by_a_process_that_is_told_to_stop(self, site):
        (port,) = free_ports(1)
        with site.instance.web_process(port) as process:
            site.browser().get(f"http://127.0.0.1:{port}/healthz")
            with (
                socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
                connection.makefile("rb") as answer,
            ):
                connection.sendall(
                    b"POST /notes/new/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n"
                    b"X-Forwarded-Proto: https\r\nExpect: 100-continue\r\n\r\n"
                )
                # The worker has it in hand once it asks for the rest.
                assert b"100 Continue" in answer.readline()
                process.terminate()
                connection.sendall(b"title=a")
                assert answer.readline() == b"\r\n"
                # Refused for want of a CSRF token, but by the application, in full.
                assert b"403 Forbidden" in answer.readline()
                assert b"</html>" in answer.read()
            assert process.wait(timeout=35) == 0

    def test_an_idle_connection_does_not_keep_it_from_ending(self, site):
        """nginx and load balancers hold connections open between requests."""
        (port,) = free_ports(1)
        with site.instance.web_process(port) as process:
            browser = site.browser()
            browser.get(f"http://127.0.0.1:{port}/healthz")
            process.terminate()
            assert process.wait(timeout=35) == 0
