"""Test data that is valid by default and takes only what a test is about."""

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

KID = "test-id-token-key"


@cache
def signing_key(kid: str = KID) -> rsa.RSAPrivateKey:
    """A throw-away RSA key, the same for the same id within a test run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks(*kids: str) -> dict[str, Any]:
    """The JWKS document with the public halves of those keys."""
    algorithm = jwt.algorithms.RSAAlgorithm
    return {
        "keys": [
            {
                **json.loads(algorithm.to_jwk(signing_key(kid).public_key())),
                "kid": kid,
                "alg": "RS256",
                "use": "sig",
            }
            for kid in kids or (KID,)
        ]
    }


def claims(**changes: Any) -> dict[str, Any]:
    """An ID token's claims as Cognito writes them; a change to None takes a claim out."""
    now = int(time.time())
    valid = {
        "sub": "5f3c1d1e-0000-4000-8000-00000000000a",
        "iss": settings.COGNITO_ISSUER,
        "aud": settings.OIDC_RP_CLIENT_ID,
        "token_use": "id",
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "jti": "6a1f0000-0000-4000-8000-000000000001",
        "origin_jti": "6a1f0000-0000-4000-8000-000000000002",
        "cognito:username": "5f3c1d1e-0000-4000-8000-00000000000a",
        "email": "ada@example.com",
        "email_verified": True,
        "name": "Ada",
    }
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


def id_token(*, kid: str | None = KID, signed_by: str = KID, **changes: Any) -> str:
    """A signed RS256 ID token with those changes to its claims."""
    headers = {"kid": kid} if kid else {}
    return jwt.encode(claims(**changes), signing_key(signed_by), algorithm="RS256", headers=headers)


def proxy_event(
    method: str,
    resource: str,
    *,
    body: Any = None,
    noteid: str | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    claims: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What API Gateway gives to the notes function; a body that is no string becomes JSON."""
    path = resource.replace("{noteid}", noteid or "")
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    verified = {
        "sub": "5f3c1d1e-0000-4000-8000-00000000000a",
        "aud": "1example23456789",
        "token_use": "id",
        "cognito:username": "5f3c1d1e-0000-4000-8000-00000000000a",
        "email": "ada@example.com",
        "email_verified": "true",
        "exp": "Sat Nov 21 09:30:00 UTC 2026",
        **(claims or {}),
    }
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {"Authorization": "an ID token", **(headers or {})},
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()}
        or None,
        "pathParameters": {"noteid": noteid} if noteid is not None else None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "stage": "prod",
            "path": f"/prod{path}",
            "httpMethod": method,
            "resourcePath": resource,
            "authorizer": {
                "claims": {name: value for name, value in verified.items() if value is not None}
            },
        },
        "body": text,
        "isBase64Encoded": False,
    }


def note_json(**changes: Any) -> dict[str, Any]:
    """A note as the notes API sends it."""
    return {
        "noteid": "note1",
        "title": "Garden",
        "note": "Plant the bulbs.",
        "tags": ["home"],
        "pinned": False,
        "version": 3,
        "created_at": "2026-11-01T08:00:00.000001Z",
        "updated_at": "2026-11-02T09:30:00.000002Z",
        "deleted_at": None,
        **changes,
    }


def summary_json(**changes: Any) -> dict[str, Any]:
    """A note as the notes API sends it in a list."""
    summary = note_json(snippet="Plant the bulbs.", **changes)
    del summary["note"]
    return summary


def page_json(*summaries: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    """A page of the notes API's list."""
    return {"notes": list(summaries), "cursor": cursor}
