"""A desk with people and work on it: what the tests of the pages and the pictures of the guide look at."""

from datetime import timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.utils import timezone

from flows import engine
from flows.reports import Heard, report_many
from flows.table import Who
from kefu.models import Heartbeat
from orders.models import Order, Product, Related, StockOut
from orders.phones import phone_key
from orders.states import S
from orders.tables import ORDER
from shops.models import Member
from tests.factories import make_shop

ROLES = ("agent", "auditor", "warehouse", "lead")
NAMES = {"agent": "xiaomei", "auditor": "laochen", "warehouse": "aqiang", "lead": "wangdian"}
BUYERS = ["张三丰", "李小红", "王建国", "赵敏", "陈晨", "周慧敏", "吴越", "郑爽儿"]
TITLES = [
    ("跑步鞋 男款 42 码 黑", "S-101", 18900),
    ("纯棉短袜 三双装", "S-202", 3000),
    ("轻薄羽绒服 女 M 米白", "S-303", 45900),
    ("保温杯 500ml 深蓝", "S-404", 8800),
    ("瑜伽垫 10mm 紫", "S-505", 12900),
]
_numbers = count(1)


class Desk:
    """A shop, a person of each role, orders in any state. Steps are taken as those people would."""

    def __init__(self, code="", name="晨光运动旗舰店", **shop):
        self.shop = make_shop(code, name=name, **shop)
        self.people = {role: self.person(role) for role in ROLES}
        self.now = timezone.now()
        Heartbeat.objects.update_or_create(pk="clock", defaults={"at": self.now})

    def person(self, *roles, name="", sees=True, shop=None):
        name = name or f"{NAMES.get(roles[0], 'p')}{next(_numbers)}"
        user = get_user_model().objects.create_user(name, password="secret", is_staff=True)
        Member.objects.create(user=user, shop=shop or self.shop, roles=list(roles), sees_personal=sees)
        return user

    def products(self):
        made = [
            Product.objects.create(shop=self.shop, sku=sku, title=title, price=price) for title, sku, price in TITLES
        ]
        Related.objects.create(product=made[0], instead=made[2], rank=1)
        Related.objects.create(product=made[0], instead=made[4], rank=2)
        return made

    def order(self, state="", *, number="", minutes=60, goods=(0, 1), payment="online", name="", note="", **fields):
        """A paid order, `minutes` ago, gone on to `state` by the staff's own steps."""
        n = next(_numbers)
        at = self.now - timedelta(minutes=minutes)
        lines = [
            {"line": str(i), "sku": TITLES[g][1], "title": TITLES[g][0], "quantity": 1 + i % 2,
             "unit_price": TITLES[g][2], "paid": TITLES[g][2] * (1 + i % 2)}
            for i, g in enumerate(goods, 1)
        ]  # fmt: skip
        phone = f"138{n:08d}"
        order = Order(
            shop_id=self.shop.pk, number=number or f"2026112{n:06d}", payment=payment, freight=1000,
            state=S.AWAITING_PAYMENT if payment == "online" else S.AWAITING_CONFIRMATION, buyer_id=f"b-{n}",
            buyer_name=name or BUYERS[n % len(BUYERS)], buyer_phone=phone, phone_key=phone_key(phone), buyer_note=note,
            address={"province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": f"文三路 {n} 号 2 幢 301"},
            total=sum(x["paid"] for x in lines) + 1000, placed_at=at, **fields,
        )  # fmt: skip
        order = engine.start(order, who=Who.SHOP, by="hook:native", at=at, inputs={"lines": lines})
        if payment == "online" and state != "awaiting_payment":
            self.hear(order, "pay", at + timedelta(minutes=1), transaction=f"T{n}")
        for step in WAY[: WAYS.get(state, 0)]:
            at += timedelta(minutes=4)
            order = self.take(order, *step, at=at)
        return Order.objects.get(pk=order.pk)

    def hear(self, order, kind, at=None, **inputs):
        at = at or self.now
        heard = Heard(order.pk, kind, at, Who.SHOP, "hook:native", inputs, trigger=f"t{next(_numbers)}")
        return report_many(ORDER, [heard], at=at)[0]

    def take(self, subject, step, role, at=None, why="", **inputs):
        by = self.people[role].get_username()
        return engine.take(subject, step, who=Who[role.upper()], by=by, at=at or self.now, why=why, inputs=inputs)

    def stock_out(self, **order):
        """An order of which the first line is missing. -> the stock-out."""
        order = self.order("picking", **order)
        self.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
        return StockOut.objects.select_related("order").get(order=order)


WAY = [
    ("confirm", "agent"),
    ("audit", "auditor"),
    ("pack", "warehouse"),
]
WAYS = {"awaiting_confirmation": 0, "awaiting_audit": 1, "picking": 2, "packed": 3}
