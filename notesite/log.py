"""The logs: one JSON object a line on standard error, with the request's id."""

import logging
import traceback
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent

LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}
OURS = ("cognito", "identity", "notes", "notesite", "gunicorn.error")


def configuration(level: str) -> dict[str, Any]:
    """Django's ``LOGGING`` for that level of our own loggers."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "notesite.request_id.RequestIdFilter"},
            "no_values": {"()": NoValuesFilter},
            "refused": {"()": RefusedFilter},
        },
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "{asctime}{levelname}{name}{message}{request_id}",
                "style": "{",
                "rename_fields": {"asctime": "time", "levelname": "level", "message": "event"},
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["request_id", "no_values", "refused"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {name: {"level": level} for name in OURS}
        | {
            # Django's own handlers would send mail or print a second time.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # What people did wrong is theirs; what the site did wrong is logged.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }


class NoValuesFilter(logging.Filter):
    """Keeps of an exception its class and place alone.

    Its text and the request's address can hold a code, a token or a note.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__.pop("request", None)
        if record.exc_info and (error := record.exc_info[1]):
            record.cause = type(error).__name__
            record.where = _where(error)
            record.exc_info = record.exc_text = None
        return True


class RefusedFilter(logging.Filter):
    """Makes a warning of the error that Django logs for a request it refused, such as for its host.

    Anybody can send such a request, and infra/web.yaml counts errors; the line stays, because a
    wrong ALLOWED_HOSTS is told by nothing else.
    https://docs.djangoproject.com/en/5.2/ref/logging/#django-security
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _where(error: BaseException) -> str:
    """The project's own line that the exception went through last, or the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if Path(frame.filename).is_relative_to(PROJECT) and "site-packages" not in frame.filename
    ]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
