"""The resource types that devcloud knows, with what Ref and Fn::GetAtt give for each."""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

REGION = "eu-central-1"
ACCOUNT_ID = "000000000000"
PARTITION = "aws"
URL_SUFFIX = "amazonaws.com"
STACK_NAME = "notesite"

_LOWER = string.ascii_lowercase + string.digits
_MIXED = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Resource:
    """A resource of the stack whose properties hold no intrinsic functions any more."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    physical_id: str
    made: Mapping[str, str]

    def attribute(self, name: str) -> str | None:
        """What Fn::GetAtt gives; None when AWS documents no such attribute of this type."""
        attribute = RESOURCE_TYPES[self.type].attributes.get(name)
        return None if attribute is None else attribute(self)


@dataclass(frozen=True)
class ResourceType:
    """How a type's identifiers come about.

    ``make`` is what AWS would make up once and never change; devcloud keeps it in its database.
    ``physical_id`` is what Ref gives, from the resolved properties and what was made.
    """

    make: Callable[[str], dict[str, str]] = lambda logical_id: {}
    physical_id: Callable[[str, Mapping[str, Any], Mapping[str, str]], str] = (
        lambda logical_id, properties, made: made.get("id", f"{STACK_NAME}-{logical_id}")
    )
    attributes: Mapping[str, Callable[[Resource], str]] = field(default_factory=dict)


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT_ID) -> str:
    """An ARN in this account and region."""
    return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _one_id(alphabet: str, length: int, prefix: str = "") -> Callable[[str], dict[str, str]]:
    return lambda logical_id: {"id": prefix + _random(alphabet, length)}


def _named_by(
    property_name: str,
) -> Callable[[str, Mapping[str, Any], Mapping[str, str]], str]:
    """Ref is the name that the property gives, or one made of stack and logical id."""
    return lambda logical_id, properties, made: str(
        properties.get(property_name) or made.get("id") or f"{STACK_NAME}-{logical_id}"
    )


def _app_client_ids(logical_id: str) -> dict[str, str]:
    return {"id": _random(_LOWER, 26), "secret": _random(_LOWER, 51)}


def _secret_arn(logical_id: str, properties: Mapping[str, Any], made: Mapping[str, str]) -> str:
    name = properties.get("Name") or f"{logical_id}-{made['name']}"
    return arn("secretsmanager", f"secret:{name}-{made['suffix']}")


def _provider_name(pool: Resource) -> str:
    return f"cognito-idp.{REGION}.{URL_SUFFIX}/{pool.physical_id}"


RESOURCE_TYPES: dict[str, ResourceType] = {
    "AWS::Cognito::UserPool": ResourceType(
        make=_one_id(_MIXED, 9, f"{REGION}_"),
        attributes={
            "Arn": lambda pool: arn("cognito-idp", f"userpool/{pool.physical_id}"),
            "ProviderName": _provider_name,
            "ProviderURL": lambda pool: f"https://{_provider_name(pool)}",
            "UserPoolId": lambda pool: pool.physical_id,
        },
    ),
    "AWS::Cognito::UserPoolDomain": ResourceType(physical_id=_named_by("Domain")),
    "AWS::Cognito::UserPoolClient": ResourceType(
        make=_app_client_ids,
        attributes={
            "ClientId": lambda client: client.physical_id,
            "ClientSecret": lambda client: client.made["secret"],
            "Name": lambda client: str(client.properties.get("ClientName", client.logical_id)),
        },
    ),
    "AWS::Cognito::UserPoolGroup": ResourceType(physical_id=_named_by("GroupName")),
    "AWS::Cognito::ManagedLoginBranding": ResourceType(),
    "AWS::Cognito::UserPoolUICustomizationAttachment": ResourceType(),
    "AWS::SecretsManager::Secret": ResourceType(
        make=lambda logical_id: {"name": _random(_MIXED, 12), "suffix": _random(_MIXED, 6)},
        physical_id=_secret_arn,
        attributes={"Id": lambda secret: secret.physical_id},
    ),
    "AWS::ApiGateway::RestApi": ResourceType(
        make=lambda logical_id: {"id": _random(_LOWER, 10), "root": _random(_LOWER, 10)},
        attributes={
            "RestApiId": lambda api: api.physical_id,
            "RootResourceId": lambda api: api.made["root"],
        },
    ),
    "AWS::ApiGateway::Deployment": ResourceType(
        make=_one_id(_LOWER, 6), attributes={"DeploymentId": lambda it: it.physical_id}
    ),
    "AWS::ApiGateway::Stage": ResourceType(physical_id=_named_by("StageName")),
    "AWS::ApiGateway::Account": ResourceType(),
    "AWS::Lambda::Function": ResourceType(
        physical_id=_named_by("FunctionName"),
        attributes={"Arn": lambda function: arn("lambda", f"function:{function.physical_id}")},
    ),
    "AWS::Lambda::Permission": ResourceType(),
    "AWS::IAM::Role": ResourceType(
        physical_id=_named_by("RoleName"),
        attributes={
            "Arn": lambda role: arn("iam", f"role/{role.physical_id}", region=""),
            "RoleId": lambda role: role.physical_id,
        },
    ),
    "AWS::IAM::Policy": ResourceType(physical_id=_named_by("PolicyName")),
    "AWS::Logs::LogGroup": ResourceType(
        physical_id=_named_by("LogGroupName"),
        attributes={"Arn": lambda group: arn("logs", f"log-group:{group.physical_id}:*")},
    ),
    "AWS::CloudWatch::Alarm": ResourceType(
        physical_id=_named_by("AlarmName"),
        attributes={"Arn": lambda alarm: arn("cloudwatch", f"alarm:{alarm.physical_id}")},
    ),
    "AWS::SNS::Topic": ResourceType(
        physical_id=lambda logical_id, properties, made: arn(
            "sns", str(properties.get("TopicName") or f"{STACK_NAME}-{logical_id}")
        ),
        attributes={"TopicArn": lambda topic: topic.physical_id},
    ),
    "AWS::DynamoDB::Table": ResourceType(
        physical_id=_named_by("TableName"),
        attributes={"Arn": lambda table: arn("dynamodb", f"table/{table.physical_id}")},
    ),
    "AWS::CloudFront::Distribution": ResourceType(
        make=_one_id(string.ascii_uppercase + string.digits, 13, "E"),
        attributes={
            "Id": lambda it: it.physical_id,
            "DomainName": lambda it: f"{it.physical_id.lower()}.cloudfront.net",
        },
    ),
}
