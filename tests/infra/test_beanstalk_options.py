"""Elastic Beanstalk's options: names and values that cfn-lint does not know, each said once."""

import json
import re
from pathlib import Path

import pytest
import yaml
from cfnlint.decode import cfn_yaml

REPOSITORY = Path(__file__).resolve().parents[2]

# What the developer guide lists, for the options we set: a pattern for the values that it allows.
# GENERAL  https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html
# SECRETS  https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.secrets.env-vars.html
# HEALTH   https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-rules.html
# PROXY    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.proxy.html
# EC2      https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.managing.ec2.aws-cli.html
BOOLEAN = "true|false"
NAME = "[A-Z][A-Z0-9_]*"
KNOWN_OPTIONS = {
    # GENERAL
    "aws:autoscaling:asg": {"MinSize": r"\d{1,5}", "MaxSize": r"\d{1,5}"},
    "aws:autoscaling:launchconfiguration": {
        "DisableDefaultEC2SecurityGroup": BOOLEAN,  # EC2
        "DisableIMDSv1": BOOLEAN,
        "IamInstanceProfile": ".+",
        "RootVolumeType": "standard|gp2|gp3|io1",
        "SecurityGroups": ".+",
    },
    "aws:autoscaling:trigger": {
        "BreachDuration": r"[1-9]\d{0,2}",
        "EvaluationPeriods": r"[1-9]\d{0,2}",
        "LowerThreshold": r"\d{1,8}",
        "MeasureName": "CPUUtilization|Network(In|Out)|Latency|RequestCount|TargetResponseTime",
        "Period": r"[1-9]\d{0,2}",
        "Statistic": "Minimum|Maximum|Sum|Average",
        "Unit": "Seconds|Percent|Bytes|Bits|Count|Bytes/Second|Bits/Second|Count/Second|None",
        "UpperThreshold": r"\d{1,8}",
    },
    "aws:autoscaling:updatepolicy:rollingupdate": {
        "RollingUpdateEnabled": BOOLEAN,
        "RollingUpdateType": "Time|Health|Immutable",
    },
    "aws:ec2:instances": {"InstanceTypes": ".+"},
    "aws:ec2:vpc": {
        "AssociatePublicIpAddress": BOOLEAN,
        "ELBScheme": "public|internal",
        "ELBSubnets": ".+",
        "Subnets": ".+",
        "VPCId": ".+",
    },
    "aws:elasticbeanstalk:application:environment": {NAME: ".+"},
    "aws:elasticbeanstalk:application:environmentsecrets": {NAME: ".+"},  # SECRETS
    "aws:elasticbeanstalk:cloudwatch:logs": {
        "DeleteOnTerminate": BOOLEAN,
        "RetentionInDays": "1|3|5|7|14|30|60|90|120|150|180|365",
        "StreamLogs": BOOLEAN,
    },
    "aws:elasticbeanstalk:cloudwatch:logs:health": {
        "DeleteOnTerminate": BOOLEAN,
        "HealthStreamingEnabled": BOOLEAN,
        "RetentionInDays": "1|3|5|7|14|30|60|90|120|150|180|365",
    },
    "aws:elasticbeanstalk:command": {
        "DeploymentPolicy": "AllAtOnce|Rolling(WithAdditionalBatch)?|Immutable|TrafficSplitting",
        "Timeout": r"[1-9]\d{0,3}",
    },
    "aws:elasticbeanstalk:environment": {
        "EnvironmentType": "SingleInstance|LoadBalanced",
        "LoadBalancerType": "classic|application|network",
        "ServiceRole": ".+",
    },
    "aws:elasticbeanstalk:environment:process:default": {
        "DeregistrationDelay": r"\d{1,4}",
        "HealthCheckInterval": r"\d{1,3}",
        "HealthCheckPath": "/.*",
        "HealthCheckTimeout": r"\d{1,2}",
        "HealthyThresholdCount": "[2-9]|10",
        "MatcherHTTPCode": r"[2-4]\d\d",
        "Port": r"\d{1,5}",
        "Protocol": "HTTP|HTTPS",
        "UnhealthyThresholdCount": "[2-9]|10",
    },
    "aws:elasticbeanstalk:environment:proxy": {"ProxyServer": "nginx|apache|none"},  # PROXY
    "aws:elasticbeanstalk:healthreporting:system": {
        "ConfigDocument": r"(?s)\{.*\}",  # HEALTH
        "SystemType": "basic|enhanced",
    },
    "aws:elasticbeanstalk:managedactions": {
        "ManagedActionsEnabled": BOOLEAN,
        "PreferredStartTime": r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun):\d\d:\d\d",
        "ServiceRoleForManagedUpdates": ".+",
    },
    "aws:elasticbeanstalk:managedactions:platformupdate": {
        "InstanceRefreshEnabled": BOOLEAN,
        "UpdateLevel": "patch|minor",
    },
    "aws:elbv2:listener:443": {
        "Protocol": "HTTP|HTTPS",
        "SSLCertificateArns": ".+",
        "SSLPolicy": "ELBSecurityPolicy-TLS13-1-2-[0-9-]+",
    },
    "aws:elbv2:loadbalancer": {
        "IdleTimeout": r"[1-9]\d{0,3}",
        "ManagedSecurityGroup": ".+",
        "SecurityGroups": ".+",
    },
}


# The one of environment variables; that of secrets begins with it.
VARIABLES = "aws:elasticbeanstalk:application:environment"


def extension_settings():
    """(namespace, option) → value, of all .ebextensions files."""
    settings = {}
    for path in sorted(REPOSITORY.glob(".ebextensions/*.config")):
        content = yaml.safe_load(path.read_text())
        for namespace, options in content.get("option_settings", {}).items():
            for name, value in options.items():
                assert (namespace, name) not in settings, f"{name} is set twice"
                settings[namespace, name] = value
    return settings


def template_settings():
    """(namespace, option) → value as the template has it, of both sides of its conditions."""
    template = cfn_yaml.load(str(REPOSITORY / "infra/web.yaml"))
    settings = {}
    for entry in template["Resources"]["WebEnvironment"]["Properties"]["OptionSettings"]:
        option = entry["Fn::If"][1] if "Fn::If" in entry else entry
        key = option["Namespace"], option["OptionName"]
        assert key not in settings, f"{key} is set twice"
        settings[key] = option["Value"]
    return settings


def as_text(value):
    """The value as Elastic Beanstalk sees it; None for one that only CloudFormation knows."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if isinstance(value, dict) else str(value)


SETTINGS = {**extension_settings(), **template_settings()}


class OptionTests:
    @pytest.mark.parametrize(("namespace", "option"), sorted(SETTINGS))
    def test_it_is_documented_and_has_a_value_that_is_allowed(self, namespace, option):
        known = KNOWN_OPTIONS[namespace]
        patterns = [value for name, value in known.items() if re.fullmatch(name, option)]
        assert patterns, f"{namespace} has no option {option}"
        value = as_text(SETTINGS[namespace, option])
        assert value is None or re.fullmatch(patterns[0], value)

    def test_nothing_is_said_both_in_the_template_and_in_the_bundle(self):
        assert not set(extension_settings()) & set(template_settings())

    def test_each_variable_is_in_the_documents_table_whoever_sets_it(self):
        document = (REPOSITORY / "docs/deployment.md").read_text()
        table = " ".join(re.findall(r"^\|.+", document, re.MULTILINE))
        set_by_either = {name for space, name in SETTINGS if space.startswith(VARIABLES)}
        assert "STATIC_ROOT" in set_by_either
        assert set_by_either <= set(re.findall(r"`([A-Z_]+)`", table))

    def test_the_list_has_nothing_that_is_not_used(self):
        used = {namespace for namespace, _ in SETTINGS}
        assert set(KNOWN_OPTIONS) == used


class ReplacementTests:
    def test_releases_and_changes_of_options_are_immutable_whichever_bundle_is_deployed(self):
        """Elastic Beanstalk takes both or neither, and an older bundle may lack one of them."""
        ours = template_settings()
        assert ours["aws:elasticbeanstalk:command", "DeploymentPolicy"] == "Immutable"
        rolling_update = "aws:autoscaling:updatepolicy:rollingupdate"
        assert ours[rolling_update, "RollingUpdateType"] == "Immutable"


class DefaultsThatMustNotStandTests:
    """Elastic Beanstalk's defaults that are wrong for this application."""

    @pytest.mark.parametrize(
        ("namespace", "option", "value"),
        [
            ("aws:elasticbeanstalk:environment", "LoadBalancerType", "application"),
            ("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath", "/healthz"),
            ("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
            ("aws:elasticbeanstalk:command", "DeploymentPolicy", "Immutable"),
            ("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs", "true"),
            ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled", "true"),
            ("aws:autoscaling:launchconfiguration", "DisableIMDSv1", "true"),
        ],
    )
    def test_it_is_changed(self, namespace, option, value):
        assert as_text(SETTINGS[namespace, option]) == value

    def test_strangers_404s_do_not_turn_the_environment_red(self):
        document = json.loads(
            SETTINGS["aws:elasticbeanstalk:healthreporting:system", "ConfigDocument"]
        )
        rules = document["Rules"]["Environment"]
        assert rules["Application"]["ApplicationRequests4xx"] == {"Enabled": False}
        assert rules["ELB"]["ELBRequests4xx"] == {"Enabled": False}

    def test_scaling_looks_at_a_consistent_span(self):
        periods = {
            name: int(SETTINGS["aws:autoscaling:trigger", name])
            for name in ("Period", "EvaluationPeriods", "BreachDuration")
        }
        assert periods["BreachDuration"] == periods["Period"] * periods["EvaluationPeriods"]


class ContainerCommandTests:
    @pytest.fixture
    def commands(self):
        path = REPOSITORY / ".ebextensions/01_commands.config"
        return yaml.safe_load(path.read_text())["container_commands"]

    def test_only_the_leader_migrates(self, commands):
        leaders = [name for name, options in commands.items() if options.get("leader_only")]
        assert leaders == ["01_migrate"]

    def test_no_failure_is_ignored(self, commands):
        assert not [name for name, options in commands.items() if "ignoreErrors" in options]

    def test_what_is_collected_outlives_the_folder_of_the_application(self):
        """Which a changed variable replaces, without any of these commands."""
        root = SETTINGS[VARIABLES, "STATIC_ROOT"]
        assert root.startswith("/")
        assert not root.startswith("/var/app/")

    def test_the_database_certificates_lie_where_libpq_looks(self):
        path = REPOSITORY / ".ebextensions/01_commands.config"
        files = yaml.safe_load(path.read_text())["files"]
        looked_for = SETTINGS[VARIABLES, "PGSSLROOTCERT"]
        assert list(files) == [looked_for]


class TimeoutTests:
    """Each link of the chain is more patient than the one in front of it where that matters."""

    @pytest.fixture
    def nginx(self):
        text = (REPOSITORY / ".platform/nginx/nginx.conf").read_text()
        return {
            name: int(seconds)
            for name, seconds in re.findall(r"^\s*(\w+_timeout)\s+(\d+)s;", text, re.MULTILINE)
        }

    @pytest.fixture
    def gunicorn(self):
        values = {}
        exec((REPOSITORY / "gunicorn.conf.py").read_text(), values)
        return values

    def test_nginx_keeps_idle_connections_longer_than_the_load_balancer(self, nginx):
        assert nginx["keepalive_timeout"] > int(SETTINGS["aws:elbv2:loadbalancer", "IdleTimeout"])

    def test_gunicorn_keeps_them_as_long_as_nginx(self, nginx, gunicorn):
        assert gunicorn["keepalive"] >= nginx["keepalive_timeout"]

    def test_nginx_gives_up_before_the_load_balancer_does(self, nginx):
        assert nginx["proxy_read_timeout"] < int(SETTINGS["aws:elbv2:loadbalancer", "IdleTimeout"])

    def test_a_page_may_finish_while_its_process_is_being_stopped(self, gunicorn):
        assert gunicorn["graceful_timeout"] > 10
        assert (
            int(SETTINGS["aws:elasticbeanstalk:environment:process:default", "DeregistrationDelay"])
            >= gunicorn["graceful_timeout"]
        )
