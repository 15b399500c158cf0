"""A client of the API, and orders for it to speak of."""

import json
from itertools import count

from django.test import Client
from django.utils import timezone

from flows import engine
from flows.table import Who
from orders.models import Order
from orders.phones import phone_key
from tests.factories import placed

V1 = "/api/v1"
numbers = count(1)


class Api:
    """Speaks JSON with a key; answers are responses whose `.data` is the parsed body."""

    def __init__(self, token=""):
        self.client = Client()
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path, query=None, **headers):
        return self._told(self.client.get(V1 + path, query or {}, headers=self._headers(headers)))

    def post(self, path, body=None, *, raw=None, kind="application/json", **headers):
        return self.send("POST", path, body, raw=raw, kind=kind, **headers)

    def send(self, method, path, body=None, *, raw=None, kind="application/json", **headers):
        data = raw if raw is not None else json.dumps({} if body is None else body).encode()
        return self._told(self.client.generic(method, V1 + path, data, kind, headers=self._headers(headers)))

    def _headers(self, more):
        return {**self.headers, **{name.replace("_", "-"): value for name, value in more.items()}}

    @staticmethod
    def _told(response):
        response.data = json.loads(response.content) if response.content else None
        return response


def start_order(shop, number="", *, payment="online", phone="13800138000", buyer="b-1", at=None, **fields):
    """An order as its shop's back end places it: 259.00."""
    at = at or timezone.now()
    lines = [
        {"line": "1", "sku": "S-1", "title": "跑步鞋", "quantity": 1, "unit_price": 19900, "paid": 18900},
        {"line": "2", "sku": "S-2", "title": "袜子", "quantity": 2, "unit_price": 3000, "paid": 6000},
    ]
    order = Order(
        shop_id=shop.pk, number=number or f"N{next(numbers)}", payment=payment, buyer_id=buyer, buyer_name="张三丰",
        state="awaiting_confirmation" if payment == "cod" else "awaiting_payment",
        buyer_phone=phone, phone_key=phone_key(phone), address=placed()["address"], freight=1000, total=25900,
        placed_at=at,
        **fields,
    )  # fmt: skip
    return engine.start(order, who=Who.SHOP, by="test", at=at, inputs={"lines": lines})


def take(order, step, who, **inputs):
    return engine.take(order, step, who=Who[who.upper()], by=who, at=timezone.now(), inputs=inputs)


def picking(shop, number="", **fields):
    """Paid, confirmed, audited."""
    order = start_order(shop, number, **fields)
    take(order, "pay", "shop")
    take(order, "confirm", "agent")
    return take(order, "audit", "auditor")


def missing(shop, number="", *lines, **fields):
    """-> the stock-out of an order of which the second line is missing."""
    order = picking(shop, number, **fields)
    take(order, "report_stock_out", "warehouse", lines=list(lines) or [{"line": "2", "quantity": 2}])
    return order.stock_outs.get()


def is_problem(response, status, code=""):
    """A problem as RFC 9457 words it, that says no more than it must."""
    assert response.status_code == status, (response.status_code, response.content.decode()[:600])
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    data = json.loads(response.content)
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(data)
    assert data["status"] == status
    if code:
        assert data["code"] == code, data
    return data
