"""What the logs say of an error, and what they never say."""

import io
import json
import logging
import logging.config

import pytest
from django.http import HttpRequest
from django.test import Client

from notesite import log


def logged(act: object) -> dict[str, object]:
    """The one JSON line that the act leaves on the handler."""
    configuration = log.configuration("INFO")
    stream = io.StringIO()
    configuration["handlers"]["stderr"]["stream"] = stream
    before = {name: logging.getLogger(name).level for name in configuration["loggers"]}
    root = logging.getLogger()
    handlers = root.handlers[:]
    try:
        logging.config.dictConfig(configuration)
        act()
    finally:
        root.handlers = handlers
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


class LogTests:
    def test_an_error_is_named_with_its_place_and_without_its_text(self) -> None:
        request = HttpRequest()
        request.path = "/oidc/callback/"
        request.META["QUERY_STRING"] = "code=the-secret-code"

        def fail() -> None:
            try:
                raise ValueError("the-secret-text")
            except ValueError as error:
                extra = {"request": request, "status_code": 500}
                logging.getLogger("django.request").error(
                    "Internal Server Error: %s", request.path, exc_info=error, extra=extra
                )

        line = logged(fail)
        assert line["cause"] == "ValueError"
        assert str(line["where"]).startswith("test_log.py:")
        assert "the-secret" not in json.dumps(line)
        assert "Traceback" not in json.dumps(line)

    def test_a_line_break_makes_no_second_line(self) -> None:
        line = logged(lambda: logging.getLogger("notes").info("one\r\ntwo\x1b[31m"))
        assert line["event"] == "one\r\ntwo\x1b[31m"

    @pytest.mark.parametrize(
        ("host", "body"),
        [("evil.example", {}), ("testserver", {f"field{number}": "" for number in range(1001)})],
        ids=["another host", "too many fields"],
    )
    def test_what_a_stranger_sends_is_told_but_is_no_error_of_the_site(
        self, host: str, body: dict[str, str]
    ) -> None:
        """Whoever scans addresses would ring the alarm that counts errors in infra/web.yaml."""
        client = Client(
            enforce_csrf_checks=True, headers={"host": host, "origin": "https://testserver"}
        )
        client.cookies["csrftoken"] = "a" * 32
        line = logged(lambda: client.post("/oidc/logout/", body, secure=True))
        assert line["level"] == "WARNING"
        assert line["cause"] in {"DisallowedHost", "TooManyFieldsSent"}
