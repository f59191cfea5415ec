"""The one WSGI application: every service at its address, behind the faults that are on."""

import json
from dataclasses import asdict
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.routing import PathConverter, Rule

from devcloud import faults
from devcloud.api_gateway import LARGEST_BODY, ApiStage
from devcloud.aws_api import AwsApi
from devcloud.clock import Clock
from devcloud.cognito import UserPool, create_blueprint
from devcloud.faults import Fault, FaultRefused, Faults
from devcloud.faulty_services import FaultyServices
from devcloud.json_text import read_json
from devcloud.mint import Mint, MintedToken, MintRefused
from devcloud.stage_request import stage_request

_LOOPBACK_NAMES = {"127.0.0.1", "localhost"}
STAGES = "/execute-api"


def create_app(
    *,
    pool: UserPool,
    stage: ApiStage,
    aws_api: AwsApi,
    environment: dict[str, str],
    clock: Clock,
    mint: Mint | None = None,
) -> Flask:
    """The application; ``environment`` is what the web application takes from the stack.

    Without a ``mint`` wrong tokens are refused to whoever asks for them.
    """
    app = Flask(__name__, static_folder=None)
    app.before_request(_refuse_other_hosts)
    _add_stage(app, stage)
    app.add_url_rule("/", "aws_api", lambda: aws_api.answer(request), methods=["POST"])
    app.register_blueprint(create_blueprint(pool))
    services = FaultyServices(stage, STAGES, app.url_map)
    active = Faults(services.operations)
    _add_faults(app, active, services)
    _add_local(app, active, environment, clock)
    _add_signing_keys(app, pool)
    _add_mint(app, mint)
    return app


def _refuse_other_hosts() -> Response | None:
    """A web page elsewhere that has its own name point here must not reach the services."""
    if request.host.partition(":")[0] in _LOOPBACK_NAMES:
        return None
    return _json({"message": "devcloud answers on 127.0.0.1 and localhost only."}, 403)


def _add_stage(app: Flask, stage: ApiStage) -> None:
    def answer(path: str) -> Response:
        # The announced length first, so that a body that is too long is not even read.
        if (request.content_length or 0) > LARGEST_BODY or len(request.get_data()) > LARGEST_BODY:
            # Text, not JSON, and no gateway response changes it.
            text = f"HTTP content length exceeded {LARGEST_BODY} bytes."
            return Response(text, 413, {"Connection": "close"}, content_type="text/plain")
        given = stage.answer(stage_request(request, STAGES))
        return Response(given.body, given.status, list(given.headers))

    class AnyPath(PathConverter):
        """Everything: werkzeug's own path leaves out line breaks and slashes at the beginning."""

        regex = r"(?s:.*?)"
        part_isolating = False

    app.url_map.converters["any_path"] = AnyPath
    # Without methods, so that the stage itself answers those that no API can have.
    rule = Rule(f"{STAGES}/<any_path:path>", endpoint="execute_api", merge_slashes=False)
    app.url_map.add(rule)
    app.view_functions["execute_api"] = answer


def _add_faults(app: Flask, active: Faults, services: FaultyServices) -> None:
    @app.before_request
    def before() -> Response | None:
        g.fault = active.take(services.names(request))
        return None if g.fault is None else services.answer_instead(g.fault, request)

    @app.after_request
    def after(answer: Response) -> Response:
        if g.get("fault") is not None:
            faults.spoil(g.fault, request, answer)
        return answer


def _add_local(app: Flask, active: Faults, environment: dict[str, str], clock: Clock) -> None:
    @app.get("/_local/ready")
    def ready() -> Response:
        return _json({"ready": True})

    @app.get("/_local/environment")
    def web_environment() -> Response:
        return _json(environment)

    @app.route("/_local/clock", methods=["GET", "POST"])
    def local_clock() -> Response:
        if request.method == "POST":
            moved = _sent_json()
            if not isinstance(moved, dict) or type(moved.get("seconds")) not in (int, float):
                return _json({"message": 'Send {"seconds": 60} to move the clock.'}, 400)
            try:
                clock.move(moved["seconds"])
            except ValueError as error:
                return _json({"message": str(error)}, 400)
        return _json({"now": clock.now().isoformat()})

    @app.route("/_local/faults", methods=["GET", "POST", "DELETE"])
    def local_faults() -> Response:
        if request.method == "DELETE":
            active.reset()
        elif request.method == "POST":
            try:
                active.add(Fault.from_json(_sent_json()))
            except FaultRefused as refused:
                return _json({"message": str(refused)}, 400)
        return _json([asdict(fault) for fault in active.all()])


def _add_signing_keys(app: Flask, pool: UserPool) -> None:
    @app.delete("/_local/signing-keys")
    def rotate() -> Response:
        pool.rotate_signing_keys()
        return _json(pool.jwks())


def _add_mint(app: Flask, mint: Mint | None) -> None:
    @app.post("/_local/mint")
    def wrong_token() -> Response:
        if mint is None:
            return _json({"message": "Start devcloud with --mint to have wrong tokens made."}, 403)
        try:
            wish = MintedToken.from_json(_sent_json())
            return _json({"token": mint.make(wish)})
        except MintRefused as refused:
            return _json({"message": str(refused)}, 400)


def _sent_json() -> Any:
    """The JSON in the body; None when it is none or, as a web page could send it, not called so."""
    try:
        return read_json(request.get_data()) if request.is_json else None
    except ValueError:
        return None


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
