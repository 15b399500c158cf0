"""Quick replies as a file that no spreadsheet runs; read whole, checked whole, a bad row stops all of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orders.relations import Unreadable
from shops.models import Shop
from shops.punctuation import clauses

from ..models import QuickReply
from ..models.quick_reply import Scope
from .scenes import Scene

HEADER = ["scene", "title", "shortcut", "platform", "words", "active"]
MOST_ROWS, MOST_ERRORS = 2000, 50
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")


def safe(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe, which reading takes away again."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell


def write(replies: Iterable[QuickReply]) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEADER)
    for r in replies:
        row = (r.scene, r.title, r.shortcut, r.platform, r.words, "1" if r.active else "0")
        table.writerow([safe(cell) for cell in row])
    return out.getvalue()


@dataclass
class Read:
    """rows: to be written. errors: (row number, words), the header being row 1."""

    rows: list[QuickReply] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0


def read(text: str, shop: Shop) -> Read:
    """What the file would do to the shop's own. A row is known by scene, platform and title. Raises Unreadable."""
    found, seen = Read(), dict[tuple[str, str, str], int]()
    known = {(r.scene, r.platform, r.title): r for r in QuickReply.objects.filter(shop=shop, scope=Scope.SHOP)}
    for number, row in _rows(text):
        try:
            place, said = _row(row)
        except ValueError as error:
            found.errors.append((number, str(error)))
            continue
        if place in seen:
            found.errors.append((number, _("与第 %s 行重复") % seen[place]))
            continue
        seen[place] = number
        _weigh(found, number, known.get(place) or _new(shop, place), said)
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    try:
        table = [(n, [unsafe(c.strip()) for c in row]) for n, row in enumerate(csv.reader(io.StringIO(text)), 1)]
    except csv.Error as error:
        raise Unreadable(_("CSV 格式有误：%s") % error) from error
    if not table or [c.lower() for c in table[0][1]] != HEADER:
        raise Unreadable(_("第 1 行须是表头：%s") % ",".join(HEADER))
    rows = [(n, row) for n, row in table[1:] if any(row)]
    if not rows:
        raise Unreadable(_("文件里没有数据行"))
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("超过 %s 行，请分成几个文件") % MOST_ROWS)
    return rows


def _row(row: list[str]) -> tuple[tuple[str, str, str], dict[str, object]]:
    if len(row) != len(HEADER):
        raise ValueError(_("应有 %(n)s 列，这里有 %(m)s 列") % {"n": len(HEADER), "m": len(row)})
    scene, title, shortcut, platform, words, active = row
    labels = {str(s.label): s.value for s in Scene}
    scene = labels.get(scene, scene)
    if scene not in Scene.values:
        raise ValueError(_("没有场景“%s”") % scene[:20])
    if active not in ("", "0", "1"):
        raise ValueError(_("启用须是 1 或 0，不是“%s”") % active[:20])
    return (scene, platform, title), {"shortcut": shortcut, "words": words, "active": active != "0"}


def _new(shop: Shop, place: tuple[str, str, str]) -> QuickReply:
    scene, platform, title = place
    return QuickReply(shop=shop, scope=Scope.SHOP, scene=scene, platform=platform, title=title)


def _weigh(found: Read, number: int, reply: QuickReply, said: dict[str, object]) -> None:
    changed = any(getattr(reply, name) != value for name, value in said.items())
    for name, value in said.items():
        setattr(reply, name, value)
    try:
        reply.full_clean(exclude=["updated_at", "shop"])
    except ValidationError as error:
        found.errors.append((number, clauses(m for messages in error.message_dict.values() for m in messages)))
        return
    if reply.pk is None:
        found.new += 1
    elif changed:
        found.changed += 1
    else:
        found.same += 1
        return
    found.rows.append(reply)


@transaction.atomic
def keep(found: Read, by: str, at: datetime) -> None:
    """All rows or none. What the file does not name stays."""
    for reply in found.rows:
        reply.keep(by, at)
