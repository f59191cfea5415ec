"""Groups and memberships."""

import json

from devcloud.cognito.api.operation import (
    Body,
    Operation,
    Parameters,
    check_pool,
    group_type,
    page_token,
)
from devcloud.cognito.api.people import person_of
from devcloud.cognito.config import GroupSettings
from devcloud.cognito.errors import InvalidParameter
from devcloud.cognito.groups import Group
from devcloud.cognito.pool import UserPool


def create_group(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
    if parameters.optional("RoleArn") is not None:
        raise InvalidParameter("RoleArn is not imitated by devcloud.")
    settings = GroupSettings(
        parameters.text("GroupName"),
        parameters.optional("Description") or "",
        parameters.integer("Precedence"),
    )
    with pool.database.transaction() as connection:
        group = pool.groups.create(connection, settings)
    return {"Group": group_type(pool, group)}


def delete_group(pool: UserPool, parameters: Parameters) -> Body:
    with pool.database.transaction() as connection:
        group = _group_of(pool, parameters)
        pool.groups.delete(connection, group.name)
    return {}


def list_groups(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
    return _page(pool, parameters, pool.groups.all())


def admin_list_groups_for_user(pool: UserPool, parameters: Parameters) -> Body:
    return _page(pool, parameters, pool.groups.of(person_of(pool, parameters).sub))


def admin_add_user_to_group(pool: UserPool, parameters: Parameters) -> Body:
    with pool.database.transaction() as connection:
        person, group = person_of(pool, parameters), _group_of(pool, parameters)
        pool.groups.add_member(connection, group.name, person.sub)
    return {}


def admin_remove_user_from_group(pool: UserPool, parameters: Parameters) -> Body:
    with pool.database.transaction() as connection:
        person, group = person_of(pool, parameters), _group_of(pool, parameters)
        pool.groups.remove_member(connection, group.name, person.sub)
    return {}


def _group_of(pool: UserPool, parameters: Parameters) -> Group:
    check_pool(pool, parameters)
    return pool.groups.get(parameters.text("GroupName"))


def _page(pool: UserPool, parameters: Parameters, groups: list[Group]) -> Body:
    """The groups after the place that the token names, where a group may be no more."""
    token, limit = parameters.page_token("NextToken"), parameters.limit()
    after = _place(token) if token else None
    rest = [group for group in groups if after is None or group.place > after]
    page = rest[:limit]
    body: dict[str, object] = {"Groups": [group_type(pool, group) for group in page]}
    if len(rest) > limit:
        body["NextToken"] = page_token(json.dumps(page[-1].place))
    return body


def _place(token: str) -> tuple[bool, int, str]:
    try:
        last, precedence, name = json.loads(token)
    except (ValueError, TypeError):
        raise InvalidParameter("Invalid pagination token.") from None
    if not isinstance(last, bool) or not isinstance(precedence, int) or not isinstance(name, str):
        raise InvalidParameter("Invalid pagination token.")
    return last, precedence, name


OPERATIONS = {
    "CreateGroup": Operation(create_group),
    "DeleteGroup": Operation(delete_group),
    "ListGroups": Operation(list_groups),
    "AdminListGroupsForUser": Operation(admin_list_groups_for_user),
    "AdminAddUserToGroup": Operation(admin_add_user_to_group),
    "AdminRemoveUserFromGroup": Operation(admin_remove_user_from_group),
}
