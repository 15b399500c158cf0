"""Every address of the project."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from . import api, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include(api.addresses)),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("hooks.urls")),
    path("", include("tickets.page.urls")),
    path("", include("returns.page.urls")),
]

handler400, handler404, handler500 = api.bad_request, api.not_found, api.server_error
