"""What is given to a customer stays within a person's authority; money goes the way of every refund."""

import pytest

from flows import engine
from flows.effects import Refused
from flows.models import Move
from flows.table import Who
from orders.models import Refund
from outbox.models import Event
from shops import policy
from tickets.models import Compensation


@pytest.fixture
def ticket(hands):
    hands.place()
    hands.tell("order.paid", 1, number="A1")
    return hands.does(hands.says(), "link", order=hands.order().pk)


def give(hands, ticket, amount=500, gives="coupon", by="amy", who="agent", **more):
    return hands.does(ticket, "compensate", by=by, who=who, gives=gives, amount=amount, reason="late", **more)


def events(topic):
    return list(Event.objects.filter(topic=topic).order_by("pk").values_list("data", flat=True))


def test_cash_within_authority_becomes_an_approved_refund_of_the_order(hands, ticket):
    give(hands, ticket, 1000, "cash", words="延误补偿")
    refund = Refund.objects.get()
    assert (refund.compensation, refund.goods, refund.asked_by, refund.asked_as) == (1000, 0, "amy", "agent")
    assert refund.state in ("approved", "sent")
    row = Compensation.objects.get()
    assert (row.status, row.refund) == ("paid", refund.number)


def test_cash_above_authority_waits_for_a_lead(hands, ticket):
    give(hands, ticket, 5100, "cash")
    assert Refund.objects.get().state == "drafted"


def test_freight_is_refunded_as_freight(hands, ticket):
    give(hands, ticket, 800, "freight")
    assert Refund.objects.get().freight == 800


def test_two_compensations_of_one_ticket_are_two_refunds(hands, ticket):
    give(hands, ticket, 300, "cash")
    give(hands, ticket, 400, "cash")
    assert sorted(Refund.objects.values_list("compensation", flat=True)) == [300, 400]
    assert Refund.objects.values("cause").distinct().count() == 2


def test_money_needs_an_order(hands):
    with pytest.raises(Refused, match="关联订单"):
        give(hands, hands.says(), 500, "cash")
    assert not Compensation.objects.exists()
    assert not Refund.objects.exists()


def test_more_than_the_order_holds_is_refused(hands, ticket):
    with pytest.raises(Refused, match="最多还可退"):
        give(hands, ticket, 10_000_000, "cash", by="lead", who="lead")
    assert not Compensation.objects.exists()


def test_a_coupon_within_authority_is_due_at_once(hands, ticket):
    give(hands, ticket, 500)
    assert events("compensation.due") == [
        {"number": ticket.number, "gives": "coupon", "amount": "5.00", "reason": "late"}
    ]


def test_coupons_add_up_against_the_case(hands, ticket):
    give(hands, ticket, 3000)
    give(hands, ticket, 2500)  # 55 yuan together, 50 are the agent's
    assert list(Compensation.objects.order_by("pk").values_list("status", flat=True)) == ["given", "waiting"]
    assert len(events("compensation.due")) == 1


def test_coupons_and_cash_count_together(hands, ticket):
    give(hands, ticket, 4000, "cash")
    give(hands, ticket, 1500)
    assert Compensation.objects.latest("pk").status == "waiting"


def test_another_person_approves_and_then_it_is_due(hands, ticket):
    give(hands, ticket, 9000, by="amy")
    row = Compensation.objects.get()
    inputs = {"compensation": row.pk, "decision": "approve"}
    with pytest.raises(Refused, match="自己"):
        hands.does(ticket, "decide_compensation", by="amy", who="lead", **inputs)
    row.refresh_from_db()
    assert row.status == "waiting"
    hands.does(ticket, "decide_compensation", by="boss", who="lead", **inputs)
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("given", "boss")
    assert len(events("compensation.due")) == 1
    with pytest.raises(Refused):
        hands.does(ticket, "decide_compensation", by="boss", who="lead", **inputs)
    assert len(events("compensation.due")) == 1


def test_a_refused_compensation_is_not_given_and_frees_its_amount(hands, ticket):
    give(hands, ticket, 9000)
    row = Compensation.objects.get()
    hands.does(ticket, "decide_compensation", by="boss", who="lead", compensation=row.pk, decision="refuse", why="太多")
    give(hands, ticket, 5000)
    assert list(Compensation.objects.order_by("pk").values_list("status", flat=True)) == ["refused", "given"]


def test_the_day_has_a_limit_of_its_own(hands):
    for n in range(11):
        give(hands, hands.says(conversation=f"c-{n}", buyer=f"b-{n}"), 5000)
    statuses = list(Compensation.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["given"] * 10 + ["waiting"]  # 500 yuan a day


def test_a_gift_names_its_product(hands, ticket):
    with pytest.raises(Refused, match="货号"):
        give(hands, ticket, 500, "gift")
    give(hands, ticket, 500, "gift", sku="S-9")
    assert events("compensation.due")[0]["sku"] == "S-9"


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_compensation(hands, ticket, amount):
    with pytest.raises(Refused):
        give(hands, ticket, amount)
    assert not Compensation.objects.exists()


def statuses():
    return list(Compensation.objects.order_by("pk").values_list("status", flat=True))


def test_two_tickets_of_one_order_are_one_case(hands, ticket):
    """Else who opens a ticket for each coupon has no limit but the day's."""
    give(hands, ticket, 4000)
    other = hands.does(hands.says(conversation="c-2"), "link", order=hands.order().pk)
    give(hands, other, 2000)
    assert statuses() == ["given", "waiting"]


def test_two_tickets_of_one_customer_without_an_order_are_one_case(hands):
    give(hands, hands.says(), 4000)
    give(hands, hands.says(conversation="c-2"), 2000)
    give(hands, hands.says(conversation="c-3", buyer="b-3"), 2000)
    assert statuses() == ["given", "waiting", "given"]


def test_cash_after_a_coupon_counts_it_against_the_case(hands, ticket):
    give(hands, ticket, 4000)
    give(hands, ticket, 1500, "cash")
    assert Refund.objects.get().state == "drafted"


def test_cash_after_a_day_of_coupons_waits_for_a_lead(hands, ticket):
    for n in range(10):
        give(hands, hands.says(conversation=f"d-{n}", buyer=f"d-{n}"), 5000)
    give(hands, ticket, 1500, "cash")
    assert Refund.objects.get().state == "drafted"


def test_a_day_of_cash_counts_against_a_coupon(hands):
    for n in range(1, 11):
        hands.place(f"A{n}")
        hands.tell("order.paid", 1, number=f"A{n}")
        opened = hands.says(conversation=f"c-{n}", buyer=f"b-{n}")
        give(hands, hands.does(opened, "link", order=hands.order(f"A{n}").pk), 5000, "cash")
    give(hands, hands.says(conversation="c-0", buyer="b-0"), 500)
    assert statuses() == ["paid"] * 10 + ["waiting"]


def test_a_lead_has_no_limit_in_any_way(hands, ticket):
    give(hands, ticket, 9000, by="boss", who="lead")
    give(hands, ticket, 9000, "cash", by="boss", who="lead")
    assert statuses() == ["given", "paid"]
    assert Refund.objects.get().state in ("approved", "sent")


# ---- who approves has limits, too
def limit(hands, **spans):
    policy.edit(hands.shop, {"authority": {"lead": spans}}, "test", hands.t0)
    policy.forget()


def approve(hands, ticket, row, by="boss", at=1):
    inputs = {"compensation": row.pk, "decision": "approve"}
    return hands.does(ticket, "decide_compensation", by=by, who="lead", at=at, **inputs)


def not_approved(hands, ticket, row, **how):
    """Refused, in words, and nothing is written."""
    before = Move.objects.count(), Event.objects.count()
    with pytest.raises(Refused, match="超出您自己的额度"):
        approve(hands, ticket, row, **how)
    row.refresh_from_db()
    assert (row.status, row.decided_by, row.decided_at) == ("waiting", "", None)
    assert (Move.objects.count(), Event.objects.count()) == before
    assert events("compensation.due") == []


def test_a_lead_approves_no_more_than_their_own_limit_of_a_case(hands, ticket):
    give(hands, ticket, 9000)
    limit(hands, compensation_case=8999)
    not_approved(hands, ticket, row := Compensation.objects.get())
    limit(hands, compensation_case=9000)
    approve(hands, ticket, row)
    assert statuses() == ["given"]


@pytest.mark.parametrize(("spans", "which"), [
    ({"compensation_case": 8999}, "“店长/主管 每单补偿”"), ({"compensation_day": 8999}, "“店长/主管 每天补偿”"),
    (dict.fromkeys(("compensation_case", "compensation_day"), 0), "“店长/主管 每单补偿、店长/主管 每天补偿”"),
])  # fmt: skip
def test_what_no_lead_may_approve_says_which_limit_to_raise_and_where(hands, ticket, spans, which):
    give(hands, ticket, 9000)
    limit(hands, **spans)
    with pytest.raises(Refused, match="别人也批不了：请先到“管理”里的“规则”调高" + which):
        approve(hands, ticket, Compensation.objects.get())


def test_what_another_lead_may_approve_says_so(hands, ticket):
    limit(hands, compensation_case=10000)
    give(hands, ticket, 9000, by="boss", who="lead")
    give(hands, ticket, 6000)
    with pytest.raises(Refused, match=r"请另一位店长/主管批准，或.*“店长/主管 每单补偿”"):
        approve(hands, ticket, Compensation.objects.latest("pk"))
    approve(hands, ticket, Compensation.objects.latest("pk"), by="chief")
    assert statuses() == ["given", "given"]


def test_what_was_given_in_the_case_counts_for_who_approves(hands, ticket):
    give(hands, ticket, 4000, "cash")
    give(hands, ticket, 9000)
    limit(hands, compensation_case=12999)
    not_approved(hands, ticket, row := Compensation.objects.latest("pk"))
    limit(hands, compensation_case=13000)
    approve(hands, ticket, row)
    assert statuses() == ["paid", "given"]


def test_what_waits_beside_it_is_not_given_and_hinders_no_approval(hands, ticket):
    """Else two requests of 60.00 would block each other where a lead may give 100.00 a case."""
    give(hands, ticket, 6000)
    give(hands, ticket, 6000, by="bob")
    limit(hands, compensation_case=10000)
    first, second = Compensation.objects.order_by("pk")
    approve(hands, ticket, first)
    with pytest.raises(Refused, match="超出您自己的额度"):
        approve(hands, ticket, second)
    assert statuses() == ["given", "waiting"]


def test_a_drafted_refund_beside_it_hinders_no_approval(hands, ticket):
    give(hands, ticket, 6000, "cash")
    give(hands, ticket, 6000)
    limit(hands, compensation_case=10000)
    approve(hands, ticket, Compensation.objects.latest("pk"))
    assert Refund.objects.get().state == "drafted"
    assert statuses() == ["paid", "given"]


def test_what_waits_counts_for_who_gives(hands, ticket):
    """What is asked counts, else an agent splits it."""
    give(hands, ticket, 6000)
    give(hands, ticket, 500)
    assert statuses() == ["waiting", "waiting"]


@pytest.mark.parametrize("gives", ["coupon", "cash"])
def test_what_a_lead_gave_in_the_case_counts_for_that_lead(hands, ticket, gives):
    limit(hands, compensation_case=10000)
    give(hands, ticket, 9000, gives, by="boss", who="lead")
    give(hands, ticket, 1500)  # of an agent: a lead's word is none of the agent's
    give(hands, ticket, 6000, by="bob")
    row = Compensation.objects.latest("pk")
    inputs = {"compensation": row.pk, "decision": "approve"}
    with pytest.raises(Refused, match="超出您自己的额度"):
        hands.does(ticket, "decide_compensation", by="boss", who="lead", **inputs)
    given = "given" if gives == "coupon" else "paid"
    assert statuses() == [given, "given", "waiting"]
    approve(hands, ticket, row, by="chief")
    assert statuses() == [given, "given", "given"]


def test_a_lead_gives_no_more_in_a_case_than_their_limit_in_one_way_and_another(hands, ticket):
    limit(hands, compensation_case=10000)
    give(hands, ticket, 9000, by="boss", who="lead")
    give(hands, ticket, 1001, by="boss", who="lead")
    give(hands, ticket, 1000, "cash", by="boss", who="lead")
    assert statuses() == ["given", "waiting", "paid"]
    assert Refund.objects.get().state == "drafted"  # what they asked for counts as well


def test_what_a_lead_with_a_limit_has_refunded_in_the_case_counts_for_that_lead(hands, ticket):
    limit(hands, refund_case=1000)
    give(hands, ticket, 900, "freight", by="boss", who="lead")
    give(hands, ticket, 200, "freight", by="boss", who="lead")
    give(hands, ticket, 300, "freight", by="chief", who="lead")
    assert list(Refund.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "drafted", "sent"]


def test_what_a_lead_has_approved_of_another_lead_counts_for_the_case(hands, ticket):
    limit(hands, compensation_case=10000)
    give(hands, ticket, 12000, by="chief", who="lead")
    limit(hands, compensation_case=12000)
    approve(hands, ticket, Compensation.objects.get())
    give(hands, ticket, 500, by="boss", who="lead")
    assert statuses() == ["given", "waiting"]


def test_what_a_lead_approves_counts_for_their_day(hands):
    limit(hands, compensation_day=15000)
    for n in range(3):
        give(hands, hands.says(conversation=f"c-{n}", buyer=f"b-{n}"), 9000, by=f"agent-{n}")
    first, second, third = Compensation.objects.order_by("pk")
    approve(hands, first.ticket, first)
    with pytest.raises(Refused, match="超出您自己的额度"):
        approve(hands, second.ticket, second)
    approve(hands, second.ticket, second, by="chief")  # another lead has a day of their own
    give(hands, hands.says(conversation="c-9", buyer="b-9"), 7000, by="boss", who="lead")
    approve(hands, third.ticket, third, at=24 * 60)
    assert statuses() == ["given", "given", "given", "waiting"]


def test_a_refund_is_approved_by_four_eyes_whatever_the_limit_of_who_approves(hands, ticket):
    """It may carry what is owed: no limit of one's own holds that back. Coupons know both."""
    give(hands, ticket, 9000, "cash")
    limit(hands, compensation_case=0, compensation_day=0)
    refund = Refund.objects.get()
    with pytest.raises(Refused, match="另一位"):
        engine.take(refund, "approve", who=Who.LEAD, by="amy", at=hands.at(1))
    assert Refund.objects.get().state == "drafted"
    engine.take(Refund.objects.get(), "approve", who=Who.LEAD, by="boss", at=hands.at(1))
    assert (Refund.objects.get().state, Refund.objects.get().approved_by) == ("sent", "boss")


def test_a_lead_may_always_say_no(hands, ticket):
    give(hands, ticket, 9000)
    limit(hands, compensation_case=0)
    row = Compensation.objects.get()
    hands.does(ticket, "decide_compensation", by="boss", who="lead", compensation=row.pk, decision="refuse")
    assert statuses() == ["refused"]


# ---- linking elsewhere opens no new case
@pytest.fixture
def two(hands):
    """Two tickets of one customer, two orders."""
    hands.place(), hands.place("A2")
    return [hands.says(conversation=f"c-{n}") for n in range(2)], [hands.order(), hands.order("A2")]


def test_what_was_given_before_the_order_was_linked_counts_for_it(hands, two):
    [first, second], [order, _other] = two
    for n, t in enumerate((first, second)):
        give(hands, t, 5000, at=n)
        hands.does(t, "link", at=n + 0.5, order=order.pk)
    assert statuses() == ["given", "waiting"]


def test_what_a_ticket_of_another_customer_gave_counts_for_the_order_that_it_hangs_on_now(hands, two):
    [first, _second], [order, _other] = two
    other = hands.says(conversation="c-9", buyer="b-9")
    give(hands, other, 5000)
    hands.does(other, "link", order=order.pk)
    give(hands, hands.does(first, "link", order=order.pk), 500)
    assert statuses() == ["given", "waiting"]


@pytest.mark.parametrize("away", ["unlink", "link"])
def test_what_was_given_for_an_order_stays_there_when_its_ticket_goes(hands, two, away):
    [first, second], [order, other] = two
    for t in (first, second):
        hands.does(t, "link", order=order.pk)
    give(hands, first, 5000)
    hands.does(first, away, **({"order": other.pk} if away == "link" else {}))
    give(hands, second, 500)
    assert statuses() == ["given", "waiting"]


def test_what_a_ticket_has_given_goes_with_it_to_another_order(hands, two):
    [first, _second], [order, other] = two
    hands.does(first, "link", order=order.pk)
    give(hands, first, 5000)
    hands.does(first, "link", order=other.pk)
    give(hands, first, 500)
    assert statuses() == ["given", "waiting"]


def test_cash_for_the_order_that_a_ticket_hung_on_counts_for_its_coupon(hands, ticket):
    give(hands, ticket, 5000, "cash")
    hands.does(ticket, "unlink")
    give(hands, ticket, 500)
    assert statuses() == ["paid", "waiting"]


def test_another_order_of_the_customer_is_a_case_of_its_own(hands, two):
    for t, order in zip(*two, strict=True):
        give(hands, hands.does(t, "link", order=order.pk), 5000)
    assert statuses() == ["given", "given"]
