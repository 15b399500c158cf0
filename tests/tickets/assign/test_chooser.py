"""Who gets a ticket and why, and why not the others: the whole table, and what holds for any tickets and any people."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.assign import people, reasons
from tickets.assign.chooser import against, choose, distribute
from tickets.assign.people import Hand, Person, Waiting
from tickets.assign.rules import Rule
from tickets.assign.weighing import WHOLE

AT = datetime(2026, 11, 29, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KINDS = ("return", "logistics", "complaint")


def person(login="amy", load=0, room=8, seen=0.0, **fields):
    last = AT - seen * MINUTE
    return Person(login, login.upper(), status=fields.pop("status", "online"), last_seen=last, room=room * WHOLE,
                  load=load, **fields)  # fmt: skip


def hand(login="amy", /, *, desks=(), kinds=(), agent=True, lead=False, planned=True, **fields):
    return Hand(person(login, **fields), 1, agent, lead, planned, frozenset(desks), frozenset(kinds))


def ticket(pk=1, kind="return", waited=1.0, **fields):
    return Waiting(pk, 1, fields.pop("desk", "after_sales"), kind, AT - waited * MINUTE, **fields)


def chosen(t, *hands, rule=None):
    return choose(t, hands, rule or Rule(), at=AT, now=AT)


@pytest.mark.parametrize(("one", "t", "rule", "why"), [
    (hand(), ticket(), Rule(), ""),
    (hand(status="off"), ticket(), Rule(), people.OFF),
    (hand(status="away"), ticket(), Rule(), people.AWAY),
    (hand(seen=5.1), ticket(), Rule(), people.SILENT),
    (hand(seen=5), ticket(), Rule(), ""),
    (hand(seen=1.1), ticket(), Rule(silent_after=60), people.SILENT),
    (hand(planned=False), ticket(), Rule(), people.UNPLANNED),
    (hand(), ticket(gave_back="amy"), Rule(), people.GAVE_BACK),
    (hand(), ticket(), Rule(named=frozenset({"bob"})), people.NOT_NAMED),
    (hand(), ticket(), Rule(named=frozenset({"amy"})), ""),
    (hand(desks=["presale"]), ticket(), Rule(), people.NOT_HERE),
    (hand(kinds=["logistics"]), ticket(), Rule(), people.NO_SKILL),
    (hand(kinds=["logistics"]), ticket(waited=5), Rule(), ""),
    (hand(kinds=["logistics"], planned=False), ticket(waited=99), Rule(), people.UNPLANNED),
    (hand(load=28), ticket(), Rule(), ""),
    (hand(load=29), ticket(), Rule(), people.FULL),
    (hand(load=29), ticket(waited=99), Rule(), people.FULL),
    (hand(room=0), ticket(), Rule(), people.FULL),
    (hand(load=25), ticket(weight=8), Rule(), people.FULL),
])  # fmt: skip
def test_what_stands_against_somebody(one, t, rule, why):
    assert against(one, t, rule, at=AT, now=AT) == why


def test_each_thing_that_stands_against_somebody_has_its_words():
    codes = {v for k, v in vars(people).items() if k.isupper() and isinstance(v, str)} - {"online"}
    assert codes == set(reasons.AGAINST)


FULL_LEAD = {"agent": False, "lead": True, "load": 32}


@pytest.mark.parametrize(("t", "hands", "rule", "who", "why"), [
    (ticket(), [hand()], Rule(), "amy", "只有他能接；当前 0/8"),
    (ticket(), [hand(load=14), hand("bob", load=4)], Rule(), "bob", "最空闲；当前 1/8"),
    (ticket(), [hand(load=14), hand("bob", load=12, room=4)], Rule(), "amy", "最空闲；当前 3.5/8"),
    (ticket(), [hand(load=14), hand("bob", kinds=["return"])], Rule(), "bob", "技能：退换货；最空闲；当前 0/8"),
    (ticket(known="amy"), [hand(load=14), hand("bob")], Rule(), "amy", "熟悉的客服；当前 3.5/8"),
    (ticket(known="amy", followed=True), [hand(load=4), hand("bob")], Rule(), "amy", "一直由他跟进；当前 1/8"),
    (ticket(known="amy"), [hand(load=14), hand("bob")], Rule(prefer_known=False), "bob", "最空闲；当前 0/8"),
    (ticket(known="amy"), [hand(load=32), hand("bob")], Rule(), "bob", "只有他能接；当前 0/8"),
    (ticket(known="amy"), [hand(load=32), hand("bob")], Rule(hold_for=120), "",
     "先等熟悉的客服 AMY（已满），最多等 2 分钟"),
    (ticket(known="amy"), [hand(status="away"), hand("bob")], Rule(hold_for=120), "",
     "先等熟悉的客服 AMY（离开），最多等 2 分钟"),
    (ticket(known="amy"), [hand(status="off"), hand("bob")], Rule(hold_for=120), "bob", "只有他能接；当前 0/8"),
    (ticket(known="amy", waited=2), [hand(load=32), hand("bob")], Rule(hold_for=120), "bob", "只有他能接；当前 0/8"),
    (ticket(known="amy", red=True), [hand(load=32), hand("bob")], Rule(hold_for=120), "bob", "只有他能接；当前 0/8"),
    (ticket(red=True), [hand(), hand("lee", agent=False, lead=True)], Rule(), "lee",
     "红色先给主管；只有他能接；当前 0/8"),
    (ticket(red=True), [hand(), hand("lee", **FULL_LEAD)], Rule(), "amy", "只有他能接；当前 0/8"),
    (ticket(red=True), [hand(), hand("lee", agent=False, lead=True)], Rule(red_to_leads=False), "amy",
     "只有他能接；当前 0/8"),
    (ticket(), [hand(load=28), hand("lee", agent=False, lead=True)], Rule(), "amy", "只有他能接；当前 7/8"),
    (ticket(), [hand(load=32), hand("lee", agent=False, lead=True)], Rule(), "lee",
     "没有客服能接，由主管接；只有他能接；当前 0/8"),
    (ticket(waited=6), [hand(kinds=["logistics"])], Rule(), "amy", "已等 6 分钟，不再限技能；只有他能接；当前 0/8"),
    (ticket(), [], Rule(), "", "店铺还没有客服"),
    (ticket(), [hand(status="off"), hand("bob", status="away"), hand("cat", seen=9)], Rule(), "", "没有人在线"),
    (ticket(), [hand(status="off"), hand("bob", planned=False)], Rule(), "", "在线的人都不在班"),
    (ticket(), [hand(kinds=["logistics"]), hand("bob", planned=False)], Rule(), "", "在线的人都没有这项技能：退换货"),
    (ticket(), [hand(desks=["presale"])], Rule(), "", "在线的人都不做售后队列"),
    (ticket(), [hand()], Rule(named=frozenset({"bob"})), "", "指定的人都不在"),
    (ticket(), [hand(load=32), hand("bob", load=30), hand("cat", kinds=["complaint"])], Rule(), "",
     "能接的 2 人都已满"),
    (ticket(gave_back="amy"), [hand()], Rule(), "", "能接的人刚把它放回队列"),
    (ticket(), [hand()], Rule(on=False), "", "这个队列不自动分派，请领取或由主管分派"),
])  # fmt: skip
def test_who_gets_it_and_why(t, hands, rule, who, why):
    choice = chosen(t, *hands, rule=rule)
    assert (choice.hand.login if choice.hand else "", choice.why) == (who, why)


def test_why_not_the_others_is_said_for_each_of_them():
    others = [hand("bob", status="away"), hand("cat", load=32), hand("dan", kinds=["logistics"])]
    assert chosen(ticket(), hand(), *others).against == {"bob": "away", "cat": "full", "dan": "no_skill"}


def test_of_equals_the_one_who_was_given_something_longest_ago_is_next():
    hands = [hand("amy", given_at=AT - MINUTE), hand("bob", given_at=AT - 2 * MINUTE), hand("cat", given_at=AT)]
    assert chosen(ticket(), *hands).hand.login == "bob"
    assert chosen(ticket(), *hands, hand("dan")).hand.login == "dan"  # never yet
    assert chosen(ticket(), hand("bob"), hand("amy")).hand.login == "amy"


# ---- any tickets, any people
moments = st.floats(0, 30).map(lambda m: round(m, 3))
PEOPLE = ("amy", "bob", "cat", "dan")
people_ = st.builds(
    lambda login, **f: (login, f),
    st.sampled_from(PEOPLE),
    status=st.sampled_from(["online", "online", "online", "away", "off"]), load=st.integers(0, 20),
    room=st.integers(0, 5), seen=st.sampled_from([0.0, 0.0, 9.0]), planned=st.booleans(), lead=st.booleans(),
    agent=st.booleans(), kinds=st.sets(st.sampled_from(KINDS), max_size=2),
)  # fmt: skip
tickets_ = st.lists(
    st.builds(
        dict, kind=st.sampled_from(KINDS), waited=moments, red=st.booleans(), quiet=st.booleans(),
        weight=st.integers(1, 12), known=st.sampled_from(["", *PEOPLE]), gave_back=st.sampled_from(["", *PEOPLE]),
    ), max_size=12,
)  # fmt: skip
rules_ = st.builds(
    Rule, prefer_known=st.booleans(), hold_for=st.integers(0, 900), red_to_leads=st.booleans(),
    anybody_after=st.integers(0, 1800), named=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
)  # fmt: skip
scenes = st.tuples(st.lists(people_, max_size=4, unique_by=lambda p: p[0]), tickets_, rules_)


def played(scene):
    told, waiting, rule = scene
    hands = [hand(login, **fields) for login, fields in told]
    tickets = [ticket(n, **fields) for n, fields in enumerate(waiting, 1)]
    before = {h.login: h.person.load for h in hands}
    choices = list(distribute(tickets, hands, lambda _t: rule, at=AT, now=AT))
    return hands, tickets, rule, before, choices


@given(scenes)
def test_nobody_gets_more_than_there_is_room_for(scene):
    hands, _tickets, _rule, before, choices = played(scene)
    for h in hands:
        got = sum(c.ticket.weight for c in choices if c.hand is h)
        assert h.person.load == before[h.login] + got
        assert got == 0 or h.person.load <= h.person.room


@given(scenes)
def test_only_who_is_there_on_shift_and_able_is_given_anything(scene):
    *_rest, rule, _before, choices = played(scene)
    for c in choices:
        assert c.why
        if c.hand is None:
            continue
        h, t = c.hand, c.ticket
        assert (h.person.status, h.planned) == ("online", True)
        assert h.person.last_seen == AT
        assert t.gave_back != h.login
        long = AT - t.since >= timedelta(seconds=rule.anybody_after)
        assert long or not h.kinds or t.kind in h.kinds
        assert long or not rule.named or h.login in rule.named


@given(scenes)
def test_whoever_waits_longer_is_asked_first_and_red_before_all(scene):
    """Of two alike, the one that waits longer is never left while the other is given to somebody; what no customer
    waits in comes last."""
    *_rest, choices = played(scene)
    order = [(not c.ticket.red, c.ticket.quiet, c.ticket.since, c.ticket.pk) for c in choices]
    assert order == sorted(order)
    for i, a in enumerate(choices):
        for b in choices[i + 1 :]:
            x, y = a.ticket, b.ticket
            alike = (x.kind, x.red, x.quiet, x.known, x.gave_back) == (y.kind, y.red, y.quiet, y.known, y.gave_back)
            if alike and x.weight <= y.weight and not x.known:
                assert a.hand is not None or b.hand is None


@given(scenes)
def test_the_same_is_chosen_every_time_in_whatever_order_it_is_asked(scene):
    told, waiting, rule = scene
    *_rest, choices = played(scene)
    hands = [hand(login, **fields) for login, fields in reversed(told)]
    tickets = [ticket(n, **fields) for n, fields in reversed(list(enumerate(waiting, 1)))]
    again = list(distribute(tickets, hands, lambda _t: rule, at=AT, now=AT))
    said = [[(c.ticket.pk, c.hand and c.hand.login, c.why) for c in some] for some in (choices, again)]
    assert said[0] == said[1]
