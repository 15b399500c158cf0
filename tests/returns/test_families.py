"""One lock order in a family of orders: what moves the replacement and what moves its return do not deadlock."""

import time

import pytest
from django.db import transaction
from django.utils import timezone

from flows import engine, followups
from flows.effects import Refused
from flows.permit import lock
from flows.table import Who
from orders.models import Entry, Order
from orders.tables import ORDER
from returns.models import Return
from returns.tables import RETURN
from tests.flows.test_races import at_once
from tests.orders.hands import parcel
from tests.orders.test_statements import counted
from tests.returns.hands import Hands


def exchanging(hands, n):
    """{return, its replacement}: the replacement is packed."""
    hands.signed(f"A{n}")
    ret = hands.go(
        hands.ask(order=f"A{n}", kind="exchange", reason="quality"), ("approve", "agent"), ("receive", "warehouse"),
        ("inspect", "warehouse"), ("exchange", "agent"),
    )  # fmt: skip
    order = hands.go(hands.order(f"A{n}-H1"), ("audit", "auditor"), ("pack", "warehouse"))
    return ret, order


def test_a_step_locks_the_first_of_the_family_by_the_same_statement(hands):
    _ret, order = exchanging(hands, 1)
    sent = counted(lambda: hands.take(order, "ship", "warehouse", parcels=[parcel("ZT1")]))
    alone = counted(lambda: hands.take(hands.picking("B1"), "ship", "warehouse", parcels=[parcel("ZT2")]))
    locks = [s for s in sent if "origin_id" in s and 'WHERE "orders_order"."id"' in s]
    assert locks
    assert len(locks) <= len([s for s in alone if "origin_id" in s]) + 4


def test_the_locked_are_those_that_were_asked_for(hands):
    _ret, order = exchanging(hands, 1)
    with transaction.atomic():
        assert [o.pk for o in lock(ORDER, [order.pk])] == [order.pk]
        assert [o.pk for o in lock(ORDER, [order.pk, order.origin_id])] == [order.origin_id, order.pk]


def end(ret, order):
    """Whatever came first, no money is lost and the two agree."""
    ret, order = Return.objects.get(pk=ret.pk), Order.objects.get(pk=order.pk)
    family = [order, Order.objects.get(pk=order.origin_id)]
    for o in family:
        assert sum(Entry.objects.filter(order=o.pk).values_list("amount", flat=True)) == o.paid - o.refunded
    assert sum(o.paid for o in family) == 25900
    return ret.state, order.state


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["switch_to_refund", "withdraw"])
def test_a_replacement_that_leaves_and_a_return_that_is_called_off_do_not_deadlock(step):
    hands, at = Hands(), timezone.now()
    pairs = [exchanging(hands, n) for n in range(6)]
    who, inputs = (Who.AGENT, {"why": "客户不想等了"}) if step == "switch_to_refund" else (Who.SHOP, {})

    def leave():
        for n, (_r, order) in enumerate(pairs):
            try:
                box = {"parcels": [{**parcel(f"ZT{n}"), "lines": None}]}
                engine.take(order, "ship", who=Who.WAREHOUSE, by="w", at=at, inputs=box)
            except Refused:
                continue
            engine.take(Order.objects.get(pk=order.pk), "sign", who=Who.SHOP, by="hook", at=at)

    def call_off():
        for ret, _o in reversed(pairs):
            engine.take_many(RETURN, step, [engine.Want(ret.pk, inputs)], who=who, by="amy", at=at)

    results = at_once(leave, call_off)
    assert not [r for r in results if isinstance(r, Exception)], results
    for ret, order in pairs:
        state, of_order = end(ret, order)
        assert (state, of_order) in {
            ("completed", "signed"), ("refunding", "closed"), ("handing_back", "closed"), ("completed", "closed"),
        }, (state, of_order)  # fmt: skip


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("moves", "step"), [("ship", "switch_to_refund"), ("ship", "withdraw"), ("sign", "confirm")])
def test_each_holds_its_own_before_it_reaches_for_the_other(monkeypatch, moves, step):
    """The order's step has its order, the return's its own, and both pause there: without one lock that comes before
    all others of a family each would wait for the other."""
    hands, at, carry_out = Hands(), timezone.now(), followups.carry_out
    ret, order = exchanging(hands, 1)
    if moves == "sign":
        order = hands.take(order, "ship", "warehouse", parcels=[parcel("ZT1")])

    def slowly(door):
        time.sleep(0.4 if door.flow in (ORDER, RETURN) and not door.cause else 0)
        carry_out(door)

    monkeypatch.setattr(followups, "carry_out", slowly)
    box = {"parcels": [{**parcel("ZT1"), "lines": None}]} if moves == "ship" else {}
    who, inputs = {
        "switch_to_refund": (Who.AGENT, {"why": "客户不想等了"}),
        "withdraw": (Who.SHOP, {}),
        "confirm": (Who.CUSTOMER, {}),
    }[step]
    results = at_once(
        lambda: engine.take_many(ORDER, moves, [engine.Want(order.pk, box)], who=Who.SHOP, by="hook", at=at),
        lambda: engine.take_many(RETURN, step, [engine.Want(ret.pk, inputs)], who=who, by="amy", at=at),
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    assert not [t.error for r in results for t in r if t.error]
    end(ret, order)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_batches_from_both_sides_do_not_deadlock():
    hands, at = Hands(), timezone.now()
    pairs = [exchanging(hands, n) for n in range(6)]
    for n, (_r, order) in enumerate(pairs):
        hands.take(order, "ship", "warehouse", parcels=[parcel(f"ZT{n}")])
    orders, returns = [o.pk for _r, o in pairs], [r.pk for r, _o in reversed(pairs)]
    results = at_once(
        lambda: engine.take_many(ORDER, "sign", orders, who=Who.CLOCK, by="clock", at=at),
        lambda: engine.take_many(RETURN, "confirm", returns, who=Who.CUSTOMER, by="page", at=at),
        lambda: engine.take_many(
            RETURN, "replacement_failed", [engine.Want(pk, {"why": "丢件"}) for pk in returns], who=Who.AGENT, by="amy",
            at=at,
        ),
    )  # fmt: skip
    assert not [r for r in results if isinstance(r, Exception)], results
    assert not any(t.error for r in results for t in r)
    for ret, order in pairs:
        state, _of_order = end_of_all(ret, order)
        assert state in ("completed", "exchanging")


def end_of_all(ret, order):
    ret = Return.objects.get(pk=ret.pk)
    family = Order.objects.filter(pk=order.origin_id) | Order.objects.filter(origin=order.origin_id)
    assert sum(o.paid for o in family) == 25900
    return ret.state, Order.objects.get(pk=order.pk).state
