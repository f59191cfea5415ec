"""Which properties each type of resource may have, and with which values.

What is known to change nothing here, such as an alarm's threshold, is listed too, so that a name
that is misspelt is found here and not on AWS.
"""

from typing import Any

from devcloud.errors import TemplateError
from devcloud.policy_shapes import ROLE, ROLE_POLICY
from devcloud.shapes import (
    FLAG,
    OFF,
    Shape,
    anything,
    items,
    mapping,
    named,
    number,
    one_of,
    scalar,
    text,
    whole,
)


def _stored(*names: str, **inner: Shape) -> Shape:
    """Properties that devcloud stores and does nothing with."""
    return mapping({**dict.fromkeys(names, anything), **inner})


_TAGS = items(_stored("Key", "Value"))

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_RESERVED_VARIABLES = {
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
}


def _variables(value: Any, place: str) -> None:
    for name in _RESERVED_VARIABLES.intersection(value if isinstance(value, dict) else ()):
        raise TemplateError(f"{place}.{name}", "Lambda reserves this variable for itself.")
    # The pattern is botocore's, of EnvironmentVariableName.
    named(scalar, "[a-zA-Z][a-zA-Z0-9_]+")(value, place)


_FUNCTION = mapping(
    {
        "Architectures": anything,
        # The code is what lies beside the template, whatever was uploaded.
        "Code": mapping(dict.fromkeys(("S3Bucket", "S3Key", "S3ObjectVersion"), scalar)),
        "Description": scalar,
        "Environment": mapping({"Variables": _variables}),
        "FunctionName": text("[a-zA-Z0-9_-]{1,64}"),
        "Handler": text(r"[^\s]+\.[^\s]+"),
        "LoggingConfig": _stored("ApplicationLogLevel", "LogFormat", "LogGroup", "SystemLogLevel"),
        "MemorySize": whole(128, 10240),
        "Role": text("arn:aws:iam:.+"),
        # Those that Lambda still makes new functions for.
        "Runtime": one_of("python3.10", "python3.11", "python3.12", "python3.13", "python3.14"),
        "Tags": _TAGS,
        "Timeout": whole(1, 900),
    },
    required=("Code", "Handler", "Role", "Runtime"),
)

_METHOD_SETTING = mapping(
    {
        "CachingEnabled": OFF,
        "DataTraceEnabled": FLAG,
        "HttpMethod": one_of("*", "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH"),
        "LoggingLevel": one_of("OFF", "ERROR", "INFO"),
        "MetricsEnabled": FLAG,
        "ResourcePath": text("/.*"),
        "ThrottlingBurstLimit": whole(0, 10**9),
        "ThrottlingRateLimit": number(0, 10**9),
    },
    required=("HttpMethod", "ResourcePath"),
)

_STAGE = mapping(
    {
        "AccessLogSetting": _stored("DestinationArn", "Format"),
        "CacheClusterEnabled": OFF,
        "DeploymentId": text(),
        "Description": scalar,
        "MethodSettings": items(_METHOD_SETTING),
        "RestApiId": text(),
        "StageName": text("[a-zA-Z0-9_]{1,128}"),
        "Tags": _TAGS,
        "Variables": named(scalar, "[a-zA-Z0-9_]+"),
    },
    required=("DeploymentId", "RestApiId", "StageName"),
)

_KEY_SCHEMA = items(
    mapping(
        {"AttributeName": text(), "KeyType": one_of("HASH", "RANGE")},
        required=("AttributeName", "KeyType"),
    ),
    least=1,
)

_TABLE = mapping(
    {
        "AttributeDefinitions": items(
            mapping(
                {"AttributeName": text(), "AttributeType": one_of("S", "N", "B")},
                required=("AttributeName", "AttributeType"),
            )
        ),
        "BillingMode": one_of("PAY_PER_REQUEST"),
        "DeletionProtectionEnabled": FLAG,
        "KeySchema": _KEY_SCHEMA,
        "LocalSecondaryIndexes": items(
            mapping(
                {
                    "IndexName": text("[a-zA-Z0-9_.-]{3,255}"),
                    "KeySchema": _KEY_SCHEMA,
                    "Projection": mapping(
                        {
                            "NonKeyAttributes": items(text()),
                            "ProjectionType": one_of("ALL", "KEYS_ONLY", "INCLUDE"),
                        }
                    ),
                },
                required=("IndexName", "KeySchema", "Projection"),
            )
        ),
        "PointInTimeRecoverySpecification": _stored(
            "PointInTimeRecoveryEnabled", "RecoveryPeriodInDays"
        ),
        "SSESpecification": _stored("KMSMasterKeyId", "SSEEnabled", "SSEType"),
        "TableName": text("[a-zA-Z0-9_.-]{3,255}"),
        "Tags": _TAGS,
        "TimeToLiveSpecification": mapping(
            {"AttributeName": text(), "Enabled": one_of(True, False)}, required=("Enabled",)
        ),
    },
    required=("AttributeDefinitions", "KeySchema"),
)

PROPERTIES: dict[str, Shape] = {
    # These four are read in devcloud.cognito, which refuses what it does not know itself.
    "AWS::Cognito::UserPool": anything,
    "AWS::Cognito::UserPoolDomain": anything,
    "AWS::Cognito::UserPoolClient": anything,
    "AWS::Cognito::UserPoolGroup": anything,
    "AWS::Cognito::ManagedLoginBranding": _stored(
        *("Assets", "ClientId", "ReturnMergedResources", "Settings", "UseCognitoProvidedValues"),
        "UserPoolId",
    ),
    "AWS::Cognito::UserPoolUICustomizationAttachment": _stored("CSS", "ClientId", "UserPoolId"),
    "AWS::SecretsManager::Secret": mapping(
        {
            "Description": scalar,
            "KmsKeyId": anything,
            "Name": text(),
            "SecretString": text(),
            "Tags": _TAGS,
        }
    ),
    "AWS::ApiGateway::RestApi": mapping(
        {
            # Read by devcloud.contract.
            "Body": anything,
            "Description": scalar,
            "EndpointConfiguration": mapping({"Types": items(one_of("REGIONAL"), least=1)}),
            "FailOnWarnings": FLAG,
            "Name": scalar,
            "Tags": _TAGS,
        }
    ),
    "AWS::ApiGateway::Deployment": mapping(
        {"Description": scalar, "RestApiId": text()}, required=("RestApiId",)
    ),
    "AWS::ApiGateway::Stage": _STAGE,
    "AWS::ApiGateway::Account": _stored("CloudWatchRoleArn"),
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Lambda::Permission": mapping(
        {
            "Action": one_of("lambda:InvokeFunction"),
            "FunctionName": text(),
            "Principal": text(),
            "SourceArn": text("arn:.+"),
        },
        required=("Action", "FunctionName", "Principal"),
    ),
    "AWS::IAM::Role": ROLE,
    "AWS::IAM::Policy": ROLE_POLICY,
    "AWS::Logs::LogGroup": _stored(
        *("KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays"), Tags=_TAGS
    ),
    "AWS::CloudWatch::Alarm": _stored(
        *("ActionsEnabled", "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator"),
        *("DatapointsToAlarm", "EvaluateLowSampleCountPercentile"),
        *("EvaluationPeriods", "ExtendedStatistic", "InsufficientDataActions", "MetricName"),
        *("Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold"),
        *("ThresholdMetricId", "TreatMissingData", "Unit"),
        Dimensions=items(_stored("Name", "Value")),
        Tags=_TAGS,
    ),
    "AWS::SNS::Topic": _stored(
        *("DisplayName", "KmsMasterKeyId", "TopicName"),
        Subscription=items(_stored("Endpoint", "Protocol")),
        Tags=_TAGS,
    ),
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::CloudFront::Distribution": _stored("DistributionConfig", Tags=_TAGS),
}
