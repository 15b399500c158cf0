"""What is unpacked: each line with its pieces and their condition, as announced and as judged so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.words import label_of
from orders.models import Line
from orders.phones import masked_name

from ..models import BackParcel, Evidence, Return, ReturnLine
from ..states import Condition, S
from ..tables import RETURN
from .reading import without_phones
from .taking import open_here

UNPACKED = (S.AWAITING_RETURN, S.RETURNING, S.RECEIVED)  # from which one button receives and inspects


@dataclass
class Part:
    """So many pieces of a line in one condition; "" where nobody has judged them yet."""

    n: int
    quantity: int = 0
    condition: str = ""
    wrong: str = ""


@dataclass
class Row:
    """A line of the order on the table. announced: of this return; booked: as received so far."""

    line: Line
    announced: int = 0
    booked: int = 0
    words: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def more(self) -> list[Part]:
        return self.parts[1:]

    @property
    def split(self) -> bool:
        return any(p.quantity or p.wrong for p in self.more)


@dataclass
class Panel:
    """rows: of the return; others: lines of its order that nobody announced. number: the parcel that was scanned."""

    ret: Return
    rows: list[Row]
    others: list[Row]
    parcels: list[BackParcel]
    photos: list[Evidence]
    number: str = ""
    may: bool = False
    words: str = ""
    errors: list[str] = field(default_factory=list)
    step: dict[str, str] = field(default_factory=dict)  # what was typed into the hand-back form

    @property
    def unpacks(self) -> bool:
        return self.may and self.ret.state in UNPACKED

    @property
    def received(self) -> bool:
        return bool(self.ret.state == S.RECEIVED)

    @property
    def hands_back(self) -> bool:
        return self.may and open_here(self.ret, "handed_back")

    @property
    def all_rows(self) -> list[Row]:
        return [*self.rows, *self.others]

    @property
    def state(self) -> str:
        return label_of(RETURN, self.ret.state)

    @property
    def buyer(self) -> str:
        return masked_name(self.ret.order.buyer_name)

    @property
    def said(self) -> str:
        """The customer's own words, which may hold a phone number."""
        return without_phones(self.ret.words)

    @property
    def wrong(self) -> bool:
        return bool(self.errors) or any(p.wrong for r in self.all_rows for p in r.parts)

    @property
    def scattered(self) -> bool:
        return any(p.quantity or p.wrong for r in self.others for p in r.parts)


CONDITIONS = [str(c) for c in Condition]


def bring(ret: Return, *, number: str = "", may: bool = False) -> Panel:
    """Four statements."""
    known = {x.line_id: x for x in ReturnLine.objects.filter(of=ret.pk)}
    lines = list(Line.objects.filter(order=ret.order_id).order_by("pk"))
    parcels = list(BackParcel.objects.filter(of=ret.pk).order_by("pk"))
    photos = list(Evidence.objects.filter(of=ret.pk, stage="inspection", erased_at=None).order_by("pk"))
    rows = [_row(x, known[x.pk], ret) for x in lines if x.pk in known]
    others = [Row(x, parts=_parts([])) for x in lines if x.pk not in known and x.owed]
    return Panel(ret, rows, others, parcels, photos, number, may)


def _row(line: Line, asked: ReturnLine, ret: Return) -> Row:
    here = ret.state in (S.RECEIVED, S.INSPECTED)
    judged = [(n, c) for c in CONDITIONS if (n := getattr(asked, c))]
    rest = (asked.received if here else asked.quantity) - sum(n for n, _c in judged)
    found = [*judged, *([(rest, "")] if rest > 0 else [])]
    return Row(line, asked.quantity, asked.received, asked.words, _parts(found))


def _parts(found: Iterable[tuple[int, str]]) -> list[Part]:
    """One for each condition, the unjudged first: its buttons are the ones to press."""
    first = sorted(found, key=lambda part: part[1] != "")[: len(CONDITIONS)]
    parts = [Part(i, n, c) for i, (n, c) in enumerate(first)]
    return parts + [Part(i) for i in range(len(parts), len(CONDITIONS))]
