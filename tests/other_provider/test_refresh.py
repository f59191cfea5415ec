"""Refreshing with refresh tokens that the certified provider takes once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.other_provider.provider import TokenAnswer
from tests.other_provider.site import Browser, Site

# Less than the 60 s for which a token must last to be used.
TOO_SHORT = 30


def refreshes(site: Site) -> list[TokenAnswer]:
    return [answer for answer in site.provider.token_answers if answer.grant == "refresh_token"]


def ask_at_once(site: Site, browser: Browser, count: int) -> list[str]:
    """The pages that so many requests with this browser's cookie got, from either process."""

    def ask(_: int) -> str:
        with site.browser() as tab:
            tab.cookies.update(browser.cookies)
            return str(tab.get(f"{site.url}/notes/").text)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ask, range(count)))


class RotationTests:
    @pytest.mark.parametrize("count", [2, 5, 20])
    def test_however_many_ask_at_once_one_refreshes(self, site: Site, count: int) -> None:
        name = f"has-{count}-tabs"
        browser = site.signed_in(name, id_token_lasts=TOO_SHORT)
        before = len(refreshes(site))
        pages = ask_at_once(site, browser, count)
        assert [f"Of {name}" in page for page in pages] == [True] * count
        assert len(refreshes(site)) == before + 1
        assert refreshes(site)[-1].refresh_token

    def test_each_refresh_uses_the_refresh_token_of_the_one_before(self, site: Site) -> None:
        browser = site.signed_in("stays-long", id_token_lasts=TOO_SHORT)
        site.provider.let_id_tokens_last(TOO_SHORT)
        used = [site.provider.newest_refresh_token]
        for _ in range(4):
            assert "Of stays-long" in browser.get(f"{site.url}/notes/").text
            used.append(site.provider.newest_refresh_token)
        site.provider.let_id_tokens_last(3_600)
        assert len(set(used)) == 5

    def test_groups_follow_the_renewed_id_token(self, site: Site) -> None:
        site.provider.put_in_groups("demoted", "admins")
        browser = site.signed_in("demoted", id_token_lasts=TOO_SHORT)
        assert site.rows("SELECT is_staff FROM identity_user WHERE sub = 'demoted'") == [(1,)]
        site.provider.put_in_groups("demoted")
        assert browser.get(f"{site.url}/notes/").status_code == 200
        assert browser.get(f"{site.url}/admin/").status_code == 403


class RefusalTests:
    def test_an_api_that_refuses_costs_one_refresh_and_shows_a_page(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = site.signed_in("refused")
        before = len(refreshes(site))
        with monkeypatch.context() as changed:
            changed.setattr(site.api, "refuses_all", True)
            page = browser.get(f"{site.url}/notes/")
        assert page.status_code == 401 and "Sign in" in page.text
        assert len(refreshes(site)) == before + 1
        assert "Of refused" in browser.get(f"{site.url}/notes/").text

    def test_a_rotated_refresh_token_used_again_ends_the_session(self, site: Site) -> None:
        """RFC 9700, section 4.14.2: the provider cannot tell who the thief is."""
        browser = site.signed_in("robbed-of-a-token", id_token_lasts=TOO_SHORT)
        stolen = site.provider.newest_refresh_token
        site.provider.let_id_tokens_last(TOO_SHORT)
        assert "Of robbed-of-a-token" in browser.get(f"{site.url}/notes/").text
        site.provider.let_id_tokens_last(3_600)
        thief = site.provider.refresh(stolen)
        assert (thief.status_code, thief.json()["error"]) == (400, "invalid_grant")
        answer = browser.get(f"{site.url}/notes/", allow_redirects=False)
        assert answer.headers["Location"].startswith(f"{site.provider.url}/logout?")
        assert refreshes(site)[-1].error == "invalid_grant"
        assert site.sessions_of("robbed-of-a-token") == 0
        again = browser.get(f"{site.url}/notes/", allow_redirects=False)
        assert again.headers["Location"].startswith("/oidc/authenticate/")
