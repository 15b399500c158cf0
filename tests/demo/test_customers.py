"""What the sample shops' customers, couriers and platforms say of returns: decided by the seed alone."""

from collections import Counter

import pytest

from hooks.events import EVENTS
from hooks.platform import Endpoint
from hooks.platforms.native.translate import translate
from hooks.strict import read
from kefu.demo import backend, customers, parcels_back, provider, wishes
from kefu.demo.messages import PAGE
from kefu.demo.payments import MODES, Ledger
from kefu.demo.queue import Queue, envelope
from kefu.demo.stories import story
from returns.states import Kind, Reason

MANY = 300
SEED = 7


def event(topic, number, shop="muli", **data):
    flow, _dot, step = topic.partition(".")
    said = {"flow": flow, "step": step, "shop": shop, "number": number, "seq": 1, "who": "agent", **data}
    return {"type": topic, "data": said}


def test_who_was_helped_before_asking_asks_nothing_more():
    drops = backend.react(SEED, 1, event("return.start", "TB007000077-R1")).drops
    assert "return.requested" in drops["TB007000077-S3"]


def settled_by(topic, number):
    return backend.react(SEED, 1, event(topic, number)).settled


def asks(number, *settled):
    answers = backend.react(SEED, 1, event("order.sign", number), settled).answers
    return [m.type for m in answers if m.type == "return.requested"]


@pytest.mark.parametrize(("topic", "case"), [("order.drop_rest", ""), ("return.start", "-R1"), ("order.sign", "")])
def test_who_was_helped_before_it_arrived_or_has_asked_asks_for_nothing_more(topic, case):
    """What was out of stock has left the order, the shop has seen to what was lost, or it is signed once more after a
    further parcel: nothing of it can be asked."""
    told, _wish = next((told, wish) for told, wish in wished() if wish.when == wishes.AGAIN)
    assert asks(told.number)
    assert settled_by(topic, told.number + case) == told.number
    assert asks(told.number, told.number) == []


def test_who_has_asked_for_nothing_yet_may_still_ask():
    told, wish = next((told, wish) for told, wish in wished() if wish.when == wishes.SIGNED)
    assert not any(settled_by(t, n) for t, n in (("return.start", wish.number), ("order.ship", told.number)))


@pytest.mark.parametrize("topic", ["order.start", "order.pay", "order.ship", "order.sign", "order.report_stock_out"])
def test_no_two_events_of_an_order_and_of_what_replaces_it_are_answered_under_one_id(topic):
    """The replacement is signed too, and an order may be shipped twice: said again, it would be a contradiction."""
    for n in range(MANY):
        told = story(SEED, n)
        heard = [(told.number, 3), (told.number, 9), (f"{told.number}-H1", 3), (f"{told.number}-H2", 3)]
        settled, ids = set[str](), list[str]()
        for number, seq in heard:
            reaction = backend.react(SEED, 1, event(topic, number, told.shop, seq=seq), settled)
            settled.add(reaction.settled)
            ids += [m.id for m in reaction.answers]
        assert len(ids) == len(set(ids))


def wished():
    for n in range(MANY):
        told = story(SEED, n)
        for when in wishes.SHARES:
            if found := wishes.wish(SEED, told.number, when):
                yield told, found


def reactions():
    """What follows from every step of every return that is wished for, wherever it may lead."""
    leads = {
        "start": ("requested",), "approve": ("awaiting_return", "refunding", "exchanging"),
        "ask_evidence": ("awaiting_evidence",), "offer": ("offered",), "refuse": ("refused",),
        "refuse_receipt": ("receipt_refused",), "ask_freight": ("awaiting_freight",), "send_back": ("returning",),
        "expire": ("closed",), "bounce": ("awaiting_return",), "hand_back": ("handing_back",),
        "exchange": ("exchanging",),
    }  # fmt: skip
    for told, wish in wished():
        for step, states in leads.items():
            for to in states:
                said = {"to": to, "from": "awaiting_return", "shop": told.shop, "seq": f"1{to}"}
                yield from backend.react(SEED, 1, event(f"return.{step}", wish.number, **said)).answers
        parcels = [{"carrier": "SF", "tracking_number": "SF1234567890123"}]
        stop = event("order.stop_parcel", wish.number, told.shop, parcels=parcels)
        stop["data"]["flow"] = "return"
        yield from backend.react(SEED, 1, stop).answers
        for step in ("start", "appeal"):
            yield from backend.react(SEED, 1, event(f"dispute.{step}", f"{wish.number}-D1", told.shop)).answers


def asked():
    return [m for told, wish in wished() for m in customers.ask(SEED, 1, told.number, wish.when)]


def test_every_kind_and_most_reasons_are_wished_for_among_a_few_hundred_orders():
    found = [wish for _told, wish in wished()]
    assert {wish.kind for wish in found} == set(Kind.values)
    assert {wish.reason for wish in found} >= set(Reason.values) - {Reason.REJECTED}
    assert {wish.when for wish in found} == set(wishes.SHARES)
    assert Counter(wish.kind for wish in found).most_common(1)[0][0] == "return_refund"


def test_the_same_seed_wishes_the_same_and_another_seed_something_else():
    assert asked() == asked()
    numbers = [story(SEED, n).number for n in range(50)]
    assert not any(wishes.wish(8, number, wishes.SIGNED) for number in numbers)


def test_nobody_asks_for_more_than_was_bought():
    for told, wish in wished():
        bought = {line["sku"]: line for line in told.basket}
        assert wish.fen <= sum(line["fen"] for line in told.basket)
        for sku, quantity in wish.lines or ():
            assert 1 <= quantity <= bought[sku]["quantity"]


def test_two_wishes_of_one_order_never_ask_for_the_same_goods():
    for told, wish in wished():
        first = wishes.wish(SEED, told.number, wishes.SIGNED)
        if wish.when == wishes.AGAIN and first:
            assert first.lines is not None and not dict(first.lines).keys() & dict(wish.lines).keys()


def test_every_word_of_customers_couriers_and_platforms_is_in_the_contract():
    told = [m for m in (*asked(), *reactions()) if not m.type.startswith(PAGE)]
    for m in told:
        body = read(envelope(m.type, m.data, 1_800_000_000.0).encode())
        heard = translate(body, {"webhook-id": m.id}, Endpoint(1, m.shop, "native", "CNY", ()))
        assert heard.events and not heard.flag, m
    said = {m.type for m in told}
    assert said >= {name for name in EVENTS if name.startswith("return.")} - {
        "return.refused", "return.closed", "return.replacement_sent", "return.replacement_signed",
    }  # fmt: skip
    assert said >= {"dispute.opened", "dispute.ruled", "dispute.withdrawn", "refund.succeeded", "parcel.tracked"}


def test_every_message_has_an_id_of_its_own():
    ids = Counter((m.shop, m.id) for m in (*asked(), *reactions()))
    assert [name for name, count in ids.items() if count > 1] == []


def test_what_no_hook_has_a_name_for_the_customer_does_on_the_page():
    acts = {m.type.removeprefix(PAGE) for m in reactions() if m.type.startswith(PAGE)}
    assert acts == {"accept", "decline", "parcel", "evidence", "freight", "switch", "look"}


def test_goods_come_back_in_every_way():
    seen = Counter()
    for n in range(200):
        rng = wishes.dice(SEED, n)
        [how] = rng.choices([how for _share, how in parcels_back.WAYS], [share for share, _how in parcels_back.WAYS])
        seen[how.__name__] += 1
    assert set(seen) == {how.__name__ for _share, how in parcels_back.WAYS}


def test_a_number_leads_back_to_its_wish_and_no_other_return_has_one():
    for _told, wish in wished():
        assert wishes.of(SEED, wish.number) == wish
    for number in ("TB007000001", "TB007000001-R1", "TB007000001-H1", "A1-S3", "TB007000001-S9"):
        assert wishes.of(SEED, number) is None


def test_a_return_that_has_ended_says_nothing_more_but_a_parcel_still_comes():
    ended = customers.react(SEED, 1, event("return.withdraw", "TB007000001-S3", to="closed"))
    assert {"return.sent_back", "dispute.opened", "page.accept", "return.platform_refunded"} <= ended.drops
    assert not ended.drops & {"return.received", "parcel.tracked", "dispute.ruled"}


def test_the_platforms_own_money_is_not_dropped_by_its_own_step():
    by_us = customers.react(SEED, 1, event("return.refund", "TB007000001-S3", to="refunding", who="agent"))
    by_platform = customers.react(
        SEED, 1, event("return.auto_refund", "TB007000001-S3", to="refunding", who="platform")
    )
    assert "refund.succeeded" in by_us.drops
    assert "refund.succeeded" not in by_platform.drops


def test_nothing_is_shipped_while_the_money_of_an_unshipped_order_is_asked_back():
    wish = next(w for _told, w in wished() if w.when == wishes.UNSHIPPED)
    reaction = backend.react(SEED, 1, event("return.start", wish.number, wish.shop, to="requested"))
    assert "order.shipped" in reaction.drops[wish.order]


# ---- the provider
@pytest.mark.parametrize("mode", provider.SHARES)
def test_the_provider_answers_each_instruction_in_its_mode(mode):
    key = next(f"K{n}" for n in range(1000) if provider.mode_of(SEED, f"K{n}") == mode)
    ledger, data = Ledger(), {"shop": "muli", "key": key, "amount": "12.30", "order": "TB007000001", "attempt": 1}
    told = [m for m in provider.answers(ledger, SEED, 1, data) if m.type.startswith("refund.")]
    assert mode in MODES
    assert ledger.paid() == ({} if mode == "fails_then_pays" else {key: 1230})
    assert bool(told) == (mode != "silent")
    assert {m.data["key"] for m in told} <= {key}


def test_an_instruction_that_comes_again_is_answered_under_other_ids_and_pays_once():
    ledger, data = Ledger(), {"shop": "muli", "amount": "12.30", "order": "TB007000001", "return": "TB007000001-S1"}
    keys = [f"K{n}" for n in range(200)]
    found = [m for key in keys for attempt in (1, 2)
             for m in provider.answers(ledger, SEED, 1, {**data, "key": key, "attempt": attempt})]  # fmt: skip
    assert {m.type for m in found} >= {"refund.succeeded", "refund.confirmed", f"{PAGE}received"}
    assert len({m.id for m in found}) == len(found)
    assert ledger.paid() == dict.fromkeys(keys, 1230)


def test_what_waits_of_the_page_goes_on_after_a_pause_like_any_message():
    queue, later = Queue(), Queue()
    queue.add([m for m in reactions() if m.type.startswith(PAGE)][:3], now=1000)
    later.load(queue.saved(now=1001), now=5000)
    assert len(later) == 3
