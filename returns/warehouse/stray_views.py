"""The warehouse desk's pages of unannounced parcels, and its slips of paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from flows import words
from orders.phones import masked_name

from ..models import BackParcel
from . import panel as panels
from . import recent, scanning, verdicts
from . import strays as kept
from .barcode import bars_of
from .pages import answer, page
from .sitting import Sitting, sitting
from .views import number_in, posted


def _stray(here: Sitting, pk: int) -> BackParcel:
    found = kept.waiting(here.keys).filter(pk=pk).select_related("shop").first()
    if found is None:
        raise Http404(_("这件包裹已经匹配，或不在您的店铺。"))
    return found


def strays(request: HttpRequest) -> HttpResponse:
    """Those that have lain here longest first, with the returns that name their number by now."""
    here = sitting(request)
    after = request.GET.get("after", "")
    rows = kept.waiting(here.keys).select_related("shop").order_by("pk")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__gt=int(after))
    found = list(rows[: kept.PAGE + 1])
    those, more = found[: kept.PAGE], len(found) > kept.PAGE
    known = kept.announced(those)
    context = {
        "rows": [(s, known.get(s.pk, []), here.may_book(s.shop_id)) for s in those], "now": here.at,
        "older": f"?after={those[-1].pk}" if more else "", "many_shops": len(here.shops) > 1,
    }  # fmt: skip
    return page(request, "warehouse/strays.html", _("无主包裹"), context)


def stray(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, with a search for its return."""
    here = sitting(request)
    return _search(request, here, _stray(here, pk))


def _search(request: HttpRequest, here: Sitting, one: BackParcel, why: str = "", status: int = 200) -> HttpResponse:
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    returns, orders = kept.search(one, q) if q else (kept.announced([one]).get(one.pk, []), [])
    context = {
        "stray": one, "q": q, "why": why, "orders": orders, "may": here.may_book(one.shop_id), "now": here.at,
        "hits": [(r, masked_name(r.order.buyer_name), words.label_of(r.flow, r.state)) for r in returns],
    }  # fmt: skip
    return page(request, "warehouse/stray.html", one.tracking_number, context, status)


@posted
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """The carton is this return's: received for it, as of when it came."""
    here = sitting(request)
    one = kept.waiting(here.keys).filter(pk=pk).select_related("shop").first()
    if one is None:
        verdict = verdicts.refused(_("这件包裹已经匹配，或不在您的店铺。"), "")
        return answer(request, here, verdict, status=409)
    ret = here.seen(number_in(request, "return"))
    if ret.shop_id != one.shop_id:
        raise Http404(words.gone())
    verdict = scanning.matched(here, one, ret)
    recent.add(request, verdict, here.at)
    return answer(request, here, verdict)


# ---- paper
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    here = sitting(request)
    ret = here.seen(pk)
    context = {"panel": panels.bring(ret, may=here.may_book(ret.shop_id)), "bars": bars_of(ret.number)}
    return page(request, "warehouse/slip.html", ret.number, {**context, "now": here.at})


def stray_slip(request: HttpRequest, pk: int) -> HttpResponse:
    here = sitting(request)
    one = _stray(here, pk)
    context = {"stray": one, "bars": bars_of(one.tracking_number), "now": here.at}
    return page(request, "warehouse/slip.html", one.tracking_number, context)
