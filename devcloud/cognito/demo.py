"""The two accounts that a fresh stand-in offers."""

from devcloud.cognito import passwords
from devcloud.cognito.people import Status
from devcloud.cognito.pool import UserPool

ACCOUNTS = (
    ("demo@example.com", "Demo-passw0rd!", None),
    ("admin@example.com", "Admin-passw0rd!", "admins"),
)


def seed_demo_accounts(pool: UserPool) -> None:
    """Make the demo accounts, if the pool has no person yet."""
    if pool.people.count():
        return
    accounts = [(email, passwords.hashed(password), group) for email, password, group in ACCOUNTS]
    with pool.database.transaction() as connection:
        for email, password_hash, group in accounts:
            person = pool.people.add(
                connection,
                email=email,
                status=Status.CONFIRMED,
                password_hash=password_hash,
                email_verified=True,
            )
            if group in [known.name for known in pool.groups.all()]:
                pool.groups.add_member(connection, str(group), person.sub)
