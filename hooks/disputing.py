"""Which dispute of a return an event speaks of: one that is named, else the one that was open at that time.

A platform that names none may open a second one; what overtakes the end of the first is then heard of the first. What a
ruling does to the return and its money is the same either way (returns/ruling.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from returns.models import Dispute, Return
from returns.states import D
from returns.tables import DISPUTE

from . import events as e
from .platform import Event
from .subjects import Known

Spoken = tuple[int, Event]  # a shop's key, an event


@dataclass(frozen=True)
class Disputes:
    """The disputes of the returns that a wave speaks of, as they are now: one statement."""

    found: Sequence[Dispute]

    @classmethod
    def of(cls, spoken: Iterable[Spoken]) -> Disputes:
        told = [(shop, ev.data.return_) for shop, ev in spoken if isinstance(ev.data, e.DisputeFact)]
        if not told:
            return cls([])
        which = Dispute.objects.filter(shop__in={s for s, _r in told}, about__in={r for _s, r in told})
        return cls(list(which.order_by("created_at", "pk")))

    def spoken_to(self, shop: int, event: Event, known: Known) -> list[tuple[str, int]]:
        """(flow, key) of everybody who hears the event."""
        if isinstance(event.data, e.DisputeFact):
            return [("dispute", pk) for pk in self.hearing(shop, event)]
        return known.spoken_to(shop, event.data)

    def hear(self, shop: int, event: Event) -> bool:
        """Is it an opening that begins nothing, since a dispute is there?"""
        return isinstance(event.data, e.DisputeOpened) and bool(self.hearing(shop, event))

    def hearing(self, shop: int, event: Event) -> list[int]:
        """The dispute that hears this; none where there is none yet, or where an opening begins the next one."""
        data = event.data
        assert isinstance(data, e.DisputeFact)
        mine = [d for d in self.found if (d.shop_id, d.about) == (shop, data.return_)]
        named = [d for d in mine if data.number and data.number in (d.number, d.platform.get("number"))]
        if named:
            return [named[-1].pk]
        if isinstance(data, e.DisputeOpened) and not _stands_open(mine, event.at):
            return []
        return [at_that_time(mine, event.at).pk] if mine else []


def _stands_open(mine: Sequence[Dispute], at: datetime) -> bool:
    """Is one still open, or had it not ended by then?"""
    return any(d.state not in DISPUTE.final or (d.ended_at is not None and at <= d.ended_at) for d in mine)


def at_that_time(mine: Sequence[Dispute], at: datetime) -> Dispute:
    """The last that had been opened by then; of a time before all of them, the first."""
    return next((d for d in reversed(mine) if d.created_at <= at), mine[0])


def dispute_of(data: e.DisputeOpened, shop: int, at: datetime, ret: Return) -> tuple[Dispute, dict[str, object]]:
    """-> the subject to start, and the inputs of its start."""
    begun = Dispute(
        shop_id=shop, order_id=ret.order_id, of=ret, number=data.number or "", state=D.OPENED,
        reason=data.reason[:300], opened_by="hook",
    )  # fmt: skip
    told = {"words": data.words, "due_at": data.due_at, "status": data.status, "version": str(data.version or "")}
    return begun, {name: value for name, value in told.items() if value}
