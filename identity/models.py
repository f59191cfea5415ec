"""People, keyed by (issuer, sub), and their web sessions."""

from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody of the user pool, known by the ID token's ``iss`` and ``sub``.

    ``username`` is made of both and never shown. ``email`` is for showing only and identifies
    nobody, since it can be changed, reassigned and unverified.
    """

    issuer = models.CharField(max_length=255, blank=True, editable=False)
    sub = models.CharField(max_length=255, blank=True, editable=False)
    stale_before = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Tokens issued before this moment are refreshed at the next request.",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "sub"],
                condition=~models.Q(sub=""),
                name="identity_user_issuer_sub",
            )
        ]

    def __str__(self) -> str:
        return self.email or self.username

    def get_short_name(self) -> str:
        """How the site addresses them."""
        return self.first_name or str(self)


class BrowserSession(models.Model):
    """One browser's web session: Django's data, and beside it the person's tokens.

    ``tokens`` is encrypted (``identity.token_set``) and written by sign-in and refresh alone.
    Deleting the row ends the session and its tokens together. ``refreshing_until`` and
    ``refresh_failed_at`` are notes of ``identity.refresh`` to itself in other processes.
    """

    # Names the session in addresses, where its key, which is a credential, must not be.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    session_data = models.TextField(editable=False)
    expire_date = models.DateTimeField("ends at", db_index=True, editable=False)
    user = models.ForeignKey(
        User, null=True, editable=False, on_delete=models.CASCADE, related_name="browser_sessions"
    )
    tokens = models.TextField(blank=True, editable=False)
    id_token_expires_at = models.DateTimeField(null=True, editable=False)
    refreshing_until = models.DateTimeField(null=True, editable=False)
    refresh_failed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    user_agent = models.CharField(max_length=300, blank=True, editable=False)
    ip = models.GenericIPAddressField("IP address", null=True, editable=False)

    class Meta:
        verbose_name = "browser session"
        verbose_name_plural = "browser sessions"
        ordering = ["-last_seen_at"]

    def __str__(self) -> str:
        return f"{self.user or 'nobody'}, {self.device}"

    @property
    def device(self) -> str:
        """A person's words for the browser, such as ``Firefox on Linux``."""
        browser = _first_named(self.user_agent, BROWSERS, "A browser")
        system = _first_named(self.user_agent, SYSTEMS, "")
        return f"{browser} on {system}" if system else browser


# The order matters: Edge and Chrome also say Safari, Android also says Linux.
BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def _first_named(user_agent: str, names: dict[str, str], otherwise: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), otherwise)
