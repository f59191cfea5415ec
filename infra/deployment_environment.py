"""The Elastic Beanstalk environment of a web stack: what it runs, how it is, what it wrote."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.stacks import Stack

# They stay when an environment goes (DeleteOnTerminate in .ebextensions).
LOG_GROUPS = "/aws/elasticbeanstalk/"


class Environment:
    """The environment that the outputs of the stack name."""

    def __init__(self, client: Callable[[str], Any], web: Stack) -> None:
        self._client = client
        self._web = web

    def runs_what_was_deployed(self) -> bool:
        """Whether it runs the version that CloudFormation believes it does.

        An immutable deployment that was thrown away leaves the version of before running, and
        CloudFormation is said to call the update complete all the same.
        """
        outputs = self._web.outputs()
        environments = self._client("elasticbeanstalk").describe_environments(
            EnvironmentNames=[outputs["EnvironmentName"]], IncludeDeleted=False
        )["Environments"]
        return [one.get("VersionLabel") for one in environments] == [outputs["VersionLabel"]]

    def health(self) -> list[str]:
        """A line on how it is, and one for each cause."""
        name = self._web.outputs()["EnvironmentName"]
        health = self._client("elasticbeanstalk").describe_environment_health(
            EnvironmentName=name, AttributeNames=["HealthStatus", "Causes", "Status"]
        )
        return [
            f"{name:32} {health['Status']}, health {health['HealthStatus']}",
            *(f"  {cause}" for cause in health.get("Causes", [])),
        ]

    def logs(self, minutes: int) -> None:
        """Prints its events, failed steps of deployments, and what its web processes wrote."""
        name = self._web.outputs()["EnvironmentName"]
        since = datetime.now(UTC) - timedelta(minutes=minutes)
        events = self._client("elasticbeanstalk").describe_events(
            EnvironmentName=name, StartTime=since
        )["Events"]
        for event in reversed(events):
            print(f"{event['EventDate']:%H:%M:%S} {event['Severity']:5} {event['Message']}")
        # The platform writes some hundred lines for each deployment of an instance.
        self._print_log(name, "eb-engine.log", since, filterPattern='"[ERROR]"')
        self._print_log(name, "web.stdout.log", since)

    def _print_log(self, name: str, log: str, since: datetime, **more: str) -> None:
        logs = self._client("logs")
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"{LOG_GROUPS}{name}/var/log/{log}",
            startTime=int(since.timestamp() * 1000),
            **more,
        )
        try:
            for page in pages:
                for line in page["events"]:
                    print(line["message"].rstrip())
        except logs.exceptions.ResourceNotFoundException:
            print(f"{log}: nothing was written yet")
