"""What admins are told of a call to the user pool that did not work, a sentence on each error."""

from cognito.pool_errors import (
    AddressTaken,
    GroupNotFound,
    LimitReached,
    MailNotSent,
    NotAllowed,
    PersonNotFound,
    PoolBusy,
    PoolError,
    PoolNotFound,
    PoolRefused,
    PoolUnavailable,
    RequestInvalid,
    StateForbids,
)

SENTENCES: dict[type[PoolError], str] = {
    PoolUnavailable: (
        "The user pool does not answer ({cause}); look at the AWS status page and the network, "
        "and try again in a moment."
    ),
    PoolBusy: "The user pool has too much to do right now ({cause}); try again in a moment.",
    LimitReached: (
        "A limit of the user pool is reached ({cause}): tries for this person, or mails of a day; "
        "try again later, or let the pool send its mail through SES."
    ),
    NotAllowed: (
        "This site's AWS credentials do not allow it ({cause}); look at the policy “user-pool” of "
        "InstanceRole in infra/web.yaml."
    ),
    PoolNotFound: "There is no such user pool ({cause}); correct COGNITO_USER_POOL_ID.",
    GroupNotFound: "The user pool has no such group; it was deleted meanwhile.",
    PersonNotFound: "The user pool has no such person; they were deleted meanwhile.",
    AddressTaken: (
        "Somebody with this e-mail address is in the user pool already: look for them in the list."
    ),
    RequestInvalid: "The user pool does not take this value ({cause}); correct it.",
    StateForbids: (
        "The user pool does not allow it in the person's present state; look at the status."
    ),
    MailNotSent: (
        "The user pool could not send its mail ({cause}); look at the address and at the pool's "
        "message delivery, and send it again."
    ),
    PoolRefused: (
        "The user pool refuses ({cause}); the API reference of Amazon Cognito says what that means."
    ),
}


def sentence(error: PoolError) -> str:
    """What does not work, and what to do; with AWS's name of the error for an operator."""
    return SENTENCES[type(error)].format(cause=error)
