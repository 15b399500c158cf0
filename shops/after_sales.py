"""A shop's own rules of after-sales: its address, who pays which freight, what asks for evidence, what is taken back.

Reasons, exclusions and rules are names of the floors above; those floors tell their names and labels here (`know`), so
that a form can offer them and a misspelt one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .punctuation import labelled, listed

BY_ORDER, RETURN_LEG, BOTH_WAYS = "by_order", "return", "both"
NO_REASON_FREIGHT = {
    BY_ORDER: gettext_lazy("包邮订单客户承担寄回运费，不包邮订单客户承担往返运费"),
    RETURN_LEG: gettext_lazy("客户只承担寄回运费"),
    BOTH_WAYS: gettext_lazy("客户承担往返运费"),
}
ADDRESS = {"name": 80, "phone": 40, "detail": 300}
ADDRESS_LABELS = {
    "name": gettext_lazy("退货收货人"),
    "phone": gettext_lazy("退货电话"),
    "detail": gettext_lazy("退货地址"),
}
LABELS = {
    "return_address": gettext_lazy("退货地址"),
    "no_reason_freight": gettext_lazy("无理由退货的运费"),
    "exchange_freight": gettext_lazy("无理由换货请客户补的寄出运费"),
    "free_shipping_from": gettext_lazy("满多少包邮"),
    "threshold_freight": gettext_lazy("退货后不再满包邮时扣的运费"),
    "evidence_reasons": gettext_lazy("须举证的原因"),
    "price_protection_days": gettext_lazy("价保天数（0 为没有价保）"),
    "exclusions_off": gettext_lazy("仍支持七天无理由的除外商品"),
    "rules_off": gettext_lazy("停用的资格规则"),
    "files_taken": gettext_lazy("凭证除照片外还接收"),
    "bad_review": gettext_lazy("几星及以下的评价开工单（0 为都不开）"),
}
AMOUNTS = ("exchange_freight", "free_shipping_from", "threshold_freight")
EVIDENCE_REASONS = ("quality", "wrong_item", "missing", "damaged", "not_as_described", "counterfeit")
KNOWN: dict[str, dict[str, Any]] = {"evidence_reasons": {}, "exclusions_off": {}, "rules_off": {}, "files_taken": {}}
MOST_FEN, MOST_DAYS, MOST_STARS = 10**14, 365, 5


def know(setting: str, names: Mapping[str, Any]) -> None:
    """An upper floor's names, with their labels, that this setting may hold."""
    KNOWN[setting] |= names


@dataclass(frozen=True)
class AfterSales:
    """Amounts in fen. return_address: {"name", "phone", "detail"} or {}. free_shipping_from: None = no such offer."""

    return_address: Mapping[str, str] = field(default_factory=dict)
    no_reason_freight: str = BY_ORDER
    exchange_freight: int = 0
    free_shipping_from: int | None = None
    threshold_freight: int = 0
    evidence_reasons: tuple[str, ...] = EVIDENCE_REASONS
    price_protection_days: int = 0
    exclusions_off: tuple[str, ...] = ()
    rules_off: tuple[str, ...] = ()
    files_taken: tuple[str, ...] = ()
    bad_review: int = 3

    def as_data(self) -> dict[str, Any]:
        """As a column keeps it, and as `changed` reads it back."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    def words(self) -> dict[str, str]:
        """{label: what is set}, for people."""
        return {str(LABELS[name]): _words(name, getattr(self, name)) for name in LABELS}


DEFAULT = AfterSales()


def of_data(data: Mapping[str, Any]) -> AfterSales:
    """Of a version's column. What the version is too old to know has its default."""
    known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items() if name in LABELS}
    return replace(AfterSales(), **known)


def changed(old: AfterSales, changes: object) -> tuple[AfterSales, dict[str, str]]:
    """With these settings changed, and what is wrong with them by name, in words; as it was where anything is wrong."""
    if not isinstance(changes, Mapping):
        return old, {"": _("须写成“设置: 值”")}
    new: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in changes.items():
        try:
            if name not in READERS:
                raise ValueError(_("没有这个设置"))
            new[name] = READERS[name](name, value)
        except ValueError as error:
            wrong[str(name)] = str(error)
    made = replace(old, **new)
    if not wrong and made.free_shipping_from is not None and not made.threshold_freight:
        wrong["threshold_freight"] = _("设了满包邮，就须写明不再满包邮时扣多少运费")
    return (old, wrong) if wrong else (made, {})


def differences(old: AfterSales, new: AfterSales) -> list[tuple[str, str, str]]:
    """(what, before, after) in words."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in LABELS)
    return [(str(LABELS[name]), _words(name, a), _words(name, b)) for name, a, b in pairs if a != b]


# ---- reading
def _address(_name: str, value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or not set(value) <= set(ADDRESS):
        raise ValueError(_("退货地址须写明收货人、电话、详细地址"))
    told = {part: str(value.get(part) or "").strip() for part in ADDRESS}
    if not any(told.values()):
        return {}
    if not all(told.values()):
        raise ValueError(_("退货地址须写明收货人、电话、详细地址"))
    if any(len(told[part]) > most for part, most in ADDRESS.items()):
        raise ValueError(_("退货地址太长"))
    return told


def _choice(_name: str, value: object) -> str:
    if value not in NO_REASON_FREIGHT:
        raise ValueError(_("只能是 %s 之一") % listed(NO_REASON_FREIGHT))
    return str(value)


def _fen(_name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_FEN:
        raise ValueError(_("金额须是不小于零的整数分"))
    return value


def _fen_or_none(name: str, value: object) -> int | None:
    return None if value is None else _fen(name, value)


def _days(_name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_DAYS:
        raise ValueError(_("天数须是 0 至 %s 的整数") % MOST_DAYS)
    return value


def _stars(_name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_STARS:
        raise ValueError(_("星级须是 0 至 %s 的整数") % MOST_STARS)
    return value


def _names(setting: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ValueError(_("须是一列名称"))
    if unknown := sorted({str(name) for name in value} - set(KNOWN[setting])):
        raise ValueError(_("没有 %(unknown)s；可以是 %(known)s") % {
            "unknown": listed(unknown), "known": listed(sorted(KNOWN[setting]))})  # fmt: skip
    return tuple(sorted(set(value)))


READERS: dict[str, Callable[[str, object], Any]] = {
    "return_address": _address,
    "no_reason_freight": _choice,
    "exchange_freight": _fen,
    "free_shipping_from": _fen_or_none,
    "threshold_freight": _fen,
    "evidence_reasons": _names,
    "price_protection_days": _days,
    "exclusions_off": _names,
    "rules_off": _names,
    "files_taken": _names,
    "bad_review": _stars,
}


# ---- wording
def _words(name: str, value: Any) -> str:
    if name == "return_address":
        return " ".join(value.values()) or "—"
    if name == "no_reason_freight":
        return str(NO_REASON_FREIGHT.get(value, value))
    if name == "price_protection_days":
        return labelled(_("天数"), str(value)) if value else "—"
    if name == "bad_review":
        return labelled(_("星级"), str(value)) if value else "—"
    if name in KNOWN:
        return listed(str(KNOWN[name].get(v, v)) for v in value) or "—"
    return "—" if value is None else f"¥{value // 100}.{value % 100:02d}"
