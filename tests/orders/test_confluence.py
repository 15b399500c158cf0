"""Promise I-07: in whatever order, and however often, the facts of an order arrive, it comes to the same end.

The measure is the arrival in the order in which things happened. What is compared: where the order stands, what was
paid, refunded and is still to be refunded, each parcel's contents and status, and which clocks run.
"""

import contextlib
import random
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.engine import Refused, take
from flows.table import Who
from hooks.models import Inbox
from orders.models import Order
from tests.factories import make_shop
from tests.orders import told
from tests.orders.hands import Hands, parcel
from tests.orders.told import TOTAL, all_end, box, paid, refunded, shipped, tracked


@pytest.fixture
def shop(db):
    return make_shop()


def in_time(facts):
    """As it happened: what is told twice is one fact."""
    return sorted((f for i, f in enumerate(facts) if f not in facts[:i]), key=lambda f: (f[1], facts.index(f)))


def ends_of(shop, arrivals, payment="online"):
    """Let each arrival be that of an order of its own, see what becomes of them, and forget it."""
    with transaction.atomic():
        orders = told.begin(shop, len(arrivals), payment)
        told.tell(orders, arrivals)
        ends = told.endings(orders)
        told.check_books(orders, paid_outside=True)
        transaction.set_rollback(True)
    return ends


def assert_all_end_alike(shop, arrivals, payment="online"):
    measure, *ends = ends_of(shop, [in_time(arrivals[0]), *arrivals], payment)
    for arrival, end in zip(arrivals, ends, strict=True):
        assert end == measure, f"told in this order: {arrival}"
    return measure


# ---- every permutation of small stories, each of which went astray once
PAIR = (shipped(5, box("P1", ("1", 1))), shipped(6, box("P2", ("2", 2))))
STORIES = {
    "one way through": ("signed", [paid(1), ("pack", 2, {"parcels": [box("P1")]}), shipped(3, box("P1")),
                                   tracked(4, "P1", "locker"), tracked(5, "P1", "signed")]),
    "cancelled before the goods left": ("closed", [paid(1), ("cancel", 2, {}), shipped(3, box("P1")), ("pack", 2, {})]),
    "cancelled after the goods left": ("signed", [paid(1), shipped(2, box("P1")), ("cancel", 3, {}),
                                                  all_end("sign", 4)]),
    "cancelled as the goods left": ("shipped", [paid(1), shipped(2, box("P1")), ("cancel", 2, {})]),
    "cancelled between two parcels": ("shipped", [paid(1), *PAIR, ("ask_cancel", 5.5, {"by": "customer"})]),
    "abandoned and paid after all": ("awaiting_confirmation", [("abandon", 1, {}), ("close_unpaid", 2, {}), paid(3)]),
    "two parcels, both signed": ("signed", [paid(1), *PAIR, tracked(7, "P1", "signed"), tracked(8, "P2", "signed")]),
    "two parcels, one is still under way": ("shipped", [*PAIR, tracked(7, "P2", "signed"), tracked(7, "P1", "locker")]),
    "two parcels, the first told no contents": (
        "shipped", [shipped(5, box("P1")), shipped(6, box("P2", ("2", 2))), tracked(7, "P1", "signed")]),
    "two parcels, the second told no contents": (
        "shipped", [shipped(5, box("P1", ("1", 1))), shipped(6, box("P2")), tracked(7, "P2", "signed")]),
    "one parcel refused, then signed all the same, the other refused": (
        "signed", [*PAIR, tracked(7, "P1", "refused"), tracked(8, "P1", "signed"), tracked(9, "P2", "refused")]),
    "all parcels refused": ("closed", [*PAIR, tracked(7, "P1", "refused"), tracked(7, "P2", "refused")]),
    "one refused, one brought back": ("bounced", [*PAIR, tracked(7, "P1", "refused"), tracked(7, "P2", "returned")]),
    "signed and refused at one moment": ("closed", [shipped(3, box("P1")), tracked(5, "P1", "signed"),
                                                    tracked(5, "P1", "refused"), paid(1)]),
    "all said to be refused, one signed later": (
        "signed", [*PAIR, all_end("reject_parcel", 8), tracked(9, "P1", "signed")]),
    "all signed before the last one left": ("signed", [PAIR[0], all_end("sign", 5.5), PAIR[1]]),
    "the parcels named one by one": ("signed", [*PAIR, all_end("sign", 7, "P1"), all_end("reject_parcel", 8, "P2")]),
    "contents corrected": ("partly_shipped", [shipped(4, box("P1")), shipped(5, box("P1", ("1", 1))), paid(1)]),
    "brought back, though signed for": ("signed", [shipped(3, box("P1")), all_end("bounce", 6), all_end("sign", 5)]),
    "refunded elsewhere before we knew of the payment": ("closed", [refunded(2), paid(1), shipped(3, box("P1"))]),
    "cancelled and refunded": ("closed", [paid(1), ("cancel", 2, {}), refunded(3, key="{number}:cancel"),
                                          shipped(4, box("P1"))]),
    "cancelled, though gone, and refunded": ("closed", [paid(1), shipped(2, box("P1")), ("cancel", 3, {}),
                                                        refunded(4, key="{number}:cancel")]),
    "cancelled and partly refunded elsewhere": ("closed", [paid(1), ("cancel", 2, {}), refunded(3, 3000)]),
    "paid in two parts, one of them refunded": (
        "awaiting_confirmation", [paid(1, 3000, "a"), paid(2, 7000, "b"), refunded(3, 3000)]),
    "cancelled, and paid in two parts": ("closed", [paid(1, 3000, "a"), ("cancel", 2, {}), paid(3, 7000, "b"),
                                                    refunded(4, 3000)]),
    "the amount paid was corrected": ("closed", [paid(1), paid(2, 9000), ("cancel", 3, {})]),
    "closed by the platform as refunded": ("closed", [paid(1), ("cancel", 2, {}), ("close_refunded", 3, {}),
                                                      all_end("sign", 4)]),
    "completed": ("completed", [shipped(1, box("P1")), ("complete", 2, {}), all_end("reject_parcel", 3),
                                ("close_refunded", 4, {})]),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_arrival_of_a_story_comes_to_one_end(shop, story):
    state, facts = STORIES[story]
    end = assert_all_end_alike(shop, [list(p) for p in permutations(facts)])
    assert end["state"] == state
    assert end["refunded"] <= end["refunds"] <= max(end["paid"], end["refunded"])


@pytest.mark.parametrize("story", STORIES)
def test_what_is_told_again_under_new_ids_changes_nothing(shop, story):
    _state, facts = STORIES[story]
    draw = random.Random(story)
    assert_all_end_alike(shop, [draw.sample(facts * 2, len(facts) * 2) for _ in range(30)], "online")


def test_a_cancelled_order_gives_back_what_was_paid_and_no_more(shop):
    for facts, back in [
        ([paid(1), ("cancel", 2, {})], TOTAL),
        ([paid(1), ("cancel", 2, {}), refunded(3, 3000)], TOTAL),
        ([paid(1), paid(2, 9000), ("cancel", 3, {})], 9000),
        ([paid(1, 3000, "a"), ("cancel", 2, {}), paid(3, 7000, "b")], TOTAL),
        ([paid(1), shipped(2, box("P1")), ("cancel", 3, {})], 0),
        ([("cancel", 3, {})], 0),
    ]:
        assert assert_all_end_alike(shop, [list(p) for p in permutations(facts)])["refunds"] == back


# ---- histories at random
MINUTES = st.integers(1, 8)
P1, P2 = box("P1"), box("P2")
PLANS = st.sampled_from([
    [], [[P1]], [[box("P1", ("1", 1), ("2", 2))]], [[box("P1", ("1", 1))], [box("P2", ("2", 2))]],
    [[box("P1", ("1", 1), ("2", 1))], [box("P2", ("2", 1))]], [[box("P1", ("1", 1)), box("P2", ("2", 2))]],
    [[P1], [box("P2", ("2", 2))]], [[box("P1", ("1", 1))], [P2]], [[box("P1", ("1", 1))], [P1]], [[P1], [P2]],
])  # fmt: skip
TRACKS = st.sampled_from(["in_transit", "locker", "problem", "signed", "signed", "refused", "returned"])


@st.composite
def histories(draw):
    """The facts of one order, possible and impossible ones, two to ten of them."""
    facts = [
        draw(st.builds(paid, MINUTES, st.sampled_from([TOTAL, TOTAL, 9000]))) for _ in range(draw(st.integers(0, 2)))
    ]
    plan = draw(PLANS)
    facts += [shipped(draw(MINUTES), *parcels) for parcels in plan]
    numbers = sorted({p["tracking_number"] for parcels in plan for p in parcels})
    some = st.sampled_from([[], *([n] for n in numbers)])
    for number in numbers:
        facts += [tracked(draw(MINUTES), number, draw(TRACKS)) for _ in range(draw(st.integers(0, 2)))]
    further = {
        "abandon": st.just({}), "close_unpaid": st.just({}), "cancel": st.just({}), "complete": st.just({}),
        "close_refunded": st.just({}), "ask_cancel": st.sampled_from([{"by": "customer"}, {"by": "merchant"}]),
        "pack": st.sampled_from([{"parcels": []}, *({"parcels": parcels} for parcels in plan)]),
    }  # fmt: skip
    for kind in draw(st.lists(st.sampled_from([*further, "sign", "reject_parcel", "bounce"]), max_size=4, unique=True)):
        at = draw(MINUTES)
        facts.append((kind, at, draw(further[kind])) if kind in further else all_end(kind, at, *draw(some)))
    if draw(st.integers(0, 3)) == 0:
        facts.append(refunded(draw(MINUTES), draw(st.sampled_from([TOTAL, 3000]))))
    return facts


@settings(
    max_examples=100, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(facts=histories(), payment=st.sampled_from(["online", "online", "cod"]), seed=st.integers(0, 2**20))
def test_any_history_comes_to_one_end(shop, facts, payment, seed):
    draw = random.Random(seed)
    arrivals = []
    for _ in range(12):
        again = [draw.choice(facts) for _ in range(draw.randint(0, 2))] if facts else []
        arrivals.append(draw.sample([*facts, *again], len(facts) + len(again)))
    if facts:
        assert_all_end_alike(shop, arrivals, payment)


# ---- people go on meanwhile: the strongest fact still says where the order stands
STRENGTH = ["abandon", "pay", "pack", "ship", "cancel", "bounce", "sign", "close_refunded", "complete"]
MAY_STAND = {
    "": {"awaiting_payment"}, "abandon": {"closed"},
    "pay": {"awaiting_confirmation", "awaiting_audit", "picking", "out_of_stock"},
    "pack": {"packed", "out_of_stock", "picking"}, "ship": {"shipped"}, "cancel": {"closed"}, "bounce": {"bounced"},
    "sign": {"signed"}, "close_refunded": {"closed"}, "complete": {"completed"},
}  # fmt: skip
STAFF = [
    ("confirm", Who.AGENT, {}), ("send_back", Who.AUDITOR, {"why": "地址不清"}), ("audit", Who.AUDITOR, {}),
    ("report_stock_out", Who.WAREHOUSE, {"lines": [{"line": "1"}]}), ("restock", Who.WAREHOUSE, {}),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
def test_people_who_go_on_meanwhile_never_outrank_a_fact(shop, seed):
    draw = random.Random(seed)
    facts = draw.sample([
        paid(1), ("abandon", 0.5, {}), ("pack", 2, {}), shipped(3, box("P1")), ("cancel", draw.choice([2.5, 4]), {}),
        tracked(5, "P1", "returned"), all_end("sign", 6), ("complete", 7, {}), ("close_refunded", 7, {}),
    ], draw.randint(1, 6))  # fmt: skip
    [order] = told.begin(shop, 1)
    Order.objects.filter(pk=order.pk).update(
        buyer_name="张三", buyer_phone="13800138000", address={"province": "浙江", "city": "杭州", "detail": "1 号"}
    )
    heard = []
    for fact in [*facts, *draw.sample(facts, draw.randint(0, len(facts)))]:
        for step, who, inputs in draw.choices(STAFF, k=3):
            with contextlib.suppress(Refused):
                take(Order.objects.get(pk=order.pk), step, who=who, by="staff", at=told.NOW, inputs=inputs)
        told.tell([order], [[fact]])
        heard.append(fact)
        assert Order.objects.get(pk=order.pk).state in MAY_STAND[strongest(heard)], heard
    told.check_books([order])


def strongest(heard):
    """The rule of facts, worded a second time."""
    kinds = {kind for kind, _at, _inputs in heard}
    if "track" in kinds and "ship" in kinds:
        kinds.add("bounce")
    left = min((at for kind, at, _inputs in heard if kind == "ship"), default=None)
    if left is not None and all(at >= left for kind, at, _inputs in heard if kind == "cancel"):
        kinds.discard("cancel")
    return max(kinds & set(STRENGTH), key=STRENGTH.index, default="")


# ---- and so through the hooks, where each message is stored first
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("at_once", [True, False])
def test_stored_messages_come_to_the_same_end_one_by_one_and_in_one_batch(db, seed, at_once):
    hands = Hands()
    story = [
        (1, "order.paid", {}), (5, "order.shipped", {"parcels": [parcel("SF1", ("1", 1))]}),
        (6, "order.shipped", {"parcels": [parcel("SF2", ("2", 2))]}), (4, "order.cancel_requested", {}),
        (5, "order.cancel_requested", {}), (3, "order.packed", {}), (9, "order.signed", {"parcels": [parcel("SF2")]}),
    ]  # fmt: skip
    messages = [(at, type_, {"number": "A1", **data}) for at, type_, data in story if at != 4 or seed % 2]
    track = {"carrier": "顺丰", "tracking_number": "SF1", "state": "refused"}
    messages += [(8, "parcel.tracked", track), (0, "placed", {})]
    random.Random(seed).shuffle(messages)
    for at, type_, data in messages:
        if type_ == "placed":
            hands.tell("order.placed", 0, apply=not at_once, **told_placed(hands))
        else:
            hands.tell(type_, at, apply=not at_once, **data)
    hands.apply()
    assert not Inbox.objects.filter(outcome__in=["", "parked", "rejected"]).exists()
    assert hands.order().state == "signed"
    assert {p.tracking_number: p.status for p in hands.order().parcels.all()} == {"SF1": "refused", "SF2": "signed"}
    assert not hands.order().refunds.exclude(state="cancelled").exists()


def told_placed(hands):
    from tests.factories import placed

    return {**placed("A1"), "placed_at": hands.t0.isoformat()}
