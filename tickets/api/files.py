"""/tickets/{number}/files/: what people put into a conversation, for a reply or a note to carry."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.acting import refusal
from flows.api.addresses import NUMBER
from flows.api.callers import roles_of
from flows.api.openapi import COMPONENTS, MOMENT, TEXT, WHOLE, Op, an_object, many, ref
from flows.api.plain import WHOLE_KEY
from flows.api.problems import Problem, answer, invalid, not_found
from flows.api.queries import WHICH_SHOP
from flows.api.subjects import when
from flows.api.views import Address
from returns import store
from returns.api.evidence import SIZE
from returns.api.evidence_shown import STORED
from returns.api.uploads import KIND, MOST_BODY, Multipart, TakesFiles, only, problem
from returns.store.limits import MOST_FILES, NotKept

from .. import attachments
from ..models import Attachment
from ..tables import TICKET
from .tickets import TICKETS

BODY = {
    "type": "object",
    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MOST_FILES}},
    "additionalProperties": False,
}
COMPONENTS["TicketFile"] = an_object(
    {
        "id": WHOLE,
        "kind": {"type": "string", "enum": [k for k, _label in Attachment.KINDS]},
        **STORED,
        "by": TEXT,
        "at": MOMENT,
    }
)
LIST = an_object({"results": many(ref("TicketFile"))})


def body(a: Attachment) -> dict[str, Any]:
    return {
        "id": a.pk, "kind": a.kind, "name": a.name, "type": a.mime, "size": a.size, "width": a.width,
        "height": a.height, "sha256": a.sha256, "by": a.by, "at": when(a.at),
    }  # fmt: skip


class Files(Address):
    """Files come as multipart; the list is JSON."""

    most_bytes = MOST_BODY
    parser_classes: Any = (Multipart,)
    content_negotiation_class = TakesFiles
    docs = {
        "get": Op(
            "tickets_files", "Ticket: files that lie here, oldest first", {200: LIST}, "tickets",
            params=(WHICH_SHOP,), errors=(404, 409), path={"number": NUMBER},
        ),
        "post": Op(
            "tickets_files_give", "Ticket: put files into the conversation", {201: LIST}, "tickets", body=BODY,
            params=(WHICH_SHOP,), errors=(400, 403, 404, 409), path={"number": NUMBER}, takes=KIND,
            words="A reply or a note names them by their id; a closed ticket takes them for a note. Photos (JPEG, PNG, "
            "WebP) by their content are redrawn without their metadata; videos and PDF where the shop takes them. All "
            "of a request or none.",
        ),
    }  # fmt: skip

    def get(self, request: Request, number: str) -> HttpResponse:
        ticket = TICKETS.located(self.caller(), number, self.query()["shop"])
        return answer({"results": [body(a) for a in attachments.of(ticket)]})

    def post(self, request: Request, number: str) -> HttpResponse:
        shop, caller = self.query()["shop"], self.caller()

        def act(_trigger: str) -> HttpResponse:
            ticket = TICKETS.located(caller, number, shop)
            if not roles_of(caller, ticket.shop_id):
                raise Problem(403, "forbidden", _("您在这个店铺没有角色"))
            form = only(request.data, ())
            if not form.uploads:
                raise invalid(_("请选择文件"), "/files", "required")
            notes = refusal(TICKET, ticket, "note", caller.roles_in(ticket.shop_id)) is None
            try:
                kept = attachments.keep_all(ticket, form.uploads, by=caller.by, at=timezone.now(), ended=notes)
            except NotKept as refused:
                raise problem(refused) from None
            return answer({"results": [body(a) for a in kept]}, 201)

        return self.once(act)


class File(Address):
    docs = {
        "get": Op(
            "tickets_file", "Ticket: one of its files", {200: {"type": "string", "format": "binary"}}, "tickets",
            params=(WHICH_SHOP, SIZE), errors=(404, 409), path={"number": NUMBER, "id": WHOLE_KEY}, gives="*/*",
        )
    }  # fmt: skip

    def get(self, request: Request, number: str, id: int) -> Any:  # noqa: A002
        ticket = TICKETS.located(self.caller(), number, self.query()["shop"])
        found = attachments.of(ticket).filter(pk=id).first() if id < 2**63 else None
        if found is None:
            raise not_found()
        return store.answer(found, request._request)


def file_addresses() -> list[URLPattern]:
    return [
        path("tickets/<number:number>/files/<int:id>/", File.as_view(), name="tickets-file"),
        path("tickets/<number:number>/files/", Files.as_view(), name="tickets-files"),
    ]
