"""POST /hooks/{shop}/: verify, read, store, answer. Nothing is parsed or kept before the signature is proved."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from . import tasks
from .answers import Problem, answer, refuse, too_many
from .bodies import MOST_BYTES, body_of
from .buckets import Buckets
from .endpoints import ENDPOINTS, NOBODY
from .platform import Dialect, Endpoint, Secret, Told
from .platforms import DIALECTS
from .refused import Refused
from .store import store
from .strict import read

RETRY = "5"  # seconds to come back in while the database is away

logger = logging.getLogger(__name__)

__all__ = ["BAD", "GOOD", "MOST_BYTES", "receive"]

# Each process counts for itself. A good signature has by far the larger bucket, and a bad one never empties it.
GOOD = Buckets(*getattr(settings, "KEFU_HOOK_RATE", (2_000, 20_000)))  # a second, at once; per shop
BAD = Buckets(*getattr(settings, "KEFU_BAD_HOOK_RATE", (10, 600)))  # per client address


@csrf_exempt
def receive(request: HttpRequest, shop: str) -> HttpResponse:
    """The one way in. Never a 500: whatever goes wrong here, the sender is asked to come back."""
    try:
        return _received(request, shop)
    except Problem as problem:
        return refuse(request, problem)
    except Error as error:
        logger.warning("the database does not answer a hook: %s", type(error).__name__)
    except Exception as error:
        logger.exception("a hook broke: %s", type(error).__name__)
    return refuse(request, Problem(503, "unavailable", "Try again later.", **{"Retry-After": RETRY}))


def _received(request: HttpRequest, code: str) -> HttpResponse:
    if request.method != "POST":
        raise Problem(405, "method-not-allowed", "Only POST.", Allow="POST")
    raw = body_of(request)
    if _only_tries(request, raw):
        return answer(200, {})
    endpoint, secret, headers = _proved(request, code, raw)
    if wait := GOOD.take(endpoint.shop):
        raise too_many(wait)
    return _kept(DIALECTS[endpoint.dialect], endpoint, secret, headers, raw)


def _only_tries(request: HttpRequest, raw: bytes) -> bool:
    """A platform's unsigned try of the address: the same answer at every address, so it tells nothing of any shop."""
    kind, _, parameters = request.META.get("CONTENT_TYPE", "").lower().partition(";")
    if kind.strip() in ("", "application/x-www-form-urlencoded"):
        if any(dialect.ping(raw) for dialect in DIALECTS.values()):
            return True
    elif kind.strip() == "application/json" and parameters.strip().replace('"', "") in ("", "charset=utf-8"):
        if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() == "identity":
            return False
        raise Problem(415, "content-encoding", "The body must not be compressed.")
    raise Problem(415, "media-type", "The body must be application/json in UTF-8.")


def _proved(request: HttpRequest, code: str, raw: bytes) -> tuple[Endpoint, Secret, dict[str, str]]:
    """Raises 401, one same answer for whatever is wrong."""
    while True:
        endpoint = ENDPOINTS.get(code)
        if endpoint.dialect not in DIALECTS:
            endpoint = NOBODY
        dialect = DIALECTS[endpoint.dialect]
        headers = dialect.kept(request.META)
        secret = dialect.verify(raw, headers, endpoint.secrets, time.time())
        if secret is not None and endpoint is not NOBODY:
            return endpoint, secret, headers
        if not ENDPOINTS.read_again():
            break
    if wait := BAD.take(request.META.get("REMOTE_ADDR", "")):
        raise too_many(wait)
    raise Problem(401, "signature", "The signature does not prove this message.", **{"WWW-Authenticate": "Signature"})


def _kept(dialect: Dialect, endpoint: Endpoint, secret: Secret, headers: dict[str, str], raw: bytes) -> HttpResponse:
    body: dict[str, Any] = {}
    refused: Refused | None = None
    try:
        body = read(raw)
        told = dialect.translate(body, headers, endpoint)
    except Refused as error:
        refused = error
        if refused.status != 422:
            raise Problem.of(refused) from None
        told = Told(dialect.identify(headers, body)[1])
    key, _ = dialect.identify(headers, body)
    why = f"{refused.code}: {refused.detail} {refused.pointer}".strip() if refused else ""
    kept = store(
        endpoint.shop, dialect.name, key, told,
        raw=raw, headers=headers, secret=secret.id, at=timezone.now(), rejected=why,
    )  # fmt: skip
    if not kept.same:
        logger.error("shop %s: event %s came again with another body", endpoint.code, kept.event)
        raise Problem(409, "conflict", "This id was seen before with another body.")
    if refused:
        raise Problem.of(refused)
    if kept.new:
        transaction.on_commit(tasks.BELL.ring)
        return answer(202, dialect.answer(kept.event, "accepted"))
    return answer(200, dialect.answer(kept.event, "duplicate"))
