"""Everything under /api/: the resources of all floors, the schema, and a page that shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator

from flows.api import problems
from flows.api.deadlines import deadline_addresses
from flows.api.deliveries import delivery_addresses
from flows.api.policies import policy_addresses
from flows.api.shops import shop_addresses
from flows.api.views import json_address
from hooks.api import inbox_addresses
from orders.api import order_addresses
from returns.api import return_addresses
from tickets.api import ticket_addresses
from tickets.figures.api import report_addresses
from tickets.replies.api import reply_addresses

v1: list[URLPattern] = [
    *order_addresses(),
    *return_addresses(),
    *ticket_addresses(),
    *deadline_addresses(),
    *shop_addresses(),
    *policy_addresses(),
    *inbox_addresses(),
    *delivery_addresses(),
    *reply_addresses(),
    *report_addresses(),
]


def to_be_read(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No method but GET; any other gets a problem, as everywhere under /api/."""

    @csrf_exempt
    def respond(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        refused = problems.Problem(405, "method-not-allowed", _("此地址不支持这个方法"), headers={"Allow": "GET, HEAD"})
        return problems.respond(refused, request)

    return respond


@to_be_read
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1. The same for everybody: it tells no row of any shop."""
    return HttpResponse(drawn(get_language() or ""), content_type="application/vnd.oai.openapi+json")


@to_be_read
def docs(request: HttpRequest) -> HttpResponse:
    """The schema to look at and to try, from files of our own."""
    return render(request, "api/docs.html")


@lru_cache(maxsize=4)
def drawn(_language: str) -> bytes:
    generator = SchemaGenerator(patterns=[path("api/v1/", include(v1))])  # type: ignore[no-untyped-call]
    told = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


addresses: list[URLPattern | URLResolver] = [
    path("schema/", schema, name="schema"),
    path("docs/", docs, name="docs"),
    path("v1/", include(v1)),
    re_path("", csrf_exempt(problems.unknown_address)),
]


# ---- what goes wrong before a view is reached (kefu/urls.py names these)
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    from django.views.defaults import page_not_found

    return problems.unknown_address(request) if json_address(request) else page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    from django.views.defaults import server_error as page

    return problems.broken(request) if json_address(request) else page(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    from django.views.defaults import bad_request as page

    return problems.bad_request(request) if json_address(request) else page(request, exception)
