"""How the desk's pages are answered: whole, or only what a scan changes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from flows.queues import capped, shown

from . import panel as panels
from . import recent, strays
from .panel import Panel
from .sitting import Sitting
from .verdicts import Verdict


def page(request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.current_app = admin.site.name
    whole = {**admin.site.each_context(request), "title": title, "keys_here": "warehouse/keys.html", **context}
    response = TemplateResponse(request, template, whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def answer(
    request: HttpRequest,
    desk: Sitting,
    verdict: Verdict | None = None,
    *,
    panel: Panel | None = None,
    status: int = 200,
) -> HttpResponse:
    """The desk with what was just scanned. htmx gets its part alone, always with 200: it swaps nothing else."""
    alone = bool(getattr(request, "htmx", False))
    if panel is None and verdict is not None and verdict.ret is not None:
        may = desk.may_book(verdict.ret.shop_id)
        panel = panels.bring(verdict.ret, number=verdict.number, may=may)
    context: dict[str, Any] = {
        "desk": desk, "verdict": verdict, "panel": panel, "scans": list(recent.those(request)), "alone": alone,
        "many_shops": len(desk.shops) > 1, "now": desk.at, "waiting": shown(capped(strays.waiting(desk.keys))),
    }  # fmt: skip
    if alone:
        return page(request, "warehouse/work.html", "", context)
    return page(request, "warehouse/desk.html", _("收退货"), context, status)
