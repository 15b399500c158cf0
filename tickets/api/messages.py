"""/tickets/{number}/messages/: what was said, to the customer and among ourselves, oldest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request

from flows.api.addresses import NUMBER
from flows.api.openapi import COMPONENTS, FLAG, MOMENT, TEXT, WHOLE, Op, a_page, an_object, many, nullable, ref
from flows.api.pages import Order, page_of, page_params
from flows.api.problems import answer
from flows.api.queries import WHICH_SHOP, some_of
from flows.api.subjects import when
from flows.api.views import Address

from ..hidden import words_of
from ..models import Message
from ..states import Side
from .tickets import TICKETS

AS_SAID = Order("seq", ("seq",))
SIDE = some_of("side", Side.values, "Who speaks: one or several.")
COMPONENTS["TicketMessage"] = an_object(
    {
        "seq": {**WHOLE, "description": "The ticket's move by which it was said."},
        "side": {"type": "string", "enum": [str(v) for v in Side.values]},
        "by": {**TEXT, "description": "The login of who spoke for us; empty for the customer."},
        "words": TEXT,
        "files": many(
            an_object(
                {
                    "url": {**nullable(TEXT), "description": "Where it lies at the platform; never fetched by us."},
                    "file": {**nullable(WHOLE), "description": "The id of one that was uploaded here."},
                    "name": TEXT,
                }
            )
        ),
        "mentions": many(TEXT),
        "external": {**TEXT, "description": "The message's own id at its source."},
        "first": {**FLAG, "description": "It is the first answer of its ticket."},
        "waited": {**nullable(WHOLE), "description": "Of an answer: the seconds that the customer had waited."},
        "waited_working": {**nullable(WHOLE), "description": "The same in the shop's working hours."},
        "at": MOMENT,
        "noted_at": MOMENT,
    }
)


def body(m: Message, unmasked: bool) -> dict[str, Any]:
    files = [{"url": f.get("url"), "file": f.get("file"), "name": str(f.get("name") or "")} for f in m.files]
    return {
        "seq": m.seq, "side": m.side, "by": m.by, "words": words_of(m.words, unmasked, m.side), "files": files,
        "mentions": list(m.mentions), "external": m.external, "first": m.first, "waited": m.waited,
        "waited_working": m.waited_working, "at": when(m.at), "noted_at": when(m.noted_at),
    }  # fmt: skip


class Messages(Address):
    docs = {
        "get": Op(
            "tickets_messages", "Ticket: what was said, oldest first", {200: a_page(ref("TicketMessage"))}, "tickets",
            params=(WHICH_SHOP, SIDE, *page_params(AS_SAID)), errors=(404, 409), path={"number": NUMBER},
        )
    }  # fmt: skip

    def get(self, request: Request, number: str) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        ticket = TICKETS.located(caller, number, asked["shop"])
        found = Message.objects.filter(ticket=ticket.pk)
        found = found.filter(side__in=asked["side"]) if asked["side"] else found
        page = page_of(request, found, asked, (AS_SAID,))
        clear = caller.may_unmask(ticket.shop_id)
        return answer({"results": [body(m, clear) for m in page.rows], "next": page.next})


def message_addresses() -> list[URLPattern]:
    return [path("tickets/<number:number>/messages/", Messages.as_view(), name="tickets-messages")]
