"""The logs: one JSON object a line on standard error, with the request's id."""

from typing import Any

LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}


def configuration(level: str) -> dict[str, Any]:
    """Django's ``LOGGING`` for that level of our own loggers."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "notesite.request_id.RequestIdFilter"}},
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
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            name: {"level": level} for name in ("identity", "notes", "notesite", "gunicorn.error")
        }
        | {
            # Django's own handlers would send mail or print a second time.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # It logs whole URLs, and the callback's has the code in it.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }
