"""From verified claims to the Django user: found by (iss, sub), rights from the groups."""

from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from cognito.verify import IdTokenClaims
from identity.models import User


def person(claims: IdTokenClaims) -> User:
    """The user of that issuer and ``sub``, made at the first sign-in, brought up to date."""
    user, _ = User.objects.get_or_create(
        issuer=claims.issuer,
        sub=claims.sub,
        defaults={
            "username": str(uuid5(NAMESPACE_URL, f"{claims.issuer}#{claims.sub}")),
            "password": make_password(None),
        },
    )
    apply_claims(user, claims)
    return user


def apply_claims(user: User, claims: IdTokenClaims) -> None:
    """Store what the claims say of e-mail, name, groups and rights; what they lack goes."""
    wanted = {
        "email": claims.email,
        "first_name": claims.name[:150],
        "is_staff": bool(claims.groups & settings.COGNITO_STAFF_GROUPS),
        "is_superuser": bool(claims.groups & settings.COGNITO_SUPERUSER_GROUPS),
    }
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    if changed:
        for name in changed:
            setattr(user, name, wanted[name])
        user.save(update_fields=changed)
    if set(user.groups.values_list("name", flat=True)) != claims.groups:
        with transaction.atomic():
            user.groups.set(
                Group.objects.get_or_create(name=name)[0] for name in sorted(claims.groups)
            )
