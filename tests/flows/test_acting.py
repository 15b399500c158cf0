"""Whose move it is, and which button is the big one."""

import pytest

from flows.acting import Button, main_of, waits_for
from flows.registry import FLOWS

WAITED_FOR = [
    ("return", "requested", "agent"), ("return", "awaiting_return", "customer"), ("return", "refused", "customer"),
    ("return", "received", "warehouse"), ("return", "awaiting_freight", "customer"), ("return", "refunding", "shop"),
    ("dispute", "evidence_given", "platform"), ("refund", "drafted", "lead"), ("refund", "sent", "shop"),
    ("refund", "succeeded", "customer"), ("order", "awaiting_payment", "customer"),
]  # fmt: skip


@pytest.mark.parametrize(("flow", "state", "who"), WAITED_FOR)
def test_a_case_says_whose_move_it_is(flow, state, who):
    assert who in waits_for(FLOWS[flow], state).words


def test_where_it_is_the_customers_move_no_button_is_the_big_one():
    approve = Button("approve", "同意申请", "main", opens=True)
    assert main_of(FLOWS["return"], "requested", [approve]) is approve
    assert main_of(FLOWS["return"], "refused", [approve]) is None
