"""Lengths of time as people write them (`48h`) and read them (48 小时)."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 3660 * 86400  # ten years: beyond it a number is a slip of the hand
LENGTH = re.compile(r"([0-9]{1,9})([smhd])", re.ASCII)


def seconds_of(value: object) -> int:
    """Whole seconds of `"48h"`, `"15s"`, `"7d"`, `"90m"`, or of an int that is seconds already.

    Raises ValueError, in words for the person who typed it, for everything else: no unit, a fraction, a negative.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value
    else:
        match = LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise ValueError(_("时长须写成整数加单位，如 48h、30m、15s、7d"))
        seconds = int(match[1]) * UNITS[match[2]]
    if seconds < 0:
        raise ValueError(_("时长不能为负"))
    if seconds > LONGEST:
        raise ValueError(_("时长不能超过十年"))
    return seconds


def split(seconds: int) -> tuple[int, str]:
    """The number and the unit that say it shortest without a fraction; up to three days in hours, as the trade does."""
    if seconds and seconds % 86400 == 0 and seconds > 3 * 86400:
        return seconds // 86400, "d"
    for unit in ("h", "m"):
        if seconds and seconds % UNITS[unit] == 0:
            return seconds // UNITS[unit], unit
    return seconds, "s"


def written(seconds: int) -> str:
    """`48h`: what `seconds_of` reads back as the same number."""
    number, unit = split(seconds)
    return f"{number}{unit}"


def words(seconds: int, *, days: bool = False) -> str:
    """48 小时, 15 秒, 7 天; with `days`, whole days are said in days however few."""
    number, unit = (seconds // 86400, "d") if days and seconds % 86400 == 0 else split(seconds)
    said = {
        "s": ngettext("%(n)s 秒", "%(n)s 秒", number),
        "m": ngettext("%(n)s 分钟", "%(n)s 分钟", number),
        "h": ngettext("%(n)s 小时", "%(n)s 小时", number),
        "d": ngettext("%(n)s 天", "%(n)s 天", number),
    }
    return said[unit] % {"n": number}
