"""The one home of cognito-idp calls: what the site asks of the user pool by the API of AWS.

Credentials are the instance's role; ``infra/web.yaml`` allows it exactly the calls made here.
"""

import logging
from functools import cache
from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from cognito.http import ProviderUnavailable

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

logger = logging.getLogger(__name__)


def delete_person(sub: str) -> None:
    """Delete the account, whose tokens cannot be refreshed then; one already gone is fine.

    Raises ``ProviderUnavailable``. The user name of a person of the pool itself is the ``sub``.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUser.html
    """
    try:
        _client().admin_delete_user(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "UserNotFoundException":
            return
        logger.error("pool_call_failed", extra={"operation": "AdminDeleteUser", "cause": code})
        raise ProviderUnavailable(code) from None
    except BotoCoreError as error:
        cause = type(error).__name__
        logger.error("pool_call_failed", extra={"operation": "AdminDeleteUser", "cause": cause})
        raise ProviderUnavailable(cause) from None


def registered_urls() -> dict[str, list[str]]:
    """The app client's callback and sign-out addresses, by the names that Cognito gives them.

    Raises ``ProviderUnavailable``, also where the credentials do not allow the question.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html
    """
    try:
        app_client = _client().describe_user_pool_client(
            UserPoolId=settings.COGNITO_USER_POOL_ID, ClientId=settings.OIDC_RP_CLIENT_ID
        )["UserPoolClient"]
    except (BotoCoreError, ClientError) as error:
        raise ProviderUnavailable(type(error).__name__) from None
    return {
        "CallbackURLs": app_client.get("CallbackURLs", []),
        "LogoutURLs": app_client.get("LogoutURLs", []),
    }


@cache
def _client() -> "CognitoIdentityProviderClient":
    """One for the process; clients may be shared between threads, making sessions may not."""
    limits = Config(
        connect_timeout=settings.OIDC_TIMEOUT,
        read_timeout=settings.OIDC_TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    return Session().client(
        "cognito-idp",
        region_name=settings.COGNITO_REGION,
        endpoint_url=settings.COGNITO_ENDPOINT_URL,
        config=limits,
    )
