"""Signing in through the hosted UI, as a browser and the web application do together."""

import base64
import hashlib
import html
import re
from urllib.parse import parse_qs, urlsplit

import requests

CALLBACK = "http://localhost:8000/oidc/callback/"
_VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-pkce"


def sign_in(devcloud, email="demo@example.com", password="Demo-passw0rd!"):
    """The token endpoint's answer for this person: id_token, access_token, refresh_token."""
    environment = devcloud.environment
    digest = hashlib.sha256(_VERIFIER.encode()).digest()
    browser = requests.Session()
    page = browser.get(
        f"{devcloud.base}/oauth2/authorize",
        params={
            "response_type": "code",
            "client_id": environment["OIDC_RP_CLIENT_ID"],
            "redirect_uri": CALLBACK,
            "scope": "openid email",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        },
        timeout=10,
    )
    hidden = dict(
        re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    )
    form = {name: html.unescape(value) for name, value in hidden.items()}
    sent = browser.post(
        page.url,
        data={**form, "username": email, "password": password},
        allow_redirects=False,
        timeout=10,
    )
    browser.close()
    code = parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]
    answer = requests.post(
        f"{devcloud.base}/oauth2/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": _VERIFIER,
        },
        auth=(environment["OIDC_RP_CLIENT_ID"], environment["OIDC_RP_CLIENT_SECRET"]),
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()
