"""Lists of people, with ListUsers' filter."""

import re

from devcloud.cognito.api.operation import (
    Body,
    Operation,
    Parameters,
    check_pool,
    page_token,
    user_type,
)
from devcloud.cognito.errors import InvalidParameter
from devcloud.cognito.people import EVERYBODY, Condition
from devcloud.cognito.pool import UserPool

FILTER = re.compile(r'\s*(?P<name>[\w:]+)\s*(?P<operator>\^?=)\s*"(?P<value>(?:[^"\\]|\\.)*)"\s*')
# AWS: only these can be searched for, no custom attribute.
COLUMNS = {
    "username": "sub",
    "sub": "sub",
    "email": "email",
    "phone_number": "json_extract(attributes, '$.phone_number')",
    "name": "json_extract(attributes, '$.name')",
    "given_name": "json_extract(attributes, '$.given_name')",
    "family_name": "json_extract(attributes, '$.family_name')",
    "preferred_username": "json_extract(attributes, '$.preferred_username')",
    "cognito:user_status": "lower(status)",
    "status": "iif(enabled, 'Enabled', 'Disabled')",
}


def list_users(pool: UserPool, parameters: Parameters) -> Body:
    """A page of people in the order of their user names."""
    check_pool(pool, parameters)
    text = parameters.optional("Filter")
    limit = parameters.limit()
    people = pool.people.page(
        condition_of(text, pool.settings.case_sensitive) if text else EVERYBODY,
        limit + 1,
        parameters.page_token("PaginationToken"),
    )
    only = parameters.names("AttributesToGet")
    # AWS, ListUsers: an error if not all users in the results have the attribute.
    if any(name not in person.attributes for person in people[:limit] for name in only):
        raise InvalidParameter("One or more requested attributes do not exist.")
    body: dict[str, object] = {"Users": [user_type(person, only) for person in people[:limit]]}
    if len(people) > limit:
        body["PaginationToken"] = page_token(people[limit - 1].sub)
    return body


def list_users_in_group(pool: UserPool, parameters: Parameters) -> Body:
    """A page of a group's members in the same order."""
    check_pool(pool, parameters)
    group = pool.groups.get(parameters.text("GroupName"))
    limit = parameters.limit()
    members = Condition(
        "sub IN (SELECT sub FROM cognito_memberships WHERE group_name = ?)", (group.name,)
    )
    people = pool.people.page(members, limit + 1, parameters.page_token("NextToken"))
    body: dict[str, object] = {"Users": [user_type(person) for person in people[:limit]]}
    if len(people) > limit:
        body["NextToken"] = page_token(people[limit - 1].sub)
    return body


def condition_of(text: str, case_sensitive: bool) -> Condition:
    """ListUsers' filter, ``name = "value"`` or ``name ^= "prefix"``; raises InvalidParameter."""
    match = FILTER.fullmatch(text)
    if match is None:
        raise InvalidParameter("Error while parsing filter.")
    column = COLUMNS.get(match["name"])
    if column is None:
        raise InvalidParameter(f"Invalid search attribute: {match['name']}")
    value = re.sub(r"\\(.)", r"\1", match["value"])
    if match["name"] == "email" and not case_sensitive:
        column, value = "email_key", value.lower()
    if match["name"] == "cognito:user_status":
        value = value.lower()
    if match["operator"] == "=":
        return Condition(f"{column} = ?", (value,))
    return Condition(f"substr({column}, 1, ?) = ?", (len(value), value))


OPERATIONS = {
    "ListUsers": Operation(list_users),
    "ListUsersInGroup": Operation(list_users_in_group),
}
