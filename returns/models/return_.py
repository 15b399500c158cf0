"""A return of one of five kinds, and the lines of the order that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import Subject, only_states
from flows.registry import bind

from ..states import COME_BACK, Fault, Kind, Payer, Reason, S
from ..tables.return_ import RETURN

if TYPE_CHECKING:
    from ..belongings import Belongings


class Asked:
    """An attribute that the belongings answer; they are loaded where a batch has not brought them."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, ret: Any, owner: type) -> Any:
        if ret is None:
            return self
        if "belongings" not in ret.__dict__:
            from ..belongings import bring

            bring([ret])
        return getattr(ret.belongings, self.name)


class Return(machine(RETURN), Subject):  # type: ignore[misc]
    """Amounts are fen. What a step looks at beside these columns is loaded by returns.belongings.bring.

    kind, reason, amount, words: the application as the newest version says it. applied: [version, moment, {field:
    [version, moment]}] of that (returns/facts.py). evidence_words: what the customer is asked to show.
    approvals: [[version, moment, kind, who]], every approval that was reported, whichever came first.
    eligibility: the verdicts on the application ([{rule, verdict, why}]); override_why: why approved all the same.
    fault, freight_by: who caused it, and who bears the freight of the way back (freight_why: why not by the rule).
    offered_from: where the offer was made. accepted: what was chosen (money, goods, coupon).
    freight_payments: {payment's number: [fen or null, moment]}, as reported; freight_paid: their sum.
    choice: what an exchange is to be: {"sku", "title", "quantity", "price"}; once its replacement is open also
    "carried", "difference" (collected beside), "back" (refunded beside), fen, "trips" of the money, "earlier"
    replacements that were given up; or "besides", what was given to make good.
    reshipped: the parcel of the replacement; went_home: that in which the customer's own goods went home.
    closed_by: the role that closed it. money: the cause of the refund that ends it ("return:5", "cancel").
    platform: {"status", "label", "version", "seen_at"}: what the platform itself says, raw, shown beside ours.
    recover: fen that a ruling for us says are to be recovered. link: counts up when the customer's page is revoked.
    """

    root = "order"
    belongings: Belongings

    state = FSMField(_("状态"), choices=S.choices, protected=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="returns", verbose_name=_("订单"))
    kind = models.CharField(_("售后类型"), max_length=20, choices=Kind.choices)
    reason = models.CharField(_("原因"), max_length=20, choices=Reason.choices)
    amount = models.BigIntegerField(_("申请金额"), null=True)
    words = models.TextField(_("客户说明"), blank=True)
    evidence_words = models.CharField(_("请客户提供"), max_length=500, blank=True)
    opened_by = models.CharField(_("来源"), max_length=20, blank=True)  # hook, desk, page, api, parcel, stock_out
    applied = models.JSONField(default=list, blank=True, editable=False)
    approvals = models.JSONField(default=list, blank=True, editable=False)
    eligibility = models.JSONField(_("资格"), default=list, blank=True)
    override_why = models.CharField(_("破例原因"), max_length=200, blank=True)
    fault = models.CharField(_("责任"), max_length=10, choices=Fault.choices, blank=True)
    freight_by = models.CharField(_("退货运费"), max_length=10, choices=Payer.choices, blank=True)
    freight_why = models.CharField(max_length=200, blank=True)
    address = models.JSONField(_("退货地址"), default=dict, blank=True)
    mind = models.CharField(_("寄回注意"), max_length=500, blank=True)
    refusal = models.CharField(_("拒绝理由"), max_length=200, blank=True)
    offered_from = models.CharField(max_length=20, blank=True, editable=False)
    accepted = models.CharField(max_length=10, blank=True, editable=False)
    freight_asked = models.BigIntegerField(_("客户应补运费"), null=True)
    freight_paid = models.BigIntegerField(_("客户已补运费"), null=True)
    freight_payments = models.JSONField(default=dict, blank=True, editable=False)
    repair_result = models.CharField(max_length=20, blank=True, editable=False)
    intercepted_to = models.CharField(max_length=10, blank=True, editable=False)
    choice = models.JSONField(_("换成"), default=dict, blank=True)
    replacement = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, related_name="replaces_of", verbose_name=_("换货/补寄订单")
    )
    replacement_lost = models.BooleanField(default=False)
    reshipped = models.JSONField(_("换货/补寄包裹"), default=dict, blank=True)
    went_home = models.JSONField(_("寄回原货的包裹"), default=dict, blank=True)
    money = models.CharField(max_length=60, blank=True, editable=False)
    platform_paid_at = models.DateTimeField(_("平台退款时间"), null=True)
    recover = models.BigIntegerField(_("待追回"), default=0)
    sent_at = models.DateTimeField(_("寄回时间"), null=True)
    received_at = models.DateTimeField(_("收货时间"), null=True)
    inspected_at = models.DateTimeField(_("验货时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    closed_by = models.CharField(max_length=10, blank=True, editable=False)
    platform = models.JSONField(_("平台状态"), default=dict, blank=True)
    link = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("售后单"), pgettext_lazy("plural", "售后单")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="return_number"),
            models.CheckConstraint(
                condition=(If(amount__isnull=True) | If(amount__gte=0)) & If(recover__gte=0), name="return_amounts"
            ),
            only_states(RETURN),
        ]
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="return_queue"),
            models.Index(fields=["number"], name="return_by_number"),
            models.Index(fields=["shop", "created_at"], name="return_by_day"),
            models.Index(fields=["replacement"], name="return_by_replacement", condition=If(replacement__isnull=False)),
        ]

    def cases(self) -> frozenset[str]:
        """A limit's `acts` may name the kind, or the kind with its reason; a person decides what a rule does not agree
        to."""
        if self.state == S.REQUESTED and any(v["verdict"] != "eligible" for v in self.eligibility):
            return frozenset()
        return frozenset({self.kind, f"{self.kind}:{self.reason}"})

    @property
    def comes_back(self) -> bool:
        """Do its goods come back to us?"""
        return self.kind in COME_BACK

    # Answered by what belongs to it: first the targets that follow from it, then what needs ask.
    way, left, revised_to, freight_due, stopped_to, open_offer = (Asked() for _n in range(6))
    unshipped, inside_no_reason_window, inside_after_sale_window, something_left = (Asked() for _n in range(4))
    signed_at_ours, judged_badly, in_dispute, missing_pieces, owed, goods_here, on_its_way = (
        Asked() for _n in range(7)
    )
    approved_since, platform_paid_before = (Asked() for _n in range(2))
    replacement_gone = Asked()


bind(RETURN, Return)


class ReturnLine(models.Model):
    """So many pieces of a line of the order; 0: they came though they were not announced.

    received: so many have come; gone: of these so many went home to the customer. sellable, defective, not_ours: as
    judged. stocked: so many were told to be in stock again.
    dropped: so many left the order instead of being returned (it had not been shipped): they are no more in its line.
    share: what was really paid for the pieces that `refunded` is for; less was refunded where something was deducted.
    refunded: fen of this line that were promised back with this return; settled or not, but not cancelled.
    """

    of = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.Line", models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField(_("数量"))
    received = models.PositiveIntegerField(_("已收"), default=0)
    sellable = models.PositiveIntegerField(_("可二次销售"), default=0)
    defective = models.PositiveIntegerField(_("残次"), default=0)
    not_ours = models.PositiveIntegerField(_("不是本店商品"), default=0)
    gone = models.PositiveIntegerField(_("已寄还客户"), default=0)
    stocked = models.PositiveIntegerField(_("已入库"), default=0)
    dropped = models.PositiveIntegerField(default=0)
    share = models.BigIntegerField(_("实付"), default=0)
    refunded = models.BigIntegerField(_("退款"), default=0)
    words = models.CharField(_("验货说明"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("退货商品"), pgettext_lazy("plural", "退货商品")
        constraints = [
            models.UniqueConstraint(fields=["of", "line"], name="return_line_once"),
            models.CheckConstraint(
                condition=If(sellable__lte=F("received"), defective__lte=F("received"), not_ours__lte=F("received")),
                name="return_line_judged",
            ),
            models.CheckConstraint(condition=If(refunded__gte=0), name="return_line_refunded"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} {self.line_id} ×{self.quantity}"

    @property
    def here(self) -> int:
        return self.received - self.gone

    @property
    def unjudged(self) -> int:
        return self.received - self.sellable - self.defective - self.not_ours

    def judged(self) -> Mapping[str, int]:
        return {name: getattr(self, name) for name in ("sellable", "defective", "not_ours") if getattr(self, name)}
