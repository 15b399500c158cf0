"""Write what happened, take back what nobody has heard, say again what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from rows import insert

from .models import Delivery, Event


@dataclass(frozen=True, slots=True)
class Written:
    """An event to be. `seq` is its subject's; what rings later than `at` is held, to be withdrawn until then."""

    shop_id: int
    topic: str
    flow: str
    subject: int
    seq: int
    data: dict[str, Any] | str  # or JSON text
    at: datetime
    rings_at: datetime


NAMES = tuple(field.name for field in fields(Written))


def write(events: Sequence[Written | tuple[Any, ...]], *, ids: Sequence[int] = ()) -> None:
    """Insert events in one statement, in the transaction of what caused them; the bell rings when it commits.

    Tuples stand in the order of NAMES. `ids`: keys the caller allocated (`rows.allocate`), if it wants to know them.
    """
    if not events:
        return
    written = [astuple(e) if isinstance(e, Written) else e for e in events]
    if ids:
        insert(Event, ("pk", *NAMES), [(pk, *e) for pk, e in zip(ids, written, strict=True)])
    else:
        insert(Event, NAMES, written)
    _ring()


def withdraw(event_id: int, *, at: datetime) -> bool:
    """Pull an event back; False if it was claimed, sent or withdrawn before: then the world may know of it.

    One conditional update: of a withdrawal and a claim at the same time exactly one succeeds.
    """
    waiting = Event.objects.filter(pk=event_id, rings_at__isnull=False, token=None)
    return waiting.update(rings_at=None, withdrawn_at=at) == 1


def held(flow: str, subject: int, topic: str) -> list[int]:
    """Keys of the events that a subject has in the queue; for who wants to withdraw one and did not keep its key."""
    waiting = Event.objects.filter(flow=flow, subject=subject, topic=topic, rings_at__isnull=False)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def replay(deliveries: Sequence[int], *, at: datetime) -> int:
    """Say again what was delivered or is dead, in the same bytes under the same id; -> how many. What was taken back
    stays unsaid: an instruction that was called off must not be carried out after all."""
    ended = Delivery.objects.filter(pk__in=deliveries, rings_at=None, event__withdrawn_at=None).filter(
        Q(delivered_at__isnull=False) | Q(dead_at__isnull=False)
    )
    count = ended.update(rings_at=at, attempts=0, dead_at=None, failure="", token=None, leased_until=None)
    _ring()
    return count


def _ring() -> None:
    from .tasks import ring  # the task stands above: it delivers what is written here

    transaction.on_commit(ring)
