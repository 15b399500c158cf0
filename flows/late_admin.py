"""What is late and what soon will be, over all flows. Here and not beside the rows of `deadlines`: to name a clock and
its subject takes the tables, which stand a floor above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.models import Deadline
from shops.scoped_admin import ScopedAdmin, caller_of

from . import lists, queues, words
from .due import Due, due_of, watched
from .registry import FLOWS
from .shown import shops_shown
from .table import LATE as NO_STEP

LATE, SOON = "late", "soon"
TITLES = {LATE: gettext_lazy("已超时"), SOON: gettext_lazy("即将到期")}
EMPTY = {
    LATE: gettext_lazy("没有超时的时限。到期而没有人处理的单子会出现在这里，最早到期的在最前。"),
    SOON: gettext_lazy("没有即将到期的时限。进入提醒时间的单子会出现在这里，最先到期的在最前。"),
}


@dataclass(frozen=True)
class Line:
    """A clock and the subject it runs for."""

    due: Due
    subject: Any
    flow: str
    state: str
    tone: str
    waits: str
    address: str


@admin.register(Deadline)
class DeadlineAdmin(ScopedAdmin):
    """A list to read, `?show=late` or `soon`, `&clock=order.ship` for one clock; nothing is added, changed, removed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.list_view), name="deadlines_deadline_changelist")]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        show = request.GET.get("show", LATE)
        show = show if show in TITLES else LATE
        clock = request.GET.get("clock", "")
        clock = clock if clock in dict(self.clocks()) else ""
        now, among = timezone.now(), watched()
        found = (queues.late if show == LATE else queues.soon)(shops_shown(request), now, among)
        counted = queues.shown(queues.capped(found))
        flow, _dot, name = clock.partition(".")
        if clock:
            found = found.filter(flow=flow, clock=name)
        start = lists._number(request, "from")
        those = list(found[start : start + lists.PAGE + 1])
        older = f"?show={show}&clock={clock}&from={start + lists.PAGE}" if len(those) > lists.PAGE else ""
        context = {
            **self.admin_site.each_context(request), "title": str(TITLES[show]), "opts": self.opts, "show": show,
            "clock": clock, "count": counted, "lines": self.lines(request, those[: lists.PAGE], now), "older": older,
            "empty": EMPTY[show], "clocks": list(self.clocks()), "chips": TITLES.items(),
        }  # fmt: skip
        alone = request.headers.get("HX-Target") == "queue"
        return TemplateResponse(request, "desk/late_rows.html" if alone else "desk/late.html", context)

    def lines(self, request: HttpRequest, those: Sequence[Deadline], now: datetime) -> list[Line]:
        """As many statements as there are flows among them."""
        subjects: dict[tuple[str, int], Any] = {}
        for flow in {d.flow for d in those}:
            model = FLOWS[flow].model
            names = ["shop", *([model.root] if model.root else [])]
            found = model._default_manager.select_related(*names).filter(
                pk__in=[d.subject for d in those if d.flow == flow]
            )
            subjects |= {(flow, s.pk): s for s in found}
        return [
            self._line(request, d, subjects[d.flow, d.subject], now) for d in those if (d.flow, d.subject) in subjects
        ]

    def _line(self, request: HttpRequest, d: Deadline, subject: Any, now: datetime) -> Line:
        flow = FLOWS[d.flow]
        tone, waits = lists.standing(flow, subject.state, caller_of(request).roles_in(d.shop_id))
        opts = subject._meta
        address = reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[subject.pk])
        state = words.label_of(flow, subject.state)
        return Line(due_of(d, now), subject, str(flow.label), state, tone, waits, address)

    def clocks(self) -> Iterable[tuple[str, str]]:
        """("order.ship", 订单 · 发货): the clocks that only declare late."""
        for flow in (f for f in FLOWS.values() if self.admin_site.is_registered(f.model)):
            for clock in (c for c in flow.clocks if c.then == NO_STEP):
                words = {"flow": flow.label, "clock": clock.label}
                yield f"{flow.name}.{clock.name}", _("%(flow)s · %(clock)s") % words
