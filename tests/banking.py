"""A shop whose refunds are really paid: by a provider at an address of its own, over HTTP both ways."""

import time
from collections import Counter
from datetime import timedelta

from django.utils import timezone

from flows import engine
from flows.sweep import sweep
from flows.table import Who
from hooks.models import Inbox
from hooks.process import run
from kefu.demo.bank import Bank, Keys, Manner
from kefu.demo.payments import Ledger, differences
from orders.models import Entry, Order, Refund
from orders.money.window import send_due
from outbox.models import Delivery, Event, Subscriber
from outbox.send import deliver
from tests.api.callers import Api, start_order, take
from tests.factories import make_key, make_shop

SETTLED = ("succeeded", "confirmed")


class Paid:
    """`manners`: {number of an order: how the bank treats its refunds}"""

    def __init__(self, url, ledger="", *, hurry=30.0):
        self.shop = make_shop(secret=True)
        self.manners = {}
        self.bank = Bank(url, Ledger(ledger or ":memory:"), manner=self.manner, hurry=hurry)
        subscriber = Subscriber.objects.create(
            shop=self.shop, url=self.bank.address(self.shop.code), patterns=["refund.send"]
        )
        self.bank.shops[self.shop.code] = Keys(subscriber.secrets, self.shop.hook_secrets.get().secret)
        self.lead, self.other_lead, self.agent = (
            Api(make_key(self.shop, roles=(role,))[1]) for role in ("lead", "lead", "agent")
        )
        self.bank.start()

    def manner(self, data):
        return self.manners.get(data["order"], Manner())

    def end(self):
        self.bank.stop()
        self.bank.ledger.close()

    # ---- refunds
    def orders(self, how_many):
        """Paid ones, of 259.00."""
        return [take(start_order(self.shop), "pay", "shop") for _ in range(how_many)]

    def refund(self, order, amount=3000, cause="amend:1", *, state="approved", by="agent"):
        begun = Refund(
            shop=self.shop, order=order, number=f"{order.number}-F{order.refunds.count() + 1}", cause=cause,
            key=f"{order.number}:{cause}", goods=amount, amount=amount, asked_by=by, asked_as="agent", state=state,
        )  # fmt: skip
        return engine.start(begun, who=Who.SYSTEM, by="system", at=timezone.now())

    def step(self, refund, name, *, lead=None, status=200, **body):
        answer = (lead or self.lead).post(f"/refunds/{refund.number}/steps/{name}/", body)
        assert answer.status_code == status, answer.data
        return answer.data

    # ---- what works in a running house, done here
    def work(self, at=None, *, patience=20.0):
        """Until nothing is due at `at` and the bank has said what it had to say."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            now = at or timezone.now()
            done = sum(run(at=max(now, timezone.now())).values()) + sweep(at=now) + send_due(at=now) + deliver(at=now)
            if not done and self.bank.quiet and not Inbox.objects.filter(outcome="").exists():
                return
            self.bank.hasten()
            time.sleep(0.01)
        raise AssertionError("never quiet")

    def later(self, **delta):
        return timezone.now() + timedelta(**delta)

    def reconcile(self):
        """A lead looks into the bank's own account for whatever is unknown or has failed."""
        for refund in Refund.objects.filter(state__in=("unknown", "failed")).order_by("pk"):
            paid = self.bank.ledger.paid().get(refund.key)
            if paid is not None and paid != refund.amount:
                self.bank.ledger.correct(refund.key, refund.amount)  # the rest is fetched back by telephone
            if paid is not None:
                self.step(refund, "reconcile", result="succeeded", voucher=f"银行 {refund.number}")
            elif refund.state == "unknown":
                self.step(refund, "reconcile", result="failed")

    # ---- what must hold
    def differences(self):
        ours = Refund.objects.filter(shop=self.shop, state__in=SETTLED, paid_by="shop").values_list("key", "amount")
        return differences(self.bank.ledger, ours)

    def check(self):
        """Books, balances and keys; `differences` is asked apart."""
        ledger, settled, live = Counter(), Counter(), Counter()
        for entry in Entry.objects.filter(order__shop=self.shop):
            ledger[entry.order_id] += entry.amount
        for r in Refund.objects.filter(shop=self.shop):
            settled[r.order_id] += r.amount * (r.state in SETTLED)
            live[r.order_id] += r.amount * (r.state not in ("cancelled", "failed"))
        for order in Order.objects.filter(shop=self.shop):
            assert ledger[order.pk] == order.paid - order.refunded
            assert settled[order.pk] == order.refunded
            assert live[order.pk] <= order.paid
        keys = {}
        for event in Event.objects.filter(shop=self.shop, topic="refund.send"):
            keys.setdefault(event.subject, set()).add(event.data["key"])
        assert all(len(those) == 1 for those in keys.values()), keys
        assert self.bank.refused == []

    def waiting(self):
        return Delivery.objects.filter(rings_at__isnull=False).count()
