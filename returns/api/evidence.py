"""/returns/{number}/evidence/ and /pack/: what proves a case, given and looked at by who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.api.addresses import NUMBER
from flows.api.callers import roles_of
from flows.api.openapi import Op, an_object, many, ref
from flows.api.plain import WHOLE_KEY
from flows.api.problems import Problem, answer, invalid, not_found
from flows.api.queries import WHICH_SHOP, Param, some_of
from flows.api.views import Address
from shops.access import Caller

from .. import pack, store
from ..models import Evidence, Return
from ..store.limits import MOST_FILES, MOST_WORDS, NotKept
from .evidence_shown import STAGES, body
from .returns import RETURNS
from .uploads import KIND, MOST_BODY, Form, Multipart, TakesFiles, only, problem

FIELDS = ("stage", "words")


def _size(text: str) -> str:
    if text != "small":
        raise ValueError(_("只能是 small"))
    return text


SIZE = Param("size", _size, "small: a photo's thumbnail.", {"type": "string", "enum": ["small"]})
STAGE = some_of("stage", STAGES, "One or several.")
BODY = {
    "type": "object",
    "properties": {
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MOST_FILES},
        "stage": {"type": "string", "enum": list(STAGES), "default": STAGES[0]},
        "words": {"type": "string", "maxLength": MOST_WORDS},
    },
    "additionalProperties": False,
}
LIST = an_object({"results": many(ref("Evidence"))})


def shown(found: Iterable[Evidence], caller: Caller) -> dict[str, Any]:
    return {"results": [body(e, caller.may_unmask(e.shop_id)) for e in found]}


def given(caller: Caller, ret: Return, form: Form) -> list[Evidence]:
    """Everything of one request or nothing of it. Raises Problem 400, 403, 409, 413, 503."""
    roles = roles_of(caller, ret.shop_id)
    if not roles:
        raise Problem(403, "forbidden", _("您在这个店铺没有角色"))
    stage, words = form.get("stage") or STAGES[0], form.get("words", "")
    if stage not in STAGES:
        raise invalid(_("不是可选的值"), "/stage", "invalid_choice")
    how: dict[str, Any] = {"giver": roles[0].word, "by": caller.by, "at": timezone.now(), "stage": stage}
    try:
        if not form.uploads:
            return [store.keep_words(ret, words, **how)]
        return store.keep_all(ret, form.uploads, words=words, **how)
    except NotKept as refused:
        raise problem(refused) from None


class EvidenceList(Address):
    """Files and words come as multipart; the list is JSON."""

    most_bytes = MOST_BODY
    parser_classes: Any = (Multipart,)
    content_negotiation_class = TakesFiles
    docs = {
        "get": Op(
            "returns_evidence", "Return: what was given for it, oldest first", {200: LIST}, "returns",
            params=(WHICH_SHOP, STAGE), errors=(404, 409), path={"number": NUMBER},
        ),
        "post": Op(
            "returns_evidence_give", "Return: give evidence", {201: LIST}, "returns", body=BODY,
            params=(WHICH_SHOP,), errors=(400, 403, 404, 409), path={"number": NUMBER}, takes=KIND,
            words="Photos (JPEG, PNG, WebP) by their content; videos (MP4, MOV, WebM) and PDF where the shop takes "
            "them. 10 MB a file, 9 files a request: all of them or none.",
        ),
    }  # fmt: skip

    def get(self, request: Request, number: str) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        found = store.of(RETURNS.located(caller, number, asked["shop"]))
        return answer(shown(found.filter(stage__in=asked["stage"]) if asked["stage"] else found, caller))

    def post(self, request: Request, number: str) -> HttpResponse:
        shop, caller = self.query()["shop"], self.caller()

        def act(_trigger: str) -> HttpResponse:
            ret = RETURNS.located(caller, number, shop)
            return answer(shown(given(caller, ret, only(request.data, FIELDS)), caller), 201)

        return self.once(act)


class EvidenceFile(Address):
    docs = {
        "get": Op(
            "returns_evidence_file", "Return: one file of its evidence", {200: {"type": "string", "format": "binary"}},
            "returns", params=(WHICH_SHOP, SIZE), errors=(404, 409), path={"number": NUMBER, "id": WHOLE_KEY},
            gives="*/*",
        )
    }  # fmt: skip

    def get(self, request: Request, number: str, id: int) -> Any:  # noqa: A002
        ret = RETURNS.located(self.caller(), number, self.query()["shop"])
        found = store.of(ret).filter(pk=id).first() if id < 2**63 else None
        if found is None:
            raise not_found()
        return store.answer(found, request._request)


class PackFile(Address):
    docs = {
        "get": Op(
            "returns_pack", "Return: its evidence pack", {200: {"type": "string", "format": "binary"}}, "returns",
            params=(WHICH_SHOP,), errors=(403, 404, 409), path={"number": NUMBER}, gives="application/zip",
            words="A ZIP: summary.html, every file, manifest.json with the SHA-256 of each, and the manifest's own "
            "beside it. The buyer is masked unless the key may see personal data. Every download is kept.",
        )
    }  # fmt: skip

    def get(self, request: Request, number: str) -> Any:
        shop, caller = self.query()["shop"], self.caller()
        ret = RETURNS.located(caller, number, shop)
        if not caller.roles_in(ret.shop_id):
            raise Problem(403, "forbidden", _("您在这个店铺没有角色"))
        return packed(ret, clear=caller.may_unmask(ret.shop_id), by=caller.by)


def packed(ret: Return, *, clear: bool, by: str) -> StreamingHttpResponse:
    """The download itself, kept in the story before its first byte leaves; for the desk as well."""
    made = pack.made(ret, clear=clear)
    pack.take(made, by=by, at=timezone.now())
    response = StreamingHttpResponse(made.stream(), content_type="application/zip", headers=store.WITHIN)
    response.headers["Content-Disposition"] = content_disposition_header(True, made.name)
    response.headers["X-Manifest-SHA256"] = made.sha256
    return response


def evidence_addresses() -> list[URLPattern]:
    """Before those of the returns themselves, whose number would swallow the rest of the address."""
    return [
        path("returns/<number:number>/evidence/<int:id>/", EvidenceFile.as_view(), name="returns-evidence-file"),
        path("returns/<number:number>/evidence/", EvidenceList.as_view(), name="returns-evidence"),
        path("returns/<number:number>/pack/", PackFile.as_view(), name="returns-pack"),
    ]
