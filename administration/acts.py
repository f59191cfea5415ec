"""What an admin can do to somebody of the user pool, step by step.

The order of the steps is such that a failure on the way leaves the person out rather than in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.http import HttpRequest

from administration import audit, here
from administration.sentences import sentence
from cognito import pool
from cognito.pool_errors import PoolError, RequestInvalid
from identity.database import release_connection


@dataclass(frozen=True)
class Step:
    """A part of an act, in the words of somebody who has done it.

    ``do`` takes the ``sub``, and may return what there is to add. ``invalid`` is what it means
    here that the pool finds a value invalid.
    """

    words: str
    do: Callable[[str], str | None]
    invalid: str = ""


@dataclass(frozen=True)
class Act:
    """Something that an admin does to a person; the steps end at the first that fails."""

    name: str
    steps: tuple[Step, ...]
    button: str = ""
    explanation: str = ""
    refused_on_oneself: str = ""
    flag: int = CHANGE


@dataclass(frozen=True)
class Outcome:
    """What became of an act; ``problem`` says in one sentence why it was not finished."""

    done: tuple[str, ...] = ()
    not_confirmed: tuple[str, ...] = ()
    problem: str = ""


_LOCKED_OUT = Step("Locked out here", here.lock_out)

DISABLE = Act(
    "disable",
    (
        _LOCKED_OUT,
        Step("Disabled in the user pool", pool.disable),
        Step("Signed out everywhere: no refresh token works any more", pool.sign_out_everywhere),
    ),
    "Disable",
    "Locks the person out at their next request, in all browsers, and lets them sign in nowhere "
    "until they are enabled again. Their notes stay.",
    "You cannot disable yourself; ask another admin.",
)
ENABLE = Act(
    "enable",
    (
        Step("Enabled in the user pool", pool.enable),
        Step("Allowed to sign in here", here.let_in),
    ),
    "Enable",
    "Lets the person sign in again, with the password they had.",
)
SIGN_OUT = Act(
    "sign-out",
    (
        Step("Signed out here", here.end_sessions),
        Step("Signed out everywhere: no refresh token works any more", pool.sign_out_everywhere),
    ),
    "Sign out everywhere",
    "Ends all of their sessions, here and in other programs. They can sign in again at once.",
)
RESET_PASSWORD = Act(
    "reset-password",
    (
        Step(
            "A code for a new password is mailed; the old password is void",
            pool.reset_password,
            "Their e-mail address is not verified, so no code can be mailed to it; verify it in "
            "the AWS console first.",
        ),
    ),
    "Reset password",
    "Makes the old password void and mails a code to set a new one. Sessions go on; sign the "
    "person out as well if somebody else may have the password.",
)
RESEND = Act(
    "resend-invitation",
    (Step("A new temporary password is mailed; the one before is void", pool.resend_invitation),),
    "Resend invitation",
    "Mails a new temporary password.",
)
DELETE = Act(
    "delete",
    (
        _LOCKED_OUT,
        Step("Deleted in the user pool", pool.delete),
        Step("Deleted here", here.forget),
    ),
    refused_on_oneself="You cannot delete yourself here; ask another admin, or use your account "
    "page, which deletes your notes too.",
    flag=DELETION,
)
# Those that are a button on the person's page.
BUTTONS = {act.name: act for act in (DISABLE, ENABLE, SIGN_OUT, RESET_PASSWORD, RESEND)}


def join(group: str) -> Act:
    """Becoming a member of the group."""
    step = Step(f"Added to the group {group}", lambda sub: pool.join_group(sub, group))
    return Act("join-group", (step,))


def leave(group: str) -> Act:
    """Being a member no longer; who would give up being an admin has to ask another one."""
    step = Step(f"Taken out of the group {group}", lambda sub: pool.leave_group(sub, group))
    refused = f"You cannot take yourself out of {group}; ask another admin."
    return Act("leave-group", (step,), refused_on_oneself=refused if gives_rights(group) else "")


def gives_rights(group: str) -> bool:
    """Whether its members may use this administration."""
    return group in settings.COGNITO_STAFF_GROUPS | settings.COGNITO_SUPERUSER_GROUPS


def carry_out(request: HttpRequest, act: Act, sub: str) -> Outcome:
    """Take the steps, and record what became of them.

    Whatever it was, and however it ended, the person's next request asks for new tokens.
    """
    done: list[str] = []
    problem = cause = ""
    for step in act.steps:
        release_connection()
        try:
            addition = step.do(sub)
        except PoolError as error:
            is_known = isinstance(error, RequestInvalid) and step.invalid
            problem, cause = step.invalid if is_known else sentence(error), str(error)
            break
        done.append(f"{step.words} ({addition})" if addition else step.words)
    outcome = Outcome(tuple(done), tuple(step.words for step in act.steps[len(done) :]), problem)
    here.mark_stale(sub)
    flag = CHANGE if problem else act.flag
    audit.record(request, sub, act.name, history=_history(outcome), flag=flag, cause=cause)
    return outcome


def invite(request: HttpRequest, email: str) -> str:
    """The ``sub`` of the new person, to whom the pool mails a password; raises ``PoolError``."""
    release_connection()
    sub = pool.invite(email).sub
    audit.record(request, sub, "invite", history="Invited.", flag=ADDITION)
    return sub


def _history(outcome: Outcome) -> str:
    """The outcome in the history's words."""
    sentences = [*outcome.done]
    if outcome.not_confirmed:
        sentences.append(f"Not confirmed: {'; '.join(outcome.not_confirmed)}. {outcome.problem}")
    return ". ".join(sentences) + ("" if outcome.not_confirmed else ".")
