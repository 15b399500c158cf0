"""One limit of a shop's policy: how long, of which hours, for whom else, and whether its clock really acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from . import durations
from .calendar import HOURS, NEXT_WORKDAY_END
from .explain import hours_words
from .punctuation import bracketed, clauses, listed

# procedure: the shops' documented procedures; platform: seen in a platform's own documents or SDK; law; default: ours;
# shop: changed by this shop's lead.
SOURCES = ("procedure", "platform", "law", "default", "shop")
CASES = ("category", "colour")  # what a length may differ by: by_category, by_colour
CHANNELS = ("im", "phone", "web", "email", "shop", "internal")


@dataclass(frozen=True, slots=True)
class Limit:
    """`after` and `warn` (before the due moment; 0 = none) in seconds; `hours` a kind of calendar.HOURS; `by` as
    {"colour": {"red": seconds}}; `channels` None = all; `day_off` "" or "next_workday_end"."""

    name: str
    after: int
    hours: str = "natural"
    warn: int = 0
    acts: bool | tuple[str, ...] = True
    by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    channels: tuple[str, ...] | None = None
    day_off: str = ""
    source: str = "default"

    def seconds_for(self, cases: Mapping[str, str]) -> int:
        """The length for a case such as {"category": "鞋", "colour": "red"}: the one its case has, else `after`."""
        for kind, lengths in self.by.items():
            if (length := lengths.get(cases.get(kind, ""))) is not None:
                return length
        return self.after

    def covers(self, *cases: str) -> bool:
        """Whether the clock takes its step by itself in a case known by these names ("cod", "exchange:no_reason")."""
        return self.acts if isinstance(self.acts, bool) else any(case in self.acts for case in cases)

    def heard_on(self, channel: str) -> bool:
        """Whether the limit is for this channel."""
        return self.channels is None or channel in self.channels

    def words(self) -> str:
        """48 小时（自然时间）; with what differs by case, and the rule for days off."""
        days = self.hours == "days_from_next"
        said = [durations.words(self.after, days=days) + bracketed(hours_words(self.hours))]
        for lengths in self.by.values():
            said += [f"{case} {durations.words(length, days=days)}" for case, length in lengths.items()]
        if self.day_off == NEXT_WORKDAY_END:
            said.append(_("休息日起算的，顺延至下一个工作日结束"))
        return clauses(said)

    def rest_words(self) -> str:
        """What `words` leaves out: 提前 12 小时提醒；到期不自动执行；限 im、phone."""
        parts = []
        if self.warn:
            parts.append(_("提前 %s 提醒") % durations.words(self.warn))
        if self.acts is False:
            parts.append(_("到期只告警，不自动执行"))
        elif self.acts is not True:
            parts.append(_("到期自动执行仅限 %s") % listed(self.acts))
        if self.channels is not None:
            parts.append(_("限渠道 %s") % listed(self.channels))
        return clauses(parts)

    def source_words(self) -> str:
        said = {
            "procedure": _("店铺流程"),
            "platform": _("平台规则"),
            "law": _("法律"),
            "default": _("系统默认"),
            "shop": _("本店设置"),
        }
        return said.get(self.source, self.source)

    def as_data(self) -> dict[str, Any]:
        """The limit as people write it: what `changed` reads back to the same limit."""
        return {
            "after": durations.written(self.after),
            "hours": self.hours,
            "warn": durations.written(self.warn),
            "acts": self.acts if isinstance(self.acts, bool) else list(self.acts),
            **{f"by_{kind}": {c: durations.written(s) for c, s in (self.by.get(kind) or {}).items()} for kind in CASES},
            "channels": None if self.channels is None else list(self.channels),
            "day_off": self.day_off,
            "source": self.source,
        }


def changed(limit: Limit, changes: Mapping[str, object] | str | int) -> tuple[Limit, dict[str, str]]:
    """The limit with these fields changed, and what is wrong with them by field, in words; the limit is as it was where
    anything is wrong. Fields: after, hours, warn, acts, by_category, by_colour, channels, day_off, source; lengths as
    `48h` or seconds. A bare length is short for {"after": length}. A change that says no source is the shop's own.
    """
    asked = {"after": changes} if isinstance(changes, str | int) else dict(changes)
    new: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in asked.items():
        try:
            if key not in READERS:
                raise ValueError(_("没有这个设置"))
            new[key] = READERS[key](value)
        except ValueError as error:
            wrong[key] = str(error)
    if wrong:
        return limit, wrong
    by = {kind: new.pop(f"by_{kind}", dict(limit.by.get(kind) or {})) for kind in CASES}
    result = replace(limit, **new, by={kind: lengths for kind, lengths in by.items() if lengths})
    if "source" not in new and result != limit:
        result = replace(result, source="shop")
    wrong = _contradictions(result)
    return (limit if wrong else result), wrong


def _contradictions(limit: Limit) -> dict[str, str]:
    lengths = [limit.after, *(length for by in limit.by.values() for length in by.values())]
    if limit.hours == "days_from_next" and any(length % durations.UNITS["d"] for length in lengths):
        return {"after": _("次日起自然日须是整天数")}
    if limit.hours != "natural" and max(lengths) > 366 * durations.UNITS["d"]:
        return {"after": _("按工作日或工作时间计的时长不能超过一年")}
    if limit.warn and limit.warn >= limit.after:
        return {"warn": _("提醒须早于到期：提前量要短于时长")}
    return {}


def _choice(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in allowed:
            known = ", ".join(word or '""' for word in allowed)
            raise ValueError(_("不可用的值：%(value)s（可用 %(known)s）") % {"value": value, "known": known})
        return str(value)

    return read


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) and name.strip() for name in value):
        raise ValueError(_("须是名称的列表"))
    return tuple(dict.fromkeys(name.strip() for name in value))


def _acts(value: object) -> bool | tuple[str, ...]:
    return value if isinstance(value, bool) else _names(value)


def _channels(value: object) -> tuple[str, ...] | None:
    names = None if value is None else _names(value)
    for name in names or ():
        _choice(*CHANNELS)(name)
    return names


def _lengths(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise ValueError(_("须写成“名称: 时长”"))
    return {str(case): durations.seconds_of(length) for case, length in value.items()}


READERS: dict[str, Callable[[object], Any]] = {
    "after": durations.seconds_of,
    "hours": _choice(*HOURS),
    "warn": durations.seconds_of,
    "acts": _acts,
    "by_category": _lengths,
    "by_colour": _lengths,
    "channels": _channels,
    "day_off": _choice("", NEXT_WORKDAY_END),
    "source": _choice(*SOURCES),
}
