"""PostgreSQL's text holds no NUL: a page of the desk that is asked for one finds nothing by it, and fails nowhere."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .plans import DESK

NUL, STRANGE = "%00", "%EF%BF%BD"  # U+FFFD, which stands for what cannot be read and is in no name or code


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, before anything reads the address. The API says of a NUL that it is one (flows/api/bodies.py)."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(DESK) and NUL in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace(NUL, STRANGE)
        return get_response(request)

    return respond
