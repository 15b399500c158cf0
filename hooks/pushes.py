"""POST /hooks/{shop}/{service}/: a courier service pushes. Prove, store, answer in its own words.

The signature stands in the form, so the form is taken apart; nothing else of it is read before it is proved.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from orders.couriers.contract import Courier
from orders.couriers.services import COURIERS

from . import tasks
from .answers import Problem, answer, too_many
from .bodies import body_of
from .couriers import PART, SERVICES, TYPE, parts, read
from .endpoints import PUSHERS, Pusher
from .platform import Told
from .refused import Refused
from .store import store
from .views import BAD, GOOD, RETRY

Form = dict[str, Any]
logger = logging.getLogger(__name__)


@csrf_exempt
def receive(request: HttpRequest, shop: str, service: str) -> HttpResponse:
    """Never a 500: whatever goes wrong here, the service is asked to come back."""
    courier, form = COURIERS[service], Form()
    try:
        return _received(request, courier, shop, form)
    except Problem as problem:
        return _refuse(courier, form, problem)
    except Refused as refused:
        return _refuse(courier, form, Problem.of(refused))
    except Error as error:
        logger.warning("the database does not answer a push: %s", type(error).__name__)
    except Exception as error:
        logger.exception("a push broke: %s", type(error).__name__)
    return _refuse(courier, form, Problem(503, "unavailable", _("请稍后重试"), **{"Retry-After": RETRY}))


def _received(request: HttpRequest, courier: Courier, shop: str, form: Form) -> HttpResponse:
    """form: filled with what was read, for the answer."""
    if request.method != "POST":
        raise Problem(405, "method-not-allowed", "Only POST.", Allow="POST")
    raw = body_of(request)
    kind = request.META.get("CONTENT_TYPE", "").lower().partition(";")[0].strip()
    if kind not in ("", "application/x-www-form-urlencoded"):
        raise Problem(415, "media-type", "The body must be a form.")
    form |= read(raw)
    pusher = _proved(request, courier, shop, form)
    if wait := GOOD.take(pusher.endpoint.shop):
        raise too_many(wait)
    _keep(courier, pusher, form, raw)
    return answer(200, courier.heard(form, True, "", timezone.now()))


def _proved(request: HttpRequest, courier: Courier, shop: str, form: Form) -> Pusher:
    """Raises 401, one same answer for whatever is wrong."""
    while True:
        pusher = PUSHERS.get(f"{shop}/{courier.name}")
        if courier.proves(form, pusher.account) and pusher.endpoint.shop:
            return pusher
        if not PUSHERS.read_again():
            break
    if wait := BAD.take(request.META.get("REMOTE_ADDR", "")):
        raise too_many(wait)
    raise Problem(401, "signature", _("签名错误"))


def _keep(courier: Courier, pusher: Pusher, form: Form, raw: bytes) -> None:
    """One row for each number of which it speaks. Raises Refused 422 where nothing in it can be read."""
    try:
        pushes = parts(courier, form)
    except Refused as refused:
        _store(courier, pusher, raw, "0", f"sha256:{hashlib.sha256(raw).hexdigest()}", form, refused)
        raise
    failed = [f for place, push in enumerate(pushes) if (f := _store(courier, pusher, raw, str(place), push.id, form))]
    transaction.on_commit(tasks.BELL.ring)
    if len(failed) == len(pushes):
        raise failed[0]


def _store(
    courier: Courier, pusher: Pusher, raw: bytes, place: str, key: str, form: Form, refused: Refused | None = None
) -> Refused | None:
    """-> why it is no event, where it is none. The same news again, in whatever bytes, changes nothing."""
    told, headers, dialect = Told(TYPE), {PART: place}, SERVICES[courier.name]
    try:
        if refused is None:
            told = dialect.translate(form, headers, pusher.endpoint)
    except Refused as error:
        refused = error
    why = f"{refused.code}: {refused.detail} {refused.pointer}".strip() if refused else ""
    store(
        pusher.endpoint.shop, courier.name, key, told,
        raw=raw, headers=headers, secret=pusher.contract, at=timezone.now(), rejected=why,
    )  # fmt: skip
    return refused


def _refuse(courier: Courier, form: Form, problem: Problem) -> HttpResponse:
    """The service's own words to a failure; the status for whoever reads that."""
    response = answer(problem.status, courier.heard(form, False, problem.detail, timezone.now()))
    for name, value in problem.headers.items():
        response.headers[name] = value
    response._has_been_logged = True  # type: ignore[attr-defined]  # as every refusal of a hook
    return response
