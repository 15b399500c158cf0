"""review.posted: every review is kept; a bad or middling one opens a ticket, and its course is noted there."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hooks import process
from hooks.models import Inbox
from rows import claim as queue
from tests.tickets.hands import Hands
from tickets.models import Message, Review, Ticket


class Readers(Hands):
    def review(self, rating=2, text="鞋底开胶", at=10.0, *, order="A1", review="v-1", apply=True, **more):
        """-> the inbox row."""
        event = self.tell(
            "review.posted", at, apply=apply, order=order, review=review, rating=rating, text=text, **more
        )
        return Inbox.objects.get(pk=event)


@pytest.fixture
def hands(db):
    hands = Readers()
    hands.place()
    return hands


def test_a_bad_review_opens_a_ticket_with_its_order_and_the_buyer(hands):
    row = hands.review(images=["https://img.example/1.jpg"])
    ticket, review = Ticket.objects.get(), Review.objects.get()
    assert (row.outcome, row.flow, row.subject) == ("applied", "ticket", ticket.pk)
    assert (ticket.kind, ticket.order.number, ticket.customer.buyer_id) == ("bad_review", "A1", "b-1")
    assert (ticket.state, ticket.spoken, ticket.opened_by) == ("new", False, "review")
    assert ticket.title == "跟进 2 星评价：联系客户，问清原因"
    message = Message.objects.get()
    assert (message.side, message.words) == ("system", "2 星评价：鞋底开胶")
    assert message.files == [{"url": "https://img.example/1.jpg"}]
    assert (review.order.number, review.first, review.rating, review.ticket) == ("A1", 2, 2, ticket)
    assert (review.words, review.at, review.changed_at) == ("鞋底开胶", hands.at(10), None)


def test_a_phone_in_a_review_is_not_in_what_the_desk_says_of_it(hands):
    hands.review(text="太差了，打我电话 13900001111")
    hands.review(1, text="没人理，再打 13900001111", at=20)
    assert [m.words for m in Message.objects.order_by("pk")] == [
        "2 星评价：太差了，打我电话 ****", "评价由 2 星改为 1 星：没人理，再打 ****",
    ]  # fmt: skip
    assert Review.objects.get().words == "没人理，再打 13900001111"


@pytest.mark.parametrize(("rating", "tickets"), [(1, 1), (3, 1), (4, 0), (5, 0)])
def test_three_stars_and_fewer_open_a_ticket_and_every_review_is_kept(hands, rating, tickets):
    assert hands.review(rating).outcome == "applied"
    assert Review.objects.get().rating == rating
    assert Ticket.objects.count() == tickets


@pytest.mark.parametrize(("limit", "rating", "tickets"), [(0, 1, 0), (1, 2, 0), (5, 5, 1)])
def test_the_shop_says_what_is_bad(hands, limit, rating, tickets):
    from shops import policy

    policy.edit(hands.shop, {"after_sales": {"bad_review": limit}}, "lead", timezone.now())
    hands.review(rating)
    assert Ticket.objects.count() == tickets


def test_a_better_one_later_is_recorded_and_noted_in_the_ticket(hands):
    hands.review(2)
    hands.does(Ticket.objects.get(), "resolve", at=11)
    hands.review(5, "客服处理很快", 12)
    review, ticket = Review.objects.get(), Ticket.objects.get()
    assert (review.first, review.rating, review.words) == (2, 5, "客服处理很快")
    assert review.changed_at == hands.at(12)
    assert review.appended == [[hands.at(12).isoformat(), 5, "客服处理很快"]]
    assert (ticket.state, ticket.messages.latest("seq").words) == ("resolved", "评价由 2 星改为 5 星：客服处理很快")


def test_a_worse_one_after_its_ticket_has_ended_opens_another(hands):
    hands.review(3)
    hands.does(Ticket.objects.get(), "resolve", at=11)
    hands.review(3, "补充一句", 12)
    assert Ticket.objects.get().messages.latest("seq").words == "追加评价：补充一句"
    hands.review(1, "越来越差", 13)
    old, new = Ticket.objects.order_by("pk")
    assert (old.state, new.state, Review.objects.get().ticket) == ("resolved", "new", new)


def test_a_good_one_that_turns_bad_opens_a_ticket(hands):
    hands.review(5)
    hands.review(1, "掉色", 12)
    assert Review.objects.get().ticket == Ticket.objects.get()
    assert (Review.objects.get().first, Review.objects.get().rating) == (5, 1)


def test_a_second_review_of_an_order_is_noted_in_the_open_ticket(hands):
    hands.review(2)
    hands.review(1, "另一件也坏了", 12, review="v-2")
    ticket = Ticket.objects.get()
    assert Review.objects.filter(ticket=ticket).count() == 2
    assert ticket.messages.latest("seq").words == "1 星评价：另一件也坏了"


def test_the_same_again_and_an_older_one_change_nothing(hands):
    hands.review(2, "二", 12)
    assert (hands.review(2, "二", 12).outcome, hands.review(2, "二", 13).outcome) == ("no_op", "no_op")
    older = hands.review(5, "五", 11)
    assert (older.outcome, older.why) == ("no_op", "已有更新的评价")
    assert (Review.objects.get().rating, Ticket.objects.get().version) == (2, 1)


def test_one_of_an_order_that_is_not_here_waits_for_it(hands):
    row = hands.review(1, order="B9")
    assert (row.outcome, Review.objects.count(), Ticket.objects.count()) == ("parked", 0, 0)
    hands.place("B9", 20)
    hands.apply()
    row.refresh_from_db()
    assert (row.outcome, Review.objects.get().order.number) == ("applied", "B9")


def test_it_is_answered_where_the_customer_last_spoke(hands):
    talk = {"conversation": "c-1", "channel": "im", "buyer": {"id": "b-1"}, "text": "在吗"}
    hands.tell("message.received", 1, **talk)
    hands.does(Ticket.objects.get(), "resolve", at=2)
    hands.does(Ticket.objects.get(), "close", at=3)
    hands.review(1)
    ticket = Ticket.objects.get(kind="bad_review")
    assert (ticket.channel, ticket.conversation) == ("im", "c-1")
    hands.tell("message.received", 20, **{**talk, "text": "评价是我写的"})
    assert Ticket.objects.count() == 2
    assert Ticket.objects.get(kind="bad_review").spoken


def test_many_cost_no_more_statements_than_one(hands):
    def cost(first, many):
        for n in range(many):
            hands.place(f"N{first}-{n}")
            hands.review(1, order=f"N{first}-{n}", review=f"v{first}-{n}", apply=False)
        with CaptureQueriesContext(connection) as queries:
            hands.apply()
        return len(queries)

    cost(0, 1)
    assert cost(1, 1) == cost(2, 10)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_review_keep_it_once():
    hands = Readers()
    for n in range(5):
        hands.place(f"N{n}")
        for words in ("一", "二"):
            hands.review(1, words, order=f"N{n}", review=f"v-{n}", apply=False)
        now, gate = timezone.now(), Barrier(2)
        batches = [queue.claim(Inbox, at=now, limit=1) for _worker in range(2)]

        def work(batch, now=now, gate=gate):
            gate.wait()
            try:
                return process.apply(batch, at=now)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, batches))
        assert Ticket.objects.filter(order__number=f"N{n}").count() == 1
        assert Review.objects.get(external=f"v-{n}").appended != []


def test_reviews_of_two_shops_that_name_the_same_order_stay_apart_in_one_batch(hands):
    """A source that gives a review no id has it named by its order, whose number another shop may have as well."""
    other = Readers()
    other.place()
    hands.review(1, "我们店的差评", review=None, apply=False)
    other.review(1, "别家店的差评", review=None, apply=False)
    hands.apply()
    for here, words in ((hands, "1 星评价：我们店的差评"), (other, "1 星评价：别家店的差评")):
        review = Review.objects.get(shop=here.shop)
        assert review.ticket.shop_id == here.shop.pk
        assert list(Message.objects.filter(shop=here.shop).values_list("words", flat=True)) == [words]
    hands.review(2, "又说了一句", 20, review=None, apply=False)
    other.review(2, "别家又说了一句", 20, review=None, apply=False)
    hands.apply()
    for here in (hands, other):
        assert Review.objects.get(shop=here.shop).ticket.shop_id == here.shop.pk
        assert Message.objects.filter(ticket__shop=here.shop).count() == 2
