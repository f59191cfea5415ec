"""The user pool's values in plain words."""

STATUS = {
    "CONFIRMED": "confirmed",
    "UNCONFIRMED": "signed up, address not confirmed",
    "FORCE_CHANGE_PASSWORD": "invited, no own password yet",
    "RESET_REQUIRED": "must set a new password",
    "EXTERNAL_PROVIDER": "signs in through another provider",
    "ARCHIVED": "archived",
    "COMPROMISED": "blocked: the password is known to others",
    "UNKNOWN": "not known",
}


def status(value: str) -> str:
    """AWS's UserStatus in words; a new one as it is."""
    return STATUS.get(value, value)
