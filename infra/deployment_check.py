"""What can be known before anything is made, by read calls alone: `up` would meet it last."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra import account, artifacts, bundle
from infra.account import AccountError
from infra.deployment_settings import DeploymentSettings, SettingsError
from infra.stacks import Stack


def check(
    settings: DeploymentSettings,
    client: Callable[[str], Any],
    source: Path,
    backend: Stack,
    web: Stack,
) -> None:
    """Prints what is as it should be; raises at the first thing that is not."""
    bundle.check_committed(source)
    account_id = client("sts").get_caller_identity()["Account"]
    print(f"Account {account_id}, region {settings.region}")
    if url := settings.web_app_url:
        account.check_certificate(client("acm"), settings.web["CertificateArn"], url)
        print(f"Certificate for {url}: issued")
    print(f"Platform: {account.newest_platform(client('elasticbeanstalk'))}")
    texts = {name: (source / "infra" / name).read_text() for name in ("backend.yaml", "web.yaml")}
    # Nothing is uploaded yet: any address of the right form will do.
    texts["backend.yaml"] = artifacts.packaged(texts["backend.yaml"], "s3://bucket/openapi.json")
    wanted = {}
    for template, given, stack in (
        ("backend.yaml", settings.backend, backend),
        ("web.yaml", settings.web, web),
    ):
        answer = client("cloudformation").validate_template(TemplateBody=texts[template])
        defaults = {one["ParameterKey"]: one.get("DefaultValue") for one in answer["Parameters"]}
        if unknown := set(given) - set(defaults):
            raise SettingsError(f"{template} has no parameter {', '.join(sorted(unknown))}.")
        print(f"{template}: valid")
        stack.settled()
        wanted[template] = {**defaults, **stack.parameters(), **given}
        if not wanted[template]["AlarmEmail"]:
            print(f"{stack.name}: nobody is told of its alarms; set alarm_email in deploy.toml")
    _check_backend(client, account_id, wanted["backend.yaml"], backend.parameters())
    _check_web(client, settings.web_app_url, wanted["web.yaml"], web.parameters())


def _check_backend(
    client: Callable[[str], Any],
    account_id: str,
    wanted: Mapping[str, str],
    present: Mapping[str, str],
) -> None:
    """What a stack has already is not asked for again."""
    if wanted["TableName"] != present.get("TableName"):
        check_table(client("dynamodb"), wanted["TableName"])
    prefix = wanted["DomainPrefix"]
    if not present or prefix != present.get("DomainPrefix", ""):
        check_domain(client("cognito-idp"), prefix or f"notesite-{account_id}")


def _check_web(
    client: Callable[[str], Any],
    url: str | None,
    wanted: Mapping[str, str],
    present: Mapping[str, str],
) -> None:
    """What a stack has already is not asked for again."""
    if "DatabaseVersion" not in present:
        check_database(client("rds"), wanted["DatabaseVersion"], wanted["DatabaseClass"])
    if "VpcId" not in present:
        check_network(client("ec2"), wanted["VpcId"], wanted["InstanceType"])
    if wanted["CnamePrefix"] and wanted["CnamePrefix"] != present.get("CnamePrefix"):
        check_environment_name(client("elasticbeanstalk"), wanted["CnamePrefix"])
    zone = wanted["HostedZoneId"]
    if url and zone and (url, zone) != (present.get("WebAppUrl"), present.get("HostedZoneId")):
        check_zone(client("route53"), zone, urlsplit(url).hostname or "")


def check_table(dynamodb: Any, name: str) -> None:
    """Raises AccountError when there is a table of that name already."""
    try:
        dynamodb.describe_table(TableName=name)
    except dynamodb.exceptions.ResourceNotFoundException:
        return
    raise AccountError(f"There is a table {name} already: set another TableName in [backend].")


def check_domain(cognito_idp: Any, prefix: str) -> None:
    """Raises AccountError when a user pool has that domain already."""
    # A domain that nobody has is no error: its description is empty.
    if cognito_idp.describe_user_pool_domain(Domain=prefix)["DomainDescription"]:
        raise AccountError(
            f"A user pool has the domain {prefix} already: set another DomainPrefix in [backend]."
        )


def check_network(ec2: Any, vpc: str | None, instance_type: str) -> None:
    """Raises AccountError when there is no network for the environment, or no such instances."""
    if vpc:
        account.zones_with(ec2, instance_type)
    else:
        vpc = account.default_network(ec2, instance_type).vpc
    print(f"Network: {vpc}, {instance_type}")


def check_database(rds: Any, version: str, database_class: str) -> None:
    """Raises AccountError when RDS makes no such database: it closes versions to new ones."""
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine="postgres", DBInstanceClass=database_class
    )
    offered = {one["EngineVersion"] for page in pages for one in page["OrderableDBInstanceOptions"]}
    major = version.split(".")[0]
    of_major = {one for one in offered if one.startswith(f"{major}.")}
    if version not in {major, *of_major} or not of_major:
        others = ", ".join(sorted(of_major)) or f"no version {major} at all"
        raise AccountError(
            f"RDS makes no PostgreSQL {version} on {database_class} here, but {others}: "
            "set DatabaseVersion or DatabaseClass in [web]."
        )
    print(f"PostgreSQL {version} on {database_class}: can be had")


def check_environment_name(elastic_beanstalk: Any, prefix: str) -> None:
    """Raises AccountError when somebody has the environment's name already."""
    answer = elastic_beanstalk.check_dns_availability(CNAMEPrefix=prefix)
    if not answer["Available"]:
        raise AccountError(
            f"{answer['FullyQualifiedCNAME']} is taken: set another CnamePrefix in [web]."
        )


def check_zone(route53: Any, zone_id: str, host: str) -> None:
    """Raises AccountError when the host's CNAME record cannot be made in the zone."""
    found = route53.get_hosted_zone(Id=zone_id)["HostedZone"]
    zone = found["Name"].rstrip(".")
    if found.get("Config", {}).get("PrivateZone"):
        raise AccountError(f"The zone {zone_id} is private: set HostedZoneId to a public one.")
    if host == zone:
        raise AccountError(
            f"{host} is the zone {zone_id} itself, where no CNAME record can stand: take a name in "
            "it, or leave HostedZoneId out and make an alias record to the load balancer."
        )
    if not host.endswith(f".{zone}"):
        raise AccountError(f"The zone {zone_id} is that of {zone}, and {host} is no name in it.")
    records = route53.list_resource_record_sets(
        HostedZoneId=zone_id, StartRecordName=host, MaxItems="1"
    )["ResourceRecordSets"]
    for record in records:
        if record["Name"].rstrip(".") == host:
            raise AccountError(
                f"{host} has a {record['Type']} record already: delete it, or leave HostedZoneId "
                "out and point the record to the load balancer after `up`."
            )
