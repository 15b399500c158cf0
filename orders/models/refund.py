"""Money that goes back, under one key for its life."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import LONGEST, Subject, only_states
from flows.registry import bind

from ..states import R
from ..tables.refund import REFUND

if TYPE_CHECKING:
    from ..money import Purse

OWED = "cancel"  # the causes of a cancelled order's own refunds: cancel, cancel:2 …
ADVANCE = "freight:"
KEY = 160  # longest: an order's number, a cause, a count


class Refund(machine(REFUND), Subject):  # type: ignore[misc]
    """Amounts are fen. cause: what it was promised for, one live refund each. about: the return that it is for.

    asked_by, asked_as: whose word it is. note: why less, or why at all. why: of its failure or its end.
    payee: an address of the API from which the back end fetches the account, never the account itself.
    send_at: not before. attempts, sent_at: of its instructions, each the event of a `send`.
    heard: [[moment, fen, voucher], …], every success that was reported, whichever came first.
    """

    root = "order"
    SHOP, PLATFORM = "shop", "platform"
    PAYERS = [(SHOP, _("店铺")), (PLATFORM, _("平台"))]
    purse: Purse
    result = ""  # the target of reconcile: what was found
    quiet = False  # cancelled to be promised anew: its cause is not told

    state = FSMField(_("状态"), choices=R.choices, protected=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="refunds", verbose_name=_("订单"))
    key = models.CharField(_("退款单号"), max_length=KEY)
    cause = models.CharField(_("缘由"), max_length=60)
    about = models.CharField(_("售后单"), max_length=LONGEST, blank=True)
    goods = models.BigIntegerField(_("货款"), default=0)
    freight = models.BigIntegerField(_("运费"), default=0)
    compensation = models.BigIntegerField(_("补偿"), default=0)
    amount = models.BigIntegerField(_("金额"))
    paid_by = models.CharField(_("付款方"), max_length=8, choices=PAYERS, default=SHOP)
    asked_by = models.CharField(_("申请人"), max_length=80, blank=True)
    asked_as = models.CharField(_("申请人角色"), max_length=10, blank=True)
    approved_by = models.CharField(_("审批人"), max_length=80, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    payee = models.CharField(max_length=200, blank=True, editable=False)
    attempts = models.PositiveIntegerField(_("打款次数"), default=0)
    send_at = models.DateTimeField(_("最早打款"), null=True)
    sent_at = models.DateTimeField(_("打款时间"), null=True)
    heard = models.JSONField(default=list, blank=True, editable=False)
    voucher = models.CharField(_("凭证号"), max_length=100, blank=True)
    why = models.CharField(_("原因"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("到账时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("退款"), pgettext_lazy("plural", "退款")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="refund_number"),
            models.UniqueConstraint(fields=["shop", "key"], name="refund_key"),
            models.UniqueConstraint(
                fields=["order", "cause"], condition=~If(state="cancelled"), name="refund_once_per_cause"
            ),
            models.CheckConstraint(
                condition=If(
                    goods__gte=0, freight__gte=0, compensation__gte=0, amount__gt=0,
                    amount=F("goods") + F("freight") + F("compensation"),
                ),
                name="refund_amount",
            ),
            only_states(REFUND),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="refund_queue"),
            models.Index(fields=["key"], name="refund_by_key"),
            models.Index(fields=["shop", "asked_by", "created_at"], name="refund_asked"),
            models.Index(fields=["shop", "settled_at"], name="refund_settled", condition=If(settled_at__isnull=False)),
            models.Index(
                fields=["send_at"], name="refund_window", condition=If(state="approved", send_at__isnull=False)
            ),
        ]

    @property
    def owed(self) -> bool:
        """The money of a cancelled order, not anybody's favour."""
        return self.cause.partition(":")[0] == OWED

    @property
    def advance(self) -> bool:
        """Freight that the customer has advanced, which is in the ledger for this refund alone."""
        return self.cause.startswith(ADVANCE)

    @property
    def parts(self) -> dict[str, int]:
        return {"goods": self.goods, "freight": self.freight, "compensation": self.compensation}

    @property
    def missed(self) -> bool:
        """The customer has said once that the money did not come."""
        return "succeed" in self.struck

    def counting(self) -> list[tuple[datetime, int, str]]:
        """The reported successes that count, oldest first: of our amount where there is one, else of another.

        One from before the customer missed the money is spent; so is another amount of an attempt that was repeated.
        """
        until = datetime.fromisoformat(self.struck["succeed"]) if self.missed else None
        told = [(datetime.fromisoformat(at), fen, voucher) for at, fen, voucher in self.heard]
        told = [t for t in told if until is None or t[0] > until]
        right = [t for t in told if t[1] == self.amount]
        since = self.sent_at if self.attempts > 1 else None
        return right or [t for t in told if since is None or t[0] > since]

    @property
    def outcome(self) -> str:
        """The target of succeed."""
        return R.SUCCEEDED if any(fen == self.amount for _at, fen, _voucher in self.counting()) else R.UNKNOWN

    def cases(self) -> frozenset[str]:
        return frozenset({self.cause.partition(":")[0]})


bind(REFUND, Refund)
