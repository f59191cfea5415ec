"""The pooled HTTP session for every call to Cognito's endpoints."""

from functools import cache

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter


@cache
def session() -> requests.Session:
    """One session a process, its connections kept alive; each call passes its own time-out."""
    pooled = requests.Session()
    # Without this, requests looks for proxies and a .netrc at every call.
    pooled.trust_env = False
    adapter = HTTPAdapter(pool_maxsize=settings.NOTES_API_POOL_SIZE)
    pooled.mount("https://", adapter)
    pooled.mount("http://", adapter)
    return pooled
