"""What a test reads of parcels, of the inbox and of the outbox."""

from deadlines.models import Deadline
from hooks.models import Inbox
from outbox.models import Event
from returns.models import BackParcel, ReturnLine


def inbox(event):
    row = Inbox.objects.get(pk=event)
    return row.outcome, row.why


def live(ret):
    return list(BackParcel.objects.filter(of=ret.pk, bounced_at=None).order_by("pk"))


def line(ret, name="1"):
    return ReturnLine.objects.get(of=ret.pk, line__line=name)


def told(topic):
    return [e.data for e in Event.objects.filter(topic=topic).order_by("pk")]


def clocks(subject):
    mine = Deadline.objects.filter(flow=subject.flow.name, subject=subject.pk, ended_at=None)
    return sorted(mine.values_list("clock", flat=True))
