"""POST /returns/ and /disputes/: an application that staff or a back end writes down, a platform that steps in."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows.api.addresses import Starting
from flows.api.bodies import an_object, validated
from flows.api.inputs import field_schema
from flows.api.problems import Problem, invalid
from flows.api.subjects import Resource
from flows.effects import Refused
from flows.models import LONGEST
from flows.table import NOBODY, Who
from orders.api import ORDERS
from orders.api.placing import ONE_LINE
from shops.access import Caller

from .. import applications
from ..models import Dispute, Return
from .returns import RETURNS

STATUS = {"input": 400, "role": 403}


class Applied(applications.Application):
    """number: the shop's own for it; else the order's next."""

    number = serializers.RegexField(ONE_LINE, max_length=64, required=False)
    order = serializers.RegexField(ONE_LINE, max_length=LONGEST)


class Opened(applications.Opening):
    def get_fields(self) -> dict[str, Any]:
        """`return` is no name that a class body could hold."""
        return {"return": serializers.RegexField(ONE_LINE, max_length=LONGEST), **super().get_fields()}


def begin(caller: Caller, data: Any, shop: str | None, trigger: str) -> Return:
    """-> the started return. Raises Problem 400, 403, 404, 409."""
    told = validated(Applied(data=data), an_object(data))
    order = located(ORDERS, caller, told["order"], shop, "/order")
    who = allowed(caller, order.shop_id)
    try:
        return applications.start(
            order, told, who=who, by=caller.by[:80], at=timezone.now(), opened_by="api", trigger=trigger
        )
    except Refused as refused:
        raise worded(refused) from None


def begin_dispute(caller: Caller, data: Any, shop: str | None, trigger: str) -> Dispute:
    """-> the started dispute. Raises Problem 400, 403, 404, 409."""
    told = validated(Opened(data=data), an_object(data))
    ret = located(RETURNS, caller, told["return"], shop, "/return")
    who = allowed(caller, ret.shop_id)
    try:
        return applications.start_dispute(
            ret, told, who=who, by=caller.by[:80], at=timezone.now(), opened_by="api", trigger=trigger
        )
    except Refused as refused:
        raise worded(refused) from None


def located(res: Resource, caller: Caller, number: str, shop: str | None, pointer: str) -> Any:
    """What the new one is about. Raises Problem 400 where the caller has none of this number, 409 where two."""
    try:
        return res.located(caller, number, shop)
    except Problem as problem:
        if problem.status != 404:
            raise
        raise invalid(
            _("没有编号为“%(number)s”的%(what)s") % {"number": number, "what": res.flow.label}, pointer
        ) from None


def allowed(caller: Caller, shop_id: int) -> Who:
    who = applications.role_of(caller.roles_in(shop_id))
    if who == NOBODY:
        raise Problem(403, "forbidden", _("您的角色不能登记售后"))
    return who


def worded(refused: Refused) -> Problem:
    return Problem(STATUS.get(refused.code, 409), refused.code, refused.why)


RETURNING = Starting(
    begin,
    lambda: field_schema(Applied()),
    gettext_lazy("不填编号则为订单的下一个售后单号；不填商品表示全部还能申请的商品"),
)
DISPUTING = Starting(
    begin_dispute, lambda: field_schema(Opened()), gettext_lazy("一张售后单同时只有一个未结束的平台介入")
)
