"""What was said, as a story shows it: bubbles in the one line of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from flows.due import span
from flows.story import Happening, about, person
from shops.punctuation import listed

from .files import shown
from .hidden import words_of
from .models import Message, Ticket
from .states import Side

KINDS = {Side.NOTE: "note", Side.SYSTEM: "step"}
ICONS = {Side.CUSTOMER: "user", Side.NOTE: "pencil", Side.AUTO: "bell", Side.SYSTEM: "settings"}
BY_MACHINE = (Side.AUTO, Side.SYSTEM)
TOLD = ("ticket.reply", "ticket.hear", "ticket.note")  # steps that a bubble tells whole


def of(tickets: Iterable[Ticket]) -> dict[int, list[Message]]:
    """{ticket: what was said in it, in order}: one statement."""
    found: dict[int, list[Message]] = {t.pk: [] for t in tickets}
    for message in Message.objects.filter(ticket__in=list(found)).order_by("ticket", "seq"):
        found[message.ticket_id].append(message)
    return found


def bubbles(tickets: Sequence[Ticket], said: Mapping[int, Sequence[Message]], clear: bool) -> Iterator[Happening]:
    """about: the ticket, where there are several. clear: who reads may see the numbers that customers write."""
    for ticket in tickets:
        for message in said.get(ticket.pk, ()):
            yield bubble(ticket, message, clear, "" if len(tickets) == 1 else about(ticket, alone=False))


def bubble(ticket: Ticket, m: Message, clear: bool, about: str = "") -> Happening:
    return Happening(
        m.at, KINDS.get(Side(m.side), "talk"), ICONS.get(Side(m.side), "message-square"), "", by=author(m),
        role=str(Side(m.side).label), details=list(_beside(m)), about=about, pictures=shown(ticket, m.files),
        move=("ticket", ticket.pk, m.seq), side=m.side, words=words_of(m.words, clear, m.side), instead=TOLD,
    )  # fmt: skip


def author(m: Message) -> str:
    """Who said it, as a reader knows them; "" where the side says it all."""
    return person(m.by, "system" if m.side in BY_MACHINE else "")


def _beside(m: Message) -> Iterator[str]:
    """What the log knows of it beside the words."""
    if m.waited is not None:
        words = _("首次回复，客户等了 %s") if m.first else _("客户等了 %s")
        yield words % span(m.waited)
    if m.mentions:
        yield _("提醒 %s") % listed(f"@{name}" for name in m.mentions)
    if m.why:
        yield _("仍要发送：%s") % m.why


def last_words(tickets: Sequence[Any]) -> dict[int, str]:
    """{ticket: the last thing that was said in it, on one line}: one statement, however long the conversations are."""
    rows = Message.objects.filter(ticket__in=[t.pk for t in tickets])
    last = rows.values("ticket").annotate(last=Max("pk")).values("last")
    return {m.ticket_id: line(m) for m in Message.objects.filter(pk__in=last)}


def line(m: Message) -> str:
    who = {Side.CUSTOMER: _("客户"), Side.SYSTEM: _("系统")}.get(Side(m.side)) or author(m) or str(Side(m.side).label)
    words = words_of(" ".join(m.words.split()), False, m.side) or (_("[图片/文件]") if m.files else "")
    return _("%(who)s：%(words)s") % {"who": who, "words": words[:60]}
