"""The desk's forms by which a return is opened from its order, and a dispute from its return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.effects import Refused
from flows.forms import Given, Line, StepForm
from flows.table import NOBODY
from orders import goods
from orders.asks import Lines
from orders.models import Order
from shops import policy
from shops.scoped_admin import caller_of

from . import applications, belongings
from .asks import Proof
from .models import Return
from .states import Kind

if TYPE_CHECKING:
    from .admin import ReturnAdmin


class AtTheDesk(applications.Application):
    """At the desk the goods are picked one by one, and the customer's photos come with the application."""

    lines = Lines(label=gettext_lazy("退换的商品"), allow_empty=False)
    evidence = Proof(label=gettext_lazy("凭证"), required=False)


def of_return(page: ReturnAdmin, request: HttpRequest, order: Order) -> HttpResponse:
    who = applications.role_of(caller_of(request).roles_in(order.shop_id))
    if who == NOBODY:
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    goods.bring([order])
    form = StepForm(AtTheDesk, order, given(order), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = {k: v for k, v in form.inputs.items() if k != "evidence"}
        now, by = timezone.now(), caller_of(request).by
        try:
            ret = applications.start(order, told, who=who, by=by, at=now, opened_by="desk")
        except Refused as refused:
            form.errors.append(refused.why)
        else:
            return _opened(page, request, ret, who.word)
    return shown(page, request, order, form, address=page.address("open", order.pk), words=_("登记售后"))


def given(order: Order) -> Given:
    """What may still be asked for; before it has left, only the money is."""
    left, unshipped = applications.left(order), order.state in belongings.UNSENT and order.goods.untouched()
    lines = [Line(x.line, x.title, x.sku, left[x.line], x.paid) for x in order.goods.lines if left.get(x.line)]
    kind = Kind.REFUND_ONLY if unshipped else Kind.RETURN_REFUND
    return Given(policy.of(order.shop_id).zone, lines, {}, {"kind": kind.value})


def _opened(page: ReturnAdmin, request: HttpRequest, ret: Return, role: str) -> HttpResponse:
    """The photos that came with it are kept once it is there; one that is none is said, the return stands."""
    _kept, wrong = page.keep(request, ret, "evidence-files", role, "application")
    for why in wrong:
        page.message_user(request, why, messages.WARNING)
    page.message_user(request, _("已登记售后单 %s") % ret.number, messages.SUCCESS)
    return HttpResponseRedirect(page.address("change", ret.pk))


def of_dispute(page: ReturnAdmin, request: HttpRequest, ret: Return) -> HttpResponse:
    who = applications.role_of(caller_of(request).roles_in(ret.shop_id))
    if who == NOBODY:
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    zone = Given(policy.of(ret.shop_id).zone)
    form = StepForm(applications.Opening, ret, zone, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now, by = timezone.now(), caller_of(request).by
        try:
            dispute = applications.start_dispute(ret, form.inputs, who=who, by=by, at=now, opened_by="desk")
        except Refused as refused:
            form.errors.append(refused.why)
        else:
            page.message_user(request, _("已登记平台介入 %s") % dispute.number, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:returns_dispute_change", args=[dispute.pk]))
    words = _("登记平台介入")
    return shown(page, request, ret, form, address=page.address("dispute", ret.pk), words=words)


def shown(
    page: ReturnAdmin, request: HttpRequest, subject: Any, form: StepForm, *, address: str, words: str
) -> HttpResponse:
    """The form on a page of its own; 400 where something in it is wrong."""
    opts = subject._meta
    context = {
        "subject": subject, "form": form, "step_label": words, "step_tone": "", "step_address": address,
        "here": reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[subject.pk]),
    }  # fmt: skip
    title = f"{words} · {subject.number}"
    return page.page(request, "desk/opening.html", title, context, status=400 if form.wrong else 200)
