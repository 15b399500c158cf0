"""/quick-replies/: those that the caller may see, and writing them within the caller's rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.api.bodies import an_object as read_object
from flows.api.bodies import validated
from flows.api.inputs import field_schema
from flows.api.openapi import Op, a_page, ref
from flows.api.pages import NEWEST, OLDEST, page_of, page_params
from flows.api.problems import Problem, answer, invalid
from flows.api.queries import SHOP, flag, some_of, text
from flows.api.shops import own_shop, own_shops
from flows.api.subjects import etag
from flows.api.taking import read_match
from flows.api.views import Address
from shops.access import Caller
from shops.models import Shop
from tickets.models import QuickReply
from tickets.models.quick_reply import Scope

from ..rights import may_edit, person, seen
from ..scenes import Scene
from ..search import find
from ..template import faults
from .showing import KEY, Changes, Writes, body_of, located

FILTERS = (
    SHOP,
    some_of("scene", Scene.values, "One or several scenes, separated by commas."),
    some_of("scope", Scope.values, "One or several scopes, separated by commas."),
    flag("active", "Whether it is offered."),
    text("q", "Title, words, shortcut, pinyin or its initials.", 60),
)


class Replies(Address):
    docs = {
        "get": Op(
            "quick_replies_list", "Quick replies that the caller may see", {200: a_page(ref("QuickReply"))},
            "quick-replies", params=(*FILTERS, *page_params(OLDEST, NEWEST)), errors=(404,),
        ),
        "post": Op(
            "quick_replies_start", "Write a quick reply", {201: ref("QuickReply")}, "quick-replies",
            body=lambda: field_schema(Writes()), errors=(400, 403, 404), etag=True,
            words="A shop's and a team's by its lead, one's own by whoever answers customers. An unknown variable is "
            "an error that names the nearest one.",
        ),
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        rows = seen(caller).select_related("shop")
        if asked["shop"]:
            rows = rows.filter(shop=own_shop(caller, asked["shop"]))
        for name in ("scene", "scope"):
            rows = rows.filter(**{f"{name}__in": asked[name]}) if asked[name] else rows
        rows = rows if asked["active"] is None else rows.filter(active=asked["active"])
        if asked["q"]:
            rows = rows.filter(pk__in=[r.pk for r in find(list(rows), asked["q"])])
        page = page_of(request, rows, asked, (OLDEST, NEWEST))
        return answer({"results": [body_of(r) for r in page.rows], "next": page.next})

    def post(self, request: Request) -> HttpResponse:
        self.query()
        caller, data = self.caller(), request.data

        def act(_trigger: str) -> HttpResponse:
            reply = kept(caller, begun(caller, validated(Writes(data=data), read_object(data))))
            return answer(body_of(reply), 201, headers={"ETag": etag(reply.version)})

        return self.once(act)


class OneReply(Address):
    docs = {
        "get": Op(
            "quick_replies_detail", "A quick reply", {200: ref("QuickReply")}, "quick-replies", errors=(404,),
            etag=True, path={"pk": KEY},
        ),
        "patch": Op(
            "quick_replies_edit", "Change some of it: its next version", {200: ref("QuickReply")}, "quick-replies",
            body=lambda: field_schema(Changes()), errors=(400, 403, 404, 409), etag=True, if_match=True,
            path={"pk": KEY}, words="One that is not wanted any more is set to `active: false`; its figures stay.",
        ),
    }  # fmt: skip

    def get(self, request: Request, pk: int) -> HttpResponse:
        self.query()
        reply = located(self.caller(), pk)
        return answer(body_of(reply), headers={"ETag": etag(reply.version)})

    def patch(self, request: Request, pk: int) -> HttpResponse:
        self.query()
        data, base = request.data, read_match(request.META.get("HTTP_IF_MATCH"))
        with transaction.atomic():
            reply = located(self.caller(), pk, lock=True)
            if not may_edit(self.caller(), reply):
                raise not_yours()
            changes = validated(Changes(data=data), read_object(data))
            if base not in (None, reply.version):
                headers = {"ETag": etag(reply.version)}
                raise Problem(409, "moved", _("已被他人修改，请看过再改"), quick_reply=body_of(reply), headers=headers)
            for name, value in changes.items():
                setattr(reply, name, value)
            reply = kept(self.caller(), reply)
        return answer(body_of(reply), headers={"ETag": etag(reply.version)})


def not_yours() -> Problem:
    return Problem(403, "forbidden", _("您不能在这个范围里保存"))


def begun(caller: Caller, said: Mapping[str, Any]) -> QuickReply:
    """An unsaved one. Raises Problem 400, 404."""
    fields = {name: value for name, value in said.items() if name != "shop"}
    shop = None if said["scope"] == Scope.GLOBAL else _shop(caller, said)
    owner = person(caller) if said["scope"] == Scope.OWN else None
    if said["scope"] == Scope.OWN and owner is None:
        raise not_yours()
    reply = QuickReply(**fields, shop=shop, owner_id=owner)
    reply.fitted()
    return reply


def _shop(caller: Caller, said: Mapping[str, Any]) -> Shop | None:
    if "shop" in said:
        return own_shop(caller, said["shop"])
    if said["scope"] == Scope.OWN:
        return None
    own = list(own_shops(caller)[:2])
    if len(own) != 1:
        raise invalid(_("请写明店铺"), "/shop", "required")
    return own[0]


def kept(caller: Caller, reply: QuickReply) -> QuickReply:
    """Written as its next version. Raises Problem 400 with a pointer for all that is wrong, 403."""
    if not may_edit(caller, reply):
        raise not_yours()
    if wrong := [{"pointer": "/words", "code": f.code, "detail": f.said} for f in faults(reply.words)]:
        raise Problem(400, "validation", _("输入有误"), errors=wrong)
    try:
        reply.full_clean(exclude=["updated_at"])
    except ValidationError as error:
        told = error.message_dict.items()
        errors = [{"pointer": f"/{n}", "code": "invalid", "detail": m} for n, messages in told for m in messages]
        raise Problem(400, "validation", _("输入有误"), errors=errors) from None
    reply.keep(caller.by, timezone.now())
    return reply
