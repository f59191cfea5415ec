"""Groups and memberships."""

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
from devcloud.cognito.groups import Group
from devcloud.cognito.pool import UserPool


def create_group(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
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
    """The groups after the one that the token names."""
    after, limit = parameters.page_token("NextToken"), parameters.limit()
    names = [group.name for group in groups]
    start = names.index(after) + 1 if after in names else 0
    page = groups[start : start + limit]
    body: dict[str, object] = {"Groups": [group_type(pool, group) for group in page]}
    if len(groups) > start + limit:
        body["NextToken"] = page_token(page[-1].name)
    return body


OPERATIONS = {
    "CreateGroup": Operation(create_group),
    "DeleteGroup": Operation(delete_group),
    "ListGroups": Operation(list_groups),
    "AdminListGroupsForUser": Operation(admin_list_groups_for_user),
    "AdminAddUserToGroup": Operation(admin_add_user_to_group),
    "AdminRemoveUserFromGroup": Operation(admin_remove_user_from_group),
}
