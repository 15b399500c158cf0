"""Machines pass no middleware that is for people: no session, language, CSRF or messages; a fifth of a hook's CPU."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from orders.couriers.services import COURIERS

from . import pushes
from .views import receive

ADDRESS = re.compile(rf"/hooks/([^/]+)(?:/({'|'.join(map(re.escape, COURIERS))}))?/?")


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, to stand after those that set every answer's headers. The address is also one of urls.py."""

    def respond(request: HttpRequest) -> HttpResponse:
        found = ADDRESS.fullmatch(request.path_info)
        if found is None:
            return get_response(request)
        request.get_host()  # one that we do not answer for is refused here as everywhere
        return pushes.receive(request, found[1], found[2]) if found[2] else receive(request, found[1])

    return respond
