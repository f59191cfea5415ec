"""ListUsers with filter and pages, groups and memberships, descriptions."""

import pytest

from devcloud.cognito.people import Status
from tests.devcloud.cognito.api.conftest import attributes
from tests.devcloud.cognito.site import CALLBACK, CLIENT_ID, CLIENT_SECRET, EMAIL, POOL_ID


@pytest.fixture
def people(site):
    names = ["Ann", "Ben", "Bea", "Cat", 'Q"uote', "back\\slash"]
    return [
        site.person(f"p{number}@example.com", attributes={"name": name})
        for number, name in enumerate(names)
    ]


def emails(answer):
    return sorted(attributes(user, "Attributes")["email"] for user in answer["Users"])


def test_pages_hold_everybody_once(people, call):
    found, token = [], {}
    for _ in range(10):
        answer = call("list_users", Limit=4, **token)
        found += [user["Username"] for user in answer["Users"]]
        if "PaginationToken" not in answer:
            break
        token = {"PaginationToken": answer["PaginationToken"]}
    assert sorted(found) == sorted(person.sub for person in people)
    assert len(found) == len(people)


def test_boto3_s_paginator_works(people, call):
    pages = call.client.get_paginator("list_users").paginate(
        UserPoolId=POOL_ID, PaginationConfig={"PageSize": 2}
    )
    assert sum(len(page["Users"]) for page in pages) == len(people)


def test_a_page_has_sixty_people_at_most(site, call):
    with site.pool.database.transaction() as connection:
        for number in range(61):
            site.pool.people.add(
                connection,
                email=f"{number}@example.com",
                status=Status.CONFIRMED,
                password_hash=None,
            )
    answer = call("list_users")
    assert len(answer["Users"]) == 60
    assert "PaginationToken" in answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('email = "p1@example.com"', [1]),
        ('email="P1@EXAMPLE.COM"', [1]),
        ('email ^= "p"', [0, 1, 2, 3, 4, 5]),
        ('name ^= "Be"', [1, 2]),
        ('name = "Be"', []),
        ('name = "Q\\"uote"', [4]),
        ('name = "back\\\\slash"', [5]),
        ('cognito:user_status = "CONFIRMED"', [0, 1, 2, 3, 4, 5]),
        ('cognito:user_status = "UNCONFIRMED"', []),
        ('status = "Disabled"', []),
        ('status = "Enabled"', [0, 1, 2, 3, 4, 5]),
        ('given_name = "x"', []),
        ('email = "\' OR 1=1 --"', []),
        ('email ^= "%"', []),
    ],
)
def test_the_filter_finds(people, call, text, expected):
    answer = call("list_users", Filter=text)
    assert emails(answer) == [f"p{number}@example.com" for number in expected]


def test_the_filter_finds_by_user_name(people, call):
    for name in ("sub", "username"):
        answer = call("list_users", Filter=f'{name} = "{people[2].sub}"')
        assert emails(answer) == ["p2@example.com"]


@pytest.mark.parametrize("text", ["email", 'email > "a"', 'custom:x = "a"', 'email = "a', "x"])
def test_a_wrong_filter_is_refused(people, call, text):
    assert call.fails("list_users", Filter=text)[0] == "InvalidParameterException"


def test_a_wrong_page_token_is_refused(people, call):
    error = call.fails("list_users", PaginationToken="é!")
    assert error[0] == "InvalidParameterException"


def test_only_the_attributes_asked_for_are_listed(people, call):
    users = call("list_users", AttributesToGet=["email"])["Users"]
    assert all(set(attributes(user, "Attributes")) == {"email"} for user in users)


def test_groups_are_made_listed_and_deleted(site, call):
    made = call("create_group", GroupName="editors", Description="May edit", Precedence=2)
    assert made["Group"]["Description"] == "May edit"
    names = [group["GroupName"] for group in call("list_groups")["Groups"]]
    assert names == ["admins", "editors"]
    assert call.fails("create_group", GroupName="editors")[0] == "GroupExistsException"
    call("delete_group", GroupName="editors")
    error = call.fails("delete_group", GroupName="editors")
    assert error == ("ResourceNotFoundException", "Group not found.")


def test_groups_come_in_pages(site, call):
    for number in range(3):
        call("create_group", GroupName=f"g{number}")
    first = call("list_groups", Limit=2)
    second = call("list_groups", Limit=2, NextToken=first["NextToken"])
    names = [group["GroupName"] for group in first["Groups"] + second["Groups"]]
    assert names == ["admins", "g0", "g1", "g2"]
    assert "NextToken" not in second


@pytest.mark.parametrize("deleted", ["admins", "g0"])
def test_no_group_comes_twice_when_one_is_deleted_meanwhile(site, call, deleted):
    """The first has a precedence, the others none."""
    for number in range(3):
        call("create_group", GroupName=f"g{number}")
    size = ["admins", "g0"].index(deleted) + 1
    first = call("list_groups", Limit=size)
    call("delete_group", GroupName=deleted)
    second = call("list_groups", NextToken=first["NextToken"])
    names = [group["GroupName"] for group in first["Groups"] + second["Groups"]]
    assert names == ["admins", "g0", "g1", "g2"]


@pytest.mark.parametrize(
    "token", ["é!", "bm90IGpzb24=", "WzEsMl0=", "WzEsMiwzXQ==", "W251bGwsIDFd"]
)
def test_a_wrong_page_token_of_groups_is_refused(site, call, token):
    assert call.fails("list_groups", NextToken=token)[0] == "InvalidParameterException"


def test_people_come_into_groups_and_out_again(site, people, call):
    for person in people[:3]:
        call("admin_add_user_to_group", Username=person.email, GroupName="admins")
    call("admin_add_user_to_group", Username=people[0].sub, GroupName="admins")
    members = call("list_users_in_group", GroupName="admins")
    assert emails(members) == ["p0@example.com", "p1@example.com", "p2@example.com"]
    groups = call("admin_list_groups_for_user", Username=people[0].sub)["Groups"]
    assert [(group["GroupName"], group["Precedence"]) for group in groups] == [("admins", 1)]
    call("admin_remove_user_from_group", Username=people[0].sub, GroupName="admins")
    call("admin_remove_user_from_group", Username=people[0].sub, GroupName="admins")
    assert call("admin_list_groups_for_user", Username=people[0].sub)["Groups"] == []


def test_members_come_in_pages(site, people, call):
    for person in people[:3]:
        call("admin_add_user_to_group", Username=person.sub, GroupName="admins")
    first = call("list_users_in_group", GroupName="admins", Limit=2)
    second = call("list_users_in_group", GroupName="admins", Limit=2, NextToken=first["NextToken"])
    assert (len(first["Users"]), len(second["Users"])) == (2, 1)


@pytest.mark.parametrize("operation", ["admin_add_user_to_group", "admin_remove_user_from_group"])
def test_a_membership_needs_a_person_and_a_group(site, people, call, operation):
    error = call.fails(operation, Username=people[0].sub, GroupName="nobody")
    assert error == ("ResourceNotFoundException", "Group not found.")
    error = call.fails(operation, Username=EMAIL, GroupName="admins")
    assert error[0] == "UserNotFoundException"


def test_the_pool_is_described_as_the_template_has_it(site, people, call):
    pool = call("describe_user_pool")["UserPool"]
    assert (pool["Id"], pool["Name"]) == (POOL_ID, "notesite")
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["MfaConfiguration"] == "OFF"
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert pool["EstimatedNumberOfUsers"] == 6


def test_the_app_client_is_described_as_the_template_has_it(site, call):
    client = call("describe_user_pool_client", ClientId=CLIENT_ID)["UserPoolClient"]
    assert (client["ClientId"], client["ClientSecret"]) == (CLIENT_ID, CLIENT_SECRET)
    assert client["CallbackURLs"] == [CALLBACK]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthFlowsUserPoolClient"] is True
    assert (client["IdTokenValidity"], client["AccessTokenValidity"]) == (30, 20)
    assert client["RefreshTokenValidity"] == 7
    assert client["TokenValidityUnits"]["RefreshToken"] == "days"
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_an_unknown_app_client_is_not_found(site, call):
    error = call.fails("describe_user_pool_client", ClientId="nobody")
    assert error == ("ResourceNotFoundException", "User pool client nobody does not exist.")
