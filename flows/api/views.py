"""What every address of the API does alike: who asks, JSON in and out, problems, no cache, no method but its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from shops.access import Caller

from .bodies import MOST_BYTES, StrictJSON, too_large
from .callers import KeyAuthentication, StaffSession, caller_of
from .keys import once
from .openapi import Op, ViewSchema
from .problems import Problem, problem_of, respond
from .queries import Param, read_query


class AlwaysJSON(BaseContentNegotiation):
    """There is one representation: nobody is refused for what else would be accepted."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """A body must say that it is JSON; an empty one need not."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next(iter(parsers)) if kind == "application/json" else None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


class Address(APIView):
    """One address. docs: {method: Op}; a method's declared parameters are the ones that it takes.

    most_bytes: of a body.
    """

    authentication_classes = (KeyAuthentication, StaffSession)
    permission_classes = (IsAuthenticated,)
    parser_classes = (StrictJSON,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJSON
    http_method_names = ["get", "head", "post", "put", "patch"]
    schema = ViewSchema()
    most_bytes: ClassVar[int] = MOST_BYTES
    docs: ClassVar[dict[str, Op]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The declared length is looked at before a byte is read."""
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit() and int(length[:18]) > self.most_bytes:
            raise too_large(self.most_bytes)
        if not length and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            raise Problem(411, "length-required", _("请求须带 Content-Length"))
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        problem = problem_of(exc)
        if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            problem.headers["WWW-Authenticate"] = str(self.get_authenticate_header(self.request))
        return respond(problem, self.request._request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    # ---- what a method asks for first
    def caller(self) -> Caller:
        return caller_of(self.request)

    def query(self) -> dict[str, Any]:
        op = self.docs.get((self.request.method or "get").lower()) or self.docs.get("get")
        params: tuple[Param, ...] = op.params if op else ()
        return read_query(self.request, params)

    def once(self, act: Callable[[str], HttpResponse]) -> HttpResponse:
        """For a POST: act(trigger) at most once per Idempotency-Key."""
        _body = self.request.data  # broken JSON is refused before the key is looked at
        return once(self.request, self.caller(), act)


def json_address(request: HttpRequest) -> bool:
    """Whether machines ask here, who are told problems, not pages."""
    return request.path.startswith(("/api/", "/hooks/"))
