"""Refresh tokens that are replaced, at moments that a clock cannot tell apart."""

from tests.devcloud.cognito.browser import Browser

NO_GRACE = {"RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}}


def test_without_grace_a_token_works_once_even_at_the_same_moment(still_clock, new_site):
    site = new_site(client=NO_GRACE)
    site.person()
    token = site.tokens(Browser(site.base))["refresh_token"]
    first, second = site.refresh(token), site.refresh(token)
    assert (first.status_code, second.json()) == (200, {"error": "invalid_grant"})
    assert site.refresh(first.json()["refresh_token"]).status_code == 200
