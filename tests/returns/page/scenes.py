"""Returns in any state, and customers who look at them through a link."""

import io
import re

from django.test import Client
from django.utils import timezone
from PIL import Image

import rows
from flows.models import Move
from orders.models import Order
from returns.models import Offer, Return, ReturnLine
from returns.page import links
from tests.admin.pages import text
from tests.admin.scenes import Desk

__all__ = ["Customer", "Shop", "photo", "text"]
SAID = {"name": "晨光售后部", "phone": "0571-88001234", "detail": "浙江省杭州市余杭区仓前路 8 号 3 号仓"}


def photo(color="red", size=(60, 40), kind="JPEG", name="a.jpg"):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    out.seek(0)
    out.name = name
    return out


class Shop(Desk):
    """A shop whose returns stand wherever a test wants them: the Move that explains the state is written with it."""

    def ret(self, state="requested", kind="return_refund", reason="quality", *, order=None, **fields):
        order = order or self.order("packed")
        at = fields.pop("at", self.now)
        [pk] = rows.allocate(Return, 1)
        number = fields.pop("number", f"{order.number}-R{Return.objects.filter(order=order).count() + 1}")
        move = Move(
            shop_id=order.shop_id, flow="return", subject=pk, seq=1, step="start", target=state, who="agent",
            by="xiaomei", at=at, noted_at=at,
        )  # fmt: skip
        Move.objects.bulk_create([move])
        made = Return(
            pk=pk, shop_id=order.shop_id, order_id=order.pk, number=number, state=state, version=1, kind=kind,
            reason=reason, created_at=at, **fields,
        )  # fmt: skip
        Return.objects.bulk_create([made])
        line = order.lines.order_by("pk").first()
        ReturnLine.objects.create(of_id=pk, line=line, quantity=1)
        return Return.objects.get(pk=pk)

    def refused(self, ret, keys, step="refuse"):
        """The Move of a refusal that names this proof."""
        move = Move(
            shop_id=ret.shop_id, flow="return", subject=ret.pk, seq=ret.version + 1, step=step, source="requested",
            target=ret.state, who="agent", by="xiaomei", at=self.now, noted_at=self.now, inputs={"proof": keys},
        )  # fmt: skip
        Move.objects.bulk_create([move])
        Return.objects.filter(pk=ret.pk).update(version=ret.version + 1)
        ret.version += 1

    def offer(self, ret, *plans):
        plans = plans or (
            {"kind": "cash", "amount": 3000, "freight": 800, "words": "24 小时内原路退回"},
            {"kind": "coupon", "words": "满 100 减 30，30 天有效"},
        )
        return Offer.objects.create(of=ret, plans=list(plans), by="xiaomei", at=self.now, leaving_why="嫌贵（内部）")


class Customer(Client):
    """Somebody with the link of one return and nothing else."""

    def __init__(self, ret, **options):
        super().__init__(**options)
        self.ret, self.token = ret, links.token_of(ret, timezone.now())

    @property
    def address(self):
        return f"/c/{self.token}/"

    def look(self, **asked):
        return self.get(self.address, asked)

    def form(self, act):
        """The hidden fields of this act's form, as the page shows them now."""
        page = self.look().content.decode()
        [form] = re.findall(rf'<form[^>]*action="{self.address}do/{act}/".*?</form>', page, re.S)
        return dict(re.findall(r'<input type="hidden" name="(form|version)" value="([^"]*)"', form))

    def do(self, act, hidden=None, **said):
        """Fill the form in and send it."""
        return self.post(f"{self.address}do/{act}/", {**(hidden or self.form(act)), **said})

    def state(self):
        return Return.objects.get(pk=self.ret.pk).state


def order_of(ret):
    return Order.objects.get(pk=ret.order_id)
