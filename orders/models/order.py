"""An order, its lines, and what was changed in it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import InsertOnly, Subject, only_states
from flows.registry import bind

from ..states import Closed, Exclusion, Payment, S
from ..tables.order import ORDER

if TYPE_CHECKING:
    from ..goods import Goods
    from ..money import Purse


class Order(machine(ORDER), Subject):  # type: ignore[misc]
    """Amounts are fen. total: what the customer owes for the lines still in the order and the freight.

    paid: what has come in (payments, and what was carried in or out with a swap or a merge).
    refunded: what has gone back.
    wish: a cancellation that was asked for and is not ours to carry out; a person decides.
    ends: {status of a parcel: moment}: what was last said of all its parcels at once.
    insured: with freight insurance (运费险), which pays the way back.
    amended: [version, moment] of the newest amendment. categories: of its lines (a limit may depend on them).
    origin: the first order of the family to which a replacement belongs; after_sale: a return opened it, and takes
    home what was carried to it.
    """

    family = "origin"

    goods: Goods  # lines and parcels, loaded for a batch by orders.goods.bring
    purse: Purse  # payments and refunds, loaded by orders.money.bring

    state = FSMField(_("状态"), choices=S.choices, protected=True, editable=False)
    payment = models.CharField(_("付款方式"), max_length=10, choices=Payment.choices)
    channel = models.CharField(_("渠道"), max_length=20, blank=True)
    buyer_id = models.CharField(_("买家 ID"), max_length=64, blank=True)
    buyer_name = models.CharField(_("收货人"), max_length=80, blank=True)
    buyer_phone = models.CharField(_("电话"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=32, blank=True, editable=False)  # keyed hash, to search by
    address = models.JSONField(_("地址"), default=dict)
    buyer_note = models.CharField(_("买家留言"), max_length=500, blank=True)
    categories = models.JSONField(default=list, blank=True)
    freight = models.BigIntegerField(_("运费"), default=0)
    total = models.BigIntegerField(_("应付"), default=0)
    insured = models.BooleanField(_("有运费险"), default=False, db_default=False)
    paid = models.BigIntegerField(_("实付"), default=0)
    refunded = models.BigIntegerField(_("已退"), default=0)
    placed_at = models.DateTimeField(_("下单时间"))
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    shipped_at = models.DateTimeField(_("发货时间"), null=True)
    signed_at = models.DateTimeField(_("签收时间"), null=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True)
    close_reason = models.CharField(_("关闭原因"), max_length=12, choices=Closed.choices, blank=True)
    wish = models.CharField(_("客户要求"), max_length=10, blank=True)
    wished_at = models.DateTimeField(null=True)
    wished_by = models.CharField(max_length=10, blank=True)
    ends = models.JSONField(default=dict, blank=True, editable=False)
    amended = models.JSONField(default=list, blank=True, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replacements", verbose_name=_("补换自")
    )
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False, editable=False)
    after_sale = models.BooleanField(_("售后补换"), default=False, db_default=False, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name=_("并入"))

    class Meta:
        verbose_name, verbose_name_plural = _("订单"), pgettext_lazy("plural", "订单")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="order_number"),
            models.CheckConstraint(condition=If(total__gte=0, freight__gte=0, refunded__gte=0), name="order_amounts"),
            only_states(ORDER),
        ]
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="order_queue"),
            models.Index(fields=["number"], name="order_by_number"),
            models.Index(fields=["phone_key"], name="order_by_phone", condition=~If(phone_key="")),
            models.Index(fields=["shop", "buyer_id", "-id"], name="order_by_buyer"),
            models.Index(fields=["shop"], name="order_wish", condition=If(wish="cancel")),
            models.Index(fields=["shop", "shipped_at"], name="order_shipped", condition=If(shipped_at__isnull=False)),
        ]

    @property
    def received(self) -> int:
        """What the shop holds for this order."""
        return self.paid - self.refunded

    @property
    def rest(self) -> str:
        """The target of drop_rest: is anything still owed to the customer?"""
        return "some" if self.goods.unshipped() else "nothing"

    def cases(self) -> frozenset[str]:
        return frozenset({self.payment})

    def traits(self) -> list[dict[str, str]]:
        return [{"category": c, "channel": self.channel} for c in self.categories or [""]]


bind(ORDER, Order)


class Line(models.Model):
    """What was bought. paid: for the whole line after discounts, tax included. dropped: so many left the order.

    exclusion: why it has not the seven days, as it was sold; confirmed: the buyer confirmed that at purchase.
    bundle: the set or offer it was bought in; who keeps a part of it pays that part's own price.
    """

    # What stays the same where its goods go over to another order.
    SAME = ("sku", "title", "unit_price", "gift", "category", "exclusion", "confirmed", "bundle")

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    line = models.CharField(_("行号"), max_length=64)  # the shop's own
    sku = models.CharField(_("货号"), max_length=64, blank=True)
    title = models.CharField(_("商品"), max_length=300)
    quantity = models.PositiveIntegerField(_("数量"))
    unit_price = models.BigIntegerField(_("单价"))
    paid = models.BigIntegerField(_("实付"))
    gift = models.BooleanField(_("赠品"), default=False)
    category = models.CharField(_("类目"), max_length=40, blank=True)
    dropped = models.PositiveIntegerField(_("已去掉"), default=0, db_default=0)
    exclusion = models.CharField(
        _("不支持七天无理由"), max_length=20, choices=Exclusion.choices, blank=True, default="", db_default=""
    )
    confirmed = models.BooleanField(_("购买时已确认"), default=False, db_default=False)
    bundle = models.CharField(_("套装/活动"), max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name, verbose_name_plural = _("订单商品"), pgettext_lazy("plural", "订单商品")
        constraints = [
            models.UniqueConstraint(fields=["order", "line"], name="line_of_order"),
            models.CheckConstraint(condition=If(dropped__lte=models.F("quantity")), name="line_dropped"),
        ]
        indexes = [models.Index(fields=["sku"], name="line_by_sku")]

    def __str__(self) -> str:
        return f"{self.title} ×{self.owed}"

    @property
    def owed(self) -> int:
        return self.quantity - self.dropped

    def share(self, quantity: int) -> int:
        """Paid for the next `quantity` pieces taken out: rounded down, the last takes the rest (promise I-29)."""
        if not self.quantity:
            return 0
        return self.paid * (self.dropped + quantity) // self.quantity - self.paid * self.dropped // self.quantity

    @property
    def worth(self) -> int:
        """What was paid for what is still in the order."""
        return self.paid - (self.paid * self.dropped // self.quantity if self.quantity else 0)


class Amendment(InsertOnly):
    """A change of address, buyer or lines: what was and what is. Personal data stays here, never in the log."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="amendments")
    version = models.CharField(max_length=40, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(_("时间"))
    by = models.CharField(_("操作人"), max_length=80)
    was = models.JSONField(_("原来"), default=dict)
    now = models.JSONField(_("现在"), default=dict)
    applied = models.BooleanField(_("已生效"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("订单修改"), pgettext_lazy("plural", "订单修改")

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%F %T}"

    def changed(self) -> dict[str, tuple[Any, Any]]:
        return {k: (self.was.get(k), v) for k, v in self.now.items() if self.was.get(k) != v}
