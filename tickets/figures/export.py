"""Figures to take away: CSV and XLSX, of which no cell is ever taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

MOST_ROWS = 50_000
BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of its country
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # which XML cannot hold
Cells = Sequence[Any]


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would calculate begins with an apostrophe; a number stays a number."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = UNPRINTABLE.sub("", value)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(rows: Iterable[Cells], encoding: str = "utf-8") -> Iterator[bytes]:
    """Line by line. gbk: for programs that know no UTF-8; what it cannot write becomes "?"."""
    if encoding == "utf-8":
        yield BOM.encode()
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        yield line.getvalue().encode(encoding, "replace")
        line.seek(0)
        line.truncate()


def as_xlsx(rows: Iterable[Cells], title: str) -> bytes:
    """One sheet. Its texts are texts also where they look like something else."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "figures")
    for row in rows:
        sheet.append([_cell(sheet, harmless(value)) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
