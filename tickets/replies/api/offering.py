"""What is offered for a ticket: found, filled, suggested; and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.api.openapi import FLAG, TEXT, WHOLE, Op, an_object, many, nullable, ref
from flows.api.problems import Problem, answer, invalid, not_found
from flows.api.queries import SHOP, WHICH_SHOP, Param, one_of, text
from flows.api.shops import own_shop
from flows.api.subjects import ambiguous
from flows.api.views import Address
from flows.models import LONGEST
from shops.access import Caller
from tickets.models import Ticket

from .. import effect
from ..case import ReplyCase
from ..offered import Shelf
from ..rights import may_answer, person
from ..scenes import Scene
from .showing import KEY, SCENES, located, offered_body

TICKET = text("ticket", "The ticket's number; required.", LONGEST)
OFFERED = an_object({"results": many(ref("OfferedReply"))})
AVERAGE = nullable({"type": "number"})
FIGURES = {
    "uses": WHOLE, "edited": AVERAGE, "waited": AVERAGE, "answered": AVERAGE, "solved": AVERAGE, "reopened": AVERAGE,
}  # fmt: skip
ONE_EFFECT = an_object(
    {"id": WHOLE, "title": TEXT, "scene": SCENES, "own": an_object(FIGURES), "of_scene": an_object(FIGURES),
     "enough": {**FLAG, "description": f"Whether {effect.SMALL} uses were reached; fewer say nothing."}}
)  # fmt: skip
DAYS = ("30", "7", "90")


def shelf_of(caller: Caller, asked: dict[str, Any]) -> Shelf:
    """Raises Problem 400, 403 (who answers nobody), 404, 409."""
    if not asked["ticket"]:
        raise Problem(
            400, "validation", _("查询参数有误"),
            errors=[{"pointer": "", "parameter": "ticket", "code": "required", "detail": _("必填")}],
        )  # fmt: skip
    rows = Ticket.objects.filter(shop__in=sorted(caller.shops), number=asked["ticket"])
    rows = rows.filter(shop__code=asked["shop"]) if asked["shop"] else rows
    found = list(rows.select_related("shop", "order", "customer")[:50])
    if not found:
        raise not_found()
    if len(found) > 1:
        raise ambiguous(found)
    if not may_answer(caller, found[0].shop_id):
        raise Problem(403, "forbidden", _("无权操作"))
    clear = caller.may_unmask(found[0].shop_id) and caller.person.startswith("key:")
    return Shelf(caller, ReplyCase(found[0], timezone.now(), speaker=caller.by, clear=clear))


class Offers(Address):
    docs = {
        "get": Op(
            "quick_replies_offered", "Quick replies for a ticket, filled from its case; the most used first",
            {200: OFFERED}, "quick-replies", errors=(403, 404, 409),
            params=(TICKET, WHICH_SHOP, text("q", "Title, words, shortcut, pinyin or its initials.", 60),
                    one_of("scene", ("", *Scene.values), "One scene.")),
        )
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        asked = self.query()
        found = shelf_of(self.caller(), asked).found(asked["q"] or "", asked["scene"])
        return answer({"results": [offered_body(o) for o in found]})


class Suggestions(Address):
    docs = {
        "get": Op(
            "quick_replies_suggestions", "What the case at hand calls for, each with its reason", {200: OFFERED},
            "quick-replies", params=(TICKET, WHICH_SHOP), errors=(403, 404, 409),
        )
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        found = shelf_of(self.caller(), self.query()).suggested()
        return answer({"results": [offered_body(o) for o in found]})


class Rendered(Address):
    docs = {
        "get": Op(
            "quick_replies_render", "One quick reply as it would be said in a ticket", {200: ref("OfferedReply")},
            "quick-replies", params=(TICKET, WHICH_SHOP), errors=(403, 404, 409), path={"pk": KEY},
        )
    }  # fmt: skip

    def get(self, request: Request, pk: int) -> HttpResponse:
        shelf = shelf_of(self.caller(), self.query())
        key = located(self.caller(), pk).pk
        reply = next((r for r in shelf.replies if r.pk == key), None)
        if reply is None:
            raise invalid(_("这条快捷回复不能用在这张工单上"), "", "not-usable")
        return answer(offered_body(shelf.offered(reply)))


class Effects(Address):
    docs = {
        "get": Op(
            "quick_replies_effect", "What came of quick replies, beside their scene's average",
            {200: an_object({"results": many(ONE_EFFECT), "plain": an_object({"uses": WHOLE, "waited": AVERAGE})})},
            "quick-replies", errors=(404,),
            params=(SHOP, Param("days", lambda v: _days(v), "Of how many days.", {"type": "string", "enum": list(DAYS),
                                                                                  "default": DAYS[0]}, 30)),
            words="Times in seconds, shares from 0 to 1; null: nothing was measured. They tell what went with a "
            "reply, not what it caused.",
        )
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        asked, caller, now = self.query(), self.caller(), timezone.now()
        shops = [own_shop(caller, asked["shop"]).pk] if asked["shop"] else sorted(caller.shops)
        found = effect.report(shops, now - timedelta(days=asked["days"]), now, person=person(caller))
        plain = {"uses": found.plain_uses, "waited": found.plain_waited}
        return answer({"results": [_effect(e) for e in found.effects], "plain": plain})


def _days(value: str) -> int:
    if value not in DAYS:
        raise ValueError(_("可用的值：%(known)s") % {"known": ", ".join(DAYS)})
    return int(value)


def _effect(one: effect.Effect) -> dict[str, Any]:
    reply = one.reply
    return {
        "id": reply.pk, "title": reply.title, "scene": reply.scene, "own": _figures(one.own),
        "of_scene": _figures(one.scene), "enough": one.enough,
    }  # fmt: skip


def _figures(tally: effect.Tally) -> dict[str, Any]:
    shares = {name: tally.share(name) for name in ("edited", "solved", "reopened")}
    return {"uses": tally.uses, "waited": tally.waited, "answered": tally.answered, **shares}
