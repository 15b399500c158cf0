"""One request for many tickets gives no more than as many requests: what it has given counts for what it gives next."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.engine import Want, take_many
from flows.table import Who
from orders.models import Refund
from outbox.models import Event
from shops import policy
from tests.api.callers import Api
from tests.factories import make_key
from tests.tickets.test_compensating import limit
from tickets.models import Compensation
from tickets.tables import TICKET


def give(hands, *tickets, amount=5000, gives="coupon", by="amy", who="agent", at=1):
    """One batch. -> what became of each"""
    wants = [Want(t.pk, {"gives": gives, "amount": amount, "reason": "late"}) for t in tickets]
    taken = take_many(TICKET, "compensate", wants, who=Who[who.upper()], by=by, at=hands.at(at))
    assert [t.why for t in taken if not t.moved] == []
    return statuses()


def statuses():
    return list(Compensation.objects.order_by("ticket").values_list("status", flat=True))


def due():
    return Event.objects.filter(topic="compensation.due").count()


def strangers(hands, how_many):
    return [hands.says(conversation=f"c-{n}", buyer=f"b-{n}") for n in range(how_many)]


def of_one(hands, how_many, **said):
    return [hands.says(conversation=f"c-{n}", **said) for n in range(how_many)]


def ordered(hands, how_many, paid=1):
    """Tickets, each of an order of its own."""
    found = []
    for n in range(how_many):
        hands.place(f"A{n}")
        hands.tell("order.paid", paid, number=f"A{n}")
        said = hands.says(conversation=f"o-{n}", buyer=f"o-{n}")
        found.append(hands.does(said, "link", order=hands.order(f"A{n}").pk))
    return found


def test_a_batch_stays_within_the_day(hands):
    assert give(hands, *strangers(hands, 14)) == ["given"] * 10 + ["waiting"] * 4  # 500 yuan a day
    assert due() == 10


def test_the_request_of_the_interface_stays_within_the_day(hands):
    tickets = strangers(hands, 14)
    item = {"gives": "coupon", "amount": "50.00", "reason": "late"}
    items = [{"number": t.number, **item} for t in tickets]
    told = Api(make_key(hands.shop, roles=("agent",))[1]).post("/tickets/steps/compensate/", {"items": items})
    assert [row["status"] for row in told.data["results"]] == [200] * 14
    assert statuses() == ["given"] * 10 + ["waiting"] * 4


def test_a_batch_of_one_customers_tickets_without_an_order_stays_within_the_case(hands):
    assert give(hands, *of_one(hands, 3)) == ["given", "waiting", "waiting"]  # 50 yuan a case
    assert due() == 1


def test_a_batch_of_one_orders_tickets_stays_within_the_case(hands):
    [first] = ordered(hands, 1)
    tickets = [hands.does(t, "link", order=first.order_id) for t in of_one(hands, 2, buyer="b-1")]
    assert give(hands, first, *tickets, amount=3000) == ["given", "waiting", "waiting"]


def test_each_case_of_a_batch_has_its_own_sum(hands):
    assert give(hands, *of_one(hands, 2), *ordered(hands, 2)) == ["given", "waiting", "given", "given"]


def test_cash_of_a_batch_counts_once(hands):
    """It is counted with the refunds that pay it."""
    tickets = ordered(hands, 12)
    assert give(hands, *tickets, gives="cash") == ["paid"] * 12
    assert Refund.objects.exclude(state="drafted").count() == 10


def test_cash_and_coupons_count_for_the_same_day(hands):
    give(hands, *ordered(hands, 6), gives="cash")
    assert give(hands, *strangers(hands, 6))[6:] == ["given"] * 4 + ["waiting"] * 2


def test_cash_that_a_coupon_holds_back_counts_for_the_day_as_well(hands):
    """As it does once it is written: what is asked counts."""
    first, *others = ordered(hands, 3)
    give(hands, first, amount=4000)
    limit_of_the_day(hands, 12000)
    give(hands, first, *others, amount=3000, gives="cash")
    assert sorted(Refund.objects.values_list("order__number", "state")) == [
        ("A0", "drafted"), ("A1", "sent"), ("A2", "drafted"),
    ]  # fmt: skip


def limit_of_the_day(hands, fen):
    policy.edit(hands.shop, {"authority": {"agent": {"compensation_day": fen}}}, "test", hands.t0)
    policy.forget()


def test_what_is_refused_counts_for_nothing(hands):
    """More than the order holds: the next one of the batch has the whole limit."""
    [first] = ordered(hands, 1)
    limit_of_the_day(hands, 5000)
    wants = [Want(first.pk, {"gives": "cash", "amount": 4_000_000, "reason": "late"})]
    wants += [Want(t.pk, {"gives": "coupon", "amount": 5000, "reason": "late"}) for t in strangers(hands, 1)]
    taken = take_many(TICKET, "compensate", wants, who=Who.AGENT, by="amy", at=hands.at(1))
    assert [t.moved for t in taken] == [False, True]
    assert statuses() == ["given"]


# ---- approving
def approve(hands, decision="approve", by="boss"):
    """All that wait, in one batch. -> why each was refused"""
    rows = Compensation.objects.filter(status="waiting").order_by("pk")
    wants = [Want(c.ticket_id, {"compensation": c.pk, "decision": decision}) for c in rows]
    taken = take_many(TICKET, "decide_compensation", wants, who=Who.LEAD, by=by, at=hands.at(2))
    return [t.why[:2] for t in taken]


def waiting(hands, *tickets, amount=9000):
    for n, t in enumerate(tickets):
        give(hands, t, amount=amount, by=f"agent-{n}")
    assert statuses() == ["waiting"] * len(tickets)


def test_a_batch_of_approvals_stays_within_the_leads_day(hands):
    waiting(hands, *strangers(hands, 3))
    limit(hands, compensation_day=20000)
    assert approve(hands) == ["", "", "补偿"]
    assert statuses() == ["given", "given", "waiting"]
    assert due() == 2


def test_a_batch_of_approvals_stays_within_the_leads_case(hands):
    """Those of the batch that are still to come do not count yet."""
    waiting(hands, *of_one(hands, 3))
    limit(hands, compensation_case=20000)
    assert approve(hands) == ["", "", "补偿"]
    assert statuses() == ["given", "given", "waiting"]


def test_a_batch_of_refusals_counts_for_nothing(hands):
    waiting(hands, *strangers(hands, 3))
    limit(hands, compensation_day=0)
    assert approve(hands, "refuse") == ["", "", ""]
    assert statuses() == ["refused"] * 3


# ---- what it costs
def cost(work):
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def test_a_batch_of_coupons_costs_the_same_for_few_and_for_many(hands):
    """Of one customer and of orders: the statements are those of the batch, not of its tickets."""
    tickets = [t for pair in zip(of_one(hands, 10), ordered(hands, 10), strict=True) for t in pair]
    few, many = tickets[:4], tickets[4:]
    give(hands, *tickets[:2])  # what is looked up once for all
    assert cost(lambda: give(hands, *few)) == cost(lambda: give(hands, *many))


def test_a_batch_of_approvals_costs_the_same_for_few_and_for_many(hands):
    tickets = of_one(hands, 10)
    waiting(hands, *tickets[:2])
    few = cost(lambda: approve(hands))
    for t in tickets[2:]:
        give(hands, t, amount=9000)
    assert cost(lambda: approve(hands)) == few
    assert statuses() == ["given"] * 10
