"""A person's sign-ins, listed and ended one by one by an administrator."""

from devcloud.cognito.api.operation import Body, Operation, Parameters
from devcloud.cognito.api.people import person_of
from devcloud.cognito.errors import InvalidParameter, ResourceNotFound
from devcloud.cognito.pool import UserPool

# AWS, AdminListUserSessions: all of them in a single page of up to 125.
LARGEST_LIST = 125


def admin_list_user_sessions(pool: UserPool, parameters: Parameters) -> Body:
    """The live token sessions; AWS lists the hosted UI's own sign-ins too, as SSO sessions."""
    person = person_of(pool, parameters)
    return {
        "Sessions": [
            {
                "SessionId": active.session_id,
                "SessionType": "TOKEN",
                "ClientId": active.session.client_id,
                "CreateDate": round(active.created_at, 3),
                "LastActiveDate": round(active.last_active_at, 3),
                "DeviceType": "unknown",
            }
            for active in pool.token_sessions.live_of(person.sub)[:LARGEST_LIST]
        ]
    }


def admin_revoke_user_session(pool: UserPool, parameters: Parameters) -> Body:
    """End one session with its refresh and access tokens; the others go on."""
    person = person_of(pool, parameters)
    session_id = parameters.text("SessionId")
    if parameters.optional("RevokeAssociatedSessions") not in (None, "NONE"):
        raise InvalidParameter("devcloud imitates RevokeAssociatedSessions NONE only.")
    for active in pool.token_sessions.live_of(person.sub):
        if active.session_id == session_id:
            with pool.database.transaction() as connection:
                pool.token_sessions.revoke(connection, active.session.origin_jti)
            return {}
    raise ResourceNotFound(f"Session {session_id} does not exist.")


OPERATIONS = {
    "AdminListUserSessions": Operation(admin_list_user_sessions),
    "AdminRevokeUserSession": Operation(admin_revoke_user_session),
}
