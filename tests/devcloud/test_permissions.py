"""IAM policies: deny before allow, allow before nothing."""

import pytest

from devcloud.permissions import Policy

TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/Notes"


def policy(*statements):
    return Policy([{"Version": "2012-10-17", "Statement": list(statements)}])


def statement(effect, action, resource):
    return {"Effect": effect, "Action": action, "Resource": resource}


class PolicyTests:
    @pytest.mark.parametrize(
        ("action", "resource", "effect"),
        [
            ("dynamodb:Query", TABLE, "Allow"),
            (["dynamodb:GetItem", "dynamodb:Query"], [TABLE], "Allow"),
            ("dynamodb:*", "*", "Allow"),
            ("DYNAMODB:query", TABLE, "Allow"),
            ("dynamodb:Que?y", TABLE.replace("Notes", "No*"), "Allow"),
            ("dynamodb:Query", f"{TABLE}/index/*", None),
            ("dynamodb:Scan", TABLE, None),
            ("dynamodb:[Q]uery", TABLE, None),
        ],
    )
    def test_a_statement_covers_by_wildcards(self, action, resource, effect):
        assert (
            policy(statement("Allow", action, resource)).effect("dynamodb:Query", TABLE) == effect
        )

    def test_a_denial_wins(self):
        both = policy(statement("Allow", "*", "*"), statement("Deny", "dynamodb:Query", TABLE))
        assert both.effect("dynamodb:Query", TABLE) == "Deny"
        assert both.effect("dynamodb:GetItem", TABLE) == "Allow"
