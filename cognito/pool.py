"""The one home of cognito-idp calls: what the site asks of the user pool by the API of AWS.

Credentials are the instance's role; ``infra/web.yaml`` allows it exactly the calls made here.
Each raises ``PoolError`` (``cognito/pool_errors.py``) unless it says otherwise, and is described at
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from cognito.http import ProviderUnavailable
from cognito.pool_errors import GroupNotFound, PersonNotFound, translated_errors
from cognito.pool_values import AppClient, Group, PeoplePage, Person

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_cognito_idp.type_defs import ListGroupsResponseTypeDef

# As many as AWS gives at once, of people and of groups.
PAGE_SIZE = 60
# A pool may have 10,000 groups: asking for them ends here, at 600.
MOST_GROUP_PAGES = 10

EVERYBODY = ""
STATES = {
    "disabled": 'status = "Disabled"',
    "invited": 'cognito:user_status = "FORCE_CHANGE_PASSWORD"',
    "unconfirmed": 'cognito:user_status = "UNCONFIRMED"',
    "reset": 'cognito:user_status = "RESET_REQUIRED"',
}


def with_email(prefix: str) -> str:
    """ListUsers' filter for people whose address begins so."""
    return f'email ^= "{_escaped(prefix)}"'


def with_sub(sub: str) -> str:
    """ListUsers' filter for one person; unlike AdminGetUser it does not count as being active."""
    return f'sub = "{_escaped(sub)}"'


def list_people(condition: str, page_token: str = "") -> PeoplePage:
    """The people for whom the filter holds, from that page on.

    What was changed a moment ago may still be as before (AWS: eventually consistent).
    """
    with translated_errors("ListUsers"):
        answer = _client().list_users(
            UserPoolId=settings.COGNITO_USER_POOL_ID,
            Limit=PAGE_SIZE,
            **({"Filter": condition} if condition else {}),
            **({"PaginationToken": page_token} if page_token else {}),
        )
        people = tuple(Person.listed(user) for user in answer["Users"])
        return PeoplePage(people, answer.get("PaginationToken", ""))


def list_members(group: str, page_token: str = "") -> PeoplePage:
    """The people of that group, from that page on."""
    with translated_errors("ListUsersInGroup", missing=GroupNotFound):
        answer = _client().list_users_in_group(
            UserPoolId=settings.COGNITO_USER_POOL_ID,
            GroupName=group,
            Limit=PAGE_SIZE,
            **({"NextToken": page_token} if page_token else {}),
        )
        people = tuple(Person.listed(user) for user in answer["Users"])
        return PeoplePage(people, answer.get("NextToken", ""))


def get_person(sub: str) -> Person:
    """The person as they are now; AWS bills whoever is asked for as active in that month."""
    with translated_errors("AdminGetUser"):
        return Person.asked_for(
            _client().admin_get_user(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)
        )


def invite(email: str) -> Person:
    """A new person, to whom the pool mails a temporary password.

    The address counts as verified: only who reads its mail gets in, and without it "forgot
    password" would send no code.
    """
    with translated_errors("AdminCreateUser"):
        answer = _client().admin_create_user(
            UserPoolId=settings.COGNITO_USER_POOL_ID,
            Username=email,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
            # Unless told so, AWS sends a text message.
            DesiredDeliveryMediums=["EMAIL"],
        )
        return Person.listed(answer["User"])


def resend_invitation(sub: str) -> None:
    """Mail a new temporary password to somebody who has not used theirs."""
    email = get_person(sub).email
    with translated_errors("AdminCreateUser"):
        _client().admin_create_user(
            UserPoolId=settings.COGNITO_USER_POOL_ID,
            Username=email,
            MessageAction="RESEND",
            DesiredDeliveryMediums=["EMAIL"],
        )


def disable(sub: str) -> None:
    """Let the person sign in no more; their access tokens are revoked, refresh tokens not."""
    with translated_errors("AdminDisableUser"):
        _client().admin_disable_user(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)


def enable(sub: str) -> None:
    """Let the person sign in again."""
    with translated_errors("AdminEnableUser"):
        _client().admin_enable_user(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)


def sign_out_everywhere(sub: str) -> None:
    """End all refresh tokens; the hosted UI's cookie, up to an hour old, stays (AWS)."""
    with translated_errors("AdminUserGlobalSignOut"):
        _client().admin_user_global_sign_out(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)


def reset_password(sub: str) -> None:
    """Mail a code with which the person has to set a new password; the old one is void."""
    with translated_errors("AdminResetUserPassword"):
        _client().admin_reset_user_password(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)


def delete(sub: str) -> None:
    """Delete the account, whose tokens cannot be refreshed then; one already gone is fine."""
    with suppress(PersonNotFound), translated_errors("AdminDeleteUser"):
        _client().admin_delete_user(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)


def list_groups() -> tuple[Group, ...]:
    """The pool's groups, the first 600 of them."""
    return _groups(
        "ListGroups", partial(_client().list_groups, UserPoolId=settings.COGNITO_USER_POOL_ID)
    )


def groups_of(sub: str) -> tuple[Group, ...]:
    """The groups that the person is in."""
    return _groups(
        "AdminListGroupsForUser",
        partial(
            _client().admin_list_groups_for_user,
            UserPoolId=settings.COGNITO_USER_POOL_ID,
            Username=sub,
        ),
    )


def join_group(sub: str, group: str) -> None:
    """Make the person a member, which the next ID token says; raises ``GroupNotFound``."""
    with translated_errors("AdminAddUserToGroup", missing=GroupNotFound):
        _client().admin_add_user_to_group(
            UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub, GroupName=group
        )


def leave_group(sub: str, group: str) -> None:
    """Make the person no member any more; raises ``GroupNotFound``."""
    with translated_errors("AdminRemoveUserFromGroup", missing=GroupNotFound):
        _client().admin_remove_user_from_group(
            UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub, GroupName=group
        )


def app_client() -> AppClient:
    """The app client as the pool has it; secret and all the rest left out.

    Raises ``ProviderUnavailable``, also where the credentials do not allow the question.
    """
    try:
        found = _client().describe_user_pool_client(
            UserPoolId=settings.COGNITO_USER_POOL_ID, ClientId=settings.OIDC_RP_CLIENT_ID
        )["UserPoolClient"]
    except (BotoCoreError, ClientError) as error:
        raise ProviderUnavailable(type(error).__name__) from None
    return AppClient.described(found)


def _groups(operation: str, ask: Callable[..., "ListGroupsResponseTypeDef"]) -> tuple[Group, ...]:
    groups: list[Group] = []
    page_token = ""
    for _ in range(MOST_GROUP_PAGES):
        with translated_errors(operation):
            answer = ask(Limit=PAGE_SIZE, **({"NextToken": page_token} if page_token else {}))
            groups += [Group.listed(group) for group in answer["Groups"]]
        page_token = answer.get("NextToken", "")
        if not page_token:
            break
    return tuple(groups)


def _escaped(value: str) -> str:
    """The value as it may stand between a filter's quotation marks (AWS: with a backslash)."""
    return value.replace("\\", r"\\").replace('"', r"\"")


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
