"""/returns/{number}/link/: a link to the customer's page for a back end to send, and the end of all links so far."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.api.addresses import NUMBER
from flows.api.openapi import MOMENT, Op, an_object
from flows.api.plain import NOTHING, refuse_fields
from flows.api.problems import Problem, answer
from flows.api.queries import WHICH_SHOP
from flows.api.subjects import when
from flows.api.views import Address
from shops.access import Caller

from ..models import Return
from ..page import links
from .returns import RETURNS

MAY = frozenset({"agent", "lead", "shop"})  # who sends links to customers
LINK = an_object({"url": {"type": "string", "format": "uri"}, "expires": MOMENT})
WHO = "Who: agent, lead, shop."


class Link(Address):
    http_method_names = ["post", "delete"]
    docs = {
        "post": Op(
            "returns_link", "Return: a link to the customer's page", {201: LINK}, "returns", params=(WHICH_SHOP,),
            errors=(403, 404, 409), path={"number": NUMBER}, body=NOTHING,
            words=f"Whoever holds it sees this one return and acts as its customer. Keep it out of logs. {WHO}",
        ),
        "delete": Op(
            "returns_link_revoke", "Return: revoke every link so far", {204: None}, "returns", params=(WHICH_SHOP,),
            errors=(403, 404, 409), path={"number": NUMBER}, words=f"Logged with who and when. {WHO}",
        ),
    }  # fmt: skip

    def post(self, request: Request, number: str) -> HttpResponse:
        shop, data = self.query()["shop"], request.data

        def act(_trigger: str) -> HttpResponse:
            refuse_fields(data)
            at = timezone.now()
            ret = self._theirs(number, shop)
            return answer({"url": links.make(ret, at), "expires": when(links.expires(at))}, 201)

        return self.once(act)

    def delete(self, request: Request, number: str) -> HttpResponse:
        ret = self._theirs(number, self.query()["shop"])
        links.revoke(ret, by=self.caller().by, at=timezone.now())
        return HttpResponse(status=204)

    def _theirs(self, number: str, shop: str | None) -> Return:
        caller: Caller = self.caller()
        ret: Any = RETURNS.located(caller, number, shop)
        if not MAY & set(caller.roles_in(ret.shop_id)):
            raise Problem(403, "forbidden", _("无权操作"))
        found: Return = ret
        return found


def link_addresses() -> list[URLPattern]:
    return [path("returns/<number:number>/link/", Link.as_view(), name="returns-link")]
