"""The warehouse desk's addresses, beneath /admin/warehouse/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from . import stray_views, views


def addresses(wrap: Callable[..., Any]) -> list[URLPattern]:
    """wrap: the site's own guard (logged in, staff)."""
    return [
        path("warehouse/", wrap(views.desk), name="warehouse"),
        path("warehouse/scan/", wrap(views.scan), name="warehouse_scan"),
        path("warehouse/return/<int:pk>/", wrap(views.opened), name="warehouse_return"),
        path("warehouse/return/<int:pk>/book/", wrap(views.book), name="warehouse_book"),
        path("warehouse/return/<int:pk>/late/", wrap(views.late), name="warehouse_late"),
        path("warehouse/return/<int:pk>/handed-back/", wrap(views.handed_back), name="warehouse_handed_back"),
        path("warehouse/return/<int:pk>/photo/", wrap(views.photo), name="warehouse_photo"),
        path("warehouse/return/<int:pk>/slip/", wrap(stray_views.slip), name="warehouse_slip"),
        path("warehouse/photo/<int:pk>/", wrap(views.shown), name="warehouse_shown"),
        path("warehouse/strays/", wrap(stray_views.strays), name="warehouse_strays"),
        path("warehouse/strays/<int:pk>/", wrap(stray_views.stray), name="warehouse_stray"),
        path("warehouse/strays/<int:pk>/match/", wrap(stray_views.match), name="warehouse_match"),
        path("warehouse/strays/<int:pk>/slip/", wrap(stray_views.stray_slip), name="warehouse_stray_slip"),
    ]
