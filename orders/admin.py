"""The desk's pages of orders, stock-outs, logistics queries and refunds: rows, the case, what a step would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from flows.admin import SubjectAdmin
from flows.forms import Given
from flows.story import Happening, person
from shops import policy
from shops.roles import LABELS
from shops.scoped_admin import caller_of

from . import case as cases
from . import couriers_admin, personal, products_admin, query_opening, query_page, queues  # noqa: F401 (they register)
from .annexes import ANNEXES, Annex
from .causes import cause_words, made_of
from .consequences import consequences
from .models import Line, LogisticsQuery, Order, Refund, StockOut
from .phones import masked_name
from .tables import LOGISTICS_QUERY, ORDER, REFUND, STOCK_OUT

UNSHIPPED_STEPS = ("ship", "ship_part", "report_stock_out")


class CaseAdmin(SubjectAdmin):
    """What the pages of an order and of what hangs on it share: the same case, entered by several doors."""

    facts_template = "desk/order_facts.html"
    row_template = "desk/order_row.html"

    def order_of(self, subject: Any) -> Order:
        order: Order = subject if isinstance(subject, Order) else subject.order
        return order

    def bring(self, request: HttpRequest, subject: Any) -> cases.Case:
        order = self.order_of(subject)
        case = cases.bring(order, subject if isinstance(subject, StockOut) else None)
        if case.stock_out is not None and subject is case.stock_out:
            subject.goods, subject.purse = order.goods, order.purse
        case.buyer = personal.buyer_of(request, order, timezone.now())
        for annex in self.annexes():
            if (kept := annex.bring(request, case)) is not None:
                case.kept[annex.name] = kept
            case.opens += annex.opens(request, case)
        if query_page.may_open(case, caller_of(request).roles_in(order.shop_id)):
            case.opens.append((_("查物流"), reverse("admin:orders_logisticsquery_open", args=[order.pk])))
        return case

    def family(self, subject: Any, case: cases.Case) -> Mapping[str, Sequence[Any]]:
        found: dict[str, Sequence[Any]] = {
            "order": [case.order], "stock_out": case.stock_outs, "logistics_query": case.queries,
            "refund": case.refunds,
        }  # fmt: skip
        for annex in self._kept(case):
            found |= annex.family(case.kept[annex.name])
        return found

    def annexes(self) -> Sequence[Annex]:
        """What upper floors bring to this page."""
        return ANNEXES

    def _kept(self, case: cases.Case) -> list[Annex]:
        return [annex for annex in ANNEXES if annex.name in case.kept]

    def happenings(self, request: HttpRequest, case: cases.Case) -> Iterable[Happening]:
        yield from cases.happenings(case)
        for annex in self._kept(case):
            yield from annex.happenings(case, case.kept[annex.name])

    def given(self, subject: Any, case: cases.Case, step: str) -> Given:
        zone = policy.of(subject.shop_id).zone
        address = {k: case.order.address.get(k, "") for k in ("province", "city", "district")}
        lines = case.form_lines(unshipped=step in UNSHIPPED_STEPS)
        return Given(zone, lines, {"offered": case.offers}, {"address": address, **self._swap(case)})

    def _swap(self, case: cases.Case) -> dict[str, Any]:
        """The customer takes as many as are missing."""
        count = sum(m["quantity"] for m in case.stock_out.lines) if case.stock_out else 0
        return {"quantity": count} if count else {}

    def preview(self, subject: Any, case: cases.Case, step: str) -> list[str]:
        return consequences(subject, case, step)

    # ---- the buyer, unmasked
    def further(self) -> list[tuple[str, Any]]:
        return [("<int:pk>/personal/", self.personal), ("<int:pk>/slip/", self.slip)]

    def personal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: show the buyer for ten minutes; who, when and why stand in the story."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        subject = self.seen(request, pk)
        if not caller_of(request).may_unmask(subject.shop_id):
            raise PermissionDenied
        why = request.POST.get("why", "").strip() or personal.reasons()[0]
        personal.show(request, self.order_of(subject), why, timezone.now())
        then = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(then, allowed_hosts=None)
        return HttpResponseRedirect(then if safe else self.address("change", pk))

    def slip(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The packing slip, for paper."""
        subject = self.seen(request, pk)
        case = self.bring(request, subject)
        response = self.page(request, "desk/slip.html", case.order.number, {"subject": subject, "case": case})
        response["Cache-Control"] = "no-store"
        return response

    # ---- rows
    def decorate(self, subjects: Sequence[Any]) -> None:
        """Each row's order with its lines: one statement."""
        orders = {o.pk: o for o in map(self.order_of, subjects)}
        lines: dict[int, list[Line]] = {}
        for line in Line.objects.filter(order__in=list(orders)).order_by("pk"):
            lines.setdefault(line.order_id, []).append(line)
        for subject in subjects:
            order = self.order_of(subject)
            subject.row_order, subject.row_buyer = order, masked_name(order.buyer_name)
            own = [x for x in lines.get(order.pk, []) if x.owed]
            subject.row_lines, subject.row_more = own[:2], max(0, len(own) - 2)


@admin.register(Order)
class OrderAdmin(CaseAdmin):
    flow = ORDER
    related = ("shop", "replaces", "merged_into")


@admin.register(StockOut)
class StockOutAdmin(CaseAdmin):
    flow = STOCK_OUT
    related = ("shop", "order", "order__replaces", "order__merged_into")

    def decorate(self, subjects: Sequence[Any]) -> None:
        """The missing lines only."""
        super().decorate(subjects)
        for s in subjects:
            missing = {m["line"] for m in s.lines}
            shown = [x for x in s.row_lines if x.line in missing]
            s.row_lines = shown or s.row_lines


@admin.register(Refund)
class RefundAdmin(CaseAdmin):
    flow = REFUND
    related = ("shop", "order", "order__replaces", "order__merged_into")
    row_template = "desk/refund_row.html"

    def bring(self, request: HttpRequest, subject: Refund) -> cases.Case:
        """Who looks is told to the refund: nobody approves what they have asked for themselves."""
        case = super().bring(request, subject)
        purse = case.order.purse
        purse.refunds = [subject if r.pk == subject.pk else r for r in purse.refunds]
        subject.order, subject.actor = case.order, caller_of(request).by
        return case

    def decorate(self, subjects: Sequence[Any]) -> None:
        """What the money is for, what it is made of and who asks for it: all in the row itself."""
        for r in subjects:
            r.row_order, r.row_buyer = r.order, masked_name(r.order.buyer_name)
            r.row_cause, r.row_parts = cause_words(r), made_of(r)
            r.row_asked = person(r.asked_by, r.asked_as) or str(LABELS.get(r.asked_as, r.asked_as))


@admin.register(LogisticsQuery)
class LogisticsQueryAdmin(CaseAdmin):
    flow = LOGISTICS_QUERY
    related = ("shop", "order", "order__replaces", "order__merged_into")
    facts_template = "desk/query_facts.html"
    row_template = "desk/query_row.html"

    def bring(self, request: HttpRequest, subject: LogisticsQuery) -> cases.Case:
        """The page's own takes its twin's place."""
        case = super().bring(request, subject)
        case.queries[:] = [subject if q.pk == subject.pk else q for q in case.queries]
        subject.order, now = case.order, timezone.now()
        case.page = query_page.here(subject, cases.tracked(subject, subject.shop_id, now), now)
        return case

    def given(self, subject: Any, case: cases.Case, step: str) -> Given:
        return query_page.given(subject, step)

    def preview(self, subject: Any, case: cases.Case, step: str) -> list[str]:
        return query_page.consequences(subject, step)

    def decorate(self, subjects: Sequence[Any]) -> None:
        """Where each parcel was seen last."""
        super().decorate(subjects)
        for q in subjects:
            q.row_newest = str(q.track[-1][1]) if q.track else ""

    def further(self) -> list[tuple[str, Any]]:
        return [*super().further(), ("open/<int:order>/", self.open)]

    def open(self, request: HttpRequest, order: int) -> HttpResponse:
        """From the order's page: somebody asks after a parcel."""
        found = Order.objects.filter(shop__in=sorted(caller_of(request).shops), pk=order).select_related("shop").first()
        if found is None or not self.has_view_permission(request):
            raise Http404(_("没有这个对象"))
        return query_opening.opening(self, request, found)
