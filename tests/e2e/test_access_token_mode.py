"""A first day with a notes API that takes access tokens."""

from collections.abc import Iterator

import pytest

from tests.e2e.site import Site
from tests.e2e.test_api_account_deletion import AccountDeletionTests
from tests.e2e.test_first_day import FirstDayTests


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with the other authorizer."""
    running = Site(tmp_path_factory.mktemp("access-token-site"), ApiAuthorizer="AccessToken")
    running.start()
    assert running.environment()["NOTES_API_TOKEN"] == "access"
    yield running
    running.stop()


class FirstDayWithAccessTokensTests(FirstDayTests):
    """The same journeys."""


class LeavingWithAccessTokensTests(AccountDeletionTests):
    """The same way out."""


# pytest would collect them here a second time.
del FirstDayTests, AccountDeletionTests
