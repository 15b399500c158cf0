"""What the page of a rating answers. The form works without script; a post ends in a redirect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from flows.effects import Refused
from flows.engine import take
from flows.table import Who
from returns.page.door import opened
from returns.page.posted import Wrong, asked, flat, proof, read

from .. import asks
from ..models import Satisfaction, Ticket
from . import links

STARS = (5, 4, 3, 2, 1)


@opened("GET", "HEAD", "POST", read=links.read)
def rating(request: HttpRequest, token: str, ticket: Ticket, at: datetime) -> HttpResponse:
    if request.method != "POST":
        return _drawn(request, token, ticket)
    try:
        posted = read(request, token)
        inputs = asked(asks.Rate, {k: v for k, v in posted.fields.items() if k in ("rating", "words")}, ticket)
        take(ticket, "rate", who=Who.CUSTOMER, by="customer:page", at=at, inputs=inputs)
    except Wrong as error:
        return _drawn(request, token, ticket, error)
    except Refused as refused:
        return _drawn(request, token, ticket, Wrong({"": [refused.why]}, 409))
    return HttpResponseRedirect(f"{reverse('customer-rating', args=[token])}?said=rated")


def _drawn(request: HttpRequest, token: str, ticket: Ticket, error: Wrong | None = None) -> HttpResponse:
    known = Satisfaction.objects.filter(ticket=ticket.pk).first()
    context: dict[str, Any] = {
        "ticket": ticket, "proof": proof(token), "stars": STARS, "rating": known.rating if known else None,
        "words": known.words if known else "", "errors": flat(error.errors) if error else [],
        "told": _("谢谢您的评价") if request.GET.get("said") == "rated" and known and known.rating else "",
        "address": reverse("customer-rating", args=[token]),
    }  # fmt: skip
    return render(request, "customer/rating.html", context, status=error.status if error else 200)
