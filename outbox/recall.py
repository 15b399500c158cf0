"""Take back what has been fanned out: said no more, by replay neither. Only a call under way cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rows import lock

from .models import Delivery, Event, Lane, Subscriber

WITHDRAWN = "withdrawn"


def recall(flow: str, subjects: Sequence[int], topic: str, *, at: datetime) -> set[int]:
    """All events of this topic about these subjects. -> the subjects of which it is being said at this very moment, by
    a call without an answer yet: that one may be heard, and is not repeated.

    In the transaction of the step that calls it off; locks as who fans out and who delivers: events, lanes, deliveries.
    """
    with transaction.atomic():
        waiting = Event.objects.filter(flow=flow, subject__in=subjects, topic=topic, rings_at__isnull=False)
        lock(Event, sorted(waiting.values_list("pk", flat=True)))
        waiting.update(rings_at=None, token=None, leased_until=None, withdrawn_at=at)
        lanes = Lane.objects.filter(subscriber__in=Subscriber.objects.values("pk"), flow=flow, subject__in=subjects)
        of = {lane.pk: lane.subject for lane in lock(Lane, sorted(lanes.values_list("pk", flat=True)))}
        said = Delivery.objects.filter(lane__in=of, event__topic=topic).order_by("pk")
        found = list(said.select_for_update(of=("self",)))
        Event.objects.filter(pk__in={d.event_id for d in found}, withdrawn_at=None).update(withdrawn_at=at)
        under_way = [d for d in found if d.token is not None and d.leased_until and d.leased_until >= timezone.now()]
        rest = [d.pk for d in found if d not in under_way]
        Delivery.objects.filter(pk__in=rest, rings_at__gt=at).update(rings_at=at)  # to be ended, not to bar its lane
    return {of[d.lane_id] for d in under_way}


def withdrawn(rows: Iterable[Delivery]) -> set[int]:
    """-> keys of those whose event was taken back."""
    events = {row.event_id for row in rows}
    if not events:
        return set()
    gone = set(Event.objects.filter(pk__in=events, withdrawn_at__isnull=False).values_list("pk", flat=True))
    return {row.pk for row in rows if row.event_id in gone}
