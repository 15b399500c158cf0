"""What was found in the carton: read off the form, then booked as received and inspected by one press."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from flows.effects import Refused

from ..models import Return
from ..states import Condition
from . import panel as panels
from .panel import Panel, Part, Row
from .reading import tracking_numbers
from .sitting import Sitting
from .taking import take

MOST = 100_000  # pieces, as the steps ask for it
MOST_WORDS = 500


def read(panel: Panel, posted: QueryDict, *, judged: bool = True) -> bool:
    """Put what was posted into the panel. -> whether it can be booked; the words stand beside what is wrong.

    judged: pieces need a condition; `all` says that every one is sellable.
    """
    panel.number = next(iter(tracking_numbers(posted.get("number", "")[:100].strip())), "")
    panel.words = posted.get("words", "").replace("\0", "").strip()[:MOST_WORDS]
    everything = str(Condition.SELLABLE) if posted.get("all") else ""
    for row in panel.all_rows:
        row.words = posted.get(f"w-{row.line.pk}", row.words).replace("\0", "").strip()[:200]
        for part in row.parts:
            _read_part(row, part, posted, everything, judged)
    if not (panel.wrong or panel.words or pieces(panel)):
        panel.errors.append(_("一件都没有？空包裹请拍下外箱和面单，写好验货说明再登记。"))
    return not panel.wrong


def _read_part(row: Row, part: Part, posted: QueryDict, everything: str, judged: bool) -> None:
    said = posted.get(f"q-{row.line.pk}-{part.n}", "").strip()
    condition = everything or posted.get(f"c-{row.line.pk}-{part.n}", "")
    part.condition = condition if condition in panels.CONDITIONS else ""
    if said and not (said.isascii() and said.isdigit() and len(said) < 7 and int(said) <= MOST):
        part.wrong = _("数量要是 0 到 %s 的整数") % MOST
        return
    part.quantity = int(said or 0)
    if part.quantity and judged and not part.condition:
        part.wrong = _("请判断成色")


def pieces(panel: Panel) -> dict[str, int]:
    """{line: how many are here in all, of all parcels together}"""
    counts = ((r.line.line, sum(p.quantity for p in r.parts)) for r in panel.all_rows)
    return {line: n for line, n in counts if n}


def shares(panel: Panel) -> Iterator[tuple[str, dict[str, int]]]:
    """(parcel's number, what was in it) of each parcel that was counted otherwise: the one on the table takes what was
    in no other; where there is less than in the others, the newest of them had less."""
    left, here, current = pieces(panel), [p for p in panel.parcels if p.received_at], on_the_table(panel)
    for parcel in here:
        if parcel.tracking_number != current:
            share = {line: min(n, left.get(line, 0)) for line, n in (parcel.counted or {}).items()}
            left = {line: n - share.get(line, 0) for line, n in left.items()}
            yield from _changed(parcel.tracking_number, share, parcel.counted)
    known = next((p.counted for p in here if p.tracking_number == current), None)
    yield from _changed(current, left, known)


def on_the_table(panel: Panel) -> str:
    """The parcel that was scanned; else the only one that is still to come, else the one that came last."""
    coming = [p.tracking_number for p in panel.parcels if not (p.received_at or p.bounced_at)]
    if panel.number or (coming and not panel.received):
        return panel.number or (coming[0] if len(coming) == 1 else "")
    return next((p.tracking_number for p in reversed(panel.parcels) if p.received_at), "")


def _changed(number: str, share: dict[str, int], known: dict[str, int] | None) -> Iterator[tuple[str, dict[str, int]]]:
    share = {line: n for line, n in share.items() if n}
    if known is None or share != {line: n for line, n in known.items() if n}:
        yield number, share


def conditions(panel: Panel) -> list[dict[str, Any]]:
    """In which condition they are, as `inspect` asks for it: a line once for each condition."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in panel.all_rows:
        for part in row.parts:
            if part.quantity:
                key = (row.line.line, part.condition)
                said = found.setdefault(key, {"line": key[0], "quantity": 0, "condition": key[1]})
                said["quantity"] += part.quantity
                if row.words:
                    said["words"] = row.words
    return list(found.values())


def book(desk: Sitting, panel: Panel, photos: Sequence[int] = (), *, inspects: bool = True) -> Return:
    """Receive what differs from what is booked, then inspect: all of it or nothing. Raises Refused."""
    ret, by, at = panel.ret, desk.caller.by, desk.at
    with transaction.atomic():
        counted = list(shares(panel))
        if not (counted or panel.received):
            counted = [(on_the_table(panel), pieces(panel))]
        for number, share in counted:
            lines = [{"line": line, "quantity": n} for line, n in share.items()]
            ret = take(ret, "receive", {"tracking_number": number, "lines": lines}, by=by, at=at)
        if inspects:
            said = {"lines": conditions(panel), "photos": list(photos), "words": panel.words}
            ret = take(ret, "inspect", said, by=by, at=at)
    ret.shop = panel.ret.shop
    return ret


def hand_back(desk: Sitting, panel: Panel, carrier: str, number: str) -> Return:
    """The goods are the customer's and have left again. Raises Refused."""
    called = tracking_numbers(number)
    if not carrier or not called:
        raise Refused(_("请填写快递公司和快递单号（4 到 40 位字母、数字）"), "input")
    inputs = {"carrier": carrier, "tracking_number": called[-1]}
    ret = take(panel.ret, "handed_back", inputs, by=desk.caller.by, at=desk.at)
    ret.shop = panel.ret.shop
    return ret
