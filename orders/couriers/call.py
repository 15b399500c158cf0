"""One call of a service: by the house's own line, outside any transaction; whatever happens is an answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx
from django.utils.translation import gettext as _

from outbox.address import Refused
from outbox.line import LONGEST, assert_no_transaction, say

from .contract import Answer, Request, Unreadable
from .outcomes import Outcome

MOST = 512 * 1024  # bytes of an answer
HEADERS = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

logger = logging.getLogger(__name__)


class Spoken(NamedTuple):
    """sent: the service may have heard the question, and counted it."""

    answer: Answer
    sent: bool


def ask(request: Request, read: Callable[[bytes], Answer]) -> Spoken:
    """Never raises. Neither what is asked nor what is answered is logged: it names people's parcels."""
    assert_no_transaction()
    try:
        heard = say(request.url, HEADERS, request.body, most=MOST, until=time.monotonic() + LONGEST)
    except Refused as refused:
        return Spoken(Answer(Outcome.AWAY, str(refused)[:200], later=True), sent=False)
    except UNSENT:
        return Spoken(Answer(Outcome.AWAY, _("连接不上"), later=True), sent=False)
    except httpx.HTTPError:
        return Spoken(Answer(Outcome.AWAY, _("中断或超时"), later=True), sent=True)
    except Exception as error:  # an address that no client can make sense of
        logger.warning("a courier service cannot be called: %s", type(error).__name__)
        return Spoken(Answer(Outcome.AWAY, type(error).__name__, later=True), sent=False)
    if heard.status >= 500 or heard.status == 429:
        return Spoken(Answer(Outcome.AWAY, f"HTTP {heard.status}", later=True), sent=True)
    if heard.status != 200:
        return Spoken(Answer(Outcome.MALFORMED, f"HTTP {heard.status}"), sent=True)
    if not heard.whole:
        return Spoken(Answer(Outcome.MALFORMED, _("应答过大或不完整")), sent=True)
    return Spoken(_read(heard.body, read), sent=True)


def _read(body: bytes, read: Callable[[bytes], Answer]) -> Answer:
    try:
        return read(body)
    except Unreadable as unreadable:
        return Answer(Outcome.MALFORMED, str(unreadable)[:200])
    except Exception as error:  # a stranger's bytes: whatever they break, the row must end
        logger.warning("an answer of a courier service broke its reader: %s", type(error).__name__)
        return Answer(Outcome.MALFORMED, type(error).__name__)
