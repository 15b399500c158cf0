"""The inbox on the desk: what platforms said, what became of it, and saying it to ourselves once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.batch import picked
from flows.registry import FLOWS
from shops.scoped_admin import ScopedAdmin, caller_of

from .models import STRANDED, Inbox
from .tasks import BELL

AGAIN = Q(outcome=Inbox.PARKED) | Q(outcome=Inbox.REJECTED) | Q(dead_at__isnull=False)
MOST = 200


def stranded(shops: Sequence[int]) -> QuerySet[Inbox]:
    """What waits for a person."""
    return Inbox.objects.filter(STRANDED, shop__in=shops)


def replay(pks: Sequence[int], *, at: datetime) -> int:
    """Into the queue again, with all attempts before them; the same trigger, so nothing happens twice. -> how many."""
    fresh: dict[str, Any] = {"rings_at": at, "dead_at": None, "attempts": 0, "token": None, "leased_until": None}
    count = Inbox.objects.filter(AGAIN, pk__in=pks).update(**fresh, outcome="", why="")
    if count:
        BELL.ring()
    return count


class Outcome(admin.SimpleListFilter):
    title = gettext_lazy("结果")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("stranded", gettext_lazy("要人看的")),
            ("dead", gettext_lazy("失败")),
            ("open", gettext_lazy("待处理")),
            *Inbox.OUTCOMES,
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inbox]) -> QuerySet[Inbox]:
        asked = self.value()
        if asked == "stranded":
            return queryset.filter(pk__in=stranded(sorted(caller_of(request).shops)).values("pk"))
        if asked == "dead":
            return queryset.filter(dead_at__isnull=False)
        if asked == "open":
            return queryset.filter(outcome="", dead_at=None)
        return queryset.filter(outcome=asked) if asked in dict(Inbox.OUTCOMES) else queryset


@admin.register(Inbox)
class InboxAdmin(ScopedAdmin):
    """To be read, and by leads to be replayed; the raw message is text, and no field is editable."""

    list_display = ("id", "received_at", "shop", "type", "number", "result", "why", "attempts")
    list_select_related = ("shop",)
    list_filter = (Outcome,)
    list_per_page = 50
    ordering = ("-id",)
    actions = ("replay_chosen",)
    fields = (
        "shop", "source", "type", "key", "number", "received_at", "occurred_at", "result", "why", "flag", "moved",
        "attempts", "failure", "dead_at", "raw", "header_lines", "body_hash",
    )  # fmt: skip
    readonly_fields = fields
    change_form_template = "desk/message.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return self.may_lead(request, None)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inbox]:
        """Without DISTINCT, which would sort a million raw bodies."""
        return Inbox.objects.filter(shop__in=sorted(caller_of(request).shops)).order_by("-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.replay_view)
        return [path("replay/", view, name="hooks_inbox_replay"), *super().get_urls()]

    @admin.display(description=gettext_lazy("结果"))
    def result(self, row: Inbox) -> str:
        if row.dead_at:
            return _("失败")
        return str(row.get_outcome_display()) if row.outcome else _("待处理")

    @admin.display(description=gettext_lazy("作用于"))
    def moved(self, row: Inbox) -> str:
        return f"{FLOWS[row.flow].label} {row.number}" if row.flow in FLOWS else "—"

    @admin.display(description=gettext_lazy("原始内容"))
    def raw(self, row: Inbox) -> str:
        """As it came; what only some may see is left out for the others."""
        if not row.body:
            return _("（已清除）")
        return bytes(row.body).decode("utf-8", "replace")

    @admin.display(description=gettext_lazy("请求头"))
    def header_lines(self, row: Inbox) -> str:
        return "\n".join(f"{name}: {value}" for name, value in row.headers.items())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The raw message holds names, phones and addresses."""
        clear = obj is not None and caller_of(request).may_unmask(obj.shop_id)
        return [f for f in self.fields if clear or f != "raw"]

    # ---- once more
    @admin.action(description=gettext_lazy("重新处理…"), permissions=["replay"])
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[Inbox]) -> HttpResponse:
        """Asks once, naming what will happen."""
        return self._confirm(request, queryset)

    def _confirm(self, request: HttpRequest, rows: QuerySet[Inbox]) -> HttpResponse:
        mine = [row for row in rows.filter(AGAIN)[:MOST] if self.may_lead(request, row)]
        context = {
            **self.admin_site.each_context(request), "title": _("重新处理平台消息"), "opts": self.opts, "rows": mine,
            "left_out": rows.count() - len(mine),
        }  # fmt: skip
        return TemplateResponse(request, "desk/replay.html", context)

    def replay_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_replay_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(pk__in=picked(request.POST)[:MOST])
        if "confirmed" not in request.POST:
            return self._confirm(request, rows)
        mine = [row.pk for row in rows if self.may_lead(request, row)]
        count = replay(mine, at=timezone.now())
        for row in rows.filter(pk__in=mine):
            self.log_change(request, row, _("重新处理"))
        self.message_user(request, _("已放回队列 %s 条，稍后可在此看到结果") % count, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:hooks_inbox_changelist"))
