"""The password policy, the hashing of passwords, and passwords made by the pool."""

import secrets
import string
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from devcloud.cognito.config import PasswordPolicy
from devcloud.cognito.errors import InvalidPassword

# Cognito's list of what counts as a symbol.
SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "
METHOD = "scrypt"


def check_policy(policy: PasswordPolicy, password: str) -> None:
    """Raise InvalidPassword, with Cognito's sentence, when the policy is not met."""
    reason = ""
    if len(password) < policy.minimum_length:
        reason = "Password not long enough"
    elif len(password) > 256:
        reason = "Password must not be longer than 256 characters"
    elif policy.uppercase and not any(c.isupper() for c in password):
        reason = "Password must have uppercase characters"
    elif policy.lowercase and not any(c.islower() for c in password):
        reason = "Password must have lowercase characters"
    elif policy.numbers and not any(c in string.digits for c in password):
        reason = "Password must have numeric characters"
    elif policy.symbols and not any(c in SYMBOLS for c in password.strip()):
        reason = "Password must have symbol characters"
    if reason:
        raise InvalidPassword(f"Password did not conform with policy: {reason}")


def hashed(password: str) -> str:
    """What is stored of a password."""
    return generate_password_hash(password, METHOD)


def is_right(password_hash: str | None, password: str) -> bool:
    """Is this the password? Takes the same time when there is no person or no password."""
    right = check_password_hash(password_hash or _nobody_s(), password)
    return right and password_hash is not None


@cache
def _nobody_s() -> str:
    return hashed(secrets.token_urlsafe())


def temporary(policy: PasswordPolicy) -> str:
    """A password for an invited person that meets the policy."""
    alphabet = string.ascii_letters + string.digits
    rest = max(policy.minimum_length, 10) - 4
    characters = [
        secrets.choice(string.ascii_lowercase),
        secrets.choice(string.ascii_uppercase),
        secrets.choice(string.digits),
        secrets.choice("!#%+-_"),
        *(secrets.choice(alphabet) for _ in range(rest)),
    ]
    return "".join(characters)
