"""What tells how a customer feels: each signal has a name, a weight, and words that a person can check. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from flows.due import span
from shops.punctuation import labelled

from ..states import Colour
from .lexicon import FAMILIES, folded

RED, YELLOW = 5, 2  # the sum of weights from which a ticket has this colour
VALUABLE = 50_000  # fen: an order that is worth more
LONG, VERY_LONG = 3, 30  # times the shop's own limit for an answer
ALIKE = 0.8  # of two messages: the same question again
BAD_ACCOUNT = -3


@dataclass(frozen=True)
class Signal:
    """good: it speaks for a satisfied customer; its weight then counts for green alone."""

    name: str
    weight: int
    words: str
    good: bool = False


@dataclass(frozen=True)
class Heard:
    """What is known of a customer who has just spoken.

    words: the newest message; before: those since our last answer, oldest first. waited, limit: seconds of the shop's
    counted time that the customer has waited and might wait. value: fen of the order. score: the customer's account.
    reopened: of this ticket; earlier: complaints, disputes and red tickets of the last ninety days.
    """

    words: str
    before: Sequence[str] = ()
    waited: int = 0
    limit: int = 0
    value: int = 0
    vip: bool = False
    score: int = 0
    reopened: int = 0
    earlier: int = 0
    known: Sequence[str] = field(default=())  # families that earlier words of this ticket have shown


def signals(heard: Heard) -> list[Signal]:
    """Every signal once, the heaviest first."""
    found = [*_words(heard), *_repeats(heard), *_waiting(heard), *_history(heard), *_value(heard)]
    return sorted(found, key=lambda s: (s.good, -s.weight))


def weight(found: Sequence[Signal]) -> int:
    """What speaks against; what a customer is worth only adds to a trouble that is there."""
    trouble = sum(s.weight for s in found if not s.good and s.name not in ADDING)
    return trouble + (sum(s.weight for s in found if s.name in ADDING) if trouble else 0)


ADDING = ("value", "vip", "account", "earlier")


def colour_of(found: Sequence[Signal]) -> str:
    """The colour that these signals amount to; "" where they say nothing."""
    heavy = weight(found)
    if heavy >= RED:
        return Colour.RED
    if heavy >= YELLOW:
        return Colour.YELLOW
    return Colour.GREEN if not heavy and any(s.good for s in found) else ""


def _words(heard: Heard) -> Iterator[Signal]:
    """Praise counts while it is the last word."""
    said = [folded(words) for words in (*heard.before, heard.words)]
    for family in FAMILIES:
        passages = [p for text in (said[-1:] if family.good else said) if (p := family.found(text))]
        if passages:
            told = labelled(family.label, _("“%s”") % passages[-1])
            yield Signal(family.name, family.weight, told, family.good)


def _repeats(heard: Heard) -> Iterator[Signal]:
    same = [w for w in heard.before if alike(w, heard.words)]
    if same:
        yield Signal("repeats", min(3, 1 + len(same)), _("同一个问题问了 %(count)s 遍") % {"count": len(same) + 1})
    elif len(heard.before) >= 3:
        yield Signal("unanswered", 1, _("连发 %(count)s 条没有人回") % {"count": len(heard.before) + 1})
    if heard.reopened:
        yield Signal("reopened", min(3, 1 + heard.reopened), _("解决后又来 %(count)s 次") % {"count": heard.reopened})


def alike(one: str, other: str) -> bool:
    """The same question: of two short greetings nobody can say so."""
    one, other = one.strip(), other.strip()
    if len(one) < 4 or len(other) < 4:
        return False
    return one == other or SequenceMatcher(None, one[:200], other[:200]).ratio() >= ALIKE


def _waiting(heard: Heard) -> Iterator[Signal]:
    if heard.limit and heard.waited > LONG * heard.limit:
        very = heard.waited > VERY_LONG * heard.limit
        yield Signal("waiting", 2 if very else 1, _("已等 %s 没有答复") % span(heard.waited))


def _history(heard: Heard) -> Iterator[Signal]:
    if heard.score <= BAD_ACCOUNT:
        yield Signal("account", 1, _("客户账户 %s") % heard.score)
    if heard.earlier:
        yield Signal("earlier", min(2, heard.earlier), _("近 90 天有 %s 次投诉、介入或红色工单") % heard.earlier)


def _value(heard: Heard) -> Iterator[Signal]:
    if heard.value >= VALUABLE:
        yield Signal("value", 1, _("订单 ¥%s") % f"{heard.value / 100:.0f}")
    if heard.vip:
        yield Signal("vip", 1, _("重要客户"))
