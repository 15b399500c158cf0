"""Every step, from every state, by everybody: as the shop's procedure has it, and a refusal leaves nothing behind.

The tables here are typed from the procedure, not read from the code.
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deadlines.models import Deadline
from flows import engine
from flows.effects import Refused
from flows.models import Move, Reported
from flows.table import Who
from orders.models import Order, Product, Refund, StockOut
from orders.tables import ORDER, STOCK_OUT
from outbox.models import Event
from tests.orders.hands import Hands, parcel

# states
UNPAID, UNCONFIRMED, UNAUDITED, PICKING = ["awaiting_payment", "awaiting_confirmation", "awaiting_audit", "picking"]
OUT, PACKED, PARTLY, SHIPPED = ["out_of_stock", "packed", "partly_shipped", "shipped"]
BOUNCED, SIGNED, COMPLETED, CLOSED = ["bounced", "signed", "completed", "closed"]
EARLY = (UNPAID, UNCONFIRMED, UNAUDITED)
HOUSE = (UNCONFIRMED, UNAUDITED, PICKING, OUT, PACKED, PARTLY)
ALL = (*EARLY, PICKING, OUT, PACKED, PARTLY, SHIPPED, BOUNCED, SIGNED, COMPLETED, CLOSED)
# who
OUTSIDE = {"shop", "platform"}
REPORTERS = {"shop", "platform", "system"}
EVERYBODY = {w.word for w in Who}
STAY = "stay"

# step: (who, {from: to}, further sources for what the outside reports)
ORDERS = {
    "pay": (OUTSIDE, {UNPAID: UNCONFIRMED}, {CLOSED: UNCONFIRMED}),
    "abandon": ({"customer", *OUTSIDE}, {UNPAID: CLOSED}, {}),
    "close_unpaid": ({"clock", "platform"}, {UNPAID: CLOSED}, {}),
    "confirm": ({"agent", "system"}, {UNCONFIRMED: UNAUDITED}, {}),
    "send_back": ({"auditor"}, {UNAUDITED: UNCONFIRMED}, {}),
    "audit": ({"auditor", "system"}, {UNAUDITED: PICKING}, {}),
    "amend": ({"agent", *OUTSIDE}, {**{s: s for s in (*EARLY, OUT)}, PICKING: UNAUDITED}, {}),
    "report_stock_out": (
        {"warehouse", *OUTSIDE}, {PICKING: OUT, PACKED: OUT, PARTLY: PARTLY}, {UNCONFIRMED: OUT, UNAUDITED: OUT}),
    "restock": ({"warehouse", "system"}, {OUT: PICKING}, {}),
    "pack": ({"warehouse", *OUTSIDE}, {PICKING: PACKED}, dict.fromkeys((*EARLY, OUT, CLOSED), PACKED)),
    "recall": ({"agent", "warehouse"}, {PACKED: UNAUDITED}, {}),
    "ship_part": ({"warehouse", *OUTSIDE}, dict.fromkeys((PICKING, PACKED, PARTLY), PARTLY),
                  dict.fromkeys((*EARLY, OUT, CLOSED, SHIPPED, BOUNCED, SIGNED), PARTLY)),
    "ship": ({"warehouse", *OUTSIDE}, dict.fromkeys((PICKING, PACKED, PARTLY), SHIPPED),
             dict.fromkeys((*EARLY, OUT, CLOSED, BOUNCED, SIGNED), SHIPPED)),
    "sign": ({"customer", "clock", *OUTSIDE}, {SHIPPED: SIGNED},
             dict.fromkeys((*EARLY, PICKING, OUT, PACKED, PARTLY, BOUNCED, CLOSED), SIGNED)),
    "reject_parcel": ({"customer", "agent", *OUTSIDE}, {SHIPPED: CLOSED, BOUNCED: CLOSED},
                      dict.fromkeys((*EARLY, PICKING, OUT, PACKED, PARTLY, SIGNED, CLOSED), CLOSED)),
    "complete": ({"clock", *OUTSIDE}, {SIGNED: COMPLETED},
                 dict.fromkeys((*EARLY, PICKING, OUT, PACKED, PARTLY, SHIPPED, BOUNCED, CLOSED), COMPLETED)),
    "cancel": ({"agent", "system", *OUTSIDE}, dict.fromkeys((UNCONFIRMED, UNAUDITED, PICKING, OUT), CLOSED),
               dict.fromkeys((UNPAID, PACKED, PARTLY, SHIPPED, BOUNCED, SIGNED, CLOSED), CLOSED)),
    "close_refunded": ({"system", "platform"}, dict.fromkeys((*HOUSE, SHIPPED, BOUNCED, SIGNED), CLOSED),
                       {UNPAID: CLOSED, CLOSED: CLOSED}),
    "drop_rest": ({"system"}, {UNCONFIRMED: UNCONFIRMED, UNAUDITED: UNAUDITED, PICKING: PICKING, PACKED: PACKED,
                               OUT: PICKING, PARTLY: PARTLY}, {}),
    "merge": ({"agent", "system"}, dict.fromkeys((UNCONFIRMED, UNAUDITED, PICKING), CLOSED), {}),
    "absorb": ({"system"}, {UNCONFIRMED: UNCONFIRMED, UNAUDITED: UNAUDITED, PICKING: UNAUDITED}, {}),
    "bounce": ({"agent", "system", *OUTSIDE}, {SHIPPED: BOUNCED, PARTLY: BOUNCED},
               dict.fromkeys((*EARLY, PICKING, OUT, PACKED, SIGNED, CLOSED), BOUNCED)),
    "resend": ({"agent"}, {BOUNCED: UNAUDITED}, {}),
}  # fmt: skip

REPORTED, CONTACTING, WAITING = ["reported", "contacting", "waiting_stock"]
SWAPPING, REFUNDING, RESOLVED = ["swapping", "refunding", "resolved"]
OPEN = (REPORTED, CONTACTING, WAITING, SWAPPING)
STOCK_OUTS = {
    "contact": ({"agent"}, dict.fromkeys((REPORTED, CONTACTING, WAITING), CONTACTING)),
    "agree_wait": ({"agent", "customer"}, dict.fromkeys((CONTACTING, WAITING, SWAPPING), WAITING)),
    "agree_swap": ({"agent", "customer"}, dict.fromkeys((CONTACTING, WAITING), SWAPPING)),
    "agree_refund": ({"agent", "customer", "system"}, dict.fromkeys((CONTACTING, WAITING, SWAPPING), REFUNDING)),
    "presume_refund": ({"clock", "lead"}, {CONTACTING: REFUNDING}),
    "found": ({"warehouse", "system"}, dict.fromkeys(OPEN, RESOLVED)),
    "swap": ({"auditor"}, {SWAPPING: RESOLVED}),
    "settle": ({"system"}, {REFUNDING: RESOLVED}),
    "drop": ({"system"}, dict.fromkeys((*OPEN, REFUNDING), RESOLVED)),
    "money_stopped": ({"system"}, {REFUNDING: CONTACTING}),
}

P2 = {"parcels": [parcel("SF2", ("2", 2))]}
INPUTS = {
    "send_back": {"why": "地址不清"}, "recall": {"why": "客户改地址"}, "resend": {"confirmed": True},
    "amend": {"buyer": {"name": "李四"}}, "report_stock_out": {"lines": [{"line": "2"}]},
    "ship": {"parcels": [parcel("SF2")]}, "ship_part": {"parcels": [parcel("SF9", ("2", 1))]},
    "cancel": {"by": "customer"}, "drop_rest": {"lines": [{"line": "2", "quantity": 1}], "cause": "test"},
    "absorb": {"source": 0, "lines": [], "freight": 0, "carried": 0},
    "contact": {"channel": "im", "words": "缺货", "none_why": "无"},
    "agree_wait": {"promised_for": timezone.now() + timedelta(days=3)},
    "agree_swap": {"sku": "S-9", "price": 100}, "agree_refund": {"refund_of": "lines"},
}  # fmt: skip


@pytest.fixture
def world(db):
    """One order in each state, each brought there by steps that are open; and one stock-out in each state."""
    hands = Hands()
    Product.objects.create(shop=hands.shop, sku="S-9", title="另一款", price=100)
    return World(hands)


class World:
    def __init__(self, hands):
        self.hands = hands
        self.orders = {state: getattr(self, state)(f"O-{state}") for state in ALL}
        self.other = self.awaiting_confirmation("O-other")
        self.stock_outs = {state: self._stock_out(state) for state in (*OPEN, REFUNDING, RESOLVED)}

    def go(self, order, *steps):
        for step, who, inputs in steps:
            order = self.hands.take(order, step, who, **inputs)
        return order

    def awaiting_payment(self, number):
        return self.hands.place(number)

    def awaiting_confirmation(self, number):
        self.hands.place(number)
        self.hands.tell("order.paid", 1, number=number)
        return self.hands.order(number)

    def awaiting_audit(self, number):
        return self.go(self.awaiting_confirmation(number), ("confirm", "agent", {}))

    def picking(self, number):
        return self.go(self.awaiting_audit(number), ("audit", "auditor", {}))

    def out_of_stock(self, number):
        return self.go(self.picking(number), ("report_stock_out", "warehouse", {"lines": [{"line": "1"}]}))

    def packed(self, number):
        return self.go(self.picking(number), ("pack", "warehouse", {}))

    def partly_shipped(self, number):
        return self.go(self.packed(number), ("ship_part", "warehouse", {"parcels": [parcel(f"A{number}", ("1", 1))]}))

    def shipped(self, number):
        return self.go(self.packed(number), ("ship", "warehouse", {"parcels": [parcel(f"A{number}")]}))

    def bounced(self, number):
        return self.go(self.shipped(number), ("bounce", "agent", {}))

    def signed(self, number):
        return self.go(self.shipped(number), ("sign", "customer", {}))

    def completed(self, number):
        return self.go(self.signed(number), ("complete", "shop", {}))

    def closed(self, number):
        return self.go(self.awaiting_payment(number), ("abandon", "customer", {}))

    def _stock_out(self, state):
        number = f"Q-{state}"
        order = self.out_of_stock(number)
        ways = {
            REPORTED: (), CONTACTING: ("contact",), WAITING: ("contact", "agree_wait"),
            SWAPPING: ("contact", "agree_swap"), REFUNDING: ("contact", "agree_refund"), RESOLVED: (),
        }  # fmt: skip
        out = order.stock_outs.get()
        for step in ways[state]:
            inputs = {"refund_of": "order"} if step == "agree_refund" else INPUTS[step]
            out = self.hands.take(out, step, "agent", **inputs)
        return self.hands.take(out, "found", "warehouse") if state == RESOLVED else out


NOTED = "noted"
WRITTEN = (Move, Deadline, Event, Reported, Refund, Order, StockOut)


def written():
    return [list(model.objects.order_by("pk").values()) for model in WRITTEN]


def attempt(subject, step, who, inputs, at=None):
    """-> the state after the step, or what refuses it; undone again. What is refused outright writes nothing at all."""
    wrote = []

    def look(execute, sql, params, many, context):
        wrote.extend([sql] if sql.split(None, 1)[0] in ("INSERT", "UPDATE", "DELETE") else [])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(look):
        try:
            after = engine.take(subject, step, who=who, by=who.word, at=at or timezone.now(), inputs=inputs)
            model = type(subject)
            assert model.objects.values_list("state", "version").get(pk=subject.pk) == (after.state, after.version)
            if after.version == subject.version:
                return NOTED
            found = Move.objects.get(flow=subject.flow.name, subject=subject.pk, seq=subject.version + 1)
            assert (found.step, found.source, found.who) == (step, subject.state, who.word)
            return found.target
        except Refused as refused:
            wrote_in_vain = bool(wrote) and refused.code in ("state", "role")
            return f"{refused.code}, having written" if wrote_in_vain else refused.code
        finally:
            transaction.set_rollback(True)


def expected(table, step, state, who):
    """The target, or the code of the refusal."""
    whose, to, further = (*table[step], {})[:3]
    if state in to:
        return to[state] if who in whose else "role"
    return further[state] if state in further and who in whose & REPORTERS else "state"


def walk(table, subjects, wants):
    """-> where what happens is not what the procedure has."""
    before = written()
    astray = {}
    for step in table:
        for state, subject in subjects.items():
            for who in Who:
                want, got = expected(table, step, state, who.word), attempt(subject, step, who, wants(step, who, state))
                if got == NOTED:  # open to the outside, weighed like a hook's, and another fact is stronger
                    assert who.word in OUTSIDE
                    assert want not in ("state", "role")
                elif got != want:
                    astray[step, state, who.word] = f"{got}, not {want}"
    assert written() == before
    return astray


def test_every_step_of_an_order_from_every_state_by_everybody(world):
    def wants(step, who, state):
        if step == "merge":
            return {"into": world.other.pk}
        if step == "bounce" and state == PARTLY:
            return {}
        return INPUTS.get(step, {})

    assert walk(ORDERS, world.orders, wants) == {}


def test_every_step_of_a_stock_out_from_every_state_by_everybody(world):
    assert walk(STOCK_OUTS, world.stock_outs, lambda step, who, state: INPUTS.get(step, {})) == {}


def test_no_step_and_no_state_is_left_out_here():
    assert set(ORDER.rows) == set(ORDERS)
    assert set(STOCK_OUT.rows) == set(STOCK_OUTS)
    assert set(ORDER.states.values) == set(ALL)
    assert set(STOCK_OUT.states.values) == {*OPEN, REFUNDING, RESOLVED}


@pytest.mark.parametrize("code", ["state", "role", "moved", "refused", "input", "gone"])
def test_a_refusal_writes_nothing(world, code):
    orders, now = world.orders, timezone.now()
    asked = {
        "state": (orders[SIGNED], "audit", Who.AUDITOR, {}, None),
        "role": (orders[UNAUDITED], "audit", Who.AGENT, {}, None),
        "moved": (orders[UNAUDITED], "audit", Who.AUDITOR, {}, 1),
        "refused": (orders[PICKING], "cancel", Who.AGENT, {"by": "merchant"}, None),
        "input": (orders[PICKING], "ship", Who.WAREHOUSE, {"parcels": [parcel("SF1", ("9", 1))]}, None),
        "gone": (Order(pk=0), "audit", Who.AUDITOR, {}, None),
    }
    subject, step, who, inputs, version = asked[code]
    before = written()
    with pytest.raises(Refused) as refused:
        engine.take(subject, step, who=who, by="x", at=now, inputs=inputs, version=version)
    assert refused.value.code == code
    assert refused.value.why
    assert written() == before
