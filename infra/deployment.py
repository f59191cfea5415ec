"""One deployment in one account: what each command of `infra.deploy` does."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from infra import (
    account,
    artifacts,
    bundle,
    deployment_check,
    deployment_settings,
    function_package,
    releases,
)
from infra.deployment_alarms import unheard
from infra.deployment_environment import LOG_GROUPS, Environment
from infra.deployment_settings import DeploymentSettings
from infra.stacks import ChangeSet, Stack, StackError, show, stands

# Outputs of the back end that are parameters of the web application, under the same names.
BACKEND_OUTPUTS = (
    "CognitoRegion",
    "CognitoUserPoolId",
    "CognitoDomain",
    "OidcRpClientId",
    "NotesApiUrl",
    "NotesApiToken",
    "NotesTrashDays",
    "WebAppClientSecretArn",
)

Prepare = Callable[[artifacts.Artifacts], ChangeSet | None]


class Deployment:
    """A deployment by its settings; each command is a method."""

    def __init__(
        self, settings: DeploymentSettings, client: Callable[[str], Any], source: Path
    ) -> None:
        self.settings = settings
        self.source = source
        self._client = client
        self.edge = Stack(client("cloudformation"), settings.edge_stack)
        self.backend = Stack(client("cloudformation"), settings.backend_stack)
        self.web = Stack(client("cloudformation"), settings.web_stack)
        self.environment = Environment(client, self.web)

    def _steps(self) -> list[tuple[Stack, Prepare]]:
        """The stacks in the order in which they are made, each with what prepares it."""
        edge = [] if self.settings.web_app_url else [(self.edge, self.prepare_edge)]
        return [*edge, (self.backend, self.prepare_backend), (self.web, self.prepare_web)]

    def _stacks(self) -> list[Stack]:
        """The stacks that are there or should be, CloudFront's of an earlier address among them."""
        stacks = [stack for stack, _ in self._steps()]
        if self.edge not in stacks and self.edge.describe():
            stacks.insert(0, self.edge)
        return stacks

    def check(self) -> None:
        """What can be known before anything is made."""
        deployment_check.check(self.settings, self._client, self.source, self.backend, self.web)

    def upload(self) -> artifacts.Artifacts:
        """Makes and uploads everything that the templates refer to."""
        target = self.source / "dist"
        made = bundle.make_bundle(self.source, target)
        package = function_package.make_package(self.source, target)
        return artifacts.upload(
            self._store(), self.source, package, made.path, self.settings.backend
        )

    def _store(self) -> artifacts.ArtifactStore:
        return artifacts.ArtifactStore(
            self._client("s3"), self._client("elasticbeanstalk"), self.settings.region
        )

    def web_app_url(self) -> str:
        """Where people open the site: the own host, or CloudFront's name once that exists."""
        return self.settings.web_app_url or self.edge.outputs()["WebAppUrl"]

    def prepare_edge(self, made: artifacts.Artifacts) -> ChangeSet | None:
        """CloudFront's change set, for a deployment without a host of its own."""
        prefix = self.settings.web["CnamePrefix"]
        return self.edge.prepare(made.edge_template_url, {"CnamePrefix": prefix})

    def prepare_backend(self, made: artifacts.Artifacts) -> ChangeSet | None:
        """The back end's change set."""
        return self.backend.prepare(
            made.backend_template_url,
            {
                "WebAppUrl": self.web_app_url(),
                "CodeBucket": made.bucket,
                "CodeKey": made.function_key,
                **self.settings.backend,
            },
        )

    def prepare_web(self, made: artifacts.Artifacts) -> ChangeSet | None:
        """The web application's change set, from the back end's outputs."""
        outputs = self.backend.outputs()
        parameters = {
            "WebAppUrl": self.web_app_url(),
            "SourceBundleBucket": made.bucket,
            "SourceBundleKey": made.bundle_key,
            **{name: outputs[name] for name in BACKEND_OUTPUTS},
        }
        if not self.settings.web_app_url:
            prefix_list = account.cloudfront_prefix_list(self._client("ec2"))
            parameters["CloudFrontPrefixListId"] = prefix_list
            # What is not named keeps its value: a host that the site had before.
            parameters |= dict.fromkeys(deployment_settings.OF_A_HOST, "")
        # Both are settled when the environment is made: managed updates move the platform on, and
        # another network would move the database.
        if self.web.describe() is None:
            if "PlatformArn" not in self.settings.web:
                newest = account.newest_platform(self._client("elasticbeanstalk"))
                parameters["PlatformArn"] = newest
            if "VpcId" not in self.settings.web:
                instance_type = self.settings.web.get("InstanceType", account.INSTANCE_TYPE)
                network = account.default_network(self._client("ec2"), instance_type)
                parameters |= network.parameters()
        return self.web.prepare(made.web_template_url, {**parameters, **self.settings.web})

    def plan(self) -> None:
        """Says what `up` would change; uploads what it needs for that, and changes nothing else."""
        made = self.upload()
        for stack, prepare in self._steps():
            self._show_and_discard(stack, prepare(made))
            if stack is not self.web and stack.describe() is None:
                print(f"What follows can be planned once {stack.name} exists.")
                return

    def _show_and_discard(self, stack: Stack, change_set: ChangeSet | None) -> None:
        show(stack, change_set)
        if change_set:
            stack.discard(change_set)

    def up(self, replace: Collection[str] = ()) -> None:
        """Brings all stacks to what the checkout and deploy.toml say.

        What holds people's data is replaced by an empty one only when its logical id is named.
        """
        made = self.upload()
        # Before: once CloudFormation has the new version, it no longer knows the present one.
        self._write_down_what_runs()
        for stack, prepare in self._steps():
            self._carry_out(stack, prepare(made), replace)
        for name, value in sorted(self.web.outputs().items()):
            print(f"{name:24} {value}")
        self._write_down_what_runs()
        for line in self.environment.health():
            print(line)
        self._check_what_runs()

    def _carry_out(
        self, stack: Stack, change_set: ChangeSet | None, replace: Collection[str] = ()
    ) -> None:
        show(stack, change_set)
        if change_set is None:
            return
        lost = {one.logical_id for one in change_set.changes if one.loses_data} - set(replace)
        if lost:
            stack.discard(change_set)
            raise StackError(
                f"{stack.name} was not changed: the site would lose what {', '.join(sorted(lost))} "
                f"holds. To mean it: {' '.join(f'--replace {one}' for one in sorted(lost))}"
            )
        stack.carry_out(change_set)

    def _write_down_what_runs(self) -> list[str]:
        """Every bundle that the web application ran, the last one last; none before the first.

        The stack knows better than the record what runs now, and the environment better than both.
        """
        stack = self.web.settled()
        if stack is None:
            return []
        record = releases.Releases(self._store(), stack["StackId"])
        if not self.environment.runs_what_was_deployed():
            return record.deployed()
        return record.record(self.web.parameters()["SourceBundleKey"])

    def _check_what_runs(self) -> None:
        if not self.environment.runs_what_was_deployed():
            version = releases.version(self.web.parameters()["SourceBundleKey"])
            raise StackError(
                f"Elastic Beanstalk does not run {version}, although CloudFormation says so: "
                "`logs` tells why. Deploy another commit, or say `rollback`."
            )

    def rollback(self, name: str | None) -> None:
        """Deploys a bundle that was deployed before: the one before the present, or one named."""
        deployed = self._write_down_what_runs()
        if not deployed:
            if self.web.describe():
                raise StackError("No version ran before: deploy another commit.")
            raise StackError(f"{self.web.name} is not there, so nothing was deployed.")
        present = self.web.parameters()["SourceBundleKey"]
        if name is None:
            key = releases.before(present, deployed)
        else:
            key = releases.named(name, deployed, present)
        print(f"Going back to {releases.version(key)}; the database's migrations stay.")
        self._carry_out(self.web, self.web.prepare(None, {"SourceBundleKey": key}))
        self._write_down_what_runs()
        self._check_what_runs()

    def status(self) -> None:
        """How the stacks and the environment are."""
        for stack in self._stacks():
            status = (stack.describe() or {"StackStatus": "not there"})["StackStatus"]
            print(f"{stack.name:32} {status}")
            if stands(status) and (sentence := unheard(stack, self._client("sns"))):
                print(sentence)
        if "EnvironmentName" in self.web.outputs():
            for line in self.environment.health():
                print(line)
            version = releases.version(self.web.parameters()["SourceBundleKey"])
            if self.environment.runs_what_was_deployed():
                print(f"Deployed: {version}")
            else:
                print(f"Deployed: not {version}, although CloudFormation says so")

    def logs(self, minutes: int) -> None:
        """The environment's events, failed steps, and what its web processes wrote."""
        if "EnvironmentName" not in self.web.outputs():
            raise StackError(
                f"{self.web.name} is not there; what a failed attempt wrote is in CloudWatch's log "
                f"groups under {LOG_GROUPS}."
            )
        self.environment.logs(minutes)

    def down(self, *, confirmed: str | None, with_database: bool) -> None:
        """Deletes the stacks. People, notes and secrets stay, and a snapshot of the database."""
        if confirmed != self.settings.name:
            raise StackError(f"Nothing was deleted. To mean it: --confirm {self.settings.name}")
        database = self.web.outputs().get("DatabaseInstance")
        if database:
            if not with_database:
                raise StackError(
                    "Nothing was deleted. The database has deletion protection; --with-database "
                    "takes it off. A last snapshot is kept."
                )
            self._client("rds").modify_db_instance(
                DBInstanceIdentifier=database, DeletionProtection=False, ApplyImmediately=True
            )
        for stack in reversed(self._stacks()):
            if stack.describe():
                stack.delete()
                print(f"{stack.name}: deleted")
