"""What the sample back ends will say: decided by the seed alone."""

from collections import Counter

from hooks.platform import Endpoint
from hooks.platforms.native.translate import translate
from hooks.strict import read
from kefu.demo import backend
from kefu.demo.messages import AGAIN, ANEW, CONTRADICTED, Message
from kefu.demo.queue import Queue, envelope
from kefu.demo.shops import SAMPLES
from kefu.demo.stories import n_of, number_of, story

MANY = 400


def test_the_same_seed_tells_the_same_story() -> None:
    assert [story(7, n) for n in range(50)] == [story(7, n) for n in range(50)]


def test_another_seed_tells_another_story_with_other_numbers() -> None:
    ours, theirs = ([story(seed, n) for n in range(50)] for seed in (7, 8))
    assert not {s.number for s in ours} & {s.number for s in theirs}
    assert [s.titles for s in ours] != [s.titles for s in theirs]


def test_every_message_has_an_id_of_its_own_within_its_shop() -> None:
    ids = Counter((m.shop, m.id) for n in range(MANY) for m in story(7, n).messages)
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_message_is_one_that_the_native_dialect_understands() -> None:
    for n in range(MANY):
        for m in story(7, n).messages:
            body = read(envelope(m.type, m.data, 1_800_000_000.0).encode())
            endpoint = Endpoint(1, m.shop, "native", "CNY", ())
            told = translate(body, {"webhook-id": m.id}, endpoint)
            assert told.events, m
            assert not told.flag, m


def test_all_that_a_visitor_should_see_happens_among_a_few_hundred_orders() -> None:
    told = [m for n in range(MANY) for m in story(7, n).messages]
    kinds = {m.type for m in told}
    assert kinds >= {
        "order.placed", "order.paid", "order.abandoned", "order.amended", "order.cancel_requested", "order.shipped",
        "order.out_of_stock", "parcel.tracked",
    }  # fmt: skip
    states = {m.data["state"] for m in told if m.type == "parcel.tracked"}
    assert states >= {"signed", "locker", "refused", "returned", "problem", "lost"}
    assert {m.twist for m in told} == {"", AGAIN, ANEW, CONTRADICTED}
    assert {story(7, n).payment for n in range(MANY)} == {"online", "cod"}


def test_some_payments_overtake_their_orders_and_some_parcels_their_shipping() -> None:
    found = [list(story(7, n).messages) for n in range(MANY)]
    before = [[m.type for m in sorted(those, key=lambda m: m.after)] for those in found]
    assert any("order.paid" in t and t.index("order.paid") < t.index("order.placed") for t in before)
    assert any(
        "order.shipped" in t and t.index("parcel.tracked") < t.index("order.shipped")
        for t in before
        if "parcel.tracked" in t
    )


def test_a_number_leads_back_to_its_story_also_from_a_replacement() -> None:
    for sample in SAMPLES:
        number = number_of(sample, 7, 123)
        assert n_of(number, 7) == n_of(f"{number}-H1", 7) == 123
        assert n_of(number, 8) is None
    assert n_of("A1001", 7) is None


def test_what_people_here_ship_is_followed_by_a_courier_and_not_shipped_again() -> None:
    inputs = {"parcels": [{"carrier": "SF", "tracking_number": "sf1234567890"}]}
    data = {
        "shop": "muli",
        "flow": "order",
        "number": "TB007000001",
        "step": "ship",
        "who": "warehouse",
        "inputs": inputs,
    }
    reaction = backend.react(7, 1, {"type": "order.ship", "data": data})
    assert {m.data["tracking_number"] for m in reaction.answers} == {"SF1234567890"}
    assert "order.shipped" in reaction.drops["TB007000001"]


def test_a_cancelled_order_is_no_longer_shipped_nor_its_parcel_tracked() -> None:
    queue = Queue()
    shipped = Message(5, "muli", "A", "1", "order.shipped", {"parcels": [{"tracking_number": "SF1"}]}, 5)
    tracked = Message(9, "muli", "A", "2", "parcel.tracked", {"tracking_number": "SF1"}, 9)
    other = Message(9, "muli", "B", "3", "order.shipped", {"parcels": [{"tracking_number": "SF2"}]}, 9)
    queue.add([shipped, tracked, other], now=0)
    queue.drop("A", backend.TO_SHIP)
    assert [item.message for item in iter(lambda: queue.take(100.0), None)] == [other]


def test_a_parcel_that_is_never_sent_back_is_not_tracked() -> None:
    queue = Queue()
    sent = Message(5, "muli", "A-S3", "1", "return.sent_back", {"number": "A-S3", "tracking_number": "SF1"}, 5)
    tracked = Message(9, "muli", "A-S3", "2", "parcel.tracked", {"tracking_number": "SF1"}, 9)
    other = Message(9, "muli", "A-S3", "3", "parcel.tracked", {"tracking_number": "SF2"}, 9)
    queue.add([sent, tracked, other], now=0)
    queue.drop("A-S3", frozenset({"return.sent_back"}))
    assert [item.message for item in iter(lambda: queue.take(100.0), None)] == [other]


def test_what_waits_goes_on_after_a_pause_as_if_nobody_had_been_away() -> None:
    queue, later = Queue(), Queue()
    queue.add([Message(30, "muli", "A", "1", "order.paid", {"number": "A"}, 30)], now=1000)
    later.load(queue.saved(now=1010), now=5000)
    assert later.next_due == 5020
    assert later.take(5019) is None
    item = later.take(5021)
    assert item is not None and item.happened == 5020
