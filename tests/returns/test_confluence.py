"""Promise I-07: in whatever order, and however often, the facts of an order and its return arrive, both come to one
end. The measure is the arrival in the order in which things happened."""

import random
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hooks.models import Inbox
from orders.models import Refund
from tests.factories import make_shop, placed
from tests.orders.told import TOTAL
from tests.returns import told
from tests.returns.hands import Hands, parcel
from tests.returns.told import (
    approved,
    came,
    platform_paid,
    refused,
    revised,
    sent_back,
    shipped,
    signed,
    withdrawn,
)


@pytest.fixture
def shop(db):
    return make_shop()


def in_time(facts):
    """As it happened: what is told twice is one fact."""
    return sorted((f for i, f in enumerate(facts) if f not in facts[:i]), key=lambda f: (f[2], facts.index(f)))


def ends_of(shop, arrivals, **how):
    """Let each arrival be that of a case of its own, see what becomes of them, and forget it."""
    with transaction.atomic():
        cases = told.begin(shop, len(arrivals), **how)
        told.tell(cases, arrivals)
        ends = told.endings(cases)
        told.check_books(cases)
        transaction.set_rollback(True)
    return ends


def assert_all_end_alike(shop, arrivals, **how):
    measure, *ends = ends_of(shop, [in_time(arrivals[0]), *arrivals], **how)
    for arrival, end in zip(arrivals, ends, strict=True):
        assert end == measure, f"told in this order: {arrival}"
    return measure


LEFT = {"left": True}
HOUSE = {"left": False, "kind": "refund_only", "reason": "other"}
MONEY = {"left": True, "kind": "refund_only"}
STORIES = {
    "sent back as agreed": (LEFT, "returning", [approved(11, "1"), sent_back(12), signed(9)]),
    "sent back before anybody agreed": (LEFT, "returning", [sent_back(11), approved(12, "1"), sent_back(13, "B2")]),
    "revised, and agreed to anew": (LEFT, "awaiting_return", [
        approved(11, "1"), revised(12, "2", kind="exchange"), approved(13, "2"), signed(9)]),
    "revised, and not agreed to": (LEFT, "requested", [approved(11, "1"), revised(12, "2", reason="damaged")]),
    "the newer version was agreed to by a clock that runs behind": (LEFT, "awaiting_return", [
        revised(13, "2", kind="exchange"), approved(12, "2")]),
    "revised twice": (LEFT, "awaiting_return", [
        revised(11, "2", kind="exchange", reason="damaged"), revised(12, "3", reason="quality"), approved(13, "3")]),
    "without versions, by time": (LEFT, "requested", [approved(11), revised(12, kind="exchange"), approved(11.5)]),
    "refused, revised, agreed": (LEFT, "awaiting_return", [
        refused(11, "1"), revised(12, "2", reason="damaged"), approved(13, "2")]),
    "changed into money only while the goods travel": (LEFT, "refunding", [
        sent_back(11), revised(12, "2", kind="refund_only"), approved(13, "2")]),
    "changed from an exchange while the goods travel": ({**LEFT, "kind": "exchange"}, "returning", [
        approved(11, "1"), sent_back(12), revised(13, "2", kind="return_refund")]),
    "withdrawn after all": (LEFT, "closed", [approved(11, "1"), revised(12, "2", reason="damaged"), withdrawn(13)]),
    "withdrawn, with money on its way": (MONEY, "closed", [approved(11, "1"), withdrawn(12), signed(9)]),
    "money only, revised": (MONEY, "refunding", [approved(11, "1"), revised(12, "2", amount=1000), approved(13, "2")]),
    "the platform has paid": (LEFT, "refunding", [approved(11, "1"), sent_back(12), platform_paid(13)]),
    "the platform has paid, and it came": (LEFT, "completed", [
        approved(11, "1"), platform_paid(12, TOTAL), came(13, TOTAL)]),
    "the platform has paid what was withdrawn": (LEFT, "refunding", [withdrawn(11), platform_paid(12), sent_back(13)]),
    "agreed before it left": (HOUSE, "refunding", [approved(11, "1"), shipped(12), signed(13)]),
    "left before it was agreed": (HOUSE, "refunding", [shipped(10.5), approved(11, "1"), signed(13)]),
    "a part of it was asked back before it left": (
        {**HOUSE, "lines": [{"line": "2", "quantity": 1}]}, "refunding", [approved(11, "1"), shipped(12)]),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_arrival_of_a_story_comes_to_one_end(shop, story):
    how, state, facts = STORIES[story]
    end = assert_all_end_alike(shop, [list(p) for p in permutations(facts)], **how)
    assert end["return"] == state


@pytest.mark.parametrize("story", STORIES)
def test_what_is_told_again_under_new_ids_changes_nothing(shop, story):
    how, _state, facts = STORIES[story]
    draw = random.Random(story)
    assert_all_end_alike(shop, [draw.sample(facts * 2, len(facts) * 2) for _ in range(12)], **how)


# ---- histories at random
MINUTES = st.integers(11, 18)


@st.composite
def histories(draw):
    """The facts of one return of what has left: versions in the order of their times, as a platform counts them."""
    facts, kinds = [], ["return_refund", "exchange", "refund_only"]
    times = sorted(draw(st.lists(MINUTES, max_size=2, unique=True)))
    for version, at in enumerate(times, 2):
        changes = draw(st.sampled_from([{"kind": k} for k in kinds] + [{"reason": "damaged"}]))
        facts.append(revised(at, str(version), **changes))
    for _ in range(draw(st.integers(0, 2))):
        version = draw(st.integers(1, len(times) + 1))
        facts.append(approved(draw(MINUTES), str(version)))
    further = [
        sent_back(draw(MINUTES)), withdrawn(draw(MINUTES)), platform_paid(draw(MINUTES), 9000), signed(draw(MINUTES)),
    ]  # fmt: skip
    return facts + draw(st.lists(st.sampled_from(further), max_size=3, unique_by=lambda f: f[1]))


@settings(
    max_examples=15, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(facts=histories(), kind=st.sampled_from(["return_refund", "exchange", "refund_only"]), seed=st.integers(0, 999))
def test_any_history_comes_to_one_end(shop, facts, kind, seed):
    draw, arrivals = random.Random(seed), []
    for _ in range(6):
        again = [draw.choice(facts) for _ in range(draw.randint(0, 2))] if facts else []
        arrivals.append(draw.sample([*facts, *again], len(facts) + len(again)))
    if facts:
        assert_all_end_alike(shop, arrivals, left=True, kind=kind)


# ---- and so through the hooks, where each message is stored first
STORED = [
    (20, "return.requested", {"number": "R1", "order": "A1", "kind": "refund_only", "reason": "quality", "version": 1,
                              "lines": [{"line": "1", "quantity": 1}], "evidence": ["https://img.example/1.jpg"]}),
    (21, "return.platform_approved", {"number": "R1", "version": 1}),
    (22, "return.revised", {"number": "R1", "kind": "return_refund", "version": 2}),
    (23, "return.platform_approved", {"number": "R1", "version": 2}),
    (24, "return.sent_back", {"number": "R1", "carrier": "顺丰", "tracking_number": "SF800"}),
    (25, "return.revised", {"number": "R1", "reason": "damaged", "version": 3}),
    (1, "order.paid", {"number": "A1"}),
    (5, "order.shipped", {"number": "A1", "parcels": [parcel("SF799")]}),
    (9, "order.signed", {"number": "A1"}),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("at_once", [True, False])
def test_stored_messages_come_to_the_same_end_one_by_one_and_in_one_batch(db, seed, at_once):
    hands, draw = Hands(), random.Random(seed)
    messages = [*STORED, *draw.sample(STORED, 3), (0, "order.placed", {**placed("A1")})]
    draw.shuffle(messages)
    for at, type_, data in messages:
        data = {**data, "placed_at": hands.t0.isoformat()} if type_ == "order.placed" else data
        hands.tell(type_, at, apply=not at_once, **data)
    hands.apply()
    assert not Inbox.objects.filter(outcome__in=["", "parked", "rejected"]).exists()
    ret = hands.ret()
    assert (ret.state, ret.kind, ret.reason, ret.applied[0]) == ("returning", "return_refund", "damaged", "3")
    assert (hands.order().state, ret.money) == ("signed", "")
    assert not Refund.objects.exclude(state="cancelled").exists()
    assert ret.evidence.count() == 1
