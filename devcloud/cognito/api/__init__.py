"""The user pool API: what `POST /` does with a target AWSCognitoIdentityProviderService.*."""

import json
import uuid
from collections.abc import Mapping

from devcloud.cognito.api import (
    authentication,
    groups,
    mfa,
    own_account,
    people,
    people_list,
    pool_description,
    sessions,
)
from devcloud.cognito.api.operation import Access, Operation, Parameters
from devcloud.cognito.api.request_model import checked
from devcloud.cognito.errors import (
    AccessDenied,
    CognitoError,
    InvalidParameter,
    UnknownOperation,
    UserNotFound,
)
from devcloud.cognito.pool import UserPool
from devcloud.database import OwnerGone

OPERATIONS: dict[str, Operation] = {
    **people.OPERATIONS,
    **people_list.OPERATIONS,
    **groups.OPERATIONS,
    **authentication.OPERATIONS,
    **own_account.OPERATIONS,
    **mfa.OPERATIONS,
    **pool_description.OPERATIONS,
    **sessions.OPERATIONS,
}


def answer(
    pool: UserPool, target: str, payload: Mapping[str, object], access: Access | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer.

    ``access`` says whether the caller's role allows an action on a resource; without it
    everything is allowed, as for the account's administrator.
    """
    name = target.rpartition(".")[2]
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "x-amzn-RequestId": str(uuid.uuid4()),
    }
    try:
        body = _carried_out(pool, name, payload, access)
    except CognitoError as error:
        headers["x-amzn-ErrorType"] = f"{error.name}:"
        return 400, headers, json.dumps({"__type": error.name, "message": str(error)}).encode()
    return 200, headers, json.dumps(body).encode()


def _carried_out(
    pool: UserPool, name: str, payload: Mapping[str, object], access: Access | None
) -> Mapping[str, object]:
    operation = OPERATIONS.get(name)
    if operation is None:
        raise UnknownOperation(f"The operation {name} is not imitated by devcloud.")
    action = f"cognito-idp:{name}"
    if operation.needs_credentials and access is not None and not access(action, pool.arn):
        raise AccessDenied(
            f"The role is not authorized to perform: {action} on resource: {pool.arn}"
        )
    try:
        return operation.carry_out(pool, Parameters(checked(name, payload)))
    except OwnerGone:
        raise UserNotFound from None
    except UnicodeEncodeError:
        # JSON can hold half a surrogate pair, which is no text.
        raise InvalidParameter("The request has characters that are not Unicode.") from None
