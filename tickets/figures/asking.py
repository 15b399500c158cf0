"""What stands behind the question mark of a page of figures: the period, whose, cut by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.shown import own_shops, shops_shown
from shops.access import Caller
from shops.models import Shop
from shops.scoped_admin import caller_of

from .ask import Asked, Reach
from .figure import LABELS, PLACES, TIMES, Figure, Words

MOST_DAYS = 731
USUAL = 30
LONGEST = 150  # characters of a value
PERIODS = {
    "today": (gettext_lazy("今天"), 0, 1), "yesterday": (gettext_lazy("昨天"), 1, 1),
    "week": (gettext_lazy("近 7 天"), 0, 7), "month": (gettext_lazy("近 30 天"), 0, 30),
    "quarter": (gettext_lazy("近 90 天"), 0, 90),
}  # fmt: skip
# Dimensions that can be narrowed to one value.
NARROW = ("agent", "kind", "reason", "product", "clock", "carrier", "channel", "payer")


def reach(caller: Caller, shops: Iterable[int]) -> Reach:
    """All of the shops that the caller leads (or, a machine, speaks for); where they answer customers, their own."""
    shops = frozenset(shops) & caller.shops
    whole = frozenset(s for s in shops if caller.superuser or {"lead", "shop"} & set(caller.roles_in(s)))
    own = frozenset(s for s in shops - whole if "agent" in caller.roles_in(s))
    return Reach(whole, own, caller.by)


@dataclass
class Asking:
    """The address of a page, read. wrong: what could not be understood, in words; the page shows what it can."""

    reach: Reach
    shops: dict[int, Shop]
    first: date
    last: date
    by: str = ""
    only: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)

    def asked(self, figure: Figure, *by: str, first: date | None = None) -> Asked:
        only = {d: [v] for d, v in self.only.items() if d in figure.by}
        platforms = {pk: s.platform for pk, s in self.shops.items()}
        return Asked(self.reach, first or self.first, self.last, by, only, platforms)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> date:
        """The first day of as long a period before this one."""
        return self.first - timedelta(days=self.days)

    @property
    def with_gbk(self) -> str:
        return self.address(encoding="gbk")

    @property
    def whole(self) -> str:
        """Narrowed by nothing."""
        return self.address(**dict.fromkeys((*PLACES, *NARROW), ""))

    @property
    def period_addresses(self) -> list[tuple[str, Words, str, bool]]:
        """(name, words, address, whether it is the one that is shown)."""
        return [
            (name, words, self.address(**{"from": "", "to": "", "period": name}), self.query.get("period") == name)
            for name, (words, _back, _days) in PERIODS.items()
        ]

    @property
    def platforms(self) -> list[str]:
        return sorted({shop.platform for shop in self.shops.values()})

    def address(self, **changed: Any) -> str:
        """The same question with some of it changed; "" leaves one out."""
        merged = {**self.query, **{k: str(v) for k, v in changed.items()}}
        return "?" + urlencode({k: v for k, v in merged.items() if v})

    def address_for(self, figures: Iterable[Figure]) -> str:
        """The same question to a page of these: without what none of them can be cut by."""
        known = {*TIMES, *PLACES, *(d for f in figures for d in f.by)}
        by = self.by if self.by in known else ""
        return self.address(by=by, **{d: "" for d in NARROW if d not in known})

    def of_days(self, first: date, last: date) -> Asking:
        """The same of other days, day by day."""
        query = {k: v for k, v in self.query.items() if k not in ("period", "by")}
        days = {"from": first.isoformat(), "to": last.isoformat()}
        return replace(self, first=first, last=last, by="", query=query | days)


def read(request: HttpRequest, today: date | None = None) -> Asking:
    """Never more than the caller's own; what is wrong is said, not obeyed."""
    given = {k: str(v)[:LONGEST].replace("\0", "") for k, v in request.GET.items()}
    today = today or timezone.localdate()
    shops = {s.pk: s for s in own_shops(request) if s.pk in shops_shown(request)}
    found = Asking(Reach(), shops, today, today)
    found.first, found.last = _period(given, today, found.wrong)
    chosen = _chosen(given, shops, found.wrong)
    found.reach = reach(caller_of(request), chosen)
    found.only = {d: given[d] for d in NARROW if given.get(d)}
    found.by = given.get("by", "") if given.get("by", "") in LABELS else ""
    known = ("from", "to", "period", "shop", "platform", "by", *NARROW)
    found.query = {k: given[k] for k in known if given.get(k)}
    return found


def _period(given: Mapping[str, str], today: date, wrong: list[str]) -> tuple[date, date]:
    if given.get("period") in PERIODS:
        _words, back, days = PERIODS[given["period"]]
        last = today - timedelta(days=back)
        return last - timedelta(days=days - 1), last
    try:
        last = day(given["to"]) if given.get("to") else today
        first = day(given["from"]) if given.get("from") else last - timedelta(days=USUAL - 1)
        check(first, last)
    except ValueError as error:
        wrong.append(str(error))
        return today - timedelta(days=USUAL - 1), today
    return first, last


def day(text: str) -> date:
    """Raises ValueError in words."""
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 2200:
        raise ValueError(_("日期须像 2026-11-01 这样写"))
    return found


def check(first: date, last: date) -> None:
    """Raises ValueError in words."""
    if first > last:
        raise ValueError(_("开始日期不能晚于结束日期"))
    if (last - first).days >= MOST_DAYS:
        raise ValueError(_("一次最多看 %(days)s 天，请缩短时间") % {"days": MOST_DAYS})


def _chosen(given: Mapping[str, str], shops: Mapping[int, Shop], wrong: list[str]) -> list[int]:
    found = list(shops)
    for name, attribute in zip(PLACES, ("code", "platform"), strict=True):
        if given.get(name):
            found = [pk for pk in found if getattr(shops[pk], attribute) == given[name]]
            if not found:
                wrong.append(_("没有这家店铺或这个平台"))
    return found
