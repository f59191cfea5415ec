"""The user pool: hosted UI, OAuth endpoints and user pool API, as Amazon Cognito has them."""

from devcloud.cognito.app_client import AppClientInput
from devcloud.cognito.blueprint import create_blueprint
from devcloud.cognito.demo import seed_demo_accounts
from devcloud.cognito.pool import UserPool
from devcloud.cognito.properties import ConfigurationError

__all__ = [
    "AppClientInput",
    "ConfigurationError",
    "UserPool",
    "create_blueprint",
    "seed_demo_accounts",
]
