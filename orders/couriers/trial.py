"""Trying a contract: one number is asked for at once, by hand; what came of it is kept, and nobody is told a track."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from flows.due import local

from ..models import CourierContract, Lookup
from . import working
from .call import ask
from .contract import Answer
from .outcomes import Kind, Outcome
from .whose import whose


def trial(contract: CourierContract, *, carrier: str, number: str, phone: str, by: str, at: datetime) -> Lookup:
    """phone: the last four digits, where the number is no parcel of ours. -> the question as it ended."""
    row = Lookup(
        shop_id=contract.shop_id, service=contract.service, kind=Kind.TRIAL, carrier=carrier[:40],
        tracking_number=number[:64], by=by[:80], created_at=at, ended_at=at,
    )  # fmt: skip
    answer = _answer(row, contract, phone, at)
    row.outcome, row.words = answer.outcome.value, answer.words[:300]
    if answer.track is not None:
        row.state, row.flag = answer.track.state, answer.track.flag
    row.save()
    return row


def _answer(row: Lookup, contract: CourierContract, phone: str, at: datetime) -> Answer:
    owners = whose([(row.shop_id, row.tracking_number)])[row.shop_id, row.tracking_number]
    ready = working.prepared(row, contract, owners, at=at, phone=phone)
    if isinstance(ready, datetime):
        when = local(ready, row.shop_id, at)
        return Answer(Outcome.TOO_OFTEN, _("刚查过，%s 后才能再查，没有发出") % when)
    if isinstance(ready, Answer):
        return ready
    return ask(ready[3], ready[2].answered).answer
