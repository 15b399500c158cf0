"""Addresses of the switch and of the lead's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from . import switch, views


def addresses(wrap: Callable[..., Any]) -> list[URLPattern]:
    """wrap: the site's own guard (logged in, staff)."""
    return [
        path("seat/", wrap(switch.seat), name="seat"),
        path("load/", wrap(views.load), name="load"),
        path("load/move/", wrap(views.move), name="load_move"),
        path("load/seat/<int:pk>/", wrap(views.put), name="load_seat"),
    ]
