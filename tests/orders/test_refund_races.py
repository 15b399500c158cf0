"""Two hundred at once want to give one case its money back: it is promised once, told once, paid once. I-26, I-31."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from flows import engine
from flows.table import Who
from hooks.process import run
from kefu.demo.payments import Ledger, carry_out, differences
from orders.models import Entry, Order, Refund
from outbox.models import Event
from returns.models import Return
from shops import policy
from tests.api.callers import Api
from tests.factories import hook_body, make_key, post_hook
from tests.returns.hands import Hands

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE, ATTEMPTS = 24, 200  # connections, and who stand in line for them


def storm(*works):
    """Each in a thread with a connection of its own, begun together. -> what each gave."""
    gate = threading.Barrier(min(AT_ONCE, len(works)))

    def one(n):
        if n < gate.parties:
            gate.wait()
        try:
            return works[n]()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(len(works))))


@pytest.fixture
def hands(transactional_db):
    return Hands()


def callers(hands, role, how_many=5):
    return [make_key(hands.shop, roles=(role,))[1] for _ in range(how_many)]


def asking(token, path, **body):
    """-> () -> (status, what the problem is called, its words), with a client of its own."""

    def ask():
        answer = Api(token).post(path, body)
        return answer.status_code, answer.data.get("code", ""), answer.data.get("detail", "")

    return ask


def hearing(hands, kind, message="", **data):
    """-> () -> the hook is told and applied."""
    at = timezone.now()
    body = hook_body(kind, at, occurred_at=at.isoformat(), **data)

    def hear():
        answer = post_hook(Client(), hands.shop, body, id=message)
        run(at=timezone.now())
        return answer.status_code

    return hear


def paid_for(hands):
    """The shop's back end carries out all it was told of, each word twice. -> its ledger"""
    ledger = Ledger()
    for _ in range(2):
        for event in Event.objects.filter(shop=hands.shop, topic="refund.send").order_by("pk"):
            carry_out(ledger, event.data)
    return ledger


def one_refund(hands, amount, **of):
    """Exactly one refund, one key, one instruction, one payment."""
    refund = Refund.objects.get(paid_by="shop", **of)
    sent = Event.objects.get(topic="refund.send", subject=refund.pk)
    assert (refund.amount, refund.attempts, sent.data["key"]) == (amount, 1, refund.key)
    assert paid_for(hands).paid() == {refund.key: amount}
    return refund


def refusals(given, *, of):
    """All but one got a clear answer: what state it is in, and that the step is not open from there."""
    refused = [g for g in given if g[0] != 200]
    assert len(refused) == of - 1, Counter((status, code) for status, code, _ in given)
    assert {(status, code) for status, code, _ in refused} <= {(409, "state"), (409, "moved")}, Counter(refused)
    assert all(words for _status, _code, words in refused)


def test_two_hundred_refund_one_inspected_return_and_one_does(hands):
    hands.signed()
    hands.request()
    hands.go(hands.ret(), ("approve", "agent"), ("send_back", "customer", {"tracking_number": "SF77"}))
    hands.go(hands.ret(), ("receive", "warehouse"), ("inspect", "warehouse", {"lines": judged()}))
    tokens = callers(hands, "agent")
    given = storm(*(asking(tokens[n % 5], "/returns/R1/steps/refund/") for n in range(ATTEMPTS)))
    refusals(given, of=ATTEMPTS)
    one_refund(hands, 18900)
    assert hands.ret().state == "refunding"


def test_two_hundred_approve_one_refund_only_and_one_does(hands):
    hands.signed()
    hands.request(kind="refund_only", reason="quality")
    tokens = callers(hands, "agent")
    body = {"override_why": "照片已核实"}
    given = storm(*(asking(tokens[n % 5], "/returns/R1/steps/approve/", **body) for n in range(ATTEMPTS)))
    refusals(given, of=ATTEMPTS)
    one_refund(hands, 18900)


def judged():
    return [{"line": "1", "quantity": 1, "condition": "sellable"}]


def drafted(hands, n, amount=1000):
    """A refund that waits for a lead, asked for by agent."""
    order = hands.picking(f"B{n}")
    begun = Refund(
        shop=hands.shop, order=order, number=f"{order.number}-F1", key=f"{order.number}:amend:1", cause="amend:1",
        goods=amount, amount=amount, asked_by="agent", asked_as="agent", state="drafted",
    )  # fmt: skip
    return engine.start(begun, who=Who.SYSTEM, by="system", at=timezone.now())


def test_leads_approve_reject_cancel_and_send_one_refund_at_once(hands):
    refund = drafted(hands, 1)
    tokens = callers(hands, "lead")
    path = f"/refunds/{refund.number}/steps"
    works = [
        asking(tokens[n % 5], f"{path}/{step}/", **({"why": "不退"} if step in ("reject", "cancel") else {}))
        for n in range(ATTEMPTS // 10)
        for step in ("approve", "reject", "cancel", "send")
    ]
    given = storm(*works)
    refusals(given, of=len(works))
    refund.refresh_from_db()
    sent = Event.objects.filter(topic="refund.send").count()
    assert (refund.state, sent) in (("sent", 1), ("cancelled", 0))
    assert refund.attempts == sent


def test_many_send_a_failed_refund_again_and_it_leaves_once_more_under_its_key(hands):
    refund = drafted(hands, 1)
    hands.go(refund, ("approve", "lead"), ("fail", "shop", {"reason": "账户异常"}))
    tokens = callers(hands, "lead")
    given = storm(*(asking(tokens[n % 5], f"/refunds/{refund.number}/steps/send/") for n in range(50)))
    refusals(given, of=50)
    keys = [e.data["key"] for e in Event.objects.filter(topic="refund.send")]
    assert keys == [refund.key] * 2
    assert paid_for(hands).paid() == {refund.key: 1000}


def test_refunds_hooks_and_their_duplicates_at_once_pay_and_book_once(hands):
    """Agents refund, the platform says that it has paid, the provider says so twice, and all of it again."""
    hands.signed()
    hands.request(kind="refund_only", reason="quality")
    hands.take(hands.ret(), "approve", "agent", override_why="已核实")
    refund = Refund.objects.get()
    agent, lead = callers(hands, "agent", 1)[0], callers(hands, "lead", 1)[0]
    paid = {"key": refund.key, "amount": "189.00", "voucher": "V1", "order": "A1"}
    told = [hearing(hands, "refund.succeeded", f"paid.{n % 9}", **paid) for n in range(60)]
    again = [asking(agent, "/returns/R1/steps/approve/") for _ in range(60)]
    sending = [asking(lead, f"/refunds/{refund.number}/steps/send/") for _ in range(40)]
    platform = [hearing(hands, "return.platform_refunded", f"pf.{n % 3}", number="R1") for n in range(10)]
    mixed = [w for those in zip(told, told[20:] + again[:20], again, strict=False) for w in those]
    given = storm(*mixed[:150], *sending, *platform)
    for _ in range(5):
        run(at=timezone.now())
    assert not [g for g in given if isinstance(g, tuple) and g[0] != 409], given
    assert {g for g in given if isinstance(g, int)} <= {200, 202, 409}
    one_refund(hands, 18900, cause=refund.cause)
    order = Order.objects.get(number="A1")
    booked = list(Entry.objects.filter(order=order, cause__startswith=f"refund:{refund.key}").values_list("amount"))
    assert booked == [(-18900,)]
    assert sum(Entry.objects.filter(order=order).values_list("amount", flat=True)) == order.paid - order.refunded
    ours = Refund.objects.filter(state="succeeded", paid_by="shop").values_list("key", "amount")
    assert differences(paid_for(hands), ours) == []
    platforms = Refund.objects.filter(paid_by="platform")
    assert platforms.count() == Event.objects.filter(topic="return.paid_twice").count() <= 1, "money twice is an alarm"
    assert Return.objects.get().state in ("refunding", "completed")


def test_two_leads_who_approve_one_batch_at_once_pay_each_of_it_once(hands):
    refunds = [drafted(hands, n) for n in range(12)]
    body = {"items": [{"number": r.number} for r in refunds]}

    def approving(token):
        return lambda: Api(token).post("/refunds/steps/approve/", body)

    answers = storm(*(approving(token) for token in callers(hands, "lead", 2) * 2))
    rows = [row for a in answers for row in a.data["results"]]
    assert [a.status_code for a in answers] == [200] * 4
    assert Counter(row["number"] for row in rows if row["status"] == 200) == {r.number: 1 for r in refunds}
    assert {row["problem"]["code"] for row in rows if row["status"] != 200} == {"state"}
    assert paid_for(hands).paid() == {r.key: 1000 for r in refunds}
    assert Event.objects.filter(topic="refund.send").count() == len(refunds)


def test_an_agent_who_refunds_many_orders_at_once_stays_within_the_day(hands):
    """60.00 a day, and each order gives back 60.00: each order's lock alone does not see the others."""
    policy.edit(hands.shop, {"authority": {"agent": {"refund_day": 6000}}}, "test", timezone.now())
    policy.forget()
    orders = [hands.picking(f"D{n}") for n in range(10)]

    def asks(order):
        inputs = {"lines": [{"line": "2"}], "cause": "test:1", "asked": ["agent", "小王"]}
        return lambda: engine.take(order, "drop_rest", who=Who.SYSTEM, by="system", at=timezone.now(), inputs=inputs)

    storm(*(asks(o) for o in orders))
    alone = Refund.objects.exclude(state="drafted")
    assert (Refund.objects.count(), alone.count()) == (10, 1)
