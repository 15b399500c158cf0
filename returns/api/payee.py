"""/returns/{number}/payee/: the account for a customer's advance of freight, for the shop's back end that pays it."""

from __future__ import annotations

import logging

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.api.addresses import NUMBER
from flows.api.callers import roles_of
from flows.api.openapi import MONEY, TEXT, Op, an_object
from flows.api.problems import Problem, answer, not_found
from flows.api.queries import WHICH_SHOP
from flows.api.views import Address
from flows.asks import yuan
from flows.table import Who
from shops.access import Caller

from ..advance import cause_of
from ..models import FreightAdvance, PayeeRead, Return
from ..payee import Sealed, unseal
from .returns import RETURNS

logger = logging.getLogger(__name__)
PAYEE = an_object({"channel": TEXT, "name": TEXT, "account": TEXT, "bank": TEXT, "amount": MONEY, "cause": TEXT})


def fetched(caller: Caller, ret: Return) -> FreightAdvance:
    """Its advance, once it is written down who looks. Raises Problem 403 for people and other keys, 404."""
    if not caller.person.startswith("key:") or Who.SHOP not in roles_of(caller, ret.shop_id):
        raise Problem(403, "forbidden", _("只有店铺后台的密钥可以读取收款账户"))
    advance = FreightAdvance.objects.filter(of=ret.pk).first()
    if advance is None:
        raise not_found()
    PayeeRead.objects.bulk_create([PayeeRead(of_id=ret.pk, by=caller.by[:80], at=timezone.now())])
    logger.info("payee of return %s read by %s", ret.pk, caller.by)
    return advance


class Payee(Address):
    docs = {
        "get": Op(
            "returns_payee", "Return: the account to which advanced freight goes back", {200: PAYEE}, "returns",
            params=(WHICH_SHOP,), errors=(403, 404, 409), path={"number": NUMBER},
            words="For API keys of role shop only; every reading is logged. `refund.send` names this address.",
        )
    }  # fmt: skip

    def get(self, request: Request, number: str) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        ret = RETURNS.located(caller, number, asked["shop"])
        advance = fetched(caller, ret)
        try:
            payee = unseal(advance.payee, ret.pk)
        except Sealed:
            raise Problem(409, "sealed", _("收款账户无法解密：SECRET_KEY 已更换，请客户重新填写")) from None
        told = {name: payee.get(name, "") for name in ("channel", "name", "account", "bank")}
        body = {**told, "amount": yuan(advance.amount), "cause": cause_of(ret)}
        return answer(body, headers={"Cache-Control": "no-store"})


def payee_addresses() -> list[URLPattern]:
    return [path("returns/<number:number>/payee/", Payee.as_view(), name="returns-payee")]
