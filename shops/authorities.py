"""How much a role may promise to give back alone, per case and per day; what is above it waits for a lead.

The numbers of the preset are our defaults; the rule itself is the shops' procedure: an agent refunds up to the own
authority, another person approves what is above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .punctuation import listed
from .roles import LABELS, STAFF

SPANS = {
    "refund_case": gettext_lazy("每单退款"),
    "refund_day": gettext_lazy("每天退款"),
    "compensation_case": gettext_lazy("每单补偿"),
    "compensation_day": gettext_lazy("每天补偿"),
}
NONE: Mapping[str, int | None] = dict.fromkeys(SPANS, 0)
MOST_FEN = 10**14
Authority = Mapping[str, Mapping[str, int | None]]  # {role: {span: fen; None: no limit}}, every role of the staff
PRESET: Authority = {
    "agent": {"refund_case": 50_000, "refund_day": 500_000, "compensation_case": 5_000, "compensation_day": 50_000},
    "auditor": NONE,
    "warehouse": NONE,
    "lead": dict.fromkeys(SPANS, None),
}


def of_data(data: Mapping[str, Any]) -> Authority:
    """Of a version's column. What the version is too old to know has its default."""
    return {role: {span: data.get(role, known).get(span, most) for span, most in known.items()}
            for role, known in PRESET.items()}  # fmt: skip


def as_data(authority: Authority) -> dict[str, dict[str, int | None]]:
    return {role: dict(spans) for role, spans in authority.items()}


def changed(old: Authority, changes: object) -> tuple[Authority, dict[str, str]]:
    """With these changed ({role: {span: fen or None}}), and what is wrong with them by place, in words; as it was
    where anything is wrong."""
    if not isinstance(changes, Mapping):
        return old, {"": _("须写成“角色: 额度”")}
    new, wrong = as_data(old), dict[str, str]()
    for role, spans in changes.items():
        if role not in STAFF:
            wrong[str(role)] = _("没有这个角色；可以是 %s") % listed(STAFF)
        elif not isinstance(spans, Mapping):
            wrong[role] = _("须写成“额度: 金额”")
        else:
            for span, most in spans.items():
                try:
                    new[role][_span(span)] = _fen(most)
                except ValueError as error:
                    wrong[f"{role}.{span}"] = str(error)
    return (old, wrong) if wrong else (new, {})


def _span(name: object) -> str:
    if name not in SPANS:
        raise ValueError(_("没有这个额度；可以是 %s") % listed(SPANS))
    return str(name)


def _fen(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_FEN:
        raise ValueError(_("金额须是不小于零的整数分"))
    return value


def differences(old: Authority, new: Authority) -> list[tuple[str, str, str]]:
    """(what, before, after) in words."""
    return [
        (f"{LABELS[role]} {SPANS[span]}", spelt(old[role][span]), spelt(most))
        for role, spans in new.items()
        for span, most in spans.items()
        if old[role][span] != most
    ]


def words(authority: Authority) -> dict[str, str]:
    """{role and span: what is set}, for people."""
    return {
        f"{LABELS[role]} {SPANS[span]}": spelt(most)
        for role, spans in authority.items()
        for span, most in spans.items()
    }


def spelt(most: int | None) -> str:
    """Fen, or None where nothing limits them, in words."""
    return _("不限") if most is None else f"¥{most // 100}.{most % 100:02d}"
