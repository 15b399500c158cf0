"""A customer is asked after the close how they were served; their answer is credited to the agent who solved it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from flows.effects import Refused
from flows.sweep import sweep
from outbox import listening
from outbox.fanout import fan_out
from outbox.models import Event
from tickets.models import AccountEntry, Customer, Satisfaction
from tickets.page import links


def closed(hands, at=0.0, conversation="c-1", words="在吗", **how):
    ticket = hands.does(hands.says(words, at, conversation), "reply", at=at + 1, words="您好")
    ticket = hands.does(ticket, "resolve", at=at + 2, **how)
    return hands.does(ticket, "close", at=at + 3)


def heard(hands):
    """What listens within the house has heard all that has happened."""
    at = timezone.now() + timedelta(hours=1)
    while fan_out(at=at) or listening.listen(at=at):
        pass


def asked(ticket):
    return list(Event.objects.filter(topic="satisfaction.asked", subject=ticket.pk).values_list("data", flat=True))


def page_of(hands, ticket):
    return links.make(ticket, timezone.now()).removeprefix("http://testserver")


def post(client, address, token_page, **fields):
    proof = token_page.content.decode().split('name="form" value="')[1].split('"')[0]
    return client.post(address, {"form": proof, **fields})


def test_who_has_spoken_is_asked_once_the_ticket_is_closed(hands):
    ticket = closed(hands)
    [told] = asked(ticket)
    assert "/c/rate/" in told["url"]
    assert "b-1" not in told["url"]
    assert Satisfaction.objects.get(ticket=ticket).agent == "amy"


def test_a_ticket_of_ours_alone_asks_nobody(hands):
    ticket = hands.does(hands.opens("stock_out"), "resolve", at=1)
    assert asked(hands.does(ticket, "close", at=2)) == []
    assert not Satisfaction.objects.exists()


def test_one_customer_is_not_asked_twice_a_day(hands):
    closed(hands)
    again = closed(hands, at=60, conversation="c-2")
    assert asked(again) == []
    later = closed(hands, at=60 * 30, conversation="c-3")
    assert len(asked(later)) == 1


def test_one_customer_is_asked_once_where_two_tickets_close_in_one_sweep(hands):
    two = [hands.says(conversation=f"c-{n}") for n in range(2)]
    for ticket in two:
        hands.does(hands.does(ticket, "reply", at=1, words="您好"), "resolve", at=2)
    sweep(at=hands.at(60 * 24 * 4))
    assert [hands.fresh(t).state for t in two] == ["closed", "closed"]
    assert len(asked(two[0]) + asked(two[1])) == 1


def test_the_customer_answers_on_the_page_and_may_change_their_mind(hands):
    ticket, client = closed(hands), Client()
    address = page_of(hands, ticket)
    page = client.get(address)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert post(client, address, page, rating="2", words="等太久").status_code == 302
    assert post(client, address, client.get(address), rating="5", words="补上了，谢谢").status_code == 302
    found = Satisfaction.objects.get(ticket=ticket)
    assert (found.rating, found.words, found.agent, found.given_by) == (5, "补上了，谢谢", "amy", "page")
    assert Event.objects.filter(topic="ticket.rate", subject=ticket.pk).count() == 2
    assert "等太久" not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    "fields", [{}, {"rating": "6"}, {"rating": "0"}, {"rating": "五"}, {"rating": "5", "words": "好" * 501}]
)
def test_what_is_no_rating_is_said_so_and_nothing_is_kept(hands, fields):
    ticket, client = closed(hands), Client()
    address = page_of(hands, ticket)
    answer = post(client, address, client.get(address), **fields)
    assert answer.status_code == 400
    assert "wrong" in answer.content.decode()
    assert Satisfaction.objects.get(ticket=ticket).rating is None


def test_a_form_from_elsewhere_is_refused(hands):
    ticket, client = closed(hands), Client()
    address = page_of(hands, ticket)
    assert client.post(address, {"rating": "1", "form": "x"}).status_code == 403
    assert Satisfaction.objects.get(ticket=ticket).rating is None


@pytest.mark.parametrize("spoil", [lambda t: t[:-1] + "x", lambda t: "x", lambda t: t * 9])
def test_a_link_that_is_not_ours_opens_nothing(hands, spoil):
    token = links.token_of(closed(hands), timezone.now())
    assert Client().get(f"/c/rate/{spoil(token)}/").status_code == 404


def test_a_link_ends_after_two_weeks(hands):
    token = links.token_of(closed(hands), timezone.now() - links.LIVES - timedelta(minutes=1))
    assert Client().get(f"/c/rate/{token}/").status_code == 404


def test_a_merged_ticket_is_not_rated(hands):
    one, other = hands.says(), hands.says(conversation="c-2")
    merged = hands.does(one, "merge", into=other.pk)
    with pytest.raises(Refused):
        hands.does(merged, "rate", by="customer:page", who="customer", rating=5)
    assert not Satisfaction.objects.exists()


# ---- the account
def test_a_good_contact_adds_one_and_a_bad_rating_takes_three(hands):
    ticket = closed(hands, words="有货吗")
    heard(hands)
    customer = Customer.objects.get(pk=ticket.customer_id)
    assert customer.score == 1
    hands.does(ticket, "rate", by="customer:page", who="customer", rating=1)
    heard(hands)
    customer.refresh_from_db()
    assert customer.score == -3
    assert list(AccountEntry.objects.order_by("pk").values_list("points", flat=True)) == [1, -4]


def test_the_same_event_heard_again_adds_nothing(hands):
    closed(hands)
    heard(hands)
    for _again in range(2):
        event = Event.objects.get(topic="ticket.close")
        listening.LISTENERS["tickets.account"].listen(event, timezone.now())
    assert AccountEntry.objects.count() == 1


def test_a_red_ticket_costs_three(hands):
    ticket = hands.does(hands.says("骗子，我要去12315投诉"), "reply", at=1, words="您好")
    ticket = hands.does(hands.does(ticket, "resolve", at=2), "conclude", at=3, outcome="settled")
    hands.does(ticket, "close", at=4)
    heard(hands)
    assert Customer.objects.get(pk=ticket.customer_id).score == -3


def test_silence_is_no_merit(hands):
    ticket = hands.does(hands.says("有货吗"), "reply", at=1, words="有的")
    ticket = hands.does(ticket, "resolve", by="clock", at=2, who="clock")
    hands.does(ticket, "close", by="clock", at=3, who="clock")
    heard(hands)
    assert not AccountEntry.objects.exists()


def test_the_page_of_a_return_leads_to_the_rating_until_it_is_given(hands):
    from returns.page import links as return_links
    from tests.returns import scenes

    order = scenes.bought({"line": "1", "quantity": 1, "paid": 18900}, shop=hands.shop, number="Z-1")
    ret = scenes.returned(order, ("1", 1), kind="return_refund", reason="quality", state="requested")
    client, page = Client(), f"/c/{return_links.token_of(ret, timezone.now())}/"
    assert "/c/rate/" not in client.get(page).content.decode()
    ticket = hands.does(hands.says(at=90), "link", at=91, order=order.pk)
    ticket = hands.does(hands.does(ticket, "resolve", at=92), "close", at=93)
    body = client.get(page).content.decode()
    assert "/c/rate/" in body
    hands.does(ticket, "rate", by="customer:page", who="customer", at=94, rating=4)
    assert "/c/rate/" not in client.get(page).content.decode()
