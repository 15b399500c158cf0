"""Freight that somebody is owed: the customer's advance, and what a courier has to make good."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly
from orders.couriers import Carried


class FreightAdvance(models.Model):
    """The customer paid the freight of the way back and names the account for it on its page.

    payee: encrypted (returns/payee.py); payee_shown: masked, for people.
    Paid by the refund of cause "freight:<return>".
    """

    of = models.OneToOneField("returns.Return", models.PROTECT, related_name="advance")
    amount = models.BigIntegerField(_("金额"))
    payee = models.BinaryField(blank=True, default=b"", editable=False)
    payee_shown = models.CharField(_("收款账户"), max_length=80, blank=True)
    proof = models.ForeignKey("returns.Evidence", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("运费垫付"), pgettext_lazy("plural", "运费垫付")
        constraints = [models.CheckConstraint(condition=If(amount__gt=0), name="advance_amount")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.amount}"


class PayeeRead(InsertOnly):
    """Who has read the account of an advance, and when."""

    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="payee_reads")
    by = models.CharField(_("读取人"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("收款账户读取记录"), pgettext_lazy("plural", "收款账户读取记录")

    def __str__(self) -> str:
        return f"{self.of_id} {self.by} {self.at:%F %T}"


class CourierClaim(Carried, models.Model):
    """The courier's fault: what is claimed from it, kept until somebody writes down how it ended."""

    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="courier_claims")
    carrier = models.CharField(_("快递公司"), max_length=40, blank=True)
    tracking_number = models.CharField(_("快递单号"), max_length=64, blank=True)
    amount = models.BigIntegerField(_("索赔金额"))
    why = models.CharField(_("事由"), max_length=200)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(_("时间"))
    paid = models.BigIntegerField(_("已赔"), null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("快递索赔"), pgettext_lazy("plural", "快递索赔")
        constraints = [models.UniqueConstraint(fields=["of", "tracking_number"], name="courier_claim_once")]

    def __str__(self) -> str:
        return f"{self.courier} {self.tracking_number}"
