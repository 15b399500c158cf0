"""Makers of toy subjects, moved where a test wants them through the door."""

from datetime import UTC, datetime, timedelta
from itertools import count

from deadlines.models import Change, Deadline
from flows import engine
from flows.models import Move, Reported
from flows.reports import Heard, report_many
from flows.table import Who
from outbox.models import Event

from .models import Call, Claim, Job, Note
from .tables import JOB

T = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, 9:00 in Shanghai
H = timedelta(hours=1)
_numbers = count(1)
# The steps that lead from the start to each state, and who takes them.
WAYS = {
    "waiting": (),
    "open": (("pay", Who.SHOP),),
    "aside": (("pay", Who.SHOP), ("set_aside", Who.AGENT)),
    "packed": (("pay", Who.SHOP), ("pack", Who.WAREHOUSE)),
    "sent": (("pay", Who.SHOP), ("send", Who.WAREHOUSE)),
    "back": (("pay", Who.SHOP), ("send", Who.WAREHOUSE), ("bounce", Who.AGENT)),
    "signed": (("pay", Who.SHOP), ("send", Who.WAREHOUSE), ("sign", Who.CUSTOMER)),
    "done": (("pay", Who.SHOP), ("send", Who.WAREHOUSE), ("sign", Who.CUSTOMER), ("finish", Who.SHOP)),
}


def make_jobs(shop, n, state="waiting", at=T, **fields):
    """n jobs that went the usual way to this state, all at one time."""
    begun = [Job(shop=shop, number=f"J{next(_numbers)}", state="waiting", **fields) for _ in range(n)]
    engine.start_many(JOB, [(j, engine.Want(0)) for j in begun], who=Who.SHOP, by="hook", at=at)
    for step, who in WAYS[state]:
        engine.take_many(JOB, step, [j.pk for j in begun], who=who, by="somebody", at=at)
    return list(Job.objects.filter(pk__in=[j.pk for j in begun]).order_by("pk"))


def make_job(shop, state="waiting", at=T, **fields):
    return make_jobs(shop, 1, state, at, **fields)[0]


def make_call(job, at=T, **fields):
    call = Call(shop_id=job.shop_id, number=f"C{next(_numbers)}", job=job, state="open", **fields)
    return engine.start(call, who=Who.AGENT, by="amy", at=at)


def make_claim(job, at=T, **fields):
    claim = Claim(shop_id=job.shop_id, number=f"K{next(_numbers)}", job=job, state="filed", **fields)
    return engine.start(claim, who=Who.AGENT, by="amy", at=at)


def take(subject, step, who=Who.AGENT, at=T, by="amy", **inputs):
    return engine.take(subject, step, who=who, by=by, at=at, inputs=inputs)


def hear(subject, kind, at=T, now=None, who=Who.SHOP, trigger="", **inputs):
    """One report of one subject -> what became of it."""
    heard = Heard(subject.pk, kind, at, who, "hook", inputs, trigger=trigger)
    [taken] = report_many(subject.flow, [heard], at=now or at)
    return taken


def clock(subject, name, part=""):
    """The newest row of this clock of the subject."""
    found = Deadline.objects.filter(flow=subject.flow.name, subject=subject.pk, clock=name, part=part)
    return found.order_by("pk").last()


def everything():
    """What a refusal may not have touched: counts, states and clocks of the whole database."""
    return {
        "logs": [m.objects.count() for m in (Move, Reported, Change, Event, Note)],
        "clocks": list(Deadline.objects.order_by("pk").values()),
        "subjects": [list(m.objects.order_by("pk").values()) for m in (Job, Call, Claim)],
    }
