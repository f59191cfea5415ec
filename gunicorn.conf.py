"""How gunicorn serves the web application: behind nginx on Elastic Beanstalk, alone on a laptop."""

import logging
import os
import re
from importlib import import_module
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger


def whole_number(name: str, default: int) -> int:
    """The variable as a whole number above 0; a wrong one stops the start with one sentence."""
    value = os.environ.get(name, "").strip() or str(default)
    if not re.fullmatch(r"[1-9]\d{0,5}", value):
        raise SystemExit(f"gunicorn cannot start: {name} must be a whole number above 0.")
    return int(value)


class QueryFreeFilter(logging.Filter):
    """Cuts query strings out of gunicorn's own messages.

    "Error handling request" and "Invalid request" quote the request line, and that of the sign-in
    callback holds the authorization code, that of a search what was searched for.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = re.sub(r"\?\S*", "?…", record.getMessage())
        record.args = ()
        return True


class QueryFreeLogger(Logger):
    """gunicorn's logger with that filter on everything it says."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.addFilter(QueryFreeFilter())


# Loopback only: nginx is what stops the malformed requests that gunicorn alone would let through.
# Elastic Beanstalk's Python platform has its nginx pass requests on to port 8000.
bind = os.environ.get("BIND") or f"127.0.0.1:{whole_number('PORT', 8000)}"

# A request waits for Cognito, the notes API and the database, hardly for this processor: threads.
worker_class = "gthread"
workers = whole_number("WEB_CONCURRENCY", 2)
threads = whole_number("WEB_THREADS", 64)

# Each worker loads the application itself. Loaded before the fork, database pools, TLS contexts
# and their locks would be shared between processes, and a new release would need a full restart.
preload_app = False

# A worker that is told to stop finishes what it has: a page has 7.5 s for its calls to the notes
# API (10 s with the answer to the last), sign-in and the admin a time-out for each of their few
# calls. One that no longer answers its supervisor at all is replaced.
graceful_timeout = 30
timeout = 60
# Longer than any proxy in front keeps an idle connection (60 s for the load balancer, nginx the
# same), so that it is never this side which closes one just as a request arrives on it.
keepalive = 75

# The heartbeat file, in memory: on a slow disk a busy worker would look dead.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

# Headers: nginx allows 8 KiB for one as well. The rest of the limits are gunicorn's own defaults,
# said here because pages count on them.
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190

# No peer may set the scheme, SCRIPT_NAME or PATH_INFO through headers: which header tells that the
# browser came by https is Django's to decide, in one place (TRUSTED_PROTO_HEADER).
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}

# nginx keeps the access log; gunicorn's would repeat it.
accesslog = None
errorlog = "-"
logger_class = QueryFreeLogger

# Nobody steers it at run time, and the deployed user has no home to put a socket into.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse a wrong environment at once: workers that cannot start would be started for ever."""
    import_module("notesite.settings")
