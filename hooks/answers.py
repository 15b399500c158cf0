"""The answers of a hook's address: what its platform expects to a 2xx, RFC 9457 to everything else."""

from __future__ import annotations

import json
from http import HTTPStatus
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse

from .refused import Refused


class Problem(Exception):
    """A refusal on the way to the body; becomes its answer."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers
        self.errors: list[dict[str, Any]] = []

    @classmethod
    def of(cls, refused: Refused) -> Problem:
        problem = cls(refused.status, refused.code, refused.detail)
        problem.errors = refused.errors
        return problem


def too_many(seconds: float) -> Problem:
    return Problem(429, "rate-limited", "Too many messages.", **{"Retry-After": str(max(1, ceil(seconds)))})


def answer(status: int, body: dict[str, Any], content_type: str = "application/json") -> HttpResponse:
    response = HttpResponse(json.dumps(body), content_type=content_type, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Length"] = str(len(response.content))  # CommonMiddleware is passed by (shortcut.py)
    return response


def refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    """No value of the message stands in it, and of the request only its own path."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = problem.errors
    response = answer(problem.status, body, "application/problem+json")
    for name, value in problem.headers.items():
        response.headers[name] = value
    # Django would log every 4xx: whoever knows an address could write into our log
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
