"""A conversation and the work that it asks for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import Subject, only_states
from flows.registry import bind

from ..states import OPEN, OWED, Channel, Colour, Desk, Kind, Result, T
from ..tables import TICKET

if TYPE_CHECKING:
    from .message import Message

QUIET = "quiet"  # the channel of a ticket in which no customer has spoken: its limits are those of no conversation


class Ticket(machine(TICKET), Subject):  # type: ignore[misc]
    """order: what it is about; empty for a question before anything was bought.

    conversation: the id of the conversation at its source, by which further messages find it; one open ticket each.
    answers_in: another conversation than its own in which we answer: the customer spoke last in that of a ticket which
    was merged into this one; or it was taken apart, while another ticket hears its conversation.
    order_named: the number of an order that its source named and that is not here yet; it is linked when it comes.
    cause: what it is about, kind and order ("stock_out:5"), so that the same thing opens no second one while it is
    worked on. opened_by: message, review, desk, api, or the topic that was heard. agent: the login of who works it; ""
    in the queue. assigned_why: how it got there.
    spoken: a customer has spoken. waiting_since: the oldest word of the customer that nobody has answered.
    heard_at, answered_at: the last words of the customer, of ours. heard: how often the customer spoke.
    awaits: {"flow", "pk", "number"} of what it waits for within the house; its end resumes it. team: who is asked, also
    while the customer, who has spoken meanwhile, waits for an answer.
    colour: how serious; colour_why: [[signal, words]]; painted: a person chose it, signals change it no more.
    reopened, transferred: how often. solved_by: who solved it (tickets/steps/ending.py).
    distributor: its words and money go to one.
    """

    root = "order"
    said: Message | None = None  # of the step under way: reactions look at it
    absorbs: str = ""  # where a merge leaves the ticket that takes another one in
    asked_since: datetime | None = None  # when colleagues were asked who are waited for again after an answer
    splits: str = ""  # where one that was merged stands when it is taken apart again

    state = FSMField(_("状态"), choices=T.choices, protected=True, editable=False)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    desk = models.CharField(_("队列"), max_length=12, choices=Desk.choices, default=Desk.AFTER_SALES)
    title = models.CharField(_("标题"), max_length=120, blank=True)
    customer = models.ForeignKey(
        "tickets.Customer", models.PROTECT, null=True, related_name="tickets", verbose_name=_("客户")
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, related_name="tickets", verbose_name=_("订单"))
    conversation = models.CharField(max_length=120, blank=True, editable=False)
    answers_in = models.CharField(max_length=120, blank=True, default="", db_default="", editable=False)
    order_named = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    cause = models.CharField(max_length=80, blank=True, editable=False)
    opened_by = models.CharField(_("来源"), max_length=60, blank=True, editable=False)
    agent = models.CharField(_("负责人"), max_length=150, blank=True, editable=False)
    assigned_at = models.DateTimeField(_("分派时间"), null=True, editable=False)
    assigned_why = models.CharField(_("分派原因"), max_length=200, blank=True, editable=False)
    colour = models.CharField(_("分级"), max_length=6, choices=Colour.choices, blank=True, editable=False)
    colour_why = models.JSONField(_("分级依据"), default=list, blank=True, editable=False)
    painted = models.BooleanField(default=False, editable=False)
    spoken = models.BooleanField(default=False, editable=False)
    heard = models.PositiveIntegerField(_("客户消息"), default=0, editable=False)
    waiting_since = models.DateTimeField(_("等待自"), null=True, editable=False)
    heard_at = models.DateTimeField(_("客户最后发言"), null=True, editable=False)
    answered_at = models.DateTimeField(_("最后回复"), null=True, editable=False)
    first_heard_at = models.DateTimeField(null=True, editable=False)
    first_answered_at = models.DateTimeField(_("首次回复"), null=True, editable=False)
    team = models.CharField(_("协作"), max_length=12, blank=True, editable=False)
    awaits = models.JSONField(_("等待"), default=dict, blank=True, editable=False)
    follow_up_at = models.DateTimeField(_("回访"), null=True, editable=False)
    case_due_at = models.DateTimeField(_("平台要求答复"), null=True, editable=False)
    result = models.CharField(_("结果"), max_length=12, choices=Result.choices, blank=True, editable=False)
    resolved_at = models.DateTimeField(_("解决时间"), null=True, editable=False)
    solved_by = models.CharField(_("解决人"), max_length=150, blank=True, editable=False)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, editable=False)
    reopened = models.PositiveIntegerField(_("重开次数"), default=0, editable=False)
    transferred = models.PositiveIntegerField(_("转交次数"), default=0, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name=_("并入"))
    distributor = models.BooleanField(_("分销商"), default=False, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("工单"), pgettext_lazy("plural", "工单")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="ticket_number"),
            models.UniqueConstraint(
                fields=["shop", "conversation"],
                condition=~If(conversation="") & ~If(state="closed"),
                name="ticket_of_conversation",
            ),
            models.UniqueConstraint(
                fields=["shop", "cause"], condition=~If(cause="") & If(state__in=OPEN), name="ticket_of_cause"
            ),
            only_states(TICKET),
        ]
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="ticket_queue"),
            models.Index(fields=["agent", "state", "-id"], name="ticket_mine"),
            # those that wait for an agent, few among all that ever were
            models.Index(fields=["shop", "id"], name="ticket_unassigned", condition=If(agent="", state__in=OPEN)),
            models.Index(
                fields=["shop", "colour", "id"], name="ticket_red", condition=If(state__in=OPEN) & If(colour="red")
            ),
            # those whose customer waits for somebody who may have gone: looked through every second
            models.Index(
                fields=["agent", "shop", "id"],
                name="ticket_held",
                condition=If(state__in=OWED, waiting_since__isnull=False) & ~If(agent=""),
            ),
            models.Index(fields=["customer", "-id"], name="ticket_of_customer"),
            models.Index(fields=["shop", "conversation", "-id"], name="ticket_talk", condition=~If(conversation="")),
            models.Index(fields=["shop", "answers_in"], name="ticket_answers_in", condition=~If(answers_in="")),
            models.Index(fields=["shop", "order_named"], name="ticket_order_named", condition=~If(order_named="")),
            models.Index(fields=["shop", "created_at"], name="ticket_by_day"),
            models.Index(fields=["shop", "resolved_at"], name="ticket_solved", condition=If(resolved_at__isnull=False)),
        ]

    def cases(self) -> frozenset[str]:
        return frozenset({self.kind})

    def traits(self) -> list[dict[str, str]]:
        return [{"colour": self.colour, "channel": self.channel if self.spoken else QUIET}]

    # ---- targets that follow from it
    @property
    def talk(self) -> str:
        """The conversation in which we answer, be it another ticket that hears it; "" where there is none."""
        return self.answers_in or self.conversation

    @property
    def answerer(self) -> str:
        """After a person's words, and a machine's where nobody waited, it is the customer's turn."""
        from flows.table import Who

        return "machine" if self.caller == Who.SYSTEM and self.state != T.AWAITING_CUSTOMER else "person"

    @property
    def only_theirs(self) -> bool:
        """Nothing is left to us: nobody is to be called at a date, no complaint is owed an answer."""
        from ..steps.matters import owes_an_answer

        return self.follow_up_at is None and not owes_an_answer(self)

    @property
    def heard_as(self) -> str:
        """The first words of a customer to whom we have spoken first are owed an answer, not a greeting."""
        return "new" if self.heard > 1 else "owed"


bind(TICKET, Ticket)
