"""The errors of the user pool API, under AWS's names and with AWS's texts.

CognitoError
  · NotAuthorized            wrong password, token or secret; a person who may not
      · InvalidSession       a challenge that is not open (any more)
  · UserNotFound             nobody has that name
  · UserNotConfirmed         signed up, but the e-mail is not confirmed
  · PasswordResetRequired    an administrator asked for a new password
  · UsernameExists           the e-mail is taken
  · AliasExists              the same, when an existing person changes theirs
  · InvalidPassword          the password breaks the pool's policy
  · InvalidParameter         a request that makes no sense
  · Serialization            a request with a value of another type than the operation takes
  · MissingAuthenticationToken  nobody has signed the request of an administrator
  · CodeMismatch             not the code that was mailed
  · ExpiredCode              the code is too old, used, or never existed
  · LimitExceeded            too many attempts within the hour
  · ResourceNotFound         no such pool, app client or group
  · GroupExists              the group's name is taken
  · RefreshTokenReuse        a rotated refresh token came back after its grace period
  · UnsupportedTokenType     something other than a refresh token was to be revoked
  · UnsupportedOperation     switched off for this app client
  · UnsupportedUserState     not possible in the person's present state
  · SoftwareTokenMFANotFound the person has no authenticator app
  · EnableSoftwareTokenMFA   the authenticator app's first code is wrong
  · AccessDenied             the caller's role does not allow the operation
  · UnknownOperation         an operation that is not imitated
"""


class CognitoError(Exception):
    """What the user pool API answers instead of a result, always with status 400."""

    text = ""

    def __init__(self, text: str | None = None) -> None:
        super().__init__(self.text if text is None else text)

    @property
    def name(self) -> str:
        """AWS's name of the error."""
        return f"{type(self).__name__}Exception"


class NotAuthorized(CognitoError):
    text = "Incorrect username or password."


class InvalidSession(NotAuthorized):
    text = "Invalid session for the user."

    @property
    def name(self) -> str:
        """AWS has no name of its own for it."""
        return "NotAuthorizedException"


class UserNotFound(CognitoError):
    text = "User does not exist."


class UserNotConfirmed(CognitoError):
    text = "User is not confirmed."


class PasswordResetRequired(CognitoError):
    text = "Password reset required for the user"


class UsernameExists(CognitoError):
    text = "An account with the given email already exists."


class AliasExists(CognitoError):
    text = "An account with the given email already exists."


class InvalidPassword(CognitoError):
    pass


class InvalidParameter(CognitoError):
    pass


class Serialization(CognitoError):
    pass


class MissingAuthenticationToken(CognitoError):
    text = "Missing Authentication Token"


class CodeMismatch(CognitoError):
    text = "Invalid verification code provided, please try again."


class ExpiredCode(CognitoError):
    text = "Invalid code provided, please request a code again."


class LimitExceeded(CognitoError):
    text = "Attempt limit exceeded, please try after some time."


class ResourceNotFound(CognitoError):
    pass


class GroupExists(CognitoError):
    text = "A group with the name already exists."


class RefreshTokenReuse(CognitoError):
    text = "Refresh token has been reused"


class UnsupportedTokenType(CognitoError):
    text = "Unsupported token type"


class UnsupportedOperation(CognitoError):
    pass


class UnsupportedUserState(CognitoError):
    pass


class SoftwareTokenMFANotFound(CognitoError):
    text = "Software token MFA has not been associated with the user"


class EnableSoftwareTokenMFA(CognitoError):
    text = "Code mismatch"


class AccessDenied(CognitoError):
    pass


class UnknownOperation(CognitoError):
    pass


class Unauthorized(CognitoError):
    text = "Invalid client credentials"
