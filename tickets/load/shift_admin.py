"""The shift plan as a week: who is there when; a lead plans each member on a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from flows.shown import shops_shown
from shops import policy, weekly
from shops.models import Member
from shops.scoped_admin import ScopedAdmin, caller_of

from ..assign.bring import staff
from ..assign.shifts import FREE, Plan, plans
from ..models import Shift
from .shift_form import PlanForm

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """One member's day. tone: "own" of a single day, "off", "free" where nothing is planned."""

    words: str
    tone: str
    there: bool


def cell(plan: Plan, day: date) -> Cell:
    hours = plan.hours(day)
    if hours is None:
        return Cell(_("不限"), "free", True)
    own = day in plan.days
    return Cell(weekly.words(hours) or _("休息"), "own" if own else "" if hours else "off", bool(hours))


def monday_of(text: str, today: date) -> date:
    """The Monday of the week in which this day lies; today's for what is no day."""
    try:
        day = date.fromisoformat(text)
        day = day if 2000 <= day.year <= 2100 else today
    except ValueError:
        day = today
    return day - day.weekday() * DAY


@admin.register(Shift)
class ShiftAdmin(ScopedAdmin):
    """The week is there for everybody of the shop to read, its plan for a lead to change."""

    shop_field = "member__shop_id"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.week_view), name="tickets_shift_changelist"),
            path("<int:pk>/plan/", wrap(self.plan_view), name="tickets_shift_plan"),
        ]

    def week_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        members, caller = staff(shops_shown(request)), caller_of(request)
        planned, now = plans(m.pk for m in members), timezone.now()
        today = policy.of(members[0].shop_id).calendar.local(now).date() if members else now.date()
        monday = monday_of(request.GET.get("week", ""), today)
        days = [monday + n * DAY for n in range(7)]
        rows = [(m, caller.leads(m.shop_id), [cell(planned.get(m.pk, FREE), d) for d in days]) for m in members]
        context = {
            "days": list(zip(days, weekly.day_names(), strict=True)), "rows": rows, "today": today,
            "there": [sum(cells[n].there for _m, _may, cells in rows) for n in range(7)], "monday": monday,
            "earlier": monday - WEEK, "later": monday + WEEK,
            "many_shops": len({m.shop_id for m in members}) > 1,
        }  # fmt: skip
        return self._page(request, "load/week.html", _("排班"), context)

    def plan_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        caller = caller_of(request)
        member = Member.objects.filter(pk=pk, shop__in=sorted(caller.shops)).select_related("user", "shop").first()
        if member is None:
            raise Http404
        if not caller.leads(member.shop_id):
            raise PermissionDenied
        today = policy.of(member.shop_id).calendar.local(timezone.now()).date()
        form = PlanForm(member, today, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            form.save()
            self.message_user(request, _("已保存排班：%s") % (member.user.get_short_name() or member.user))
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:tickets_shift_changelist"))
        name = member.user.get_short_name() or member.user.get_username()
        title = _("%(name)s 的排班") % {"name": name}
        status = 400 if form.is_bound else 200
        return self._page(request, "load/plan.html", title, {"form": form, "member": member}, status)

    def _page(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, template, whole, status=status)
