"""Deploys notesite to an AWS account: check, plan, up, status, logs, rollback, down."""

import argparse
import sys
from pathlib import Path
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from infra import account, bundle, deployment_settings, function_package, releases
from infra.deployment import Deployment
from infra.stacks import StackError

REPOSITORY = Path(__file__).resolve().parent.parent
# What can go wrong without a mistake in this program: told in a sentence, without a traceback.
FAILURES = (
    account.AccountError,
    bundle.BundleError,
    deployment_settings.SettingsError,
    function_package.PackageError,
    releases.ReleaseError,
    StackError,
    BotoCoreError,
    ClientError,
)


def arguments_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--settings", type=Path, default=REPOSITORY / "deploy.toml")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="what can be known before anything is made")
    commands.add_parser("plan", help="what `up` would change")
    up = commands.add_parser("up", help="deploy this commit")
    up.add_argument(
        "--replace",
        metavar="LOGICAL_ID",
        action="append",
        default=[],
        help="a table, user pool or database that may be replaced by an empty one",
    )
    commands.add_parser("status", help="how the stacks and the environment are")
    logs = commands.add_parser("logs", help="the environment's events and logs")
    logs.add_argument("--minutes", type=int, default=30)
    rollback = commands.add_parser("rollback", help="deploy what was deployed before")
    rollback.add_argument(
        "version", nargs="?", help="a commit's beginning; default: the one before"
    )
    down = commands.add_parser("down", help="delete the stacks")
    down.add_argument("--confirm", metavar="NAME", help="the deployment's name")
    down.add_argument("--with-database", action="store_true")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; a failure is one sentence."""
    options = arguments_parser().parse_args(arguments)
    try:
        settings = deployment_settings.load(options.settings)
        session = botocore.session.get_session()

        def client(service: str) -> Any:
            return session.create_client(service, region_name=settings.region)

        deployment = Deployment(settings, client, REPOSITORY)
        if options.command == "up":
            deployment.up(options.replace)
        elif options.command == "rollback":
            deployment.rollback(options.version)
        elif options.command == "logs":
            deployment.logs(options.minutes)
        elif options.command == "down":
            deployment.down(confirmed=options.confirm, with_database=options.with_database)
        else:
            getattr(deployment, options.command)()
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
