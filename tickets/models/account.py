"""The account of a customer: +1 for a good contact, −3 for a bad one (the shops' procedures), with its entries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly


class AccountEntry(InsertOnly):
    """points: what this entry adds. A ticket's entries add up to what it is worth now: a later rating adds the
    difference. why: in words."""

    customer = models.ForeignKey("tickets.Customer", models.PROTECT, related_name="entries", verbose_name=_("客户"))
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+", verbose_name=_("工单"))
    points = models.IntegerField(_("分"))
    why = models.CharField(_("原因"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("客户账户记录"), pgettext_lazy("plural", "客户账户记录")
        indexes = [models.Index(fields=["customer", "-id"], name="account_entries")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.points:+d}"
