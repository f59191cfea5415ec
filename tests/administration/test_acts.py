"""What admins do to people of the pool: there, here, and in the record of it."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.test import Client
from django.utils import timezone

from identity.models import BrowserSession, User
from tests.administration.conftest import ADMIN_SUB, PEOPLE, UserPool, local, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def do(admin: Client) -> Callable[..., str]:
    """Posts an act and returns the page that it leads to."""

    def done(sub: str, act: str, **form: str) -> str:
        answer = admin.post(f"{PEOPLE}{sub}/{act}/", form, follow=True)
        assert answer.status_code == 200 and len(answer.redirect_chain) == 1
        return answer.content.decode()

    return done


class DisableTests:
    def test_it_locks_out_there_and_here_in_one_act(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        browser, sub = grace
        page = do(sub, "disable")
        assert not user_pool.get(sub)["Enabled"]
        assert not local(sub).is_active and not BrowserSession.objects.filter(user__sub=sub)
        assert browser.get("/notes/new/").status_code == 302
        for words in (
            "Locked out here (1 browser session ended)",
            "Disabled in the user pool",
            "no refresh token works any more",
        ):
            assert words in page

    def test_somebody_who_was_never_here_too(
        self, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        assert "Locked out here (0 browser sessions ended)" in do(sub, "disable")
        assert not user_pool.get(sub)["Enabled"]

    @pytest.mark.parametrize(
        ("operation", "missing"),
        [
            ("AdminDisableUser", ["Disabled in the user pool", "Signed out everywhere"]),
            ("AdminUserGlobalSignOut", ["Signed out everywhere"]),
        ],
    )
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("fail", "does not answer (InternalErrorException)"),
            ("drop", "does not answer (ConnectionClosedError)"),
            ("throttle", "has too much to do right now"),
        ],
    )
    def test_a_failure_half_way_leaves_the_person_out_and_says_so(
        self,
        operation: str,
        missing: list[str],
        kind: str,
        words: str,
        do: Callable[..., str],
        user_pool: UserPool,
        grace: tuple[Client, str],
    ) -> None:
        user_pool.devcloud.set_fault(f"cognito-idp:{operation}", kind)
        page = do(grace[1], "disable")
        assert "Locked out here (1 browser session ended)" in page and words in page
        for step in missing:
            assert step in page.partition("Not confirmed: ")[2]
        assert not local(grace[1]).is_active
        assert grace[0].get("/notes/new/").status_code == 302

    def test_it_can_be_finished_later(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        user_pool.devcloud.set_fault("cognito-idp:AdminDisableUser", "fail", times=2)
        do(grace[1], "disable")
        assert user_pool.get(grace[1])["Enabled"]
        do(grace[1], "disable")
        assert not user_pool.get(grace[1])["Enabled"]

    def test_enabling_undoes_it(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        do(grace[1], "disable")
        page = do(grace[1], "enable")
        assert "Allowed to sign in here" in page
        assert user_pool.get(grace[1])["Enabled"] and local(grace[1]).is_active

    def test_enabling_that_fails_there_leaves_the_person_out_here(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        do(grace[1], "disable")
        user_pool.devcloud.set_fault("cognito-idp:AdminEnableUser", "fail")
        assert "Not confirmed: Enabled in the user pool" in do(grace[1], "enable")
        assert not local(grace[1]).is_active


class SignOutTests:
    def test_it_ends_sessions_here_and_refresh_tokens_there(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        page = do(grace[1], "sign-out")
        assert "Signed out here (1 browser session ended)" in page
        assert grace[0].get("/notes/new/").status_code == 302
        assert user_pool.get(grace[1])["Enabled"] and local(grace[1]).is_active

    def test_an_admin_may_sign_out_themselves(
        self, admin: Client, user_pool: UserPool, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = admin.post(f"{PEOPLE}{ADMIN_SUB}/sign-out/")
        assert answer.status_code == 302
        assert admin.get("/admin/").status_code == 302


class PasswordTests:
    def test_a_reset_needs_a_new_password(
        self, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        assert "A code for a new password is mailed" in do(sub, "reset-password")
        assert user_pool.get(sub)["UserStatus"] == "RESET_REQUIRED"

    def test_an_address_that_is_not_verified_gets_no_code(
        self, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        unverified = [{"Name": "email_verified", "Value": "false"}]
        user_pool.does("admin_update_user_attributes", Username=sub, UserAttributes=unverified)
        assert "address is not verified, so no code can be mailed" in do(sub, "reset-password")

    def test_somebody_invited_has_none_to_reset(
        self, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        made = user_pool.does("admin_create_user", Username="early@example.org")
        page = do(made["User"]["Username"], "reset-password")
        assert "does not allow it in the person&#x27;s present state" in page


class InviteTests:
    def test_it_leads_to_the_new_person(self, admin: Client, user_pool: UserPool) -> None:
        answer = admin.post(f"{PEOPLE}add/", {"email": "new@example.org"}, follow=True)
        page = answer.content.decode()
        assert "Invited: a temporary password is on its way." in page
        assert "new@example.org (verified)" in page and "invited, no own password yet" in page

    def test_it_can_be_sent_again_until_it_was_used(
        self, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        made = user_pool.does("admin_create_user", Username="late@example.org")
        assert "A new temporary password is mailed" in do(
            made["User"]["Username"], "resend-invitation"
        )
        _, sub = user_pool.add()
        page = do(sub, "resend-invitation")
        assert "does not allow it in the person&#x27;s present state" in page

    @pytest.mark.parametrize(
        "typed", ["", "nobody", "a b@example.org", "a@b", f"{'a' * 130}@x.org"]
    )
    def test_what_is_no_address_is_refused_before_the_pool_is_asked(
        self, typed: str, admin: Client
    ) -> None:
        answer = admin.post(f"{PEOPLE}add/", {"email": typed})
        assert answer.status_code == 422
        assert "Nobody was invited." in answer.content.decode()

    def test_an_address_that_is_taken_is_said(self, admin: Client, user_pool: UserPool) -> None:
        email, _ = user_pool.add()
        answer = admin.post(f"{PEOPLE}add/", {"email": email})
        assert answer.status_code == 422
        assert "in the user pool already" in answer.content.decode()

    def test_what_was_typed_stays_when_the_pool_does_not_answer(
        self, admin: Client, user_pool: UserPool
    ) -> None:
        user_pool.devcloud.set_fault("cognito-idp:AdminCreateUser", "fail")
        answer = admin.post(f"{PEOPLE}add/", {"email": "kept@example.org"})
        page = answer.content.decode()
        assert 'value="kept@example.org"' in page and "The user pool does not answer" in page


class GroupTests:
    def test_joining_and_leaving(self, do: Callable[..., str], user_pool: UserPool) -> None:
        _, sub = user_pool.add()
        assert "Added to the group admins." in do(sub, "groups/join", group="admins")
        assert user_pool.groups_of(sub) == ["admins"]
        assert "Taken out of the group admins." in do(sub, "groups/leave", group="admins")
        assert user_pool.groups_of(sub) == []

    def test_a_group_that_is_gone_is_said(
        self, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        assert "The user pool has no such group" in do(sub, "groups/join", group="gone")

    @pytest.mark.parametrize("group", ["", "a b", "a\nb", "x" * 129])
    def test_what_can_be_no_group_is_refused_before_the_pool_is_asked(
        self, group: str, do: Callable[..., str], user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        assert "Say which group." in do(sub, "groups/join", group=group)
        assert not LogEntry.objects.exists()


class OneselfTests:
    @pytest.mark.parametrize("act", ["disable", "delete"])
    def test_nobody_locks_themselves_out(
        self, act: str, do: Callable[..., str], admin: Client, stub: Any
    ) -> None:
        """Without a call: the pool of this test answers none but the page's own."""
        answer = admin.post(f"{PEOPLE}{ADMIN_SUB}/{act}/")
        assert answer.status_code == 302
        assert local(ADMIN_SUB).is_active and not LogEntry.objects.exists()
        stub.add_client_error("admin_get_user", "InternalErrorException")
        assert "yourself" in said(admin, f"{PEOPLE}{ADMIN_SUB}/change/")

    def test_nobody_gives_up_being_an_admin(self, admin: Client, stub: Any) -> None:
        admin.post(f"{PEOPLE}{ADMIN_SUB}/groups/leave/", {"group": "admins"})
        assert not LogEntry.objects.exists()
        stub.add_response("admin_remove_user_from_group", {})
        admin.post(f"{PEOPLE}{ADMIN_SUB}/groups/leave/", {"group": "readers"})
        stub.assert_no_pending_responses()


class DeleteTests:
    def test_it_says_what_stays_and_asks_once_more(
        self, admin: Client, user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        page = said(admin, f"{PEOPLE}{grace[1]}/delete/")
        assert "Their notes stay in the notes table" in page and grace[1] in page
        assert user_pool.get(grace[1])["Enabled"] and local(grace[1]).is_active

    def test_the_person_goes_there_and_here(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        page = do(grace[1], "delete")
        assert "Deleted in the user pool. Deleted here." in page
        assert grace[0].get("/notes/new/").status_code == 302
        assert not User.objects.filter(sub=grace[1])
        with pytest.raises(user_pool.api.exceptions.UserNotFoundException):
            user_pool.get(grace[1])

    def test_a_failure_there_leaves_the_person_out_here_but_known(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        user_pool.devcloud.set_fault("cognito-idp:AdminDeleteUser", "fail")
        page = do(grace[1], "delete")
        assert "Not confirmed: Deleted in the user pool; Deleted here" in page
        assert not local(grace[1]).is_active and user_pool.get(grace[1])
        assert LogEntry.objects.get().action_flag == CHANGE

    def test_one_who_is_gone_there_already_goes_here(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        user_pool.does("admin_delete_user", Username=grace[1])
        do(grace[1], "delete")
        assert not User.objects.filter(sub=grace[1])


class StaleTests:
    @pytest.mark.parametrize("act", ["disable", "enable", "sign-out", "reset-password"])
    @pytest.mark.parametrize("fault", [None, "AdminUserGlobalSignOut", "AdminEnableUser"])
    def test_after_each_act_the_next_request_asks_for_new_tokens(
        self,
        act: str,
        fault: str | None,
        do: Callable[..., str],
        user_pool: UserPool,
        grace: tuple[Client, str],
    ) -> None:
        if fault:
            user_pool.devcloud.set_fault(f"cognito-idp:{fault}", "fail")
        before = timezone.now()
        do(grace[1], act)
        marked = local(grace[1]).stale_before
        assert marked and before < marked < timezone.now()

    def test_a_membership_too(
        self, do: Callable[..., str], user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        do(grace[1], "groups/join", group="admins")
        assert local(grace[1]).stale_before


class RecordTests:
    @pytest.fixture(autouse=True)
    def _events(self, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        caplog.set_level(logging.INFO, "identity.events")
        yield

    def event(self, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
        (line,) = (record for record in caplog.records if record.msg == "admin_act")
        return {name: getattr(line, name) for name in ("act", "person", "admin", "outcome")}

    @pytest.mark.parametrize(
        ("act", "form", "flag", "words"),
        [
            ("disable", {}, CHANGE, "Locked out here (0 browser sessions ended). Disabled"),
            ("enable", {}, CHANGE, "Enabled in the user pool. Allowed to sign in here."),
            ("sign-out", {}, CHANGE, "Signed out here"),
            ("reset-password", {}, CHANGE, "A code for a new password is mailed"),
            ("groups/join", {"group": "admins"}, CHANGE, "Added to the group admins."),
            ("groups/leave", {"group": "admins"}, CHANGE, "Taken out of the group admins."),
            ("delete", {}, DELETION, "Deleted in the user pool. Deleted here."),
        ],
    )
    def test_each_act_is_in_the_history_and_in_the_log_without_an_address(
        self,
        act: str,
        form: dict[str, str],
        flag: int,
        words: str,
        do: Callable[..., str],
        user_pool: UserPool,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        email, sub = user_pool.add()
        do(sub, act, **form)
        entry = LogEntry.objects.get()
        assert entry.user.sub == ADMIN_SUB and entry.action_flag == flag
        assert entry.object_id == entry.object_repr == sub and words in entry.change_message
        assert email not in entry.change_message
        name = {"groups/join": "join-group", "groups/leave": "leave-group"}.get(act, act)
        expected = {"act": name, "person": sub, "admin": ADMIN_SUB, "outcome": "done"}
        assert self.event(caplog) == expected

    def test_an_invitation_too(
        self, admin: Client, user_pool: UserPool, caplog: pytest.LogCaptureFixture
    ) -> None:
        admin.post(f"{PEOPLE}add/", {"email": "recorded@example.org"})
        entry = LogEntry.objects.get()
        assert entry.action_flag == ADDITION and entry.change_message == "Invited."
        assert self.event(caplog)["person"] == entry.object_id

    def test_so_is_what_was_not_finished(
        self,
        do: Callable[..., str],
        user_pool: UserPool,
        grace: tuple[Client, str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        user_pool.devcloud.set_fault("cognito-idp:AdminDisableUser", "fail")
        do(grace[1], "disable")
        message = LogEntry.objects.get().change_message
        assert "Locked out here" in message
        assert "Not confirmed: Disabled in the user pool; Signed out everywhere" in message
        assert self.event(caplog)["outcome"] == "InternalErrorException"

    def test_ending_a_browser_session_is_an_act_on_the_person(
        self, admin: Client, grace: tuple[Client, str], caplog: pytest.LogCaptureFixture
    ) -> None:
        row = BrowserSession.objects.get(user__sub=grace[1])
        admin.post(f"/admin/identity/browsersession/{row.pk}/delete/", {"post": "yes"})
        entry = LogEntry.objects.get()
        assert (entry.object_id, entry.change_message) == (grace[1], "Ended in Firefox on Linux.")
        assert self.event(caplog)["act"] == "end-session" and local(grace[1]).stale_before

    def test_the_history_of_a_person_is_a_link_on_their_page(
        self, do: Callable[..., str], admin: Client, user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        _, other = user_pool.add()
        do(other, "sign-out")
        address = f"/admin/admin/logentry/?object_id={sub}"
        assert address in do(sub, "disable")
        page = said(admin, address)
        assert f'<a href="{PEOPLE}{sub}/change/">{sub}</a>' in page
        assert "Disabled in the user pool" in page and other not in page

    def test_nobody_changes_the_history(self, admin: Client, stub: Any) -> None:
        stub.add_response("admin_user_global_sign_out", {})
        admin.post(f"{PEOPLE}5f3c1d1e-0000-4000-8000-0000000000ff/sign-out/")
        entry = LogEntry.objects.get()
        assert admin.get("/admin/admin/logentry/add/").status_code == 403
        assert admin.post(f"/admin/admin/logentry/{entry.pk}/delete/").status_code == 403
