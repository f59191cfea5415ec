"""The user pool: its settings, its stores and what can be done with them, put together."""

from collections.abc import Callable, Mapping, Sequence

from devcloud.clock import Clock
from devcloud.cognito.accounts import Accounts
from devcloud.cognito.app_client import AppClientInput, app_client
from devcloud.cognito.authentication import Authentication
from devcloud.cognito.challenge_responses import ChallengeResponses
from devcloud.cognito.challenges import Challenges
from devcloud.cognito.codes import Codes
from devcloud.cognito.config import domain_settings, group_settings, pool_settings
from devcloud.cognito.grants import Grants
from devcloud.cognito.groups import Groups
from devcloud.cognito.keys import SigningKeys
from devcloud.cognito.lockout import Lockout
from devcloud.cognito.people import People
from devcloud.cognito.properties import ConfigurationError
from devcloud.cognito.schema import TABLES
from devcloud.cognito.sign_in_sessions import SignInSessions
from devcloud.cognito.token_sessions import TokenSessions
from devcloud.cognito.tokens import Tokens
from devcloud.database import Database
from devcloud.mailbox import Mailbox


class UserPool:
    """One user pool, configured by the resolved CloudFormation properties and nothing else.

    Wrong or unsupported properties raise ConfigurationError with the resource and the property in
    its text.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        pool_id: str,
        issuer: str,
        domain_url: str,
        pool_properties: Mapping[str, object],
        app_clients: Sequence[AppClientInput],
        groups: Sequence[Mapping[str, object]],
        mailbox: Mailbox,
        domain_properties: Mapping[str, object],
    ) -> None:
        self.database = database
        self.clock = clock
        self.pool_id = pool_id
        self.issuer = issuer
        self.domain_url = domain_url
        self.mailbox = mailbox
        self.settings = pool_settings(pool_properties)
        self.domain = domain_settings(domain_properties)
        clients = [app_client(given) for given in app_clients]
        for client in clients:
            if client.rotates_refresh_tokens and not self.settings.can_rotate_refresh_tokens:
                raise ConfigurationError(
                    "AWS::Cognito::UserPool: property UserPoolTier must not be LITE, because the"
                    f" app client {client.name} has RefreshTokenRotation."
                )
        self.app_clients = {client.client_id: client for client in clients}
        group_list = [group_settings(properties) for properties in groups]
        database.create_tables(TABLES)
        self.people = People(database, clock, case_sensitive=self.settings.case_sensitive)
        self.groups = Groups(database, clock)
        self.codes = Codes(database, clock, self.settings, mailbox)
        self.challenges = Challenges(database, clock)
        self.keys = SigningKeys(database, clock)
        self.token_sessions = TokenSessions(database, clock)
        self.sign_in_sessions = SignInSessions(database, clock, self.people)
        self.tokens = Tokens(
            issuer,
            clock,
            self.app_clients,
            self.keys,
            self.people,
            self.groups,
            self.token_sessions,
        )
        lockout = Lockout(clock)
        self.authentication = Authentication(database, clock, self.settings, self.people, lockout)
        self.challenge_responses = ChallengeResponses(
            database, clock, self.settings, self.people, self.challenges, lockout
        )
        self.accounts = Accounts(
            database, self.settings, self.people, self.codes, self.token_sessions
        )
        self.grants = Grants(database, clock, self.people, self.token_sessions, self.tokens)
        with database.transaction() as connection:
            for group in group_list:
                self.groups.ensure(connection, group)

    @property
    def client_ids(self) -> frozenset[str]:
        """The app clients' ids, for whoever checks the audience of a token."""
        return frozenset(self.app_clients)

    @property
    def region(self) -> str:
        """The region that the pool id begins with."""
        return self.pool_id.partition("_")[0]

    @property
    def arn(self) -> str:
        return f"arn:aws:cognito-idp:{self.region}:000000000000:userpool/{self.pool_id}"

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The keys that verify the pool's tokens."""
        return self.keys.jwks()

    def api(
        self,
        target: str,
        payload: Mapping[str, object],
        access: Callable[[str, str], bool] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one call of the user pool API.

        ``access(action, resource)`` says what the caller's role allows; None allows everything.
        """
        # The operations are written against this class, so they cannot be imported above it.
        from devcloud.cognito.api import answer

        return answer(self, target, payload, access)

    def rotate_signing_keys(self) -> None:
        """Sign with new keys from now on; the old ones stay in the JWKS."""
        self.keys.rotate()
