"""Signing in through the pages of the certified provider."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.other_provider.site import Site


def parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def sign_in(page: Page, name: str) -> None:
    """On the provider's page, up to its question for consent."""
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    expect(page.get_by_role("heading", name="Authorize")).to_be_visible()


class InChromiumTests:
    def test_a_person_signs_in_and_the_notes_api_gets_their_id_token(
        self, site: Site, page: Page
    ) -> None:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site.url}/notes/")
        sign_in(page, "ada")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{site.url}/notes/")
        expect(page.get_by_text("Of ada")).to_be_visible()
        (sent,) = (parameters(url) for url in asked if "/oauth2/authorize?" in url)
        assert sent["code_challenge_method"] == "S256"
        assert len(sent["code_challenge"]) == 43 and sent["state"] and sent["nonce"]
        page.goto(f"{site.url}/account/")
        expect(page.get_by_text("Hello, ada with email ada@example.com!")).to_be_visible()

    def test_a_person_who_does_not_consent_is_told_and_can_begin_again(
        self, site: Site, page: Page
    ) -> None:
        page.goto(f"{site.url}/notes/")
        sign_in(page, "does-not-consent")
        page.get_by_role("link", name="Cancel").click()
        expect(page.get_by_role("heading", name="The sign-in was not finished")).to_be_visible()
        assert site.sessions_of("does-not-consent") == 0
        page.get_by_role("link", name="Sign in again").click()
        # The provider knows who it is; what it lacks is the consent.
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{site.url}/notes/")

    def test_a_sign_out_ends_the_provider_s_own_session_as_well(
        self, site: Site, page: Page
    ) -> None:
        page.goto(f"{site.url}/notes/")
        sign_in(page, "leaves")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{site.url}/notes/")
        page.get_by_role("button", name="Sign out", exact=True).first.click()
        page.get_by_role("button", name="Yes, sign me out").click()
        page.wait_for_url(re.compile("/signed-out/"))
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        page.get_by_role("link", name="Sign in again").click()
        expect(page.get_by_role("heading", name="Sign-in")).to_be_visible()


class PersonTests:
    def test_a_person_is_the_issuer_and_sub_of_the_id_token(self, site: Site) -> None:
        for _ in range(2):
            site.signed_in("grace")
        assert site.rows(
            "SELECT issuer, email, first_name, is_staff FROM identity_user WHERE sub = 'grace'"
        ) == [(site.provider.issuer, "grace@example.com", "grace", 0)]

    def test_the_group_of_the_claim_gives_the_admin_and_nobody_else_has_it(
        self, site: Site
    ) -> None:
        site.provider.put_in_groups("root", "admins")
        admin, other = site.signed_in("root"), site.signed_in("no-admin")
        assert admin.get(f"{site.url}/admin/").status_code == 200
        assert "admins" in admin.get(f"{site.url}/account/").text
        assert other.get(f"{site.url}/admin/").status_code == 403


class CallbackTests:
    def test_a_state_that_no_attempt_has_signs_nobody_in(self, site: Site) -> None:
        browser = site.browser()
        address = site.callback_of(browser, "forged-state")
        state = parameters(address)["state"]
        forged = browser.get(address.replace(state, state[::-1]))
        assert forged.status_code == 400 and "no longer valid" in forged.text
        assert site.sessions_of("forged-state") == 0
        # It has not cost the real attempt anything either.
        assert browser.get(address).url == f"{site.url}/notes/"

    def test_a_callback_of_another_browser_signs_nobody_in(self, site: Site) -> None:
        address = site.callback_of(site.browser(), "attacker")
        victim = site.browser()
        assert victim.get(address).status_code == 400
        assert site.sessions_of("attacker") == 0

    def test_a_code_of_another_attempt_is_refused_by_its_verifier(self, site: Site) -> None:
        """PKCE (RFC 7636, section 4.6): the provider compares, and the site says so."""
        stolen = parameters(site.callback_of(site.browser(), "robbed"))["code"]
        browser = site.browser()
        address = site.callback_of(browser, "thief")
        injected = browser.get(address.replace(parameters(address)["code"], stolen))
        assert injected.status_code == 400 and "did not accept it" in injected.text
        assert site.provider.token_answers[-1].error == "invalid_grant"
        assert site.sessions_of("robbed") == site.sessions_of("thief") == 0

    def test_a_second_use_of_a_callback_changes_nothing(self, site: Site) -> None:
        browser = site.browser()
        address = site.callback_of(browser, "impatient")
        for _ in range(2):
            assert browser.get(address).url == f"{site.url}/notes/"
        assert site.sessions_of("impatient") == 1
