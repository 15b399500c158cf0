"""A question about a parcel's whereabouts, and what was said about it to the courier and to the customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import LONGEST, InsertOnly, Subject, only_states
from flows.registry import bind

from ..couriers.guess import Carried
from ..states import ASTRAY, ENDS, Cause, Delay, L, P, S
from ..tables.logistics_query import LOGISTICS_QUERY

UNDUE = (Cause.DELIVER.value, Cause.STILL.value, Cause.COLLECT.value)
OVER = (S.SIGNED.value, S.COMPLETED.value, S.CLOSED.value)  # an order to which nothing comes any more


class LogisticsQuery(Carried, machine(LOGISTICS_QUERY), Subject):  # type: ignore[misc]
    """tracking_number, carrier: of the parcel; "": of the whole order. about: the return whose own parcel it is.

    status, status_at, track: the parcel's newest track, as last seen while the query was open; looked_at: by whom it
    was last looked up is a step, this is when. expected_at: what the customer was told. made_good: what the customer
    got for a lost parcel: {"kind", "lines"}.
    """

    root = "order"

    state = FSMField(_("状态"), choices=LOGISTICS_QUERY.states.choices, protected=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="logistics_queries", verbose_name=_("订单"))
    carrier = models.CharField(_("快递公司"), max_length=40, blank=True)
    tracking_number = models.CharField(_("快递单号"), max_length=64, blank=True)
    about = models.CharField(_("售后单"), max_length=LONGEST, blank=True)
    cause = models.CharField(_("缘由"), max_length=10, choices=Cause.choices, default=Cause.ASKED)
    words = models.CharField(_("客户的问题"), max_length=1000, blank=True)
    status = models.CharField(_("包裹状态"), max_length=20, choices=P.choices, blank=True)
    status_at = models.DateTimeField(null=True)
    track = models.JSONField(_("物流轨迹"), default=list, blank=True)
    looked_at = models.DateTimeField(_("查询时间"), null=True)
    traced_at = models.DateTimeField(_("催件时间"), null=True)
    answered_at = models.DateTimeField(_("告知时间"), null=True)
    expected_at = models.DateTimeField(_("告知的预计送达时间"), null=True)
    reason = models.CharField(_("晚到的原因"), max_length=12, choices=Delay.choices, blank=True)
    apologised = models.BooleanField(_("已道歉"), default=False)
    damaged = models.BooleanField(_("破损"), default=False)
    made_good = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("物流查询"), pgettext_lazy("plural", "物流查询")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="logistics_query_number"),
            models.UniqueConstraint(
                fields=["order", "tracking_number"],
                condition=~models.Q(state="closed"),
                name="logistics_query_one_open",
            ),
            only_states(LOGISTICS_QUERY),
        ]
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="logistics_query_queue"),
            models.Index(fields=["shop", "tracking_number"], name="logistics_query_parcel"),
        ]

    @property
    def parcels(self) -> list[Any]:
        """Of the order, those that have left: its own, or all of them where it is about the whole order."""
        from ..goods import of

        sent = of(self.order).sent()
        return [p for p in sent if self.tracking_number in ("", p.tracking_number)]

    @property
    def parcel(self) -> Any:
        """The order's parcel that it is about; None for the whole order, and for a return's own parcel."""
        return next((p for p in self.parcels if p.tracking_number == self.tracking_number), None)

    @property
    def late(self) -> bool:
        """Has the customer waited longer than was to be expected? Then an apology comes first (procedure 3)."""
        promised = self.expected_at is not None and self.answered_at is not None and self.state != L.ANSWERED
        return self.cause in UNDUE or self.status in ASTRAY or promised

    # ---- its clocks
    @property
    def over(self) -> bool:
        """Is the parcel's way at its end, or the order's?"""
        ended = [p.ended for p in self.parcels]
        own = self.status in ENDS if self.about else bool(ended) and all(ended)
        return own or (not self.about and self.order.state in OVER)

    @property
    def awaited(self) -> bool:
        return not self.over

    @property
    def over_since(self) -> datetime | None:
        """The signature, or the order's end; a customer who was told of it later has the time from then on."""
        ends = [p.status_at for p in self.parcels if p.ended] + [self.order.signed_at, self.order.closed_at]
        known = [at for at in ends if at is not None]
        return max([*known, self.answered_at]) if known and self.answered_at else None


bind(LOGISTICS_QUERY, LogisticsQuery)


class QueryNote(InsertOnly):
    """What was said: to us (lost), by us to the courier (trace), by us to the customer (answer). Personal: never logged
    elsewhere."""

    KINDS = [("trace", _("催件")), ("answer", _("告知客户")), ("lost", _("认定丢件/破损")), ("good", _("补偿客户"))]
    query = models.ForeignKey(LogisticsQuery, models.PROTECT, related_name="notes")
    kind = models.CharField(_("类别"), max_length=10, choices=KINDS)
    whom = models.CharField(_("对方"), max_length=20, blank=True)
    words = models.CharField(_("内容"), max_length=1000, blank=True)
    reason = models.CharField(_("晚到的原因"), max_length=12, choices=Delay.choices, blank=True)
    apologised = models.BooleanField(_("已道歉"), default=False)
    expected_at = models.DateTimeField(_("预计送达"), null=True)
    by = models.CharField(_("客服"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("物流沟通"), pgettext_lazy("plural", "物流沟通")

    def __str__(self) -> str:
        return f"{self.query_id} {self.kind} {self.at:%F %T}"
