"""Every step of a return, from every state, by everybody: as the shop's procedure has it, and a refusal leaves nothing.

The tables here are typed from the procedure, not read from the code. The return that is walked is a return_refund for a
fault, of an order that was signed; what another kind does instead stands below.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from flows.table import Who
from returns.models import BackParcel, Evidence, Offer
from returns.states import S
from returns.tables import RETURN
from tests.factories import AT
from tests.orders.test_tables import NOTED, OUTSIDE, attempt, expected
from tests.returns import scenes
from tests.returns.written import written

REQUESTED, EVIDENCE, OFFERED, TO_SEND, INTERCEPTING = (
    "requested", "awaiting_evidence", "offered", "awaiting_return", "intercepting")  # fmt: skip
RETURNING, RECEIVED, INSPECTED, FREIGHT, REPAIRING = (
    "returning", "received", "inspected", "awaiting_freight", "repairing")  # fmt: skip
EXCHANGING, RESHIPPED, REFUNDING, REFUSED = "exchanging", "reshipped", "refunding", "refused"
UNFIT, BACK, COMPLETED, CLOSED = "receipt_refused", "handing_back", "completed", "closed"
HERE = (RECEIVED, INSPECTED, FREIGHT, REPAIRING, EXCHANGING, RESHIPPED, UNFIT, BACK)  # the goods are with us
ALL = (REQUESTED, EVIDENCE, OFFERED, TO_SEND, INTERCEPTING, RETURNING, *HERE, REFUNDING, REFUSED, COMPLETED, CLOSED)
TRAVELLED = (RETURNING, *HERE)


def to(target, *sources):
    return dict.fromkeys(sources, target)


def ended(*sources):
    """The goods that are here go back to their owner."""
    return {s: BACK if s in HERE else CLOSED for s in sources}


OPEN = (REQUESTED, EVIDENCE, OFFERED, TO_SEND, REFUSED, UNFIT)
WORKED_ON = (INTERCEPTING, RETURNING, RECEIVED, INSPECTED, FREIGHT, REPAIRING, EXCHANGING, REFUNDING, BACK)
# step: (who, {from: to}, further sources for what the outside reports)
RETURNS = {
    "ask_evidence": ({"agent"}, to(EVIDENCE, REQUESTED), {}),
    "give_evidence": ({"customer", "agent", *OUTSIDE}, to(REQUESTED, EVIDENCE), {}),
    "offer": ({"agent"}, to(OFFERED, REQUESTED, TO_SEND, REFUSED, INSPECTED, UNFIT), {}),
    "accept_offer": ({"customer", "agent"}, to(REFUNDING, OFFERED), {}),
    "decline_offer": ({"customer", "agent", "clock"}, to(REQUESTED, OFFERED), {}),
    "approve": ({"agent", "clock", *OUTSIDE}, to(TO_SEND, REQUESTED, EVIDENCE, REFUSED),
                {OFFERED: TO_SEND, INTERCEPTING: TO_SEND, UNFIT: INSPECTED, CLOSED: TO_SEND}),
    "refuse": ({"agent", *OUTSIDE}, to(REFUSED, REQUESTED, EVIDENCE), to(REFUSED, OFFERED)),
    "revise": ({"customer", "agent", *OUTSIDE},
               {**to(REQUESTED, REQUESTED, EVIDENCE, OFFERED, TO_SEND, REFUSED), UNFIT: INSPECTED,
                RETURNING: RETURNING, RECEIVED: RECEIVED, INSPECTED: INSPECTED},
               {EXCHANGING: INSPECTED, REFUNDING: REQUESTED}),
    "withdraw": ({"customer", *OUTSIDE}, ended(*OPEN), ended(*WORKED_ON)),
    "send_back": ({"customer", "agent", *OUTSIDE}, to(RETURNING, TO_SEND, RETURNING),
                  to(RETURNING, REQUESTED, EVIDENCE, OFFERED, REFUSED, CLOSED)),
    "receive": ({"warehouse", "shop"}, to(RECEIVED, TO_SEND, RETURNING, RECEIVED, INSPECTED),
                to(RECEIVED, REQUESTED, EVIDENCE, OFFERED, REFUSED, UNFIT)),
    "inspect": ({"warehouse"}, to(INSPECTED, RECEIVED), {}),
    "refund": ({"agent"}, to(REFUNDING, INSPECTED, UNFIT), {}),
    "auto_refund": ({"clock", "platform"}, to(REFUNDING, RETURNING, RECEIVED, INSPECTED),
                    to(REFUNDING, REQUESTED, EVIDENCE, OFFERED, TO_SEND, INTERCEPTING, REFUSED, UNFIT, RESHIPPED, BACK,
                       COMPLETED, CLOSED)),
    "refuse_receipt": ({"agent", *OUTSIDE}, to(UNFIT, INSPECTED), to(UNFIT, RETURNING, RECEIVED)),
    "ask_freight": ({"agent"}, to("refused", INSPECTED), {}),
    "pay_freight": ({"customer", "agent", *OUTSIDE}, to(EXCHANGING, FREIGHT), {}),
    "exchange": ({"agent"}, to("refused", INSPECTED), {}),
    "dispatch": ({"warehouse", "system", *OUTSIDE}, to(RESHIPPED, EXCHANGING),
                 to(RESHIPPED, INSPECTED, FREIGHT, REPAIRING)),
    "confirm": ({"customer", "clock", *OUTSIDE}, to(COMPLETED, RESHIPPED), to(COMPLETED, *OPEN, *WORKED_ON, CLOSED)),
    "switch_to_refund": ({"agent", "customer", "platform", "system", "clock"},
                         to(REFUNDING, FREIGHT, REPAIRING, EXCHANGING, RESHIPPED), {}),
    "settle": ({"system"}, to(COMPLETED, REFUNDING),
               to(COMPLETED, *OPEN, INTERCEPTING, RETURNING, RECEIVED, INSPECTED, FREIGHT, REPAIRING, EXCHANGING,
                  RESHIPPED, BACK, CLOSED)),
    "expire": ({"clock", "platform"}, ended(EVIDENCE, TO_SEND, REFUSED, UNFIT), {}),
    "bounce": ({"agent", "system", *OUTSIDE}, to(TO_SEND, RETURNING), {}),
    "await_rest": ({"agent"}, to("refused", INSPECTED), {}),
    "arrive_late": ({"warehouse", "shop"}, {REFUNDING: REFUNDING, COMPLETED: COMPLETED, CLOSED: RECEIVED}, {}),
    "reopen": ({"agent", "lead", "customer"}, to(REQUESTED, CLOSED), {}),
    "book_in": ({"agent", "system"}, to("refused", INSPECTED), {}),
    "hand_back": ({"agent", "system"}, to(BACK, INSPECTED, UNFIT), {}),
    "handed_back": ({"warehouse", "shop"}, to(CLOSED, BACK), {}),
    "dismiss": ({"system", "platform"}, ended(*OPEN, RETURNING, RECEIVED, INSPECTED), {}),
    "repair": ({"agent"}, to("refused", INSPECTED), {}),
    "repaired": ({"warehouse"}, to(INSPECTED, REPAIRING), {}),
    "intercept": ({"agent", "platform"}, to(INTERCEPTING, REQUESTED), {}),
    "intercepted": ({"agent", "system", *OUTSIDE}, to(RETURNING, INTERCEPTING), {}),
    "intercept_failed": ({"agent", "system", *OUTSIDE}, to(REQUESTED, INTERCEPTING), {}),
    "replacement_failed": ({"agent", "system"}, to(EXCHANGING, RESHIPPED), {}),
    "money_stopped": ({"system"}, to(REQUESTED, REFUNDING), {}),
}  # fmt: skip
# What a need refuses to some: nobody is asked who reports what has happened.
BARRED = {
    ("approve", "clock"): (REQUESTED, EVIDENCE, REFUSED),  # a fault is for people to look at
    ("auto_refund", "clock"): (RETURNING,),  # no courier's signature
    **{("intercept", who): (REQUESTED,) for who in ("agent", "platform")},  # it has arrived: nothing can be stopped
    **{("switch_to_refund", who): (RESHIPPED,) for who in ("agent", "customer", "system", "clock")},  # it is out
}
LATER = AT + timedelta(hours=1)  # within every window, whenever the test runs
WHY = {"why": "客户要求"}
BOX = {"carrier": "顺丰", "tracking_number": "SF900000001"}
PLANS = [{"kind": "cash", "amount": 1000, "words": "退 10 元"}]
INPUTS = {
    "ask_evidence": {"words": "请拍照"}, "give_evidence": {"words": "开胶"}, "offer": {"plans": PLANS},
    "approve": {"override_why": "店长同意"}, "revise": {"reason": "damaged"}, "send_back": BOX,
    "refuse_receipt": WHY, "dispatch": BOX, "handed_back": BOX, "await_rest": WHY, "reopen": WHY, "bounce": WHY,
    "hand_back": WHY, "repair": WHY, "intercept": WHY, "intercept_failed": WHY, "replacement_failed": WHY,
    "repaired": {"result": "beyond_repair"}, "ask_freight": {"amount": 1000}, "refuse": WHY,
}  # fmt: skip


def stands(order, state, kind="return_refund"):
    """A return that stands there, with what belongs to it by then."""
    ret = scenes.returned(
        order, ("1", 1), kind=kind, reason="quality", state=state, here=state in HERE, closed_by="clock",
        offered_from=REQUESTED, applied=["", order.created_at.isoformat(), {}],
    )  # fmt: skip
    if state in TRAVELLED:
        BackParcel.objects.create(
            shop=ret.shop, of=ret, carrier="顺丰", tracking_number=f"B{ret.pk}", sent_at=order.created_at,
            received_at=order.created_at if state in HERE else None,
        )  # fmt: skip
    if state == OFFERED:
        Offer.objects.create(of=ret, plans=PLANS, by="agent", at=timezone.now())
    Evidence.objects.create(shop=ret.shop, of=ret, kind="words", words="照片", giver="agent", by="a", at=timezone.now())
    return scenes.fresh(ret)


@pytest.fixture
def orders(db):
    """An order for each state, so that no return stands in another's way."""
    shop = scenes.make_shop()
    line = {"line": "1", "quantity": 1, "paid": 18900}
    return {state: scenes.bought(line, shop=shop, number=f"W-{state}") for state in ALL}


def walk(table, subjects):
    """-> where what happens is not what the procedure has."""
    before, astray = written(), {}
    proof = {s: [Evidence.objects.get(of=r).pk] for s, r in subjects.items()}
    for step in table:
        for state, subject in subjects.items():
            for who in Who:
                inputs = dict(INPUTS.get(step, {}))
                if step in ("refuse", "refuse_receipt") and who.word not in OUTSIDE:
                    inputs["proof"] = proof[state]
                if step == "approve" and who == Who.CLOCK:
                    inputs = {}
                want, got = expected(table, step, state, who.word), attempt(subject, step, who, inputs, LATER)
                if state in BARRED.get((step, who.word), ()):
                    want = "refused"
                if got != want and got != NOTED:
                    astray[step, state, who.word] = f"{got}, not {want}"
    assert written() == before
    return astray


def test_every_step_of_a_return_from_every_state_by_everybody(orders):
    assert walk(RETURNS, {state: stands(order, state) for state, order in orders.items()}) == {}


def test_no_step_and_no_state_is_left_out_here():
    assert set(RETURN.rows) == set(RETURNS)
    assert set(RETURN.states.values) == set(ALL) == set(S.values)


def test_what_an_approval_leads_to_is_by_kind(orders):
    leads = {"refund_only": REFUNDING, "exchange": TO_SEND, "reship": EXCHANGING, "repair": TO_SEND}
    for (kind, target), state in zip(leads.items(), ALL, strict=False):
        ret = stands(orders[state], REQUESTED, kind)
        assert attempt(ret, "approve", Who.AGENT, INPUTS["approve"], LATER) == target
