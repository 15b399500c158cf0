"""What a test does to orders: it lets the shop's hooks speak, and the staff press buttons, at a time that it names."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from flows import engine
from flows.table import Who
from hooks.process import run
from orders.couriers import contracts
from orders.models import Order, StockOut
from tests.factories import hook_body, make_shop, placed, post_hook

HOUR = timedelta(hours=1)


class Hands:
    def __init__(self, **shop):
        self.t0 = timezone.now().replace(microsecond=0) - timedelta(hours=2)
        self.shop = make_shop(secret=True, **shop)
        self.client = Client()
        contracts.of(self.shop.pk)  # remembered, as its rules are

    def tell(self, type_, at=0.0, *, apply=True, **data):
        """Send a signed hook of something that happened `at` minutes after t0, and let it be applied."""
        when = self.t0 + timedelta(minutes=at)
        response = post_hook(
            self.client, self.shop, hook_body(type_, when, **{"occurred_at": when.isoformat(), **data})
        )
        assert response.status_code in (200, 202), response.content
        if apply:
            self.apply()
        return response.json()["event"]

    def apply(self):
        return run(at=timezone.now() + timedelta(minutes=1))

    def place(self, number="A1", at=0.0, **changes):
        self.tell(
            "order.placed",
            at,
            **{**placed(number), "placed_at": (self.t0 + timedelta(minutes=at)).isoformat(), **changes},
        )
        return self.order(number)

    def order(self, number="A1"):
        return Order.objects.get(shop=self.shop, number=number)

    def stock_out(self, number="A1-Q1"):
        return StockOut.objects.get(shop=self.shop, number=number)

    def take(self, subject, step, who, at=None, **inputs):
        at = at or timezone.now()
        return engine.take(subject, step, who=Who[who.upper()], by=who, at=at, inputs=inputs)

    def picking(self, number="A1", **changes):
        """An order that is paid, confirmed and audited."""
        self.place(number, **changes)
        if changes.get("payment") != "cod":
            self.tell("order.paid", 1, number=number)
        self.take(self.order(number), "confirm", "agent")
        return self.take(self.order(number), "audit", "auditor")


def parcel(number="SF1000000001", *lines, carrier="顺丰"):
    return {
        "carrier": carrier,
        "tracking_number": number,
        **({"lines": [{"line": k, "quantity": q} for k, q in lines]} if lines else {}),
    }
