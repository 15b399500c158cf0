"""The rows of a clock against a brute-force account of its time, in random histories."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadlines.models import Deadline
from flows import engine
from flows.effects import Wind
from flows.table import Who
from shops import policy
from shops.models import CalendarDay
from tests.errands.make import clock
from tests.errands.models import Claim, Job
from tests.factories import make_shop

T = datetime(2026, 4, 27, 3, tzinfo=UTC)  # the week before Labour Day
HOURS = ["natural", "workdays", "working", "days_from_next"]
# A job's "sign" clock runs while it is sent, and a claim of the job holds it: so do two at once.
EVENTS = ["hold", "hold", "release", "release", "leave", "come", "anew"]
history = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(1, 90_000)), min_size=1, max_size=10)


def account(events, limit, hours, calendar):
    """Walk the history. -> what the clock should show: None, ("running", due) or ("held", seconds left); or it rang."""
    due, left, holds = calendar.add(T, limit, hours), None, 0
    inside = True
    for event, at in events:
        if inside and due is not None and due <= at:
            return "rang"
        if event == "hold":
            holds += 1
        elif event == "release" and holds:
            holds -= 1
        elif event == "leave" and inside:
            inside, due, left = False, None, None
        elif (event == "come" and not inside) or (event == "anew" and inside):
            inside = True
            due, left = calendar.add(at, limit, hours), None
        if inside and holds and due is not None:
            left, due = calendar.between(at, due, hours), None
        if inside and not holds and left is not None:
            due, left = calendar.resume(at, left, hours), None
    if not inside:
        return None
    return ("held", left) if due is None else ("running", due)


def moments(drawn):
    at = T
    for event, gap in drawn:
        at += timedelta(seconds=gap)
        yield event, at


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(history, st.integers(60, 400_000), st.sampled_from(HOURS))
def test_what_is_left_equals_a_brute_force_account(db, drawn, limit, hours):
    limit = limit if hours != "days_from_next" else -(-limit // 86400) * 86400
    shop = make_shop(preset=False)
    for day in (1, 4, 5):
        CalendarDay.objects.create(date=date(2026, 5, day), kind="off", shop=shop)
    CalendarDay.objects.create(date=date(2026, 5, 9), kind="makeup", shop=shop)
    changes = {"after": limit, "hours": hours, "warn": 0, "day_off": ""}
    policy.edit(shop, {"limits": {"auto_sign": changes}}, "lea", T)
    job = sent_job(shop)
    events = list(moments(drawn))
    expected = account(events, limit, hours, policy.of(shop.pk).calendar)
    if expected == "rang":
        return
    claims = []
    for event, at in events:
        happen(job, event, at, claims)
    row = clock(job, "sign")
    assert Deadline.objects.filter(flow="job", subject=job.pk, clock="sign", ended_at=None).count() == bool(expected)
    if expected is None:
        assert row.ended == "stopped"
    elif expected[0] == "held":
        assert (row.left, row.due_at, row.rings_at) == (expected[1], None, None)
    else:
        assert (row.left, row.due_at, row.rings_at) == (None, expected[1], expected[1])


def sent_job(shop):
    job = engine.start(Job(shop=shop, number="1", state="open"), who=Who.SHOP, by="x", at=T)
    return engine.take(job, "send", who=Who.WAREHOUSE, by="x", at=T)


def happen(job, event, at, claims):
    state = Job.objects.values_list("state", flat=True).get(pk=job.pk)
    if event == "hold":
        claim = Claim(shop_id=job.shop_id, number=f"K{len(claims)}", job=job, state="filed")
        claims.append(engine.start(claim, who=Who.AGENT, by="x", at=at))
    elif event == "release" and any(c.state == "filed" for c in claims):
        i = next(i for i, c in enumerate(claims) if c.state == "filed")
        claims[i] = engine.take(claims[i], "void", who=Who.AGENT, by="x", at=at)
    elif event == "leave" and state == "sent":
        engine.take(job, "bounce", who=Who.AGENT, by="x", at=at)
    elif event == "come" and state == "back":
        engine.take(job, "resend", who=Who.AGENT, by="x", at=at)
        Job.objects.filter(pk=job.pk).update(sent_at=at)
        engine.take(job, "send", who=Who.WAREHOUSE, by="x", at=at)
    elif event == "anew" and state == "sent":
        inputs = {"asked": [Wind("sign", "", at, again=True)]}
        engine.take(job, "poke", who=Who.AGENT, by="x", at=at, inputs=inputs)
