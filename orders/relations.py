"""The shop's related products as a file: `sku,instead_sku,rank`. Read whole, checked whole; bad rows stop all of it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from .models import Product, Related

HEADER = ["sku", "instead_sku", "rank"]
MOST_BYTES, MOST_ROWS, MOST_ERRORS = 2 * 1024 * 1024, 20_000, 50


class Unreadable(ValueError):
    """The file is no such table at all; the words say why."""


@dataclass
class Read:
    """rows: (product, instead, rank) by key. errors: (row number, words), the header being row 1."""

    rows: list[tuple[int, int, int]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0


def sent(upload: UploadedFile[Any] | None, pasted: str) -> str:
    """The file, or what was pasted instead of one. Raises Unreadable."""
    return text_of(upload.read(MOST_BYTES + 1) if upload else pasted.encode())


def text_of(raw: bytes) -> str:
    """UTF-8 (with or without its mark) or GBK. Raises Unreadable."""
    if len(raw) > MOST_BYTES:
        raise Unreadable(_("文件超过 2 MB，请分成几个"))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw or raw[:2] == b"PK":
        raise Unreadable(_("不是 CSV 文件：请另存为 CSV（UTF-8 或 GBK）"))
    for encoding in ("utf-8-sig", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("读不懂文件的编码：请另存为 CSV（UTF-8 或 GBK）"))


def read(text: str, shop: int) -> Read:
    """Check every row against the shop's products. Raises Unreadable."""
    found, seen = Read(), dict[tuple[int, int], int]()
    keys = dict(Product.objects.filter(shop=shop).values_list("sku", "pk"))
    for number, row in _rows(text):
        try:
            product, instead, rank = _row(row, keys)
        except ValueError as error:
            found.errors.append((number, str(error)))
            continue
        if (product, instead) in seen:
            found.errors.append((number, _("与第 %s 行重复") % seen[product, instead]))
        else:
            seen[product, instead] = number
            found.rows.append((product, instead, rank))
    _compare(found, shop)
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    try:
        table = [(n, [c.strip() for c in row]) for n, row in enumerate(csv.reader(io.StringIO(text), strict=True), 1)]
    except csv.Error as error:
        raise Unreadable(_("CSV 格式有误：%s") % error) from error
    if not table or [c.lower() for c in table[0][1]] != HEADER:
        raise Unreadable(_("第 1 行须是表头：sku,instead_sku,rank"))
    rows = [(n, row) for n, row in table[1:] if any(row)]
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("超过 20000 行，请分成几个文件"))
    if not rows:
        raise Unreadable(_("文件里没有数据行"))
    return rows


def _row(row: list[str], keys: dict[str, int]) -> tuple[int, int, int]:
    if len(row) != len(HEADER):
        raise ValueError(_("应有 3 列，这里有 %s 列") % len(row))
    sku, instead, rank = row
    for name in (sku, instead):
        if name not in keys:
            raise ValueError(_("本店没有货号“%s”") % name[:64])
    if sku == instead:
        raise ValueError(_("不能用“%s”替代它自己") % sku)
    if not (rank.isascii() and rank.isdigit() and len(rank) < 5 and 1 <= int(rank) <= 9999):
        raise ValueError(_("次序须是 1 到 9999 的整数，不是“%s”") % rank[:20])
    return keys[sku], keys[instead], int(rank)


def _compare(found: Read, shop: int) -> None:
    known = _known(shop)
    for product, instead, rank in found.rows:
        old = known.get((product, instead))
        if old is None:
            found.new += 1
        elif old[1] == rank:
            found.same += 1
        else:
            found.changed += 1


def _known(shop: int) -> dict[tuple[int, int], tuple[int, int]]:
    those = Related.objects.filter(product__shop=shop).values_list("product", "instead", "pk", "rank")
    return {(product, instead): (pk, rank) for product, instead, pk, rank in those}


@transaction.atomic
def write(found: Read, shop: int) -> None:
    """All rows or none. Relations that the file does not name stay."""
    known = _known(shop)
    new = [Related(product_id=p, instead_id=i, rank=r) for p, i, r in found.rows if (p, i) not in known]
    old = [Related(pk=known[p, i][0], rank=r) for p, i, r in found.rows if (p, i) in known and known[p, i][1] != r]
    Related.objects.bulk_create(new, batch_size=1000)
    Related.objects.bulk_update(old, ["rank"], batch_size=500)
