"""What a sign-out ends at the certified provider."""

from tests.e2e.form_browser import parse
from tests.other_provider.site import Browser, Site


def press(site: Site, browser: Browser, action: str) -> str:
    """Send the account page's form of that address; where the answer leads, without going."""
    page = browser.get(f"{site.url}/account/")
    form = next(form for form in parse(page).forms if form.action == action)
    answer = browser.post(
        f"{site.url}{action}",
        data=form.fields,
        headers={"Referer": page.url, "Origin": site.url},
        allow_redirects=False,
    )
    return answer.headers["Location"]


class SignOutTests:
    def test_the_refresh_token_is_revoked_before_the_browser_moves_on(self, site: Site) -> None:
        browser = site.signed_in("signs-out")
        refresh_token = site.provider.newest_refresh_token
        to = press(site, browser, "/oidc/logout/")
        assert to.startswith(f"{site.provider.url}/logout?")
        refused = site.provider.refresh(refresh_token)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert site.sessions_of("signs-out") == 0

    def test_without_it_the_same_refresh_token_would_be_good(self, site: Site) -> None:
        """What the test above rests on."""
        site.signed_in("stays")
        assert site.provider.refresh(site.provider.newest_refresh_token).status_code == 200

    def test_everywhere_means_the_refresh_tokens_of_every_browser(self, site: Site) -> None:
        browsers, refresh_tokens = [], []
        for _ in range(3):
            browsers.append(site.signed_in("has-three"))
            refresh_tokens.append(site.provider.newest_refresh_token)
        press(site, browsers[0], "/account/sessions/end-all/")
        assert [site.provider.refresh(token).status_code for token in refresh_tokens] == [400] * 3
        assert site.sessions_of("has-three") == 0
