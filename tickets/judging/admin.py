"""The pages of quality: findings to judge, agents' figures, a shop's rules and promises; the composer's hints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.effects import Refused
from flows.shown import shops_shown
from shops.roles import ANSWERS
from shops.scoped_admin import ScopedAdmin, caller_of

from ..models import QualityFinding, QualityRule, ShopPromise, Ticket
from . import agents, composing, queue, verdicts
from .forms import PromiseForm, RuleForm

SPANS = (7, 30, 90)  # days


@admin.register(QualityFinding)
class QualityFindingAdmin(ScopedAdmin):
    """The list is the queue of the leads; nothing is edited, a verdict is a row of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_see(request, obj) and self.may_lead(request, obj)

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "tickets_qualityfinding"
        return [
            path("", wrap(self.queue), name=f"{name}_changelist"),
            path("<int:pk>/verdict/", wrap(self.verdict), name=f"{name}_verdict"),
            path("agents/", wrap(self.agents), name=f"{name}_agents"),
            path("check/<int:ticket>/", wrap(self.look), name=f"{name}_check"),
        ]

    def _led(self, request: HttpRequest) -> list[int]:
        """The shops shown that the caller leads. Raises 403 where there is none."""
        led = [shop for shop in shops_shown(request) if caller_of(request).leads(shop)]
        if not led:
            raise PermissionDenied(_("只有主管可以看质检结果"))
        return led

    # ---- the queue
    def queue(self, request: HttpRequest) -> HttpResponse:
        led, asked = self._led(request), queue.Asked.of(request)
        context = {"page": queue.page(led, asked), "asked": asked, "states": queue.STATES, **queue.choices(led)}
        return self._page(request, "desk/quality/queue.html", _("质检复核"), context)

    def verdict(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST right=1 or 0. htmx gets the row as it is now, everybody else goes back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = self._finding(request, pk)
        if request.POST.get("right") not in ("0", "1"):
            return HttpResponse(_("请选择判断正确或误判"), status=400)
        try:
            verdicts.judge(found, request.POST["right"] == "1", caller=caller_of(request), at=timezone.now())
        except Refused as refused:
            if refused.code == "role":
                raise PermissionDenied(refused.why) from refused
            return HttpResponse(refused.why, status=409)
        if request.headers.get("HX-Request"):
            return self._part(request, "desk/quality/row.html", {"f": self._finding(request, pk)})
        then = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(then, allowed_hosts=None)
        return HttpResponseRedirect(then if safe else reverse("admin:tickets_qualityfinding_changelist"))

    def _finding(self, request: HttpRequest, pk: int) -> QualityFinding:
        rows = verdicts.judged(QualityFinding.objects.filter(shop__in=sorted(caller_of(request).shops)))
        found = rows.select_related("message", "review__ticket", "shop").filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise Http404(_("没有这个对象"))
        return queue.decorated(found)

    # ---- figures
    def agents(self, request: HttpRequest) -> HttpResponse:
        """Leads see everybody of their shops; whoever answers customers sees themselves."""
        caller, now, asked = caller_of(request), timezone.now(), request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else SPANS[1]
        shops, begin = shops_shown(request), now - timedelta(days=days)
        led = [shop for shop in shops if caller.leads(shop)]
        rows = agents.by_agent(led or shops, begin, now)
        if not led:
            rows = [row for row in rows if row.agent == caller.by]
        judged = verdicts.precision(led, begin, now) if led else []
        context = {"rows": rows, "days": days, "spans": SPANS, "judged": judged, "leads": bool(led)}
        return self._page(request, "desk/quality/agents.html", _("客服质检得分"), context)

    # ---- the composer
    def look(self, request: HttpRequest, ticket: int) -> HttpResponse:
        """POST words -> what stands against them, for the place below the composer."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        caller = caller_of(request)
        rows = Ticket.objects.filter(shop__in=sorted(caller.shops))
        found = rows.filter(pk=ticket).first() if ticket < 2**63 else None
        if found is None:
            raise Http404(_("没有这个对象"))
        if not ANSWERS & set(caller.roles_in(found.shop_id)):
            raise PermissionDenied
        words = "" if request.POST.get("mode") == "note" else request.POST.get("words", "")
        return self._part(request, "desk/quality/hints.html", composing.hints(request, found, words, timezone.now()))

    # ---- answers
    def _part(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        response = TemplateResponse(request, template, context)
        response["Cache-Control"] = "no-store"
        return response

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, template, {**whole, "keys_here": "desk/quality/keys.html"})


class Kept(ScopedAdmin):
    """Rows that remember who wrote them, and when."""

    list_filter = ["shop"]
    list_select_related = ["shop"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.by, obj.changed_at = caller_of(request).by, timezone.now()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(QualityRule)
class QualityRuleAdmin(Kept):
    form = RuleForm
    list_display = ["__str__", "shop", "name", "on", "severity", "points", "by", "changed_at"]
    search_fields = ["name", "label"]
    fieldsets = (
        (None, {"fields": ["shop", "name", "on", "severity", "points"]}),
        (
            gettext_lazy("自建规则"),
            {"fields": ["label", "message", "better", "said", "unless", "negated", "hits", "misses"]},
        ),
    )


@admin.register(ShopPromise)
class ShopPromiseAdmin(Kept):
    form = PromiseForm
    list_display = ["kind", "words", "shop", "begins", "ends", "by"]
    search_fields = ["words"]
