"""What an operation of the user pool API is, and how it reads its request."""

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from devcloud.cognito.app_client import AppClient
from devcloud.cognito.errors import InvalidParameter, NotAuthorized, ResourceNotFound
from devcloud.cognito.groups import Group
from devcloud.cognito.opaque import same
from devcloud.cognito.people import Person
from devcloud.cognito.pool import UserPool

Access = Callable[[str, str], bool]
Body = Mapping[str, object]


class Parameters:
    """The members of a request that fits the service model."""

    def __init__(self, payload: Mapping[str, object]) -> None:
        self._payload = payload

    def text(self, name: str) -> str:
        """A string that must be there in this case; raises InvalidParameter."""
        value = self.optional(name)
        if value is None:
            raise InvalidParameter(
                f"1 validation error detected: Value at '{name[:1].lower()}{name[1:]}' failed to"
                " satisfy constraint: Member must not be null"
            )
        return value

    def optional(self, name: str) -> str | None:
        value = self._payload.get(name)
        return value if isinstance(value, str) else None

    def boolean(self, name: str) -> bool:
        return self._payload.get(name) is True

    def integer(self, name: str) -> int | None:
        value = self._payload.get(name)
        return value if isinstance(value, int) else None

    def limit(self, most: int = 60) -> int:
        """The page size: as many as there may be, unless fewer are asked for."""
        return self.integer("Limit") or most

    def texts(self, name: str) -> dict[str, str]:
        """A map of strings; none if it is not there."""
        value = self._payload.get(name)
        if not isinstance(value, Mapping):
            return {}
        return {str(key): str(item) for key, item in value.items()}

    def names(self, name: str) -> list[str]:
        value = self._payload.get(name)
        return [str(item) for item in value] if isinstance(value, list) else []

    def attributes(self, name: str = "UserAttributes") -> dict[str, str]:
        """A list of Name and Value as a mapping."""
        value = self._payload.get(name)
        items = value if isinstance(value, list) else []
        return {item["Name"]: item.get("Value") or "" for item in items}

    def section(self, name: str) -> "Parameters | None":
        value = self._payload.get(name)
        return Parameters(value) if isinstance(value, Mapping) else None

    def page_token(self, name: str) -> str:
        """The key after which the page begins."""
        try:
            return base64.urlsafe_b64decode(self.optional(name) or "").decode()
        except ValueError:
            raise InvalidParameter("Invalid pagination token.") from None


@dataclass(frozen=True)
class Operation:
    """One operation; those without credentials are called by people's own applications."""

    carry_out: Callable[[UserPool, Parameters], Body]
    needs_credentials: bool = True


def check_pool(pool: UserPool, parameters: Parameters) -> None:
    """Raise ResourceNotFound unless the request names this pool."""
    pool_id = parameters.text("UserPoolId")
    if pool_id != pool.pool_id:
        raise ResourceNotFound(f"User pool {pool_id} does not exist.")


def app_client_of(pool: UserPool, parameters: Parameters) -> AppClient:
    """The app client that the request names; raises ResourceNotFound."""
    client_id = parameters.text("ClientId")
    app_client = pool.app_clients.get(client_id)
    if app_client is None:
        raise ResourceNotFound(f"User pool client {client_id} does not exist.")
    return app_client


def check_secret_hash(app_client: AppClient, usernames: list[str], given: str | None) -> None:
    """Raise NotAuthorized unless the hash is of one of the names (AWS: SECRET_HASH)."""
    secret = app_client.client_secret
    if secret is None:
        return
    if given is None:
        raise NotAuthorized(
            f"Client {app_client.client_id} is configured with secret but SECRET_HASH was not"
            " received"
        )
    expected = [_secret_hash(secret, username, app_client.client_id) for username in usernames]
    if not any(same(given, value) for value in expected):
        raise NotAuthorized(f"Unable to verify secret hash for client {app_client.client_id}")


def page_token(after: str) -> str:
    return base64.urlsafe_b64encode(after.encode()).decode()


def seconds(moment: datetime) -> float:
    """A time as the JSON protocol writes it."""
    return round(moment.timestamp(), 3)


def attribute_list(person: Person, only: list[str] | None = None) -> list[dict[str, str]]:
    """A person's attributes as a list of Name and Value."""
    return [
        {"Name": name, "Value": value}
        for name, value in person.attributes.items()
        if not only or name in only
    ]


def user_type(person: Person, only: list[str] | None = None) -> dict[str, object]:
    """A person as UserType."""
    return {
        "Username": person.sub,
        "Attributes": attribute_list(person, only),
        "UserCreateDate": seconds(person.created_at),
        "UserLastModifiedDate": seconds(person.updated_at),
        "Enabled": person.enabled,
        "UserStatus": person.status.value,
    }


def mfa_settings(person: Person) -> dict[str, object]:
    """The members that say what a person uses beside the password."""
    if not person.uses_totp:
        return {}
    return {
        "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
        "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"],
    }


def group_type(pool: UserPool, group: Group) -> dict[str, object]:
    """A group as GroupType."""
    body: dict[str, object] = {
        "GroupName": group.name,
        "UserPoolId": pool.pool_id,
        "CreationDate": seconds(group.created_at),
        "LastModifiedDate": seconds(group.updated_at),
    }
    if group.description:
        body["Description"] = group.description
    if group.precedence is not None:
        body["Precedence"] = group.precedence
    return body


def _secret_hash(secret: str, username: str, client_id: str) -> str:
    digest = hmac.digest(secret.encode(), (username + client_id).encode(), "sha256")
    return base64.b64encode(digest).decode()
