"""What a test does to returns: beside the hands of orders, it brings orders to where goods can come back, asks for
returns by hook and at the desk, and moves them on."""

from itertools import count

from django.utils import timezone

from flows import engine
from flows.table import Who
from orders.models import Order
from returns.models import Evidence, Return
from returns.starting import begin
from shops import policy
from tests.orders.hands import Hands as Orders
from tests.orders.hands import parcel

__all__ = ["ADDRESS", "Hands", "parcel"]

ADDRESS = {"name": "退货组", "phone": "13900000000", "detail": "杭州市余杭区良睦路 1 号 2 号库"}
_parcels = count(1)


class Hands(Orders):
    """A1 is a paid order of two lines: "1" ×1 189.00, "2" ×2 60.00, freight 10.00."""

    # ---- orders, as far as goods can come back from them
    def shipped(self, number="A1", **changes):
        self.picking(number, **changes)
        return self.take(
            self.order(number), "ship", "warehouse", parcels=[parcel(f"SF{next(_parcels):010d}", carrier="顺丰")]
        )

    def signed(self, number="A1", **changes):
        self.shipped(number, **changes)
        return self.take(self.order(number), "sign", "customer")

    # ---- returns
    def ret(self, number="R1"):
        return Return.objects.get(shop=self.shop, number=number)

    def request(self, number="R1", order="A1", at=20.0, *, apply=True, **changes):
        """By hook: `return.requested` of line 1; -> the return, or None where the hook did not start one."""
        data = {"number": number, "order": order, "kind": "return_refund", "reason": "no_reason",
                "lines": [{"line": "1", "quantity": 1}], **changes}  # fmt: skip
        self.tell("return.requested", at, apply=apply, **{k: v for k, v in data.items() if v is not None})
        return Return.objects.filter(shop=self.shop, number=number).first()

    def ask(self, order="A1", who="agent", at=None, **changes):
        """At the desk, on the customer's page, through the API: a start by `who`; -> the return."""
        order = order if isinstance(order, Order) else self.order(order)
        given = {"kind": "return_refund", "reason": "no_reason", "lines": [{"line": "1", "quantity": 1}], **changes}
        ret, inputs = begin(order, opened_by="desk", **given)
        return engine.start(ret, who=Who[who.upper()], by=who, at=at or timezone.now(), inputs=inputs)

    def proof(self, ret, *, stage="refusal", giver="agent", words="照片一张"):
        """A piece of evidence that was given before a step names it; -> its key."""
        row = Evidence.objects.create(
            shop=ret.shop, of=ret, kind="words", stage=stage, words=words, giver=giver, by=giver, at=timezone.now()
        )
        return row.pk

    def go(self, subject, *steps):
        """(step, who, inputs) one after the other; -> where it then stands."""
        for step, who, *inputs in steps:
            subject = self.take(subject, step, who, **(inputs[0] if inputs else {}))
        return subject

    def rules(self, **after_sales):
        """Change the shop's after-sales rules (shops.after_sales)."""
        policy.edit(self.shop, {"after_sales": after_sales}, "test", timezone.now())
        policy.forget()
