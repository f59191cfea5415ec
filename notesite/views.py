"""The page for visitors and the readiness answer for operators."""

from concurrent.futures import ThreadPoolExecutor

import requests
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PROBE_TIMEOUT = (1, 2)


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What this is, for visitors; a signed-in person goes on to the notes."""
    if request.user.is_authenticated:
        return redirect("notes:list")
    return render(request, "home.html")


@require_safe
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database, the pool's keys and the notes API can be reached: 200 or 503."""
    with ThreadPoolExecutor(2) as pool:
        jwks = pool.submit(_answers, settings.OIDC_OP_JWKS_ENDPOINT, {200})
        # Without a token the API refuses, which shows that it is there and guarded.
        api = pool.submit(_answers, f"{settings.NOTES_API_URL}/notes", {401})
        state = {"database": _database_answers(), "jwks": jwks.result(), "api": api.result()}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _answers(url: str, statuses: set[int]) -> bool:
    try:
        response = requests.get(url, timeout=PROBE_TIMEOUT, allow_redirects=False)
    except requests.RequestException:
        return False
    return response.status_code in statuses
