"""Who comes in to the customer's page: the holder of a good link, not too often. Everybody else sees one same page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from . import links, visits

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key: it is told to nobody
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
View = Callable[..., HttpResponseBase]


def opened(*methods: str, read: Callable[[str, datetime], Any] = links.read) -> Callable[[View], View]:
    """A view of (request, token, return, at, …), for who holds a good link. read: what a token opens, None if nothing.

    Exempt from Django's CSRF check: no cookie says who the caller is, only the address does, so nobody who does not
    know it can make a browser act here; and that check fails where no referrer is sent (the browser says "Origin:
    null"). Forms carry a proof of their own instead (returns/page/posted.py).
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def respond(request: HttpRequest, token: str, **more: Any) -> HttpResponseBase:
            at = timezone.now()
            ret = read(token, at)
            response: HttpResponseBase | None = _counted(request, ret, at)
            if response is None and ret is None:
                response = gone(request)
            if response is None:
                allowed = request.method in methods
                response = view(request, token, ret, at, **more) if allowed else HttpResponseNotAllowed(methods)
            return _silent(response)

        return respond

    return wrap


def _counted(request: HttpRequest, ret: Any, at: datetime) -> HttpResponse | None:
    where = address_of(request)
    callers = [("address", where), ("wrong", where) if ret is None else ("link", f"{ret.flow.name}:{ret.pk}")]
    wait = visits.too_many(callers, at)
    if not wait:
        return None
    response = render(request, "customer/busy.html", {"minutes": -(-wait // 60)}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _silent(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """Invalid, expired, revoked, or nothing of this return's: one same answer, which tells nothing of any return."""
    return render(request, "customer/gone.html", status=404)


@csrf_exempt
def elsewhere(request: HttpRequest) -> HttpResponseBase:
    """Any other address below the page's."""
    return _silent(gone(request))


def address_of(request: HttpRequest) -> str:
    """Where the caller sits: behind a proxy, as the proxy itself wrote it down, last; of IPv6 the household's part."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or told
    try:
        found = ip_address(told)
    except ValueError:
        return told[:64]
    return str(ip_network((found, 64), strict=False) if isinstance(found, IPv6Address) else found)
