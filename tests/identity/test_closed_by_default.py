"""Who is not signed in is sent to sign in, and scripts are told so."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from identity.models import BrowserSession, User

pytestmark = pytest.mark.django_db

PUBLIC = {
    "home",
    "readyz",
    "signed_out",
    "oidc_authentication_init",
    "oidc_authentication_callback",
    "oidc_logout",
    "admin:login",
}


def addresses() -> dict[str, URLPattern]:
    """Every URL pattern of the site by its whole name."""
    found: dict[str, URLPattern] = {}

    def walk(patterns: list[URLPattern | URLResolver], namespace: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(
                    pattern.url_patterns,
                    f"{pattern.namespace}:" if pattern.namespace else namespace,
                )
            else:
                found[f"{namespace}{pattern.name or pattern.pattern}"] = pattern

    walk(get_resolver().url_patterns, "")
    return found


class ClosedByDefaultTests:
    def test_every_address_is_closed_unless_listed(self) -> None:
        open_ = {
            name
            for name, pattern in addresses().items()
            if not getattr(pattern.callback, "login_required", True)
        }
        assert open_ == PUBLIC

    def test_a_navigation_is_sent_to_sign_in_and_back(self, client: Client) -> None:
        answer = client.get("/notes/?q=tea", headers={"Sec-Fetch-Mode": "navigate"})
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/oidc/authenticate/?next=%2Fnotes%2F%3Fq%3Dtea"

    @pytest.mark.parametrize("has_ended", [False, True])
    def test_a_long_search_is_not_carried_along(
        self, has_ended: bool, client: Client, sign_in: Callable[..., Client]
    ) -> None:
        """nginx passes 4 KB of headers on, and attempts carry no more than a short address."""
        browser = sign_in() if has_ended else client
        BrowserSession.objects.all().delete()

        answer = browser.get(f"/notes/?q={quote('漢' * 200)}&tag={quote('漢' * 50)}")

        assert answer.status_code == 302
        headers = [f"{name}: {value}" for name, value in answer.headers.items()]
        assert len("".join([*headers, answer.cookies.output()])) < 2_500
        if not has_ended:
            assert answer.headers["Location"] == "/oidc/authenticate/?next=%2Fnotes%2F"

    def test_after_a_post_the_way_back_is_the_page_it_was_sent_from(self, client: Client) -> None:
        answer = client.post(
            "/notes/n1/delete/", headers={"Referer": "http://testserver/notes/n1/"}
        )
        assert answer.headers["Location"] == "/oidc/authenticate/?next=%2Fnotes%2Fn1%2F"

    @pytest.mark.parametrize(
        "headers", [{"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "same-origin"}]
    )
    def test_a_script_is_told_with_401(self, client: Client, headers: dict[str, str]) -> None:
        answer = client.get("/notes/", headers=headers)
        assert answer.status_code == 401 and answer.json()["code"] == "SignInNeeded"

    def test_htmx_is_sent_by_its_own_header(self, client: Client) -> None:
        answer = client.get("/notes/", headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/oidc/authenticate/")

    def test_a_deactivated_person_is_out_at_the_next_request(
        self, signed_in_client: Client
    ) -> None:
        User.objects.update(is_active=False)
        assert signed_in_client.get("/notes/new/").status_code == 302

    def test_an_ended_session_is_out_at_the_next_request(self, signed_in_client: Client) -> None:
        """By way of Cognito's /logout, whose cookie would sign it in again unasked."""
        BrowserSession.objects.all().delete()
        answer = signed_in_client.get("/notes/new/")
        assert answer.headers["Location"].startswith(f"{settings.COGNITO_DOMAIN}/logout?")
        page = signed_in_client.get("/signed-out/").content.decode()
        assert "Your session has ended" in page
        assert "/oidc/authenticate/?next=%2Fnotes%2Fnew%2F" in page

    @pytest.mark.parametrize("others_signed_in_since", [False, True])
    def test_a_session_that_ran_out_ends_cognitos_sign_in_too(
        self,
        signed_in_client: Client,
        sign_in: Callable[..., Client],
        *,
        others_signed_in_since: bool,
    ) -> None:
        """Its cookie would let anybody at that browser go on without a password."""
        BrowserSession.objects.update(expire_date=timezone.now())
        if others_signed_in_since:
            sign_in(sub="somebody-else")
            BrowserSession.objects.filter(expire_date__lt=timezone.now()).delete()
        answer = signed_in_client.get("/notes/new/")
        assert answer.headers["Location"].startswith(f"{settings.COGNITO_DOMAIN}/logout?")

    def test_pages_of_a_person_are_kept_out_of_caches(self, signed_in_client: Client) -> None:
        answer = signed_in_client.get("/notes/new/")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"

    def test_visitors_leave_no_session_row(self, client: Client) -> None:
        for path in ("/", "/notes/", "/signed-out/", "/oidc/callback/"):
            client.get(path)
        assert not BrowserSession.objects.exists()
