"""A buyer of one shop, as conversations know them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.phones import masked_name


class Customer(models.Model):
    """buyer_id: the platform's own of them, or what stands for it where it names none (see tickets/customers.py).

    phone_key: keyed hash, to search by. score: the customer's account, +1 for a good contact, −3 for a bad one.
    agent: who solved their last ticket, asked first for the next one. vip: valued by the shop itself.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, verbose_name=_("店铺"))
    buyer_id = models.CharField(_("买家 ID"), max_length=120)
    name = models.CharField(_("称呼"), max_length=80, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=32, blank=True, editable=False)
    score = models.IntegerField(_("账户"), default=0, db_default=0)
    agent = models.CharField(_("熟悉的客服"), max_length=150, blank=True)
    vip = models.BooleanField(_("重要客户"), default=False)
    distributor = models.BooleanField(_("分销商"), default=False)
    created_at = models.DateTimeField(_("创建时间"), editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("客户"), pgettext_lazy("plural", "客户")
        constraints = [models.UniqueConstraint(fields=["shop", "buyer_id"], name="customer_once")]
        indexes = [models.Index(fields=["phone_key"], name="customer_by_phone", condition=~If(phone_key=""))]

    def __str__(self) -> str:
        return masked_name(self.name) or self.buyer_id
