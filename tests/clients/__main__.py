"""`python -m tests.clients`: clients of other authors, unchanged, against a running devcloud."""

import json
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import requests

from tests.clients.environments import HERE, ROOT, MissingTool, node_directory, python
from tests.clients.public_app_client import template_with_public_app_client
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import CALLBACK, sign_in

PERSON = {"email": "demo@example.com", "password": "Demo-passw0rd!"}
TOO_LATE = 24 * 3600


def main():
    try:
        interpreter = python(HERE / "requirements.txt", "clients")
        node = node_directory()
    except MissingTool as error:
        print(error, file=sys.stderr)
        return 1
    versions = pinned_versions()
    with ExitStack() as running:
        given = description(running)
        kept = [
            run(f"{name} {versions[name.lower()]}", command, directory, given)
            for name, command, directory in (
                ("aws-jwt-verify", ["node", "aws-jwt-verify.js"], node),
                ("openid-client", ["node", "openid-client.js"], node),
                ("amazon-cognito-identity-js", ["node", "amazon-cognito-identity.js"], node),
                ("Authlib", [interpreter, "-m", "tests.clients.authlib_client"], ROOT),
                ("pycognito", [interpreter, "-m", "tests.clients.pycognito_client"], ROOT),
            )
        ]
    return 0 if all(kept) else 1


def pinned_versions():
    """The version of each client by its name in lower case."""
    packages = json.loads((HERE / "node" / "package.json").read_text())["dependencies"]
    pins = (HERE / "requirements.in").read_text()
    return packages | {
        name.lower(): version for name, version in re.findall(r"^(\w+)==(\S+)", pins, re.M)
    }


def run(label, command, directory, given):
    """One line for each check of this client; whether all went well."""
    done = subprocess.run(
        command, cwd=directory, input=json.dumps(given), stdout=subprocess.PIPE, text=True
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    for result in results:
        verdict = f"FAILED {result['error']}" if result["error"] else "ok"
        print(f"{label}: {result['check']}: {verdict}", flush=True)
    if done.returncode:
        print(f"{label}: FAILED, it ended before its last check", flush=True)
    return done.returncode == 0 and not any(result["error"] for result in results)


def description(running):
    """The deployed stack and one with an app client more, running, as the clients see them."""
    place = Path(running.enter_context(tempfile.TemporaryDirectory()))
    devcloud = Devcloud(place / "data")
    running.callback(devcloud.stop)
    template = template_with_public_app_client(place / "stack")
    other = Devcloud(place / "other-data", template=template)
    running.callback(other.stop)
    environment = devcloud.environment
    pool_id = environment["COGNITO_USER_POOL_ID"]
    tokens = tokens_of(devcloud)
    devcloud.move_clock(-TOO_LATE)
    expired = tokens_of(devcloud)
    devcloud.move_clock(TOO_LATE)
    requests.delete(f"{devcloud.base}/_local/signing-keys", timeout=10).raise_for_status()
    return {
        "endpoint": devcloud.base,
        "issuer": f"{devcloud.base}/{pool_id}",
        "poolId": pool_id,
        "clientId": environment["OIDC_RP_CLIENT_ID"],
        "clientSecret": environment["OIDC_RP_CLIENT_SECRET"],
        "callback": CALLBACK,
        "person": PERSON,
        "tokens": tokens,
        "expiredTokens": expired,
        "rotatedTokens": tokens_of(devcloud),
        "otherPoolTokens": tokens_of(other),
        "public": {
            "endpoint": other.base,
            "poolId": other.environment["COGNITO_USER_POOL_ID"],
            "clientId": other.environment["PUBLIC_CLIENT_ID"],
        },
    }


def tokens_of(devcloud):
    answer = sign_in(devcloud, **PERSON)
    return {use: answer[f"{use}_token"] for use in ("id", "access")}


if __name__ == "__main__":
    sys.exit(main())
