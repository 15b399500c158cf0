"""Refunds that only a hook has caused, once their window is over: rows remember, a bell rings."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.engine import take_many
from flows.table import Who

from ..models import Refund
from ..states import R
from ..tables import REFUND

BATCH = 200
LATER = timedelta(minutes=5)


def send_due(*, at: datetime, limit: int = BATCH) -> int:
    """One pass over the refunds whose window is over. -> how many were looked at; fewer than `limit`: nothing is left.

    Two workers at once do no harm: whoever comes second finds it sent. One that cannot be sent backs off.
    """
    due = Refund.objects.filter(state=R.APPROVED, send_at__lte=at).order_by("send_at", "pk")
    pks = list(due.values_list("pk", flat=True)[:limit])
    taken = take_many(REFUND, "send", pks, who=Who.SYSTEM, by="system", at=at)
    if stuck := [t.subject.pk for t in taken if not t.moved]:
        Refund.objects.filter(pk__in=stuck, state=R.APPROVED).update(send_at=at + LATER)
    return len(pks)
