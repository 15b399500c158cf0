"""A shop's contracts with courier services, and every question that is put to one."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rows.claim import Queued
from shops import sealing

from ..couriers.contract import Account
from ..couriers.guess import Carried
from ..couriers.outcomes import Kind, Outcome

USE = b"kefu courier"
EVERY = 30 * 60  # seconds between two queries of one number: sooner, and the services lock it


class CourierContract(models.Model):
    """With one service. sealed: the key, and the salt with which its pushes are signed; never shown again.

    every: seconds between two queries of one number; each may cost money, and the services lock a number that is asked
    for too often. base: in place of the service's own address (a gateway, a stand-in).
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, verbose_name=_("店铺"))
    service = models.CharField(_("查询服务"), max_length=20)
    customer = models.CharField(_("客户编号"), max_length=80)
    sealed = models.BinaryField(editable=False)
    every = models.PositiveIntegerField(_("同一单号查询间隔（秒）"), default=EVERY)
    subscribe = models.BooleanField(_("发货时自动订阅"), default=True)
    base = models.URLField(_("接口地址"), max_length=300, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("快递查询合同"), pgettext_lazy("plural", "快递查询合同")
        ordering = ["shop", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "service"], name="courier_contract_once",
                violation_error_message=_("这个店铺和这家查询服务已有合同，请直接修改"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.service} {self.customer}"

    def keep(self, key: str, salt: str = "") -> None:
        """Seal the key; the salt is ours to choose, and stays where a new key is typed."""
        old = self.account().salt if self.sealed else ""
        said = {"key": key, "salt": salt or old or secrets.token_urlsafe(24)}
        self.sealed = sealing.seal(said, USE, self._whose())

    def account(self) -> Account:
        """Opened. Raises sealing.Sealed."""
        said = sealing.unseal(self.sealed, USE, self._whose())
        return Account(self.customer, said["key"], said["salt"], self.base.rstrip("/"))

    def _whose(self) -> str:
        return f"courier:{self.shop_id}:{self.service}"


class Lookup(Carried, Queued):
    """One question to a service about one number: a row of a queue until it has ended, and how it ended ever after.

    One is open at a time for a number (coalesced: who asks while it is open has asked). asked_at: of the last call.
    state: canonical, as it was answered; flag: a code that we do not know. by: who wanted to know.
    """

    coalesced = True  # flows/writing.py: added where none is open

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, verbose_name=_("店铺"))
    service = models.CharField(_("查询服务"), max_length=20)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices, default=Kind.QUERY)
    carrier = models.CharField(_("快递公司"), max_length=40, blank=True)
    tracking_number = models.CharField(_("快递单号"), max_length=64)
    by = models.CharField(_("发起"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    asked_at = models.DateTimeField(_("查询时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    outcome = models.CharField(_("结果"), max_length=20, choices=Outcome.choices, blank=True)
    words = models.CharField(_("服务方说明"), max_length=300, blank=True)
    state = models.CharField(_("轨迹状态"), max_length=20, blank=True)
    flag = models.CharField(_("未知代码"), max_length=40, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("快递查询记录"), pgettext_lazy("plural", "快递查询记录")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "kind", "tracking_number"], name="lookup_one_open", condition=Q(ended_at=None)
            )
        ]
        indexes = [
            models.Index(fields=["rings_at", "id"], name="lookup_queue", condition=Q(rings_at__isnull=False)),
            models.Index(fields=["shop", "tracking_number", "-id"], name="lookup_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.courier} {self.tracking_number}".strip()


class LastAsked(models.Model):
    """When a number was asked for last under one account, whichever shop asked: what may lock it. Written before the
    call, so that a worker that dies has asked."""

    service = models.CharField(max_length=20)
    customer = models.CharField(max_length=80)
    tracking_number = models.CharField(max_length=64)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "customer", "tracking_number"], name="asked_last_once")
        ]

    def __str__(self) -> str:
        return f"{self.tracking_number} {self.at}"
