"""Is it alive, is it fit to serve: contract §5. Without a login, and without a word about anyone."""

from __future__ import annotations

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from .models import is_silent, last_beat


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return _said({"status": "ok"}, 200)


def readyz(request: HttpRequest) -> HttpResponse:
    """503 while the database is away; the broker and the clock are reported, since the rows wait for both."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        last = last_beat()
    except DatabaseError:
        return _said({"status": "unavailable", "database": "away"}, 503)
    clock = "silent" if is_silent(last, timezone.now()) else "ok"
    heard = last.isoformat() if last else None
    return _said({"status": "ok", "database": "ok", "broker": broker(), "clock": clock, "clock_heard_at": heard}, 200)


def broker() -> str:
    try:
        with current_app.connection_for_write() as ours:
            ours.ensure_connection(max_retries=1, timeout=1)
    except Exception:  # whatever the transport raises: it is away
        return "away"
    return "ok"


def _said(what: dict[str, object], status: int) -> JsonResponse:
    response = JsonResponse(what, status=status)
    response["Cache-Control"] = "no-store"
    return response
