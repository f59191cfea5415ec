"""Django admin, signed in through Cognito instead of with a password form."""

from contextlib import suppress
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from identity import tokens, views
from identity.navigation import safe_path, sign_in_url


class CognitoAdminSite(AdminSite):
    """The admin site; whoever is in no staff group is told so, and never sent in circles."""

    site_header = "Notesite administration"
    site_title = "Notesite"
    index_title = "Administration"

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the admin for staff, to Cognito for nobody yet, a clear no for anybody else."""
        next_url = safe_path(request, request.GET.get("next")) or self._index_url()
        if not request.user.is_authenticated:
            return redirect(sign_in_url(next_url))
        if self.has_permission(request):
            return redirect(next_url)
        return render(request, "administration/not_staff.html", {"user": request.user}, status=403)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff by a valid ID token: rights taken away in the pool end within its life.

        While Cognito cannot be reached they are what it said last: nobody can be given other
        rights then, and locking somebody out here must be possible all the same.
        """
        if request.user.is_authenticated:
            with suppress(tokens.TokensUnavailable):
                tokens.ensure_valid(request)
        return super().has_permission(request)

    def logout(  # type: ignore[override]  # the stubs promise a template, Django any answer
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's own sign-out, which also ends Cognito's session."""
        return views.sign_out(request)

    def _index_url(self) -> str:
        return reverse(f"{self.name}:index")
