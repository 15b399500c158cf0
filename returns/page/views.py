"""The customer's page: what its addresses answer. Forms work without script; a post ends in a redirect."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from flows.effects import Refused
from orders import couriers

from .. import store
from ..models import Return
from . import acts, deeds
from .card import Card
from .door import gone, opened
from .posted import Wrong, read

MOVED = "moved"


@opened("GET", "HEAD")
def page(request: HttpRequest, token: str, ret: Return, at: datetime) -> HttpResponse:
    language = request.GET.get("language", "")
    if language in dict(settings.LANGUAGES):
        return _in_language(token, language)
    return _drawn(request, Card(ret, token, at))


def _drawn(request: HttpRequest, card: Card, status: int = 200) -> HttpResponse:
    said = request.GET.get("said", "")
    told = acts.ACTS[said].done if said in acts.ACTS else ""
    if said == MOVED:
        told = _("在您提交之前情况有了变化，没有重复提交。下面是最新情况。")
    context = {"card": card, "told": told, "moved": said == MOVED, "carriers": list(couriers.PATTERNS)}
    return render(request, "customer/page.html", context, status=status)


def _in_language(token: str, language: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("customer", args=[token]))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax", secure=settings.HTTPS,
    )  # fmt: skip
    return response


@opened("GET", "HEAD", "POST")
def act(request: HttpRequest, token: str, ret: Return, at: datetime, act: str) -> HttpResponse:
    """A form of the page. An address that is only opened shows the page."""
    if act not in acts.ACTS:
        return gone(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("customer", args=[token]))
    card, version = Card(ret, token, at, act), -1
    try:
        posted = read(request, token)
        card.values, version = posted.fields, posted.version
        deeds.do(card, act, posted)
    except store.NotKept as refused:
        return _back(request, card, Wrong({"photos": [refused.why]}, refused.status))
    except Wrong as error:
        return _back(request, card, error)
    except Refused as refused:
        if refused.code not in ("moved", "state", "role", "gone"):
            return _back(request, card, Wrong({"": [refused.why]}, 409))
        return _said(token, act if deeds.again(card, act, version) else MOVED)
    return _said(token, act)


def _said(token: str, what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('customer', args=[token])}?said={what}")


def _back(request: HttpRequest, card: Card, error: Wrong) -> HttpResponse:
    """The page with the form as it was filled in, and what is wrong with it."""
    card.errors = error.errors
    return _drawn(request, card, error.status)


@opened("POST")
def photos(request: HttpRequest, token: str, ret: Return, at: datetime) -> HttpResponse:
    """One photo at a time, sent by script as soon as it is chosen, so that its progress can be seen."""
    card = Card(ret, token, at)
    try:
        posted = read(request, token)
        stage = "freight" if posted.fields.get("stage") == "freight" else "application"
        if not posted.photos:
            return _not_kept(_("请先选择照片"), 400)
        deeds.keep_photos(card, posted, stage)
    except store.NotKept as refused:
        return _not_kept(refused.why, refused.status)
    except Wrong as error:
        return _not_kept(next(iter(error.errors.values()))[0], error.status)
    kept = card.kept[-1]
    return JsonResponse({"key": kept.pk, "address": reverse("customer-evidence", args=[token, kept.pk])}, status=201)


def _not_kept(why: str, status: int) -> HttpResponse:
    return JsonResponse({"why": why}, status=status)


@opened("GET")
def carrier(request: HttpRequest, token: str, ret: Return, at: datetime) -> HttpResponse:
    """For the form, while the number is typed: whose it looks like."""
    return JsonResponse({"carrier": couriers.guess(request.GET.get("number", "")[:60])})


@opened("GET", "HEAD")
def evidence(request: HttpRequest, token: str, ret: Return, at: datetime, pk: int) -> HttpResponseBase:
    """What the customer gave, and what the shop showed with its refusal; nothing of another return."""
    found = Card(ret, token, at).shown(pk)
    try:
        return store.answer(found, request) if found else gone(request)
    except Http404:
        return gone(request)
