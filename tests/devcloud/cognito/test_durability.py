"""What was acknowledged is there after a restart."""

from devcloud.cognito import seed_demo_accounts
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, PASSWORD, authorization


def test_people_tokens_and_keys_survive(new_site):
    site = new_site()
    alice = site.person(groups=["admins"])
    tokens = site.tokens(Browser(site.base))
    site = new_site_again(new_site)
    claims = site.verified(tokens["id_token"], audience=CLIENT_ID)
    assert (claims["sub"], claims["cognito:groups"]) == (alice.sub, ["admins"])
    assert site.refresh(tokens["refresh_token"]).status_code == 200


def test_a_sign_up_can_be_confirmed_after_a_restart(new_site):
    site = new_site()
    browser = Browser(site.base)
    page = browser.open("/signup", **authorization())
    page = browser.submit(page, username=EMAIL, password=PASSWORD)
    site = new_site_again(new_site)
    assert browser.submit(page, code=site.newest_code()).answer["code"]


def test_a_code_can_be_redeemed_after_a_restart(new_site):
    site = new_site()
    site.person()
    code = site.sign_in(Browser(site.base)).answer["code"]
    assert new_site_again(new_site).redeem(code).status_code == 200


def test_demo_accounts_are_made_once(new_site):
    site = new_site()
    seed_demo_accounts(site.pool)
    demo = site.pool.people.get("demo@example.com")
    with site.pool.database.transaction() as connection:
        site.pool.people.delete(connection, demo.sub)
    site = new_site_again(new_site)
    seed_demo_accounts(site.pool)
    assert site.pool.people.find("demo@example.com") is None
    page = site.sign_in(Browser(site.base), "admin@example.com", "Admin-passw0rd!")
    tokens = site.redeem(page.answer["code"]).json()
    claims = site.verified(tokens["id_token"], audience=CLIENT_ID)
    assert (claims["cognito:groups"], claims["email_verified"]) == (["admins"], True)


def test_demo_accounts_meet_the_policy_and_can_sign_in(site):
    seed_demo_accounts(site.pool)
    page = site.sign_in(Browser(site.base), "demo@example.com", "Demo-passw0rd!")
    assert page.answer["code"]


def test_mail_can_be_read_on_a_page(site, browser):
    site.pool.accounts.sign_up("a@example.com", PASSWORD, {})
    site.pool.accounts.sign_up("b@example.com", PASSWORD, {})
    everything = browser.open("/_local/mail").text
    assert everything.index("b@example.com") < everything.index("a@example.com")
    assert site.newest_code("a@example.com") in everything
    mine = browser.open("/_local/mail", to="A@example.com").text
    assert "b@example.com" not in mine


def new_site_again(new_site):
    """Another process on the same data."""
    return new_site(keep_data=True)
