"""Every step of a refund, from every state, by everybody: as the shop's procedure has it. Typed from the procedure."""

import pytest
from django.db import transaction
from django.utils import timezone

from flows import engine
from flows.effects import Refused
from flows.models import Move
from flows.table import Who
from orders.models import Refund
from orders.tables import REFUND
from tests.orders.hands import Hands
from tests.orders.test_tables import NOTED, OUTSIDE, REPORTERS, written

DRAFTED, APPROVED, SENT, UNKNOWN = ["drafted", "approved", "sent", "unknown"]
FAILED, SUCCEEDED, CONFIRMED, CANCELLED = ["failed", "succeeded", "confirmed", "cancelled"]
ALL = (DRAFTED, APPROVED, SENT, UNKNOWN, FAILED, SUCCEEDED, CONFIRMED, CANCELLED)
# step: (who, {from: to}, further sources for what the outside reports)
REFUNDS = {
    "approve": ({"lead"}, {DRAFTED: APPROVED}, {}),
    "reject": ({"lead"}, {DRAFTED: CANCELLED}, {}),
    "send": ({"system", "lead"}, {APPROVED: SENT, FAILED: SENT}, {}),
    "succeed": (OUTSIDE, {SENT: SUCCEEDED, UNKNOWN: SUCCEEDED},
                dict.fromkeys((DRAFTED, APPROVED, FAILED, CANCELLED), SUCCEEDED)),
    "fail": (OUTSIDE, {SENT: FAILED, UNKNOWN: FAILED}, {}),
    "lose_track": ({"clock"}, {SENT: UNKNOWN}, {}),
    "reconcile": ({"lead"}, {UNKNOWN: SUCCEEDED, FAILED: SUCCEEDED}, {}),
    "confirm": ({"customer", "agent", "clock", *OUTSIDE}, {SUCCEEDED: CONFIRMED},
                dict.fromkeys((DRAFTED, APPROVED, SENT, UNKNOWN, FAILED, CANCELLED), CONFIRMED)),
    "cancel": ({"lead", "system"}, dict.fromkeys((DRAFTED, APPROVED, FAILED), CANCELLED), {}),
    "miss": ({"customer", "agent"}, {SUCCEEDED: UNKNOWN, CONFIRMED: UNKNOWN}, {}),
}  # fmt: skip
INPUTS = {
    "succeed": {"amount": 1000}, "reconcile": {"result": "succeeded", "voucher": "V1"}, "reject": {"why": "不退"},
    "cancel": {"why": "不退"}, "miss": {"why": "未到账"},
}  # fmt: skip
WAYS = {
    DRAFTED: [], APPROVED: [], SENT: [("send", "lead", {})],
    UNKNOWN: [("send", "lead", {}), ("lose_track", "clock", {})],
    FAILED: [("send", "lead", {}), ("fail", "shop", {"reason": "账户异常"})],
    SUCCEEDED: [("succeed", "shop", {"amount": 1000})],
    CONFIRMED: [("succeed", "shop", {"amount": 1000}), ("confirm", "customer", {})],
    CANCELLED: [("cancel", "lead", {"why": "不退"})],
}  # fmt: skip


@pytest.fixture
def refunds(db):
    """A refund of 10.00 in each state, each of an order of its own."""
    hands = Hands()
    return {state: in_state(hands, state) for state in ALL}


def in_state(hands, state):
    order = hands.picking(f"R-{state}")
    begun = Refund(
        shop=hands.shop, order=order, number=f"{order.number}-F1", key=f"{order.number}:amend:1", cause="amend:1",
        goods=1000, amount=1000, asked_by="agent", asked_as="shop", state=DRAFTED if state == DRAFTED else APPROVED,
    )  # fmt: skip
    refund = engine.start(begun, who=Who.SYSTEM, by="system", at=timezone.now())
    for step, who, inputs in WAYS[state]:
        refund = hands.take(refund, step, who, **inputs)
    assert refund.state == state
    return refund


def attempt(refund, step, who):
    """-> where the step led, or the code of its refusal; undone again."""
    with transaction.atomic():
        try:
            inputs = INPUTS.get(step, {})
            after = engine.take(refund, step, who=who, by=who.word, at=timezone.now(), inputs=inputs)
            if after.version == refund.version:
                return NOTED
            return Move.objects.get(flow="refund", subject=refund.pk, seq=refund.version + 1, step=step).target
        except Refused as refused:
            return refused.code
        finally:
            transaction.set_rollback(True)


def expected(step, state, who):
    whose, to, further = REFUNDS[step]
    if state in to:
        return to[state] if who in whose else "role"
    return further[state] if state in further and who in whose & REPORTERS else "state"


def test_every_step_of_a_refund_from_every_state_by_everybody(refunds):
    before, astray = written(), {}
    for step in REFUNDS:
        for state, refund in refunds.items():
            for who in Who:
                want, got = expected(step, state, who.word), attempt(refund, step, who)
                if got == NOTED:
                    assert who.word in OUTSIDE
                    assert want not in ("state", "role")
                elif got != want:
                    astray[step, state, who.word] = f"{got}, not {want}"
    assert astray == {}
    assert written() == before


def test_no_step_and_no_state_is_left_out_here():
    assert set(REFUND.rows) == set(REFUNDS)
    assert set(REFUND.states.values) == set(ALL)
    assert REFUND.final == (CONFIRMED, CANCELLED)
