"""message.received: a conversation has one open ticket, whoever speaks first, however often the source says it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hooks import process
from hooks.models import Inbox
from rows import claim as queue
from tests.factories import placed
from tests.tickets.hands import Hands
from tickets.models import Customer, Message, Ticket

BUYER = {"id": "b-1", "name": "张三", "phone": "13800138000"}


class Talk(Hands):
    def hook(self, words="在吗？", at=0.0, *, conversation="c-1", apply=True, **more):
        """A message by hook; -> the ticket that hears the conversation, the inbox row's outcome."""
        data = {"conversation": conversation, "channel": "im", "buyer": BUYER, "text": words, **more}
        event = self.tell("message.received", at, apply=apply, **data)
        return Inbox.objects.get(pk=event) if apply else event


@pytest.fixture
def hands(db):
    return Talk()


def only():
    return Ticket.objects.get()


def said(ticket):
    return [(m.side, m.words) for m in ticket.messages.order_by("seq") if m.side != "system"]


def test_the_first_message_opens_the_ticket_with_its_customer_and_the_clock_of_the_greeting(hands):
    photo = {"url": "https://img.example/1.jpg", "name": "鞋.jpg"}
    row = hands.hook("鞋子有货吗？", message="m-1", attachments=[photo])
    ticket = only()
    assert (row.outcome, row.flow, row.subject) == ("applied", "ticket", ticket.pk)
    assert (ticket.state, ticket.channel, ticket.kind, ticket.opened_by) == ("new", "im", "presale", "message")
    assert (ticket.conversation, ticket.title, ticket.spoken) == ("c-1", "鞋子有货吗？", True)
    assert ticket.waiting_since == hands.t0
    assert (ticket.customer.buyer_id, ticket.customer.name) == ("b-1", "张三")
    message = Message.objects.get()
    assert (message.side, message.words, message.external, message.by) == ("customer", "鞋子有货吗？", "m-1", "")
    assert message.files == [photo]


def test_what_follows_is_heard_by_the_open_ticket(hands):
    hands.hook("在吗？")
    hands.hook("还在吗？", 1)
    assert said(only()) == [("customer", "在吗？"), ("customer", "还在吗？")]
    hands.does(only(), "reply", at=2, words="在的")
    hands.hook("鞋子有货吗？", 3)
    assert only().state == "awaiting_reply"
    assert (only().heard, only().waiting_since) == (3, hands.at(3))


def test_messages_of_one_batch_are_heard_as_they_happened(hands):
    hands.hook("第三", 3, apply=False)
    hands.hook("第一", 1, apply=False)
    hands.hook("另一个", 2, conversation="c-2", apply=False)
    hands.hook("第二", 2)
    assert said(Ticket.objects.get(conversation="c-1")) == [("customer", w) for w in ("第一", "第二", "第三")]
    assert Ticket.objects.count() == 2


def test_the_same_message_under_another_event_changes_nothing(hands):
    hands.hook("在吗？", message="m-1")
    again = hands.hook("在吗？", 1, message="m-1")
    assert (again.outcome, again.why) == ("no_op", "这条消息早已收到")
    assert (only().version, Message.objects.count()) == (1, 1)
    hands.hook("一", 2, message="m-2", apply=False)
    hands.hook("一", 2, message="m-2")
    assert (only().version, Message.objects.count()) == (2, 2)


def test_a_resolved_ticket_is_reopened_and_a_closed_one_leaves_room_for_another(hands):
    hands.hook("在吗？")
    hands.does(only(), "resolve", at=1)
    hands.hook("还没好", 2)
    assert (only().state, only().reopened) == ("awaiting_reply", 1)
    hands.does(only(), "resolve", at=3)
    hands.does(only(), "close", at=4)
    hands.hook("又坏了", 5)
    old, new = Ticket.objects.order_by("pk")
    assert (old.state, new.state, new.conversation) == ("closed", "new", "c-1")
    assert said(new) == [("customer", "又坏了")]


def test_a_merged_conversation_is_heard_where_it_went_along_all_merges(hands):
    for n in (1, 2, 3):
        hands.hook(f"第 {n}", n, conversation=f"c-{n}")
    one, two, three = Ticket.objects.order_by("pk")
    hands.does(one, "merge", at=4, into=two.pk)
    hands.does(two, "merge", at=5, into=three.pk)
    hands.hook("我又来了", 6, conversation="c-1")
    hands.hook("还有我", 6, conversation="c-2", apply=False)
    hands.hook("和我", 6, conversation="c-3")
    assert Ticket.objects.count() == 3
    assert sorted(w for _s, w in said(three)) == ["和我", "我又来了", "第 3", "还有我"]
    hands.does(three, "resolve", at=7)
    hands.does(three, "close", at=8)
    hands.hook("新的事", 9, conversation="c-1")
    assert Ticket.objects.count() == 4


def test_the_order_that_is_named_is_linked(hands):
    order = hands.place()
    hands.hook("什么时候发货？", 1, order="A1")
    assert (only().order, only().order_named) == (order, "")


def test_an_order_that_comes_later_is_linked_when_it_comes(hands):
    hands.hook("我的订单呢？", 0, order="A1")
    assert (only().order, only().order_named, only().state) == (None, "A1", "new")
    order = hands.place(at=1)
    assert (only().order, only().order_named, only().version) == (order, "", 2)


def test_an_order_that_comes_in_the_same_batch_is_linked(hands):
    hands.hook("什么时候发货？", 1, order="A1", apply=False)
    order = hands.place()
    assert only().order == order


def test_a_later_message_links_a_ticket_that_had_no_order(hands):
    order = hands.place()
    hands.hook("在吗？", 1)
    hands.hook("是这个订单", 2, order="A1")
    assert only().order == order
    hands.place("A2", 3)
    hands.hook("还有这个", 4, order="A2")
    assert only().order == order  # one that it has stays: a person links another


def test_a_later_message_may_name_an_order_that_is_not_here_yet(hands):
    hands.hook("在吗？", 1)
    hands.hook("是这个订单", 2, order="A1")
    assert only().order is None
    assert hands.place() == only().order


def test_another_shops_order_is_never_linked(hands):
    other = Talk()
    other.place("A1")
    hands.hook("在吗？", 1, order="A1")
    ticket = Ticket.objects.get(shop=hands.shop)
    assert (ticket.order, ticket.order_named) == (None, "A1")
    assert not Ticket.objects.filter(shop=other.shop).exists()


def test_another_shops_conversation_of_the_same_name_is_another(hands):
    other = Talk()
    hands.hook("一", 1)
    other.hook("二", 1)
    assert [said(t) for t in Ticket.objects.order_by("pk")] == [[("customer", "一")], [("customer", "二")]]
    assert Customer.objects.count() == 2


def test_a_distributor_is_known_as_one(hands):
    customer = hands.customer()
    Customer.objects.filter(pk=customer.pk).update(distributor=True)
    hands.hook("要补货")
    assert (only().kind, only().distributor) == ("distributor", True)


def test_who_is_not_named_is_the_orders_buyer_or_the_conversation(hands):
    hands.place()
    hands.hook("在吗", 1, order="A1", buyer={})
    hands.hook("在吗", 1, conversation="c-2", buyer={})
    assert [t.customer.buyer_id for t in Ticket.objects.order_by("pk")] == ["b-1", "conversation:c-2"]


def test_two_customers_in_one_batch_cost_no_more_statements_than_one(hands):
    def cost(first, many):
        for n in range(many):
            hands.hook("在吗", 1, conversation=f"c-{first}-{n}", buyer={"id": f"b-{first}-{n}"}, apply=False)
        with CaptureQueriesContext(connection) as queries:
            hands.apply()
        for n in range(many):
            hands.hook("还在吗", 2, conversation=f"c-{first}-{n}", buyer={"id": f"b-{first}-{n}"}, apply=False)
        with CaptureQueriesContext(connection) as further:
            hands.apply()
        return len(queries), len(further)

    cost(0, 1)
    assert cost(1, 1) == cost(2, 20)


# ---- at once
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [8])
def test_two_first_messages_at_once_open_one_ticket(rounds):
    hands = Talk()
    for n in range(rounds):
        for words in ("一", "二"):
            hands.hook(words, 1, conversation=f"r-{n}", apply=False)
        outcomes = at_once(hands)
        assert sum(o.get("applied", 0) for o in outcomes) == 2
        assert sorted(w for _s, w in said(Ticket.objects.get(conversation=f"r-{n}"))) == ["一", "二"]
    assert not Inbox.objects.exclude(failure="").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_message_while_its_ticket_is_closed_is_never_lost():
    hands = Talk()
    for n in range(10):
        hands.hook("在吗", 1, conversation=f"r-{n}")
        ticket = hands.does(Ticket.objects.get(conversation=f"r-{n}"), "resolve", at=2)
        hands.hook("还没好", 3, conversation=f"r-{n}", apply=False)
        gate = Barrier(2)

        def close(ticket=ticket, gate=gate):
            try:
                gate.wait()
                hands.does(ticket, "close", at=3)
            except Exception as refused:  # the message was first
                return type(refused).__name__
            finally:
                connection.close()

        def hear(gate=gate):
            try:
                gate.wait()
                return hands.apply()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(close), pool.submit(hear)]
            assert {f.result() for f in done[:1]} <= {None, "Refused"}
            assert done[1].result()["applied"] == 1
        live = Ticket.objects.exclude(state="closed").get(conversation=f"r-{n}")
        assert live.state in ("new", "awaiting_reply")
        assert ("customer", "还没好") in said(live)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_placed_while_a_message_names_it_is_linked():
    hands = Talk()
    for n in range(8):
        hands.hook("在吗", 1, conversation=f"r-{n}", order=f"O{n}", apply=False)
        hands.tell("order.placed", 1, apply=False, **placed(f"O{n}"))
        at_once(hands)
        assert Ticket.objects.get(conversation=f"r-{n}").order.number == f"O{n}"


def at_once(hands):
    """Two workers, a row each, at the same moment."""
    now, gate = timezone.now(), Barrier(2)
    batches = [queue.claim(Inbox, at=now, limit=1) for _worker in range(2)]
    assert [len(batch) for batch in batches] == [1, 1]

    def work(batch):
        gate.wait()
        try:
            return process.apply(batch, at=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, batches))


def test_a_message_from_a_clock_that_runs_ahead_waits_from_now(hands):
    """Else it would stand behind everybody in the queue, and its answer would have taken no time at all."""
    hands.hook("在吗？", 60 * 24 * 30, message="m-1")
    ticket = only()
    assert ticket.waiting_since == ticket.heard_at == ticket.first_heard_at == Message.objects.get().noted_at
    assert Message.objects.get().at == hands.at(60 * 24 * 30)


def test_a_late_message_counts_from_when_it_was_said(hands):
    hands.hook("在吗？", 2, message="m-2")
    hands.hook("有人吗？", 1, message="m-1")
    assert (only().waiting_since, only().heard_at) == (hands.at(1), hands.at(2))
