"""Idempotency-Key: same key and same request, same answer, and the step is taken once.

The key's row is inserted first, in the very transaction of the effect; so the key and what was done under it commit
together or not at all. A second request with the key that is still under way waits on that row (PostgreSQL: on the
unique index; SQLite: on the writers' lock), then finds the answer, or does the work itself where the first one failed.
A refusal is an answer too and is kept; what is our fault (5xx) leaves nothing behind, so that the request can be tried
again. Beneath it stands a second wall: the key is the trigger of its moves, at most one of a subject each.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from shops.access import Caller

from .models import Answer
from .problems import Problem, problem_of, respond

HEADER = "HTTP_IDEMPOTENCY_KEY"
KEY = re.compile(r"[\x21-\x7e]{1,255}")  # as the schema says
KEPT = ("Content-Type", "ETag", "Location", "Cache-Control", "Retry-After")


def once(request: Request, caller: Caller, act: Callable[[str], HttpResponse]) -> HttpResponse:
    """act(trigger) -> the answer; done at most once per key. Raises Problem 400 for a bad key, 422 for a key in use."""
    sent = request.META.get(HEADER)
    if sent is None:
        return act("")
    if not KEY.fullmatch(sent):
        raise Problem(400, "idempotency-key", _("Idempotency-Key 须是 1 到 255 个可见的 ASCII 字符"))
    key, digest = _hash(caller.person, sent), _digest(request)
    try:
        return _within(request, caller, key, digest, act)
    except _Ours as ours:
        return ours.response


class _Ours(Exception):
    """An answer that must not be kept: nothing of the transaction may stay."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def _within(
    request: Request, caller: Caller, key: str, digest: str, act: Callable[[str], HttpResponse]
) -> HttpResponse:
    with transaction.atomic():
        row, new = _hold(key, digest, _seen(caller))
        if not new:
            return _again(row, digest, _seen(caller))
        try:
            with transaction.atomic():  # a refusal takes the effect back, not the key
                response = act(f"rest:{key}"[:80])
        except Exception as error:
            response = respond(problem_of(error), request._request)
        if response.status_code >= 500:
            raise _Ours(response)
        _keep(row, response)
    return response


def _hold(key: str, digest: str, seen: str) -> tuple[Answer, bool]:
    """The key's row, and whether it is ours; waits for another request that has it."""
    try:
        with transaction.atomic():
            return Answer.objects.create(key=key, digest=digest, seen=seen, at=timezone.now()), True
    except IntegrityError:
        return Answer.objects.get(key=key), False


def _again(row: Answer, digest: str, seen: str) -> HttpResponse:
    if row.digest != digest:
        raise Problem(422, "idempotency-key", _("这个 Idempotency-Key 已用于另一个请求"))
    if row.status is None or row.seen != seen:
        raise Problem(422, "idempotency-expired", _("这个请求早已答复，答复已不再保留"))
    response = HttpResponse(row.body, status=row.status)
    for name, value in row.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(row: Answer, response: HttpResponse) -> None:
    row.status, row.body = response.status_code, response.content.decode()
    row.headers = {name: response.headers[name] for name in KEPT if name in response.headers}
    row.save(update_fields=["status", "body", "headers"])


def forget(before: datetime) -> int:
    """Empty the answers given before then: they may hold personal data. -> how many. The keys stay taken."""
    return Answer.objects.filter(at__lt=before, status__isnull=False).update(status=None, body="", headers={})


def _digest(request: Request) -> str:
    return _hash(str(request.method), request.get_full_path(), request.META.get("HTTP_IF_MATCH", ""), request.data)


def _seen(caller: Caller) -> str:
    """An answer is not shown again to a caller who may since see less."""
    return _hash(sorted(caller.roles.items()), sorted(caller.sees_personal.items()))


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
