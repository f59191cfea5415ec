"""Requests are held against botocore's service model, attributes against the pool's schema."""

import pytest

from tests.devcloud.cognito.api.conftest import attributes
from tests.devcloud.cognito.site import EMAIL, PASSWORD, POOL_ID

AGE = {"Name": "age", "AttributeDataType": "Number"}


@pytest.fixture
def raw(site):
    """Without boto3's own checks: status, error and text."""

    def send(operation, **parameters):
        status, headers, body = site.pool.api(
            f"AWSCognitoIdentityProviderService.{operation}", {"UserPoolId": POOL_ID, **parameters}
        )
        return status, headers.get("x-amzn-ErrorType", ""), body.decode()

    return send


@pytest.mark.parametrize(
    ("operation", "parameters", "words"),
    [
        ("CreateGroup", {}, "'groupName' failed to satisfy constraint: Member must not be null"),
        ("CreateGroup", {"GroupName": ""}, "length greater than or equal to 1"),
        ("CreateGroup", {"GroupName": "a b"}, "at 'groupName' failed to satisfy constraint: "),
        ("CreateGroup", {"GroupName": "\u2028"}, "must satisfy regular expression pattern: "),
        ("CreateGroup", {"GroupName": "x" * 129}, "length less than or equal to 128"),
        ("CreateGroup", {"GroupName": "x", "Description": "x" * 2049}, "equal to 2048"),
        ("CreateGroup", {"GroupName": "x", "Precedence": -1}, "greater than or equal to 0"),
        ("ListUsers", {"Limit": 61}, "value less than or equal to 60"),
        ("ListUsers", {"Limit": 61, "PaginationToken": "a b"}, "2 validation errors detected: "),
        ("AdminGetUser", {"Username": "x" * 129}, "length less than or equal to 128"),
        (
            "AdminCreateUser",
            {"Username": EMAIL, "MessageAction": "BOGUS"},
            "Member must satisfy enum value set: [RESEND, SUPPRESS]",
        ),
        (
            "AdminUpdateUserAttributes",
            {"Username": EMAIL, "UserAttributes": [{"Name": "name", "Value": "x" * 2049}]},
            "at 'userAttributes.1.member.value' failed",
        ),
    ],
)
def test_what_the_model_forbids_is_refused(raw, operation, parameters, words):
    status, error, body = raw(operation, **parameters)
    assert (status, error) == (400, "InvalidParameterException:")
    assert words in body


def test_a_password_is_not_repeated(raw):
    given = {"Username": EMAIL, "TemporaryPassword": "Sp aced-horse-7"}
    status, _, body = raw("AdminCreateUser", **given)
    assert (status, "Sp aced" in body) == (400, False)
    assert "at 'temporaryPassword' failed to satisfy constraint" in body


@pytest.mark.parametrize(
    "parameters",
    [
        {"Limit": "10"},
        {"Limit": True},
        {"Limit": 2**31},
        {"Filter": 1},
        {"AttributesToGet": "x"},
        {"AttributesToGet": [1]},
    ],
)
def test_another_type_cannot_be_read(raw, parameters):
    status, error, _ = raw("ListUsers", **parameters)
    assert (status, error) == (400, "SerializationException:")


def test_null_is_like_nothing(raw):
    assert raw("ListUsers", Filter=None, Limit=None)[0] == 200


def test_members_that_the_operation_has_not_do_not_count(raw):
    assert raw("ListUsers", Banana=1)[0] == 200


def test_empty_texts_that_the_model_allows_are_taken(site, call):
    site.person()
    assert len(call("list_users", Filter="")["Users"]) == 1
    assert "Description" not in call("create_group", GroupName="plain", Description="")["Group"]


def test_a_group_s_role_is_not_dropped_in_silence(call):
    role = "arn:aws:iam::123456789012:role/editors"
    error = call.fails("create_group", GroupName="editors", RoleArn=role)
    assert error == ("InvalidParameterException", "RoleArn is not imitated by devcloud.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("custom:age", "not a number"),
        ("custom:age", "1.5"),
        ("email_verified", "banana"),
        ("phone_number_verified", "banana"),
        ("phone_number", "banana"),
        ("phone_number", "0123456"),
        ("updated_at", "yesterday"),
        ("birthdate", "tomorrow"),
    ],
)
def test_an_attribute_has_the_type_of_the_schema(new_site, call_for, name, value):
    site = new_site(pool={"Schema": [AGE]})
    site.person()
    call, given = call_for(site), {"UserAttributes": [{"Name": name, "Value": value}]}
    error = call.fails("admin_update_user_attributes", Username=EMAIL, **given)
    assert error[0] == "InvalidParameterException"
    error = call.fails("admin_create_user", Username="bob@example.com", **given)
    assert error[0] == "InvalidParameterException"
    assert site.pool.people.find("bob@example.com") is None


def test_values_of_every_type_are_kept(new_site, call_for):
    site = new_site(pool={"Schema": [AGE]})
    site.person()
    given = {
        "custom:age": "-42",
        "email_verified": "false",
        "phone_number": "+491234567",
        "phone_number_verified": "true",
        "updated_at": "1700000000",
        "birthdate": "2000-02-29",
    }
    call = call_for(site)
    call(
        "admin_update_user_attributes",
        Username=EMAIL,
        UserAttributes=[{"Name": name, "Value": value} for name, value in given.items()],
    )
    assert given.items() <= attributes(call("admin_get_user", Username=EMAIL)).items()


@pytest.mark.parametrize("value", ["17", "1"])
def test_a_number_keeps_to_its_limits(new_site, call_for, value):
    limits = {"MinValue": "2", "MaxValue": "16"}
    site = new_site(pool={"Schema": [AGE | {"NumberAttributeConstraints": limits}]})
    site.person()
    given = [{"Name": "custom:age", "Value": value}]
    error = call_for(site).fails(
        "admin_update_user_attributes", Username=EMAIL, UserAttributes=given
    )
    assert error[0] == "InvalidParameterException"


def test_nobody_says_of_themselves_what_is_verified(raw, new_site):
    site = new_site(secret=None)
    given = {
        "ClientId": next(iter(site.pool.app_clients)),
        "Username": EMAIL,
        "Password": PASSWORD,
        "UserAttributes": [{"Name": "phone_number_verified", "Value": "true"}],
    }
    status, headers, _ = site.pool.api("AWSCognitoIdentityProviderService.SignUp", given)
    assert (status, headers["x-amzn-ErrorType"]) == (400, "NotAuthorizedException:")


def test_the_filter_by_status_does_not_mind_letters_cases(site, call):
    site.person()
    for status in ("confirmed", "Confirmed"):
        assert len(call("list_users", Filter=f'cognito:user_status = "{status}"')["Users"]) == 1
    assert call("list_users", Filter='status = "enabled"')["Users"] == []


def test_an_attribute_to_get_must_be_everybodys(site, call):
    site.person(attributes={"name": "Alice"})
    site.person("bob@example.com")
    error = call.fails("list_users", AttributesToGet=["name"])
    assert error[0] == "InvalidParameterException"
    found = call("list_users", AttributesToGet=["name"], Filter='name = "Alice"')["Users"]
    assert attributes(found[0], "Attributes") == {"name": "Alice"}


def test_the_pool_is_described_with_its_domain_and_schema(new_site, call_for):
    pool = call_for(new_site(pool={"Schema": [AGE]}))("describe_user_pool")["UserPool"]
    assert pool["Domain"] == "notesite"
    types = {item["Name"]: item["AttributeDataType"] for item in pool["SchemaAttributes"]}
    assert (types["custom:age"], types["email"]) == ("Number", "String")
    assert (types["email_verified"], types["sub"]) == ("Boolean", "String")
