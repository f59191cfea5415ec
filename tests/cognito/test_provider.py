"""How the app client makes itself known to the token endpoint."""

from base64 import b64decode
from typing import Any

import responses

from cognito import provider


class AppClientTests:
    def test_its_id_and_secret_are_encoded_before_they_are_joined(
        self, wire: responses.RequestsMock, settings: Any
    ) -> None:
        """RFC 6749, section 2.3.1; a secret of Cognito's has nothing to encode."""
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "id", "a+b%c:d e"
        wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        provider.revoke("a-refresh-token")
        scheme, _, sent = wire.calls[0].request.headers["Authorization"].partition(" ")
        assert (scheme, b64decode(sent)) == ("Basic", b"id:a%2Bb%25c%3Ad+e")
