"""The signing keys of the user pool: one pair for ID tokens, one for access tokens."""

import base64
import json
import secrets
import sqlite3
import threading
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from devcloud.clock import Clock
from devcloud.database import Database

TOKEN_USES = ("id", "access")


@dataclass(frozen=True)
class SigningKey:
    """One RSA key pair."""

    kid: str
    token_use: str
    private_key: rsa.RSAPrivateKey

    def public_jwk(self) -> dict[str, str]:
        """The public half as the JWKS has it."""
        jwk = json.loads(RSAAlgorithm.to_jwk(self.private_key.public_key()))
        return {
            "alg": "RS256",
            "e": jwk["e"],
            "kid": self.kid,
            "kty": "RSA",
            "n": jwk["n"],
            "use": "sig",
        }


class SigningKeys:
    """Keys that are made once and kept; after a rotation the older ones stay published."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._keys = self._load()
        if not self._keys:
            self.rotate()

    def rotate(self) -> None:
        """Make new keys that sign from now on."""
        with self._lock:
            with self._database.transaction() as connection:
                for token_use in TOKEN_USES:
                    self._make(connection, token_use)
            self._keys = self._load()

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The JSON Web Key Set."""
        return {"keys": [key.public_jwk() for key in self._keys]}

    def sign(self, token_use: str, claims: dict[str, object]) -> str:
        """A JWT whose header has `kid` and `alg` and nothing else, as Cognito's."""
        key = self.current(token_use)
        return jwt.encode(
            claims,
            key.private_key,
            algorithm="RS256",
            headers={"kid": key.kid, "typ": None},
        )

    def current(self, token_use: str) -> SigningKey:
        """The key that signs tokens of that use now."""
        return next(key for key in self._keys if key.token_use == token_use)

    def public_key(self, kid: str, token_use: str) -> rsa.RSAPublicKey | None:
        """The key that verifies a token of that use."""
        for key in self._keys:
            if key.kid == kid and key.token_use == token_use:
                return key.private_key.public_key()
        return None

    def _make(self, connection: sqlite3.Connection, token_use: str) -> None:
        private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kid = base64.b64encode(secrets.token_bytes(32)).decode()
        connection.execute(
            "INSERT INTO cognito_signing_keys VALUES (?, ?, ?, ?)",
            (kid, token_use, pem.decode(), self._clock.timestamp()),
        )

    def _load(self) -> list[SigningKey]:
        """Newest first."""
        rows = self._database.query("SELECT * FROM cognito_signing_keys ORDER BY rowid DESC")
        keys = []
        for row in rows:
            # The check of a key's numbers takes as long as ten signatures, and these are our own.
            private_key = serialization.load_pem_private_key(
                row["private_key"].encode(), None, unsafe_skip_rsa_key_validation=True
            )
            if not isinstance(private_key, rsa.RSAPrivateKey):
                raise TypeError("The database has a signing key that is not RSA.")
            keys.append(SigningKey(row["kid"], row["token_use"], private_key))
        return keys
