"""The codes of authenticator apps that have been used: each works once."""

import sqlite3


def use(connection: sqlite3.Connection, sub: str, totp_secret: str, step: int) -> bool:
    """Use the code of a step up; False when it, or a later one, was used before.

    RFC 6238 section 5.2: a code must not be accepted a second time.
    """
    done = connection.execute(
        "INSERT INTO cognito_totp_steps VALUES (:sub, :totp_secret, :step)"
        " ON CONFLICT (sub) DO UPDATE SET totp_secret = :totp_secret, step = :step"
        " WHERE totp_secret != :totp_secret OR step < :step",
        {"sub": sub, "totp_secret": totp_secret, "step": step},
    )
    return done.rowcount == 1
