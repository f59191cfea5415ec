"""The web application's template: what cfn-lint cannot know about this application."""

import json
import logging
import re
from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml
from pythonjsonlogger.json import JsonFormatter

from notesite.log import configuration

REPOSITORY = Path(__file__).resolve().parents[2]
VARIABLES = "aws:elasticbeanstalk:application:environment"
SECRETS = "aws:elasticbeanstalk:application:environmentsecrets"


@pytest.fixture(scope="module")
def template():
    return json.loads(json.dumps(cfn_yaml.load(str(REPOSITORY / "infra/web.yaml")), default=str))


@pytest.fixture(scope="module")
def resources(template):
    return template["Resources"]


@pytest.fixture(scope="module")
def settings(resources):
    """(namespace, option) → value, with the host of one's own."""
    entries = resources["WebEnvironment"]["Properties"]["OptionSettings"]
    options = [entry["Fn::If"][1] if "Fn::If" in entry else entry for entry in entries]
    return {(option["Namespace"], option["OptionName"]): option["Value"] for option in options}


def of_type(resources, kind):
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def statements(role):
    for policy in role["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def as_list(value):
    return value if isinstance(value, list) else [value]


def log_line(level):
    """A line of the application's log about a sign-in that failed."""
    written = configuration("INFO")["formatters"]["json"]
    formatter = JsonFormatter(
        written["fmt"], style=written["style"], rename_fields=written["rename_fields"]
    )
    values = {"msg": "sign_in_failed", "levelno": level, "levelname": logging.getLevelName(level)}
    values |= {"name": "identity.events", "cause": "code_refused", "request_id": "1-2"}
    return formatter.format(logging.makeLogRecord(values))


class LogTests:
    def test_the_documented_query_finds_the_cause_in_a_line_as_the_platform_writes_it(self):
        document = (REPOSITORY / "docs/deployment.md").read_text()
        (query,) = re.findall(r"^ +filter @message like .+", document, re.MULTILINE)
        like, parse = re.findall(r"/(.+?)/", query)
        line = f"Jul 31 15:17:13 ip-10-10-20-192 web[1234]: {log_line(logging.ERROR)}"
        assert re.search(like, line)
        assert re.search(parse.replace("(?<", "(?P<"), line)["cause"] == "code_refused"


class ParameterTests:
    def test_each_is_described_and_limited(self, template):
        for name, parameter in template["Parameters"].items():
            assert parameter["Description"], name
            limited = {"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter)
            assert limited or parameter["Type"] != "String", name

    def test_each_is_in_a_group(self, template):
        groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        grouped = [name for group in groups for name in group["Parameters"]]
        assert sorted(grouped) == sorted(template["Parameters"])

    def test_the_back_ends_outputs_have_the_same_names(self, template):
        backend = cfn_yaml.load(str(REPOSITORY / "infra/backend.yaml"))
        groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        (wanted,) = (
            group["Parameters"] for group in groups if "back end" in group["Label"]["default"]
        )
        assert set(wanted) <= set(backend["Outputs"])

    @pytest.mark.parametrize(
        ("value", "fits"),
        [
            ("https://notes.example.com", True),
            ("https://notes.example.com/", False),
            ("http://notes.example.com", False),
            ("https://notes.example.com:8443", False),
        ],
    )
    def test_the_address_is_https_without_a_slash_at_the_end(self, template, value, fits):
        pattern = template["Parameters"]["WebAppUrl"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, value)) is fits

    def test_no_output_shows_a_secret(self, template):
        text = json.dumps(template["Outputs"])
        assert "resolve:secretsmanager" not in text
        assert "Password" not in text


class VariableTests:
    """What the web application reads from its environment."""

    @pytest.fixture
    def read_by_the_application(self):
        """Name → has a default, of each variable that notesite's modules read."""
        variables = {}
        for path in sorted(REPOSITORY.glob("notesite/*.py")):
            for name, rest in re.findall(
                r'env\.(?:text|url|words|choice|boolean|integer|seconds)\(\s*"([A-Z_]+)"([^)]*)',
                path.read_text(),
            ):
                positional = re.search(r",\s*(?!\w+=)\S", rest)
                variables[name] = bool(positional)
        # Read as a list of words, but refused when empty.
        variables["SESSION_ENCRYPTION_KEYS"] = False
        return variables

    def test_each_that_has_no_default_is_set(self, settings, read_by_the_application):
        given = {name for namespace, name in settings if namespace in {VARIABLES, SECRETS}}
        required = {name for name, default in read_by_the_application.items() if not default}
        assert "DATABASE_URL" in required
        assert "NOTES_API_URL" in required
        assert required <= given

    def test_each_that_is_set_is_read(self, settings, read_by_the_application):
        given = {name for namespace, name in settings if namespace in {VARIABLES, SECRETS}}
        libpq = {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSSLMODE", "PGSSLROOTCERT"}
        assert given - libpq <= set(read_by_the_application)

    def test_each_is_in_the_example_file(self, settings):
        example = (REPOSITORY / ".env.example").read_text()
        named = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
        given = {name for namespace, name in settings if namespace in {VARIABLES, SECRETS}}
        assert {name for name in given if not name.startswith("PG")} <= named

    def test_no_secret_is_an_ordinary_property(self, settings):
        """Whoever may describe the environment could read it there."""
        for (namespace, name), value in settings.items():
            if namespace == VARIABLES:
                assert not re.search("SECRET|PASSWORD|ENCRYPTION", name)
                assert "Secret" not in json.dumps(value)

    def test_each_secret_names_a_key_of_its_json(self, settings):
        secrets = [value for (namespace, _), value in settings.items() if namespace == SECRETS]
        assert len(secrets) == 6
        for value in secrets:
            assert re.fullmatch(r"\$\{\w+\}:\w+", value["Fn::Sub"])

    def test_the_database_is_reached_by_verified_tls(self, settings):
        assert settings[VARIABLES, "PGSSLMODE"] == "verify-full"

    def test_debug_cannot_be_switched_on(self, settings):
        assert (VARIABLES, "DEBUG") not in settings


class SchemeTests:
    """Sign-in needs https, whose header to believe depends on who is in front."""

    def test_the_load_balancer_believes_a_certificate_or_stands_behind_cloudfront(self, template):
        (rule,) = template["Rules"]["OwnHostOrCloudFront"]["Assertions"]
        text = json.dumps(rule["Assert"])
        assert all(
            name in text for name in ("CertificateArn", "CnamePrefix", "CloudFrontPrefixListId")
        )

    def test_the_header_is_the_one_that_aws_sets_there(self, settings):
        assert settings[VARIABLES, "TRUSTED_PROTO_HEADER"] == {
            "Fn::If": ["HasOwnHost", "X-Forwarded-Proto", "CloudFront-Forwarded-Proto"]
        }

    def test_only_cloudfront_reaches_the_load_balancer_when_it_is_in_front(self, resources):
        first, second = resources["LoadBalancerSecurityGroup"]["Properties"]["SecurityGroupIngress"]
        assert first["Fn::If"][2]["SourcePrefixListId"] == {"Ref": "CloudFrontPrefixListId"}
        assert second["Fn::If"][2] == {"Ref": "AWS::NoValue"}

    def test_old_tls_is_refused(self, settings):
        assert settings["aws:elbv2:listener:443", "SSLPolicy"] == (
            "ELBSecurityPolicy-TLS13-1-2-2021-06"
        )


class NetworkTests:
    def test_nobody_but_the_load_balancer_connects_to_an_instance(self, resources):
        (rule,) = resources["InstanceSecurityGroup"]["Properties"]["SecurityGroupIngress"]
        assert rule["SourceSecurityGroupId"] == {"Ref": "LoadBalancerSecurityGroup"}
        assert (rule["FromPort"], rule["ToPort"]) == (80, 80)

    def test_nobody_but_the_instances_connects_to_the_database(self, resources):
        (rule,) = resources["DatabaseSecurityGroup"]["Properties"]["SecurityGroupIngress"]
        assert rule["SourceSecurityGroupId"] == {"Ref": "InstanceSecurityGroup"}

    def test_the_groups_are_the_ones_that_are_used(self, settings, resources):
        assert settings["aws:autoscaling:launchconfiguration", "SecurityGroups"] == {
            "Ref": "InstanceSecurityGroup"
        }
        assert settings["aws:elbv2:loadbalancer", "SecurityGroups"] == {
            "Ref": "LoadBalancerSecurityGroup"
        }
        database = resources["Database"]["Properties"]
        assert database["VPCSecurityGroups"] == [{"Ref": "DatabaseSecurityGroup"}]


class DatabaseTests:
    @pytest.fixture
    def database(self, resources):
        return resources["Database"]

    def test_it_survives_mistakes(self, database):
        properties = database["Properties"]
        assert properties["DeletionProtection"] is True
        assert properties["BackupRetentionPeriod"] >= 7
        assert database["DeletionPolicy"] == database["UpdateReplacePolicy"] == "Snapshot"

    def test_it_is_encrypted_and_not_public(self, database):
        assert database["Properties"]["StorageEncrypted"] is True
        assert database["Properties"]["PubliclyAccessible"] is False

    def test_it_takes_tls_only_and_logs_no_values(self, resources):
        parameters = resources["DatabaseParameters"]["Properties"]["Parameters"]
        assert parameters["rds.force_ssl"] == "1"
        assert parameters["log_statement"] == "none"
        assert parameters["log_parameter_max_length_on_error"] == "0"

    def test_its_password_is_generated_and_never_written_down(self, database):
        password = database["Properties"]["MasterUserPassword"]["Fn::Sub"]
        assert password == "{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}"

    def test_it_does_not_rotate_behind_the_instances_backs(self, database, resources):
        """Instances read secrets when they start; RDS's own secret changes every seven days."""
        assert "ManageMasterUserPassword" not in database["Properties"]
        assert not of_type(resources, "AWS::SecretsManager::RotationSchedule")


class SecretTests:
    @pytest.mark.parametrize("name", ["SecretKey", "SessionEncryptionKeys", "DatabaseSecret"])
    def test_it_outlives_the_stack(self, resources, name):
        assert resources[name]["DeletionPolicy"] == "Retain"
        assert resources[name]["UpdateReplacePolicy"] == "Retain"

    def test_the_generated_values_are_ones_the_application_takes(self, resources):
        def length(name):
            return resources[name]["Properties"]["GenerateSecretString"]["PasswordLength"]

        assert length("SecretKey") >= 50
        # 43 characters of base64 and one of padding are 32 bytes, what Fernet takes.
        assert length("SessionEncryptionKeys") == 43

    def test_the_keys_are_the_ones_that_are_generated(self, resources, settings):
        for (namespace, _), value in settings.items():
            if namespace != SECRETS:
                continue
            secret, key = re.fullmatch(r"\$\{(\w+)\}:(\w+)", value["Fn::Sub"]).groups()
            if secret not in resources or key == "SECRET_KEY_FALLBACKS":
                continue
            generated = resources[secret]["Properties"]["GenerateSecretString"]
            assert key == generated["GenerateStringKey"] or key in json.loads(
                generated["SecretStringTemplate"]
            )


class PermissionTests:
    @pytest.fixture
    def instance(self, resources):
        return list(statements(resources["InstanceRole"]["Properties"]))

    def test_nothing_is_allowed_on_everything(self, instance):
        """But for Session Manager's channels, which know no resources."""
        for statement in instance:
            actions = as_list(statement["Action"])
            if not all(re.match("ssmmessages:|ssm:Update", action) for action in actions):
                assert "*" not in as_list(statement["Resource"])
            assert not [action for action in actions if action.endswith(":*")]

    def test_an_operator_gets_onto_an_instance_and_parameters_stay_closed(self, instance):
        """AWS's AmazonSSMManagedInstanceCore also reads all of the account's parameters."""
        (statement,) = (one for one in instance if "ssm" in json.dumps(one["Action"]))
        assert set(statement["Action"]) == {
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        }

    def test_an_instance_reads_the_secrets_it_is_given_and_no_other(self, instance, settings):
        (statement,) = (one for one in instance if "GetSecretValue" in json.dumps(one["Action"]))
        readable = {resource["Ref"] for resource in statement["Resource"]}
        given = {
            re.match(r"\$\{(\w+)\}", value["Fn::Sub"]).group(1)
            for (namespace, _), value in settings.items()
            if namespace == SECRETS
        }
        assert readable == given

    def test_an_instance_cannot_write_what_a_deployment_reads(self, instance):
        """Templates and code lie in the same bucket, and are carried out with more rights."""
        (statement,) = (one for one in instance if "s3:Put" in json.dumps(one["Action"]))
        assert statement["Action"] == "s3:PutObject"
        assert statement["Resource"]["Fn::Sub"].endswith("/resources/environments/logs/*")

    def test_an_instance_administers_this_pool_alone(self, instance):
        (statement,) = (one for one in instance if "cognito-idp" in json.dumps(one["Action"]))
        assert statement["Resource"]["Fn::Sub"].endswith("userpool/${CognitoUserPoolId}")

    def test_no_password_of_a_person_can_be_set_or_tried(self, instance):
        actions = json.dumps([one["Action"] for one in instance])
        for action in ("AdminInitiateAuth", "AdminRespondToAuthChallenge", "AdminSetUserPassword"):
            assert action not in actions

    def test_the_service_role_cannot_be_borrowed(self, resources):
        (statement,) = resources["ServiceRole"]["Properties"]["AssumeRolePolicyDocument"][
            "Statement"
        ]
        assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}}


class AlarmTests:
    def test_each_tells_somebody(self, resources):
        alarms = of_type(resources, "AWS::CloudWatch::Alarm")
        assert len(alarms) == 8
        for alarm in alarms.values():
            assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
            assert alarm["AlarmDescription"].endswith(".")

    def test_the_metrics_they_watch_are_published(self, resources):
        """EnvironmentHealth always is; the others only when .ebextensions asks for them."""
        watched = {
            alarm["MetricName"]
            for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
            if alarm["Namespace"] == "AWS/ElasticBeanstalk"
        }
        options = (REPOSITORY / ".ebextensions/02_options.config").read_text()
        for metric in watched - {"EnvironmentHealth"}:
            assert f'"{metric}": 60' in options

    def test_an_error_in_the_applications_log_is_counted(self, resources):
        """A sign-in that fails for everybody ends in no 5xx, but in such a line."""
        (log_filter,) = of_type(resources, "AWS::Logs::MetricFilter").values()
        (metric,) = log_filter["MetricTransformations"]
        alarm = resources["LoggedErrorsAlarm"]["Properties"]
        for name in ("MetricName", "Namespace"):
            assert alarm[name] == metric["MetricNamespace" if name == "Namespace" else name]
        assert log_filter["LogGroupName"] == {
            "Fn::Sub": "/aws/elasticbeanstalk/${WebEnvironment}/var/log/web.stdout.log"
        }
        written = {level: log_line(level) for level in (logging.ERROR, logging.WARNING)}
        assert log_filter["FilterPattern"] in written[logging.ERROR]
        assert log_filter["FilterPattern"] not in written[logging.WARNING]

    def test_the_database_bears_the_connections_of_a_release(self, template, resources):
        """A release runs both versions: twice the instances, each worker with a full pool."""
        from notesite.database import POOL

        workers = 2
        instances = 2 * template["Parameters"]["MaxInstances"]["Default"]
        alarm = resources["DatabaseConnectionsAlarm"]["Properties"]["Threshold"]
        # RDS: bytes of memory / 9531392; 2 GiB for db.t4g.small.
        assert template["Parameters"]["DatabaseClass"]["Default"] == "db.t4g.small"
        assert instances * workers * POOL["max_size"] <= 2 * 1024**3 / 9531392
        assert alarm < 2 * 1024**3 / 9531392
