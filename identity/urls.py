"""The routes of sign-in and sign-out.

The library's own URLconf leaves its views closed where ``LoginRequiredMiddleware`` is on, so that
sign-in would redirect to itself; the names are kept, because the library reverses them.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.cache import never_cache

from identity import views

urlpatterns = [
    path(
        "oidc/authenticate/",
        never_cache(login_not_required(views.AuthenticationRequestView.as_view())),
        name="oidc_authentication_init",
    ),
    path(
        "oidc/callback/",
        never_cache(login_not_required(views.CallbackView.as_view())),
        name="oidc_authentication_callback",
    ),
    path("oidc/logout/", views.sign_out, name="oidc_logout"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("account/sessions/end-all/", views.sign_out_everywhere, name="sign_out_everywhere"),
]
