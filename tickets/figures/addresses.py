"""The addresses of the pages of figures, beneath /admin/reports/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path

from . import views


def addresses(wrap: Callable[..., Any]) -> list[URLPattern]:
    """wrap: the site's own guard (logged in, staff)."""
    return [
        path("reports/", wrap(views.overview), name="reports"),
        path("reports/<slug:name>/", wrap(views.family), name="reports_family"),
        re_path(r"^reports/(?P<name>[a-z0-9_]+)\.(?P<kind>csv|xlsx)$", wrap(views.take_away), name="reports_file"),
    ]
