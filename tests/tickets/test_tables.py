"""Every step of a ticket, from every state, by everybody: as the table has it, and a refusal leaves nothing."""

import pytest

from flows.table import Who
from tests.orders.test_tables import attempt, expected
from tests.returns.written import written
from tickets.models import Message, Ticket
from tickets.states import T
from tickets.tables import TICKET

NEW, REPLY, WAITING, INTERNAL = "new", "awaiting_reply", "awaiting_customer", "awaiting_internal"
RESOLVED, CLOSED = "resolved", "closed"
OPEN = (NEW, REPLY, WAITING, INTERNAL)
LIVE = (*OPEN, RESOLVED)
STAFF = {"agent", "lead"}
OUT = {"customer", "shop", "platform"}


def to(target, *sources):
    return dict.fromkeys(sources, target)


def stay(*sources):
    return {s: s for s in sources}


# step: (who, {from: to}, {})
TICKETS = {
    "reply": ({*STAFF, "system"}, to(WAITING, *OPEN), {}),
    "hear": (OUT, {NEW: NEW, **to(REPLY, REPLY, WAITING, INTERNAL, RESOLVED)}, {}),
    "ask_internal": (STAFF, to(INTERNAL, NEW, REPLY, WAITING), {}),
    "resume": ({*STAFF, "warehouse", "system"}, to(REPLY, INTERNAL), {}),
    "keep_asking": ({"system"}, to(INTERNAL, WAITING), {}),
    "resolve": ({*STAFF, "system", "clock"}, to(RESOLVED, *OPEN), {}),
    "reopen": (STAFF, to(REPLY, RESOLVED), {}),
    "close": ({*STAFF, "clock"}, to(CLOSED, RESOLVED), {}),
    "merge": (STAFF, to(CLOSED, *LIVE), {}),
    "split": (STAFF, to("refused", CLOSED), {}),  # it was closed, not merged
    "claim": (STAFF, stay(*OPEN), {}),
    "assign": ({"lead", "system"}, stay(*LIVE), {}),
    "transfer": (STAFF, stay(*OPEN), {}),
    "release": ({*STAFF, "system"}, stay(*OPEN), {}),
    "note": ({*STAFF, "auditor", "warehouse", "system"}, stay(*LIVE, CLOSED), {}),
    "classify": ({*STAFF, "system"}, stay(*LIVE), {}),
    "paint": ({*STAFF, "system"}, stay(*LIVE), {}),
    "link": ({*STAFF, "system"}, stay(*LIVE), {}),
    "unlink": (STAFF, to("refused", *LIVE), {}),  # none of them is about an order
    "follow_up": (STAFF, stay(*OPEN), {}),
    "compensate": (STAFF, stay(*LIVE), {}),
    "decide_compensation": ({"lead"}, to("input", *LIVE, CLOSED), {}),  # there is none to decide on
    "record": ({*STAFF, "shop", "platform", "system"}, stay(*LIVE), {}),
    "conclude": ({*STAFF, "shop", "platform", "system"}, stay(*LIVE, CLOSED), {}),
    "rate": (OUT, stay(RESOLVED, CLOSED), {}),
    "absorb": ({"system"}, stay(*LIVE), {}),
    "give_back": ({"system"}, stay(*LIVE, CLOSED), {}),
}


def stands(hands, state):
    """A ticket of amy's that stands there by the steps that lead there."""
    ticket = hands.does(hands.says(conversation=f"c-{state}"), "assign", "system", 1, "system", to="amy")
    ways = {
        REPLY: [("reply", {"words": "您好"}), ("hear", {"words": "谢谢"})],
        WAITING: [("reply", {"words": "您好"})],
        INTERNAL: [("ask_internal", {"team": "warehouse", "words": "查一下"})],
        RESOLVED: [("resolve", {})],
        CLOSED: [("resolve", {}), ("close", {})],
    }
    for step, inputs in ways.get(state, []):
        ticket = hands.does(ticket, step, at=2, who="shop" if step == "hear" else "agent", **inputs)
    assert ticket.state == state
    return hands.fresh(ticket)


@pytest.fixture
def walked(hands):
    hands.person("amy")
    hands.person("bob")
    other = hands.says(conversation="c-other")
    order = hands.place()
    why = {"why": "客户要求"}
    later = hands.at(60 * 24 * 30)
    inputs = {
        "reply": {"words": "您好"}, "hear": {"words": "在吗"}, "ask_internal": {"team": "warehouse", "words": "查"},
        "reopen": why, "merge": {"into": other.pk}, "split": why, "assign": {"to": "bob"},
        "transfer": {"to": "bob", **why}, "release": why, "note": {"words": "备注"}, "classify": {"kind": "return"},
        "paint": {"colour": "red", **why}, "link": {"order": order.pk}, "follow_up": {"at": later},
        "absorb": {"source": "T0"}, "give_back": {"source": "T0"},
        "compensate": {"gives": "coupon", "amount": 500, "reason": "late"},
        "decide_compensation": {"compensation": 1, "decision": "approve"}, "record": {"case_number": "TS1"},
        "conclude": {"outcome": "settled"}, "rate": {"rating": 5},
    }  # fmt: skip
    return {state: stands(hands, state) for state in (*LIVE, CLOSED)}, inputs


def test_every_step_of_a_ticket_from_every_state_by_everybody(walked):
    tickets, inputs = walked
    before, said, astray = written(), Message.objects.count(), {}
    for step in TICKETS:
        for state, ticket in tickets.items():
            for who in Who:
                want = expected(TICKETS, step, state, who.word)
                if step == "reply" and who == Who.SYSTEM and state in (NEW, REPLY, INTERNAL):
                    want = REPLY  # a machine's words are no answer
                if step == "resume" and state == REPLY:
                    want = "refused" if who & (Who.SYSTEM | Who.WAREHOUSE) else "role"  # nobody was asked
                got = attempt(ticket, step, who, inputs.get(step, {}))
                if got != want:
                    astray[step, state, who.word] = f"{got}, not {want}"
    assert astray == {}
    assert (written(), Message.objects.count()) == (before, said)


def test_no_step_and_no_state_is_left_out_here():
    assert set(TICKET.rows) == set(TICKETS)
    assert set(TICKET.states.values) == {*LIVE, CLOSED} == set(T.values)


def test_the_table_is_sound():
    assert list(TICKET.problems()) == []
    assert Ticket.flow is TICKET
