"""The tokens of one web session, and how they are kept in its row."""

from dataclasses import asdict, dataclass

from identity.encryption import seal, unseal


@dataclass(frozen=True)
class TokenSet:
    """What the token endpoint gave: three JWTs or opaque strings, and when.

    ``expires_at`` (the ID token's ``exp``) and ``obtained_at`` (when we asked, by our own clock)
    are epoch seconds. ``nonce`` is that of the sign-in.
    """

    id_token: str
    access_token: str
    refresh_token: str
    expires_at: int
    obtained_at: float
    nonce: str = ""

    def __repr__(self) -> str:
        return f"TokenSet(expires_at={self.expires_at})"


def encrypt(tokens: TokenSet, session_key: str) -> str:
    """Text for the ``tokens`` column; it decrypts only for the same session key."""
    return seal(asdict(tokens), bound_to=session_key)


def decrypt(ciphertext: str, session_key: str) -> TokenSet | None:
    """The tokens, or None when the text is of another session or no key fits any more."""
    plain = unseal(ciphertext, bound_to=session_key)
    return None if plain is None else TokenSet(**plain)
