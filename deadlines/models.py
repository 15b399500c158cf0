"""Time as rows: one clock of one subject, from its start to its end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rows.claim import Queued


class Deadline(Queued):
    """running: `due_at` set · held: `left` set, `due_at` empty · late: `breached_at` set · ended: `ended_at` set.

    `rings_at` (of the queue) is the next moment at which the sweep has something to do: the warning, then the due
    moment; empty while held, after a breach that moves nothing, and after the end.
    `after`, `hours`, `warn`, `policy` are the limit as it was when the clock started: an edited policy moves no
    running clock (flows/recount.py does, and says so). Durations are seconds; `left`, `after` and `resumed_with` are
    counted in the clock's own `hours`. After a hold the due moment follows from `resumed_at` and `resumed_with`.
    """

    POLICY, PLATFORM, PROMISE = "policy", "platform", "promise"
    SOURCES = [(POLICY, _("店铺规则")), (PLATFORM, _("平台指定")), (PROMISE, _("已承诺客户"))]
    FIRED, STOPPED = "fired", "stopped"
    ENDS = [(FIRED, _("到期执行")), (STOPPED, _("已停止"))]

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False, verbose_name=_("店铺"))
    flow = models.CharField(_("流程"), max_length=20)
    subject = models.BigIntegerField(_("对象"))
    case = models.BigIntegerField(_("订单"))  # the order that the subject belongs to
    clock = models.CharField(_("时钟"), max_length=20)
    # the parcel, where the clock is a parcel's
    part = models.CharField(_("部分"), max_length=40, blank=True, default="")
    limit = models.CharField(_("时限"), max_length=30)
    policy = models.PositiveIntegerField(_("规则版本"), default=0)
    hours = models.CharField(_("计时方式"), max_length=15, default="natural")
    after = models.PositiveIntegerField(_("时长"), default=0)
    warn = models.PositiveIntegerField(_("提前提醒"), default=0)
    started_at = models.DateTimeField(_("开始"))
    due_at = models.DateTimeField(_("到期"), null=True)
    left = models.PositiveIntegerField(_("剩余"), null=True)
    held_at = models.DateTimeField(_("暂停于"), null=True)
    held_for = models.PositiveIntegerField(_("累计暂停"), default=0)  # natural seconds
    resumed_at = models.DateTimeField(null=True, editable=False)  # the last time that it went on
    resumed_with = models.PositiveIntegerField(null=True, editable=False)  # what was left then
    source = models.CharField(_("依据"), max_length=10, choices=SOURCES, default=POLICY)
    tell = models.CharField(_("超时通知"), max_length=40, blank=True, default="")
    warned_at = models.DateTimeField(_("已提醒"), null=True)
    breached_at = models.DateTimeField(_("已超时"), null=True)
    ended_at = models.DateTimeField(_("结束"), null=True)
    ended = models.CharField(_("结束方式"), max_length=10, choices=ENDS, blank=True, default="")

    class Meta:
        verbose_name, verbose_name_plural = _("时限"), pgettext_lazy("plural", "时限")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "flow", "clock", "part"], condition=Q(ended_at=None), name="deadline_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(due_at__isnull=False) | Q(left__isnull=False),
                name="deadline_due_or_held",
            ),
        ]
        indexes = [
            models.Index(fields=["rings_at", "id"], name="deadline_rings", condition=Q(rings_at__isnull=False)),
            models.Index(fields=["shop", "due_at", "id"], name="deadline_open", condition=Q(ended_at=None)),
            # warned of and still to come: few among a million that run
            models.Index(
                fields=["shop", "due_at", "id"],
                name="deadline_warned",
                condition=Q(ended_at=None, warned_at__isnull=False),
            ),
            models.Index(fields=["case"], name="deadline_case"),  # a case's story tells of its ended clocks too
            # what the figures count: kept or late on the day on which it was due
            models.Index(fields=["shop", "due_at"], name="deadline_was_due", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.flow}.{self.clock} {self.subject}"

    @property
    def fixed(self) -> bool:
        """The platform named the moment: nothing here holds or moves it."""
        return self.source == self.PLATFORM


class Change(models.Model):
    """The log of every due moment that was moved by something else than the subject's own steps. Insert-only."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="changes", verbose_name=_("时限"))
    was = models.DateTimeField(_("原到期"), null=True)
    now = models.DateTimeField(_("新到期"), null=True)
    why = models.CharField(_("原因"), max_length=200)
    by = models.CharField(_("操作人"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("时限变更"), pgettext_lazy("plural", "时限变更")

    def __str__(self) -> str:
        return f"{self.deadline_id}: {self.was} -> {self.now}"
