"""What roles and policies of a template may say of permissions."""

from devcloud.shapes import anything, items, mapping, one_of, one_or_items, scalar, text

# Condition, NotAction, NotResource and Principal would change what the others mean.
POLICY_DOCUMENT = mapping(
    {
        "Id": anything,
        "Statement": one_or_items(
            mapping(
                {
                    "Action": one_or_items(text()),
                    "Effect": one_of("Allow", "Deny"),
                    "Resource": one_or_items(text()),
                    "Sid": anything,
                },
                required=("Action", "Effect", "Resource"),
            )
        ),
        "Version": scalar,
    },
    required=("Statement",),
)

_TRUST_DOCUMENT = mapping(
    {
        "Id": anything,
        "Statement": one_or_items(
            mapping(
                {
                    "Action": one_or_items(text()),
                    "Effect": one_of("Allow", "Deny"),
                    "Principal": mapping({"Service": one_or_items(text())}),
                    "Sid": anything,
                },
                required=("Action", "Effect", "Principal"),
            )
        ),
        "Version": scalar,
    },
    required=("Statement",),
)

ROLE = mapping(
    {
        "AssumeRolePolicyDocument": _TRUST_DOCUMENT,
        "Description": scalar,
        # Of a function's role they are refused where its permissions are read.
        "ManagedPolicyArns": items(text()),
        "MaxSessionDuration": anything,
        "Path": scalar,
        "Policies": items(
            mapping(
                {"PolicyDocument": POLICY_DOCUMENT, "PolicyName": scalar},
                required=("PolicyDocument", "PolicyName"),
            )
        ),
        "RoleName": scalar,
        "Tags": items(mapping({"Key": anything, "Value": anything})),
    },
    required=("AssumeRolePolicyDocument",),
)

ROLE_POLICY = mapping(
    {"PolicyDocument": POLICY_DOCUMENT, "PolicyName": scalar, "Roles": items(text())},
    required=("PolicyDocument", "PolicyName"),
)
