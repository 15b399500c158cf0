"""What a policy says, apart from whose it is and since when: read from a version's rows, changed, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from . import after_sales, authorities, presets, weekly
from . import limits as limit_rules
from .after_sales import AfterSales
from .authorities import Authority
from .limits import Limit
from .models import Limit as LimitRow
from .models import Policy
from .punctuation import clauses, labelled


class PolicyError(ValueError):
    """A change that cannot be. `errors`: place ("limits.ship.after") -> what is wrong, in words for who typed it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(clauses(labelled(place, what) for place, what in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Terms:
    """`weekly` as in Policy.weekly; `auto_confirm_below` in fen, None = any amount."""

    limits: Mapping[str, Limit]
    weekly: Mapping[str, Any]
    auto_confirm: bool = False
    auto_confirm_below: int | None = None
    auto_audit: bool = False
    after_sales: AfterSales = after_sales.DEFAULT
    authority: Authority = field(default_factory=lambda: authorities.PRESET)


def preset(platform: str) -> Terms:
    """What a new shop of this platform starts with."""
    return Terms(presets.limits_for(platform), weekly.DEFAULT)


def of_rows(platform: str, policy: Policy | None, rows: Iterable[LimitRow]) -> Terms:
    """The terms of a version. A limit that this version is too old to know has the platform's preset; so has all of a
    shop without any version."""
    start = preset(platform)
    if policy is None:
        return start
    limits = {**start.limits, **{row.name: _limit(row) for row in rows}}
    return Terms(
        limits,
        policy.weekly,
        policy.auto_confirm,
        policy.auto_confirm_below,
        policy.auto_audit,
        after_sales.of_data(policy.after_sales),
        authorities.of_data(policy.authority),
    )


def _limit(row: LimitRow) -> Limit:
    return Limit(
        row.name,
        row.after,
        row.hours,
        row.warn,
        row.acts if isinstance(row.acts, bool) else tuple(row.acts),
        row.by,
        None if row.channels is None else tuple(row.channels),
        row.day_off,
        row.source,
    )


def rows_of(policy: Policy, limits: Iterable[Limit]) -> list[LimitRow]:
    """Unsaved rows for the limits of a new version."""
    return [
        LimitRow(
            policy=policy,
            name=limit.name,
            after=limit.after,
            hours=limit.hours,
            warn=limit.warn,
            acts=limit.acts if isinstance(limit.acts, bool) else list(limit.acts),
            by={kind: dict(lengths) for kind, lengths in limit.by.items()},
            channels=None if limit.channels is None else list(limit.channels),
            day_off=limit.day_off,
            source=limit.source,
        )
        for limit in limits
    ]


def changed(terms: Terms, changes: Mapping[str, object]) -> Terms:
    """The terms with `changes`: {"limits": {name: {field: value} or "24h"}, "weekly": {…}, "auto_confirm": bool,
    "auto_confirm_below": fen or None, "auto_audit": bool, "after_sales": {name: value}, "authority": {role: {span: fen
    or None}}}. Raises PolicyError naming every wrong place at once."""
    new: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, value in changes.items():
        if key == "limits":
            new["limits"], wrong = _limits(terms.limits, value)
            errors |= wrong
            continue
        if key in APART:
            new[key], wrong = APART[key](getattr(terms, key), value)
            errors |= {f"{key}.{place}".rstrip("."): what for place, what in wrong.items()}
            continue
        try:
            if key not in READERS:
                raise ValueError(_("没有这个设置"))
            new[key] = READERS[key](value)
        except ValueError as error:
            errors[key] = str(error)
    if errors:
        raise PolicyError(errors)
    return replace(terms, **new)


def _limits(old: Mapping[str, Limit], changes: object) -> tuple[dict[str, Limit], dict[str, str]]:
    limits, errors = dict(old), {}
    if not isinstance(changes, Mapping):
        return limits, {"limits": _("须写成“时限: 设置”")}
    for name, asked in changes.items():
        if name not in limits:
            errors[f"limits.{name}"] = _("没有这个时限")
        elif not isinstance(asked, Mapping | str | int):
            errors[f"limits.{name}"] = _("须是时长，或写成“设置: 值”")
        else:
            limits[name], wrong = limit_rules.changed(limits[name], asked)
            errors |= {f"limits.{name}.{place}": what for place, what in wrong.items()}
    return limits, errors


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("只能是“是”或“否”"))
    return value


def _fen(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**14:
        raise ValueError(_("金额须是不小于零的整数分"))
    return value


def _weekly(value: object) -> Mapping[str, Any]:
    weekly.parse(value)
    assert isinstance(value, Mapping)
    return {day: [list(pair) for pair in value[day]] for day in weekly.DAYS if value.get(day)}


READERS: dict[str, Callable[[object], Any]] = {
    "auto_confirm": _flag,
    "auto_confirm_below": _fen,
    "auto_audit": _flag,
    "weekly": _weekly,
}


# Settings of many parts, each with its own place of what is wrong.
APART: dict[str, Callable[[Any, object], tuple[Any, dict[str, str]]]] = {
    "after_sales": after_sales.changed,
    "authority": authorities.changed,
}


def differences(old: Terms, new: Terms) -> list[tuple[str, str, str]]:
    """(what, before, after) in words, one for each thing that differs; [] where nothing does."""
    found = []
    if old.auto_confirm != new.auto_confirm:
        found.append((_("自动确认订单"), _yes(old.auto_confirm), _yes(new.auto_confirm)))
    if old.auto_audit != new.auto_audit:
        found.append((_("自动审单"), _yes(old.auto_audit), _yes(new.auto_audit)))
    if old.auto_confirm_below != new.auto_confirm_below:
        found.append((_("自动确认金额上限"), _yuan(old.auto_confirm_below), _yuan(new.auto_confirm_below)))
    before, after = weekly.parse(old.weekly), weekly.parse(new.weekly)
    if before != after:
        found.append((_("工作时间"), weekly.week_words(before), weekly.week_words(after)))
    found += after_sales.differences(old.after_sales, new.after_sales)
    found += authorities.differences(old.authority, new.authority)
    for name, limit in new.limits.items():
        was = old.limits.get(name)
        if was != limit:
            found.append((str(presets.LABELS.get(name, name)), _whole(was) if was else "—", _whole(limit)))
    return found


def week_words(terms: Terms) -> str:
    """周一至周五 09:00–12:00、13:00–18:00"""
    return weekly.week_words(weekly.parse(terms.weekly))


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


def _yuan(fen: int | None) -> str:
    return _("不限") if fen is None else f"¥{fen // 100}.{fen % 100:02d}"


def _whole(limit: Limit) -> str:
    return clauses(part for part in (limit.words(), limit.rest_words()) if part)
