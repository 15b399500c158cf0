"""Every step of a dispute, from every state, by everybody: as the procedure has it; a refusal leaves nothing behind.

The table here is typed from the procedure, not read from the code.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows import engine
from flows.models import Move, Reported
from flows.table import Who
from orders.models import Order, Refund
from outbox.models import Event
from returns.models import Dispute, Evidence, Return
from returns.states import D
from returns.tables import DISPUTE
from tests.orders.test_tables import NOTED, attempt, expected

OPENED, GIVEN, FOR_BUYER, FOR_SELLER = ["opened", "evidence_given", "ruled_for_buyer", "ruled_for_seller"]
APPEALED, COMPLIED, ENFORCED, WITHDRAWN = ["appealed", "complied", "enforced", "withdrawn"]
ALL = (OPENED, GIVEN, FOR_BUYER, FOR_SELLER, APPEALED, COMPLIED, ENFORCED, WITHDRAWN)
UNRULED = (OPENED, GIVEN, APPEALED)

# step: (who, {from: to}, further sources for what the platform reports)
DISPUTES = {
    "give_evidence": ({"agent", "lead"}, {OPENED: GIVEN, GIVEN: GIVEN, APPEALED: APPEALED}, {}),
    "rule_for_buyer": ({"platform", "lead"}, dict.fromkeys(UNRULED, FOR_BUYER),
                       dict.fromkeys((FOR_SELLER, WITHDRAWN), FOR_BUYER)),
    "rule_for_seller": ({"platform", "lead"}, dict.fromkeys(UNRULED, FOR_SELLER),
                        dict.fromkeys((FOR_BUYER, COMPLIED, ENFORCED, WITHDRAWN), FOR_SELLER)),
    "appeal": ({"lead"}, dict.fromkeys((FOR_BUYER, COMPLIED, ENFORCED), APPEALED), {}),
    "comply": ({"system", "agent"}, {FOR_BUYER: COMPLIED}, {}),
    "enforce": ({"clock", "platform"}, {FOR_BUYER: ENFORCED}, {}),
    "withdraw": ({"customer", "platform"}, dict.fromkeys((OPENED, GIVEN), WITHDRAWN), {}),
}  # fmt: skip
INPUTS = {
    "give_evidence": {"words": "见证据包"}, "rule_for_buyer": {"remedy": "exchange"}, "appeal": {"why": "买家恶意"},
}  # fmt: skip
# The steps that lead to each state.
WAYS = {
    OPENED: (), GIVEN: (("give_evidence", "agent"),), FOR_BUYER: (("rule_for_buyer", "lead"),),
    FOR_SELLER: (("rule_for_seller", "lead"),), APPEALED: (("rule_for_buyer", "lead"), ("appeal", "lead")),
    COMPLIED: (("rule_for_buyer", "lead"), ("comply", "agent")),
    ENFORCED: (("rule_for_buyer", "lead"), ("enforce", "platform")), WITHDRAWN: (("withdraw", "customer"),),
}  # fmt: skip
WRITTEN = (Move, Deadline, Event, Reported, Refund, Order, Return, Dispute, Evidence)


def written():
    return [list(model.objects.order_by("pk").values()) for model in WRITTEN]


@pytest.fixture
def disputes(hands):
    """One in each state, each brought there by steps that are open, yesterday."""
    found, at = {}, timezone.now() - timedelta(days=1)
    for n, state in enumerate(ALL):
        hands.signed(f"T{n}")
        ret = hands.ask(f"T{n}")
        d = Dispute(shop=ret.shop, order=ret.order, of=ret, state=D.OPENED)
        d = engine.start(d, who=Who.AGENT, by="amy", at=at, inputs={})
        for k, (step, who) in enumerate(WAYS[state]):
            d = hands.take(d, step, who, at=at + timedelta(minutes=k), **INPUTS.get(step, {}))
        assert d.state == state
        found[state] = d
    return found


def test_every_step_of_a_dispute_from_every_state_by_everybody(disputes):
    before, astray = written(), {}
    for step in DISPUTES:
        for state, d in disputes.items():
            for who in Who:
                want, got = expected(DISPUTES, step, state, who.word), attempt(d, step, who, INPUTS.get(step, {}))
                if got == NOTED:
                    assert who is Who.PLATFORM
                    assert want not in ("state", "role")
                elif got != want:
                    astray[step, state, who.word] = f"{got}, not {want}"
    assert astray == {}
    assert written() == before


def test_no_step_and_no_state_is_left_out_here():
    assert set(DISPUTE.rows) == set(DISPUTES)
    assert set(DISPUTE.states.values) == set(ALL)
    assert set(DISPUTE.final) == {FOR_SELLER, COMPLIED, ENFORCED, WITHDRAWN}


def test_two_never_stand_open_on_one_return(disputes, hands):
    from django.db import IntegrityError, transaction

    open_one = disputes[OPENED]
    second = Dispute(shop=open_one.shop, order_id=open_one.order_id, of_id=open_one.of_id, number="X", state=D.OPENED)
    second.created_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute._base_manager.bulk_create([second])
