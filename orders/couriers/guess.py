"""Which courier a tracking number belongs to, by its looks. A guess: it warns and fills in, it never refuses.

The patterns are those that couriers' numbers were seen to follow; several share one, so a number may fit many.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

# In the order in which they are tried: a courier's own letters first, then the lengths that fewest others use.
PATTERNS: dict[str, tuple[str, ...]] = {
    "顺丰": (r"SF\d{13}",),
    "极兔": (r"JT\d{12,13}",),
    "京东": (r"JD[XK]\d{12}", r"JDV[A-Z]\d{11}"),
    "德邦": (r"DPK\d{11,}[-\d]*", r"\d{8,10}"),
    "EMS": (r"[A-Z]{2}\d{9}[A-Z]{2}", r"(10|11|12|50|51|52|95|97|98|99)\d{11}"),
    "申通": (r"77\d{13}", r"(268|888|588|688|368|468|568|668|773|768|868|968)\d{9,13}"),
    "圆通": (r"YT\d{13}", r"[A-Z]{2}\d{10,13}", r"[6-9]\d{17}"),
    "中通": (r"7[3-9]\d{12}", r"\d{14}"),
    "韵达": (r"\d{15}", r"\d{13}"),
    "邮政": (r"\d{13}",),
}  # fmt: skip
CODES = {
    "SF": "顺丰", "SHUNFENG": "顺丰", "ZTO": "中通", "ZHONGTONG": "中通", "YTO": "圆通", "YUANTONG": "圆通",
    "STO": "申通", "SHENTONG": "申通", "YD": "韵达", "YUNDA": "韵达", "JT": "极兔", "JTSD": "极兔",
    "JTEXPRESS": "极兔", "JD": "京东", "JDL": "京东", "DBL": "德邦", "DEBANGWULIU": "德邦", "EMS": "EMS",
    "YZPY": "邮政", "YOUZHENGGUONEI": "邮政",
}  # fmt: skip
SUFFIXES = ("速递", "快递", "速运", "物流", "快运", "包裹", "express")


def normal(number: str) -> str:
    """As numbers are kept and looked for: without what people type between the digits."""
    return re.sub(r"\s+", "", number).upper()


def fitting(number: str) -> list[str]:
    """The couriers whose numbers look so, the likeliest first."""
    number = normal(number)
    return [name for name, patterns in PATTERNS.items() if any(re.fullmatch(p, number) for p in patterns)]


def guess(number: str) -> str:
    """The likeliest courier, "" where the number says nothing."""
    return next(iter(fitting(number)), "")


def known_as(carrier: str) -> str:
    """The courier's common name; what is not known stays as it was written."""
    plain = carrier.strip()
    if (name := CODES.get(plain.upper())) is not None:
        return name
    short = plain
    for suffix in SUFFIXES:
        short = short.removesuffix(suffix)
    return next((name for name in PATTERNS if short.startswith(name)), plain)


class Carried:
    """What has a carrier, in whatever words a source has told it."""

    carrier: Any

    @property
    def courier(self) -> str:
        """Its carrier by the common name, where a source has told a code (ZTO: 中通)."""
        return known_as(self.carrier)


def doubt(carrier: str, number: str) -> str:
    """Why this number may not be this courier's, or "". Couriers change their numbers: nobody is refused for it."""
    name, likely = known_as(carrier), fitting(number)
    if name not in PATTERNS or name in likely:
        return ""
    if likely:
        return _("单号看起来是%(likely)s的，不像%(name)s的，请核对") % {"likely": likely[0], "name": name}
    return _("单号不像%(name)s的，请核对") % {"name": name}
