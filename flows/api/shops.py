"""/shops/: the caller's own, with the caller's roles there."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request

from shops.access import Caller, scope
from shops.models import Shop

from .openapi import COMPONENTS, FLAG, MOMENT, TEXT, Op, a_page, an_object, many, ref
from .pages import OLDEST, page_of, page_params
from .problems import answer, not_found
from .subjects import when
from .views import Address

CODE = {"type": "string", "minLength": 1, "maxLength": 50, "pattern": "^[A-Za-z0-9_-]+$"}
COMPONENTS["Shop"] = an_object(
    {
        "code": TEXT,
        "name": TEXT,
        "platform": TEXT,
        "dialect": TEXT,
        "zone": TEXT,
        "currency": TEXT,
        "active": FLAG,
        "created_at": MOMENT,
        "roles": {**many(TEXT), "description": "The caller's."},
        "sees_personal": FLAG,
    }
)


def own_shops(caller: Caller) -> QuerySet[Shop]:
    return scope(Shop.objects.all(), caller, "pk")


def own_shop(caller: Caller, code: str) -> Shop:
    """Raises Problem 404 for what is not the caller's or not there."""
    found = own_shops(caller).filter(code=code).first()
    if found is None:
        raise not_found()
    return found


def body_of(shop: Shop, caller: Caller) -> dict[str, Any]:
    plain = {
        name: getattr(shop, name) for name in ("code", "name", "platform", "dialect", "zone", "currency", "active")
    }
    return {
        **plain, "created_at": when(shop.created_at), "roles": list(caller.roles_in(shop.pk)),
        "sees_personal": caller.may_unmask(shop.pk),
    }  # fmt: skip


class Shops(Address):
    docs = {
        "get": Op(
            "shops_list", "The caller's shops", {200: a_page(ref("Shop"))}, "shops", params=page_params(OLDEST)
        )
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        page = page_of(request, own_shops(caller), asked, (OLDEST,))
        return answer({"results": [body_of(s, caller) for s in page.rows], "next": page.next})


class OneShop(Address):
    docs = {"get": Op("shops_detail", "One shop", {200: ref("Shop")}, "shops", errors=(400, 404), path={"code": CODE})}

    def get(self, request: Request, code: str) -> HttpResponse:
        self.query()
        return answer(body_of(own_shop(self.caller(), code), self.caller()))


def shop_addresses() -> list[URLPattern]:
    return [
        path("shops/", Shops.as_view(), name="shops-list"),
        path("shops/<slug:code>/", OneShop.as_view(), name="shops-detail"),
    ]
