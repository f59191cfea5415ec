"""What the account already has that a deployment stands on: network, platform, certificate."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# Elastic Beanstalk's branch; the functions' runtime is the same version.
PLATFORM_BRANCH = "Python 3.13 running on 64bit Amazon Linux 2023"
# The default of the parameter InstanceType in infra/web.yaml.
INSTANCE_TYPE = "t3.small"


class AccountError(Exception):
    """The account lacks something; the message says what to make or to write in deploy.toml."""


@dataclass(frozen=True)
class Network:
    """Where the environment stands."""

    vpc: str
    subnets: list[str]

    def parameters(self) -> dict[str, str]:
        """The network parameters of infra/web.yaml."""
        subnets = ",".join(self.subnets)
        return {
            "VpcId": self.vpc,
            "LoadBalancerSubnetIds": subnets,
            "InstanceSubnetIds": subnets,
            "DatabaseSubnetIds": subnets,
        }


def default_network(ec2: Any, instance_type: str) -> Network:
    """The region's default VPC with one subnet for each of three availability zones.

    Zones without such instances are left out, because launches there fail; more than three
    would only cost more, an address of the load balancer in each.
    """
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    if not vpcs:
        raise AccountError("There is no default VPC: set VpcId and the subnets in [web].")
    vpc = vpcs[0]["VpcId"]
    subnets = ec2.describe_subnets(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "default-for-az", "Values": ["true"]},
        ]
    )["Subnets"]
    zones = zones_with(ec2, instance_type)
    of_zone = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets}
    usable = sorted(zones & of_zone.keys())[:3]
    if len(usable) < 2:
        raise AccountError(
            "The default VPC has subnets in fewer than two availability zones "
            f"with {instance_type}: set VpcId and the subnets in [web]."
        )
    return Network(vpc, [of_zone[zone] for zone in usable])


def zones_with(ec2: Any, instance_type: str) -> set[str]:
    """The availability zones that have such instances; AccountError when none has."""
    offerings = ec2.describe_instance_type_offerings(
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": [instance_type]}],
    )["InstanceTypeOfferings"]
    if not offerings:
        raise AccountError(f"This region has no {instance_type}: set InstanceType in [web].")
    return {offering["Location"] for offering in offerings}


def cloudfront_prefix_list(ec2: Any) -> str:
    """The prefix list of the addresses from which CloudFront calls origins in this region."""
    name = "com.amazonaws.global.cloudfront.origin-facing"
    lists = ec2.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [name]}]
    )["PrefixLists"]
    if not lists:
        raise AccountError(f"This region has no prefix list {name}: use a host of your own.")
    prefix_list: str = lists[0]["PrefixListId"]
    return prefix_list


def newest_platform(elastic_beanstalk: Any) -> str:
    """The ARN of the newest version of the Python platform."""
    answer = elastic_beanstalk.list_platform_versions(
        Filters=[
            {"Type": "PlatformBranchName", "Operator": "=", "Values": [PLATFORM_BRANCH]},
            {"Type": "PlatformLifecycleState", "Operator": "=", "Values": ["Recommended"]},
        ]
    )
    platforms = answer["PlatformSummaryList"]
    if not platforms:
        raise AccountError(f"Elastic Beanstalk does not offer {PLATFORM_BRANCH} in this region.")
    arn: str = platforms[0]["PlatformArn"]
    return arn


def check_certificate(acm: Any, certificate_arn: str, web_app_url: str) -> None:
    """Raises AccountError when the certificate is not issued for the host."""
    host = urlsplit(web_app_url).hostname or ""
    certificate = acm.describe_certificate(CertificateArn=certificate_arn)["Certificate"]
    if certificate["Status"] != "ISSUED":
        raise AccountError(
            f"The certificate is {certificate['Status']}: make the records that ACM asks for."
        )
    names = {certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])}
    wildcard = "*." + host.split(".", 1)[-1]
    if not names & {host, wildcard}:
        raise AccountError(f"The certificate is for {', '.join(sorted(names))}, not for {host}.")
