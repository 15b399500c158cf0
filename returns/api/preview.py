"""GET /returns/{number}/preview/?step=…: what a step would do to the goods and the money, before it is taken."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.api.addresses import NUMBER
from flows.api.callers import roles_of
from flows.api.openapi import MONEY, TEXT, Op, an_object, many, nullable
from flows.api.problems import answer
from flows.api.queries import WHICH_SHOP, one_of
from flows.api.subjects import refusal, taker
from flows.api.views import Address
from flows.asks import yuan
from flows.words import step_label

from .. import amounts
from ..consequences import consequences, pays
from ..models import Return
from ..tables import RETURN
from .returns import RETURNS

STEPS = ("refund", *(name for name in RETURN.rows if name != "refund"))
STEP = one_of("step", STEPS, "The step that would be taken.")
AMOUNTS = an_object(
    {
        "goods": MONEY, "freight": MONEY, "compensation": MONEY, "total": MONEY,
        "made_of": many(an_object({"words": TEXT, "amount": MONEY})),
        "lines": many(an_object({"line": TEXT, "amount": MONEY})),
        "left": {**MONEY, "description": "What the order could still give back afterwards."},
    }
)  # fmt: skip
PREVIEW = an_object(
    {
        "step": TEXT, "refused": {**nullable(TEXT), "description": "Why it has to wait; null where it can be taken."},
        "words": many(TEXT), "amounts": {**nullable(AMOUNTS), "description": "null: the step pays nothing."},
    }
)  # fmt: skip


class Preview(Address):
    docs = {
        "get": Op(
            "returns_preview", "Return: what a step would do", {200: PREVIEW}, "returns", params=(STEP, WHICH_SHOP),
            errors=(404, 409), path={"number": NUMBER},
        )
    }  # fmt: skip

    def get(self, request: Request, number: str) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        ret, step = RETURNS.located(caller, number, asked["shop"]), asked["step"]
        RETURNS.load([ret])
        who = taker(RETURN, step, str(ret.state), roles_of(caller, ret.shop_id))
        why = refusal(RETURN, ret, step, who) if who else None
        return answer(
            {
                "step": step, "refused": why if who else not_yours(step), "words": consequences(ret, step),
                "amounts": sums(ret) if pays(ret, step) else None,
            }
        )  # fmt: skip


def not_yours(step: str) -> str:
    return _("您的角色不能%s") % step_label(RETURN, step)


def sums(ret: Return) -> dict[str, Any]:
    due = amounts.due(ret)
    lines = {x.pk: x.line.line for x in ret.belongings.lines}
    return {
        "goods": yuan(due.goods), "freight": yuan(due.freight), "compensation": yuan(due.compensation),
        "total": yuan(due.total), "made_of": [{"words": w, "amount": yuan(fen)} for w, fen in due.made_of],
        "lines": [{"line": lines[pk], "amount": yuan(fen)} for pk, fen in due.lines.items()],
        "left": yuan(max(0, amounts.free(ret.belongings) - due.total)),
    }  # fmt: skip


def preview_addresses() -> list[URLPattern]:
    return [path("returns/<number:number>/preview/", Preview.as_view(), name="returns-preview")]
