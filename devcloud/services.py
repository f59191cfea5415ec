"""The stack's services, made from the template and ready to be asked."""

from devcloud.addresses import Addresses
from devcloud.api_gateway import ApiStage
from devcloud.clock import Clock
from devcloud.cognito import AppClientInput, UserPool, seed_demo_accounts
from devcloud.contract import read_contract
from devcloud.database import Database
from devcloud.errors import TemplateError
from devcloud.functions import Functions
from devcloud.mailbox import Mailbox
from devcloud.methods import Contract, FunctionIntegration, TokenAuthorizer, UserPoolAuthorizer
from devcloud.permissions import fits
from devcloud.proxy_event import StageIdentity
from devcloud.resources import REGION, URL_SUFFIX, Resource, arn
from devcloud.stack import Stack
from devcloud.throttling import Throttle


def user_pool(stack: Stack, database: Database, clock: Clock, addresses: Addresses) -> UserPool:
    """The stack's user pool, with the demo accounts if nobody is in it yet."""
    pool = _only(stack, "AWS::Cognito::UserPool")
    made = UserPool(
        database,
        clock,
        pool_id=pool.physical_id,
        issuer=addresses.local(f"https://cognito-idp.{REGION}.{URL_SUFFIX}/{pool.physical_id}"),
        domain_url=addresses.base,
        pool_properties=pool.properties,
        app_clients=[
            AppClientInput(
                client.physical_id,
                client.made["secret"] if client.properties.get("GenerateSecret") else None,
                client.properties,
            )
            for client in stack.of_type("AWS::Cognito::UserPoolClient")
        ],
        groups=[group.properties for group in stack.of_type("AWS::Cognito::UserPoolGroup")],
        mailbox=Mailbox(database, clock),
        domain_properties=_only(stack, "AWS::Cognito::UserPoolDomain").properties,
    )
    seed_demo_accounts(made)
    return made


def api_stage(stack: Stack, functions: Functions, pool: UserPool, clock: Clock) -> ApiStage:
    """The stage of the stack's API."""
    api = _only(stack, "AWS::ApiGateway::RestApi")
    stage = _only(stack, "AWS::ApiGateway::Stage")
    place = f"Resources.{api.logical_id}.Properties.Body"
    if "Body" not in api.properties:
        raise TemplateError(place, "devcloud makes an API from its OpenAPI contract only.")
    contract = read_contract(api.properties["Body"], place)
    identity = StageIdentity(
        api_id=api.physical_id,
        stage=stage.properties["StageName"],
        deployment_id=stage.properties["DeploymentId"],
        domain_name=f"{api.physical_id}.execute-api.{REGION}.{URL_SUFFIX}",
        variables=stage.properties.get("Variables", {}),
    )
    _check_references(contract, identity, functions, pool, stack, place)
    return ApiStage(
        contract,
        identity,
        Throttle(contract.methods, stage.properties.get("MethodSettings", ())),
        functions,
        {pool.arn: pool},
        clock,
    )


def _only(stack: Stack, resource_type: str) -> Resource:
    found = stack.of_type(resource_type)
    if len(found) != 1:
        raise TemplateError("Resources", f"devcloud needs exactly one {resource_type}.")
    return found[0]


def _check_references(
    contract: Contract,
    identity: StageIdentity,
    functions: Functions,
    pool: UserPool,
    stack: Stack,
    place: str,
) -> None:
    """Refuse a contract that names what the stack does not have or must not use."""
    for method in contract.methods:
        here = f"{place}.paths.{method.resource_path}.{method.http_method.lower()}"
        if isinstance(method.integration, FunctionIntegration):
            function_arn = method.integration.function_arn
            asks = f"{identity.stage}/{method.http_method}{method.resource_path}"
            _check_function(function_arn, functions, stack, here, f"{identity.api_id}/{asks}")
        if isinstance(method.authorizer, TokenAuthorizer):
            asks = f"{identity.api_id}/authorizers/{method.authorizer.name}"
            _check_function(method.authorizer.function_arn, functions, stack, here, asks)
        if isinstance(method.authorizer, UserPoolAuthorizer) and method.authorizer.pool_arns != (
            pool.arn,
        ):
            raise TemplateError(here, f"the authorizer's user pool is not {pool.arn}.")


def _check_function(
    function_arn: str, functions: Functions, stack: Stack, place: str, asks: str
) -> None:
    """Refuse a function that is not there, or that API Gateway may not invoke for this.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
    """
    if function_arn not in functions:
        raise TemplateError(place, f"the stack has no function {function_arn}.")
    function = stack.by_arn("AWS::Lambda::Function", function_arn)
    source = arn("execute-api", asks)
    for permission in stack.of_type("AWS::Lambda::Permission"):
        properties = permission.properties
        if (
            function is not None
            and properties["FunctionName"] in (function_arn, function.physical_id)
            and properties["Principal"] == "apigateway.amazonaws.com"
            and fits(properties.get("SourceArn", "*"), source)
        ):
            return
    raise TemplateError(place, f"no AWS::Lambda::Permission lets {source} invoke {function_arn}.")
