"""Every error of the API as application/problem+json (RFC 9457). No value of a request stands in it."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions

logger = logging.getLogger(__name__)
RETRY = "5"  # seconds to come back in while the database is away
Errors = list[dict[str, Any]]


class Problem(Exception):
    """A refusal; becomes its answer. more: further members; errors: [{"pointer", "code", "detail"}]."""

    def __init__(
        self, status: int, code: str, detail: str = "", *, errors: Errors | None = None,
        headers: Mapping[str, str] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.more = errors or [], dict(headers or {}), more

    def body(self, instance: str) -> dict[str, Any]:
        told = {
            "type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status,
            "detail": self.detail, "instance": instance, "code": self.code, **self.more,
        }  # fmt: skip
        return {**told, "errors": self.errors} if self.errors else told


def invalid(detail: str, pointer: str = "", code: str = "invalid") -> Problem:
    return Problem(400, "validation", _("输入有误"), errors=[{"pointer": pointer, "code": code, "detail": detail}])


def not_found() -> Problem:
    return Problem(404, "not-found", _("没有这个对象"))


def answer(body: Any, status: int = 200, *, headers: Mapping[str, str] | None = None, kind: str = "") -> HttpResponse:
    """JSON that no cache keeps."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, status=status, content_type=kind or "application/json")
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def respond(problem: Problem, request: HttpRequest) -> HttpResponse:
    body = problem.body(request.path)
    return answer(body, problem.status, headers=problem.headers, kind="application/problem+json")


def problem_of(error: Exception) -> Problem:
    """What went wrong, as a problem: whatever is not foreseen is a 500 that says nothing but its own id."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.APIException):
        return _of_rest(error)
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, PermissionDenied):
        return Problem(403, "forbidden", _("无权操作"))
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "too-large", _("内容过大"))
    if isinstance(error, SuspiciousOperation):
        return Problem(400, "bad-request", _("请求有误"))
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("the database does not answer the API: %s", type(error).__name__)
        return Problem(503, "unavailable", _("暂时不可用，请稍后再试"), headers={"Retry-After": RETRY})
    ident = str(uuid.uuid4())
    logger.error("the API broke, request %s", ident, exc_info=error)
    return Problem(500, "internal", _("内部错误"), request_id=ident)


CODES = {
    401: "unauthorized", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 406: "not-acceptable",
    415: "media-type",
}  # fmt: skip


def _of_rest(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        return Problem(400, "validation", _("输入有误"), errors=list(flat(error.detail)))
    status = error.status_code
    words = {
        401: _("请登录，或出示有效的 API 密钥"),
        405: _("此地址不支持这个方法"),
        415: _("内容须是 application/json"),
    }
    detail = words.get(status) or (_("无权操作") if status == 403 else HTTPStatus(status).phrase)
    code = "csrf" if status == 403 and "CSRF" in str(error.detail) else CODES.get(status, "error")
    return Problem(status, code, detail)


def flat(detail: Any, pointer: str = "") -> Iterable[dict[str, Any]]:
    """A serializer's errors with JSON pointers (RFC 6901); what is wrong with the whole stands at the whole."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name == "non_field_errors"
            yield from flat(inner, pointer if whole else f"{pointer}/{escaped(str(name))}")
    elif isinstance(detail, list | tuple) and any(isinstance(x, Mapping | list | tuple) for x in detail):
        for i, inner in enumerate(detail):
            yield from flat(inner, f"{pointer}/{i}") if inner else ()
    else:
        for one in detail if isinstance(detail, list | tuple) else [detail]:
            code = str(getattr(one, "code", "invalid"))
            words = _("不是可选的值") if code == "invalid_choice" else str(one)  # its own words repeat the value
            yield {"pointer": pointer, "code": code, "detail": words}


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


# ---- what goes wrong before or outside of a view (kefu/urls.py)
def unknown_address(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    return respond(Problem(404, "not-found", _("没有这个地址")), request)


def broken(request: HttpRequest) -> HttpResponse:
    return respond(Problem(500, "internal", _("内部错误"), request_id=str(uuid.uuid4())), request)


def bad_request(request: HttpRequest, _error: Exception | None = None) -> HttpResponse:
    return respond(Problem(400, "bad-request", _("请求有误")), request)
