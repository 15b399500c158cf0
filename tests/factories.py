"""Makers of rows that many tests need; each floor adds its own below. Names count up, so two are never the same."""

import json
import time
from datetime import UTC, datetime
from itertools import count

from django.contrib.auth import get_user_model

from hooks.platforms.native.signature import sign
from shops import hook_secrets, policy
from shops.models import ApiKey, Member, Shop

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)  # Friday, 18:00 in Shanghai
_numbers = count(1)


# --- shops --------------------------------------------------------------------------------------------------------
def make_shop(code="", *, platform="native", preset=True, secret=False, at=AT, **fields):
    """A shop with its platform's preset as version 1; with `secret`, a hook secret too."""
    code = code or f"shop-{next(_numbers)}"
    shop = Shop.objects.create(
        code=code, name=fields.pop("name", f"店铺 {code}"), platform=platform, created_at=at, **fields
    )
    if preset:
        policy.copy_preset(shop, "test", at)
    if secret:
        hook_secrets.add_secret(shop, at)
    return shop


def make_user(name="", **fields):
    return get_user_model().objects.create_user(name or f"user-{next(_numbers)}", password="secret", **fields)


def make_member(shop, *roles, user=None, sees_personal=False):
    """A person (is_staff, so the admin opens) with these roles in the shop; agent where none is named."""
    user = user or make_user(is_staff=True)
    return Member.objects.create(user=user, shop=shop, roles=list(roles or ["agent"]), sees_personal=sees_personal)


def make_key(*shops, roles=("shop",), **fields):
    """(key, token)"""
    return ApiKey.make(f"key-{next(_numbers)}", shops, roles, **fields)


# --- hooks --------------------------------------------------------------------------------------------------------
def hook_body(type, at=AT, /, **data):  # noqa: A002
    """A native event's body, as bytes."""
    return json.dumps({"type": type, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False).encode()


def placed(number="", /, **changes):
    """The data of an `order.placed`: two lines, 189.00 and 2 × 30.00, and 10.00 freight."""
    return {
        "number": number or f"N{next(_numbers)}",
        "payment": "online",
        "buyer": {"id": "b-1", "name": "张三", "phone": "13800138000"},
        "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路 1 号"},
        "lines": [
            {"line": "1", "sku": "S-1", "title": "跑步鞋", "quantity": 1, "unit_price": "199.00", "paid": "189.00"},
            {"line": "2", "sku": "S-2", "title": "袜子", "quantity": 2, "unit_price": "30.00", "paid": "60.00"},
        ],
        "freight": "10.00",
        "total": "259.00",
        "placed_at": AT.isoformat(),
        **changes,
    }


def post_hook(client, shop, body, *, id="", secret="", now=None, **headers):  # noqa: A002
    """Post signed bytes to the shop's address, as its own back end would; -> the response."""
    secret = secret or shop.hook_secrets.order_by("-pk")[0].secret
    signed = sign(secret, id or f"msg_{next(_numbers)}", int(now or time.time()), body)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = headers.pop("content-type", "application/json")
    return client.post(f"/hooks/{shop.code}/", body, kind, headers=signed | headers, CONTENT_TYPE=kind)
