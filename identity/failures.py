"""A sign-in that did not work: what the person is told, and what the log."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from identity import events
from identity.navigation import sign_in_url

# What a person is told for each cause: status, headline, explanation.
FAILURES = {
    "attempt_unknown": (
        400,
        "This sign-in is no longer valid",
        "It is older than ten minutes, was finished already, or was begun in another browser.",
    ),
    "provider_error": (
        400,
        "The sign-in was not finished",
        "The sign-in page sent you back without signing you in.",
    ),
    # Nothing was wrong with the request, and nothing of this site failed.
    "provider_unavailable": (
        200,
        "The sign-in service does not answer",
        "Nothing is wrong with your account. Please try again in a moment.",
    ),
    "code_refused": (
        400,
        "This sign-in is no longer valid",
        "The sign-in service did not accept it any more. A fresh start helps.",
    ),
    "id_token_refused": (
        400,
        "The sign-in could not be verified",
        "The sign-in service's answer did not pass our checks, so nobody was signed in.",
    ),
    "not_accepted": (
        403,
        "This account cannot sign in here",
        "It was deactivated. An administrator can activate it again.",
    ),
}

# What Cognito's authorization endpoint sends back when the app client is set up wrongly or Cognito
# fails; access_denied would be the person's own.
# https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
AUTHORIZATION_ERRORS = {"invalid_request", "unauthorized_client", "invalid_scope", "server_error"}


def sign_in_failed(
    request: HttpRequest, cause: str, next_url: str, detail: str = ""
) -> HttpResponse:
    """The page that says what happened and offers a fresh start to the same place.

    ``detail`` is what the provider answered; it is empty for what the person did.
    """
    status, headline, explanation = FAILURES[cause]
    # What is not the person's own doing may keep everybody out; infra/web.yaml counts errors.
    level = logging.WARNING if detail in {"", "invalid_grant"} else logging.ERROR
    events.record(request, "sign_in_failed", level=level, cause=cause, detail=detail)
    context = {
        "headline": headline,
        "explanation": explanation,
        "next_url": sign_in_url(next_url),
        "request_id": getattr(request, "request_id", ""),
    }
    return render(request, "identity/sign_in_failed.html", context, status=status)
