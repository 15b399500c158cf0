"""The warehouse desk's pages. They read what was sent, ask the door, and answer with a verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from flows import words
from flows.effects import Refused
from shops.punctuation import labelled

from .. import store
from ..models import Evidence
from . import panel as panels
from . import photos, recent, scanning, unpacking, verdicts
from . import strays as kept
from .pages import answer
from .panel import Panel
from .reading import tracking_numbers
from .sitting import Sitting, sitting
from .taking import open_here
from .verdicts import Verdict

View = Callable[..., HttpResponse]


def posted(view: View) -> View:
    """POST only."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    return respond


def number_in(request: HttpRequest, name: str) -> int:
    """A key that was posted; 0 for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


# ---- scanning
def desk(request: HttpRequest) -> HttpResponse:
    return answer(request, sitting(request))


@posted
def scan(request: HttpRequest) -> HttpResponse:
    here = sitting(request)
    chosen, shop = number_in(request, "chosen"), number_in(request, "shop")
    verdict = scanning.scan(here, request.POST.get("number", ""), chosen=chosen, shop=shop)
    recent.add(request, verdict, here.at)
    return answer(request, here, verdict, status=400 if verdict.wrong else 200)


def opened(request: HttpRequest, pk: int) -> HttpResponse:
    here = sitting(request)
    return answer(request, here, verdicts.opened(here.seen(pk), ""))


@posted
def late(request: HttpRequest, pk: int) -> HttpResponse:
    here = sitting(request)
    ret = here.seen(pk)
    number = next(iter(tracking_numbers(request.POST.get("number", "")[:100])), "")
    lying = list(kept.waiting([ret.shop_id]).filter(tracking_number=number)) if number else []
    if not here.may_book(ret.shop_id):
        verdict = verdicts.looked(ret, number)
    elif not open_here(ret, "arrive_late"):
        verdict = verdicts.opened(ret, number)  # somebody was first
    else:
        verdict = scanning.late(here, ret, number, lying)
    recent.add(request, verdict, here.at)
    return answer(request, here, verdict)


# ---- unpacking
@posted
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Receive and inspect; `count` books how many there are and leaves the judging for later."""
    here = sitting(request)
    ret, inspects = here.seen(pk), not request.POST.get("count")
    panel = panels.bring(ret, may=here.may_book(ret.shop_id))
    if not panel.unpacks:
        why = words.not_from(ret.flow, ret, "inspect") if panel.may else verdicts.looked(ret, "").words[0]
        return answer(request, here, verdicts.refused(why, ret.number, ret), status=409)
    ready = unpacking.read(panel, request.POST, judged=inspects)
    _photos(request, here, panel)
    if not ready or panel.errors:
        return answer(request, here, panel=panel, status=400)
    return _booked(request, here, panel, inspects=inspects)


def _photos(request: HttpRequest, here: Sitting, panel: Panel) -> None:
    """Those that came with the form, from a browser without script."""
    try:
        panel.photos += photos.keep(here, panel.ret, request.FILES.getlist("upload"))
    except store.NotKept as error:
        panel.errors.append(error.why)


def _booked(request: HttpRequest, here: Sitting, panel: Panel, *, inspects: bool) -> HttpResponse:
    keys = list(dict.fromkeys(e.pk for e in panel.photos))
    try:
        ret = unpacking.book(here, panel, keys, inspects=inspects)
    except Refused as refused:
        if refused.code in ("moved", "state"):
            fresh = here.seen(panel.ret.pk)
            return answer(request, here, verdicts.refused(_moved(fresh), fresh.number, fresh), status=409)
        panel.errors.append(refused.why)
        return answer(request, here, panel=panel, status=400)
    verdict = verdicts.inspected(ret) if inspects else verdicts.counted(ret, panel.number)
    recent.add(request, verdict, here.at)
    return answer(request, here, verdict)


def _moved(ret: Any) -> str:
    state = words.label_of(ret.flow, ret.state)
    return _("有人先动了这张售后单，现在是“%s”。您填的没有登记，请看过再做。") % state


@posted
def handed_back(request: HttpRequest, pk: int) -> HttpResponse:
    here = sitting(request)
    ret = here.seen(pk)
    panel = panels.bring(ret, may=here.may_book(ret.shop_id))
    carrier, number = (request.POST.get(n, "").replace("\0", "").strip()[:40] for n in ("carrier", "tracking_number"))
    panel.step = {"carrier": carrier, "tracking_number": number}
    if not panel.hands_back:
        why = words.not_from(ret.flow, ret, "handed_back") if panel.may else verdicts.looked(ret, "").words[0]
        return answer(request, here, verdicts.refused(why, ret.number, ret), status=409)
    try:
        moved = unpacking.hand_back(here, panel, carrier, number)
    except Refused as refused:
        panel.errors.append(refused.why)
        return answer(request, here, panel=panel, status=400)
    verdict = Verdict("good", _("已登记寄出"), [labelled(carrier, number)], ret.number, moved)
    recent.add(request, verdict, here.at)
    return answer(request, here, verdict)


# ---- photos
@posted
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo, as the page's script sends it while the person goes on."""
    here = sitting(request)
    ret = here.seen(pk)
    if not here.may_book(ret.shop_id):
        return JsonResponse({"why": verdicts.looked(ret, "").words[0]}, status=403)
    try:
        kept_ones = photos.keep(here, ret, request.FILES.getlist("upload"))
    except store.NotKept as error:
        return JsonResponse({"why": error.why}, status=error.status)
    if not kept_ones:
        return JsonResponse({"why": _("没有收到照片，请重拍")}, status=400)
    [evidence] = kept_ones[:1]
    return JsonResponse({"pk": evidence.pk, "address": reverse("admin:warehouse_shown", args=[evidence.pk])})


def shown(request: HttpRequest, pk: int) -> HttpResponseBase:
    here = sitting(request)
    found = Evidence.objects.filter(pk=pk, shop__in=here.keys).first()
    if found is None:
        raise Http404(words.gone())
    return store.answer(found, request)
