"""A reply that was made from a quick reply is counted, in the transaction in which it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.effects import Add, FollowUp

from ..models import QuickReply, ReplyUse, Ticket
from ..tables import TICKET
from .template import parts


@TICKET.after("reply")
def counted(ticket: Ticket) -> Iterator[FollowUp]:
    """Nothing is asked where no quick reply was used."""
    said = ticket.said
    if said is None or said.quick_reply is None:
        return
    reply = QuickReply.objects.filter(pk=said.quick_reply).only("words", "scene", "version").first()
    if reply is None:
        return
    yield Add(
        ReplyUse(
            shop_id=ticket.shop_id, reply_id=reply.pk, ticket_id=ticket.pk, seq=said.seq, version=reply.version,
            scene=reply.scene, by=said.by, edited=not as_it_stands(reply.words, said.words),
            waited=said.waited_working, at=said.at,
        )
    )  # fmt: skip


def as_it_stands(template: str, words: str) -> bool:
    """Whether the words are the template, with one character or more where a variable was. Spaces do not count.

    A text between variables is looked for once, where it comes first: no other choice leaves more room to the rest.
    """
    first, *others = _texts(template)
    text = _plain(words)
    if not others:
        return text == first[1]
    (room, last), at = others.pop(), len(first[1])
    for gap, piece in others:
        found = text.find(piece, at + gap)
        if found < 0:
            return False
        at = found + len(piece)
    return text.startswith(first[1]) and text.endswith(last) and at + room <= len(text) - len(last)


def _texts(template: str) -> list[tuple[int, str]]:
    """The template's texts, each with how many variables stand between it and the one before."""
    texts = [(0, "")]
    for part in parts(template):
        gap, text = texts[-1]
        if not part.variable:
            texts[-1] = (gap, text + _plain(part.text))
        elif gap and not text:
            texts[-1] = (gap + 1, "")
        else:
            texts.append((1, ""))
    return texts


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
