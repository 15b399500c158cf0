"""What was said, to the customer or among ourselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly

from ..states import Side


class Message(InsertOnly):
    """seq: the ticket's move by which it was said; (ticket, seq) names it. at: when it was said at its source.

    by: the login of who spoke; "" for the customer. external: the message's own id at its source.
    files: [{"url" or "file", "name"}]. mentions: colleagues whom a note calls.
    waited, waited_working: of an answer, the seconds since the oldest unanswered word of the customer, in all and in
    the shop's working hours; empty where nothing was owed. first: it is the first answer of its ticket.
    quick_reply: the key of the one that it was made from; why: the lead's reason for words that the rules block.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="messages", db_index=False)
    seq = models.PositiveIntegerField()
    side = models.CharField(_("谁说的"), max_length=10, choices=Side.choices)
    by = models.CharField(_("客服"), max_length=150, blank=True)
    words = models.TextField(_("内容"), blank=True)
    files = models.JSONField(_("文件"), default=list, blank=True)
    mentions = models.JSONField(default=list, blank=True)
    external = models.CharField(max_length=100, blank=True, editable=False)
    quick_reply = models.BigIntegerField(null=True, editable=False)
    why = models.CharField(max_length=200, blank=True, editable=False)
    first = models.BooleanField(default=False, editable=False)
    waited = models.PositiveIntegerField(_("等待"), null=True, editable=False)
    waited_working = models.PositiveIntegerField(null=True, editable=False)
    at = models.DateTimeField(_("时间"))
    noted_at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("消息"), pgettext_lazy("plural", "消息")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "seq"], name="message_of_move"),
            models.UniqueConstraint(fields=["shop", "external"], condition=~If(external=""), name="message_once"),
        ]
        indexes = [models.Index(fields=["shop", "at"], name="message_by_day")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.seq} {self.side}"
