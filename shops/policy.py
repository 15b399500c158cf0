"""A shop's rules, by name: read at once, changed only as a new version.

`of` answers from this process's memory for two seconds, then asks the database in one small statement whether anything
is newer; so a change is in force everywhere within two seconds, and a step costs no query for its rules.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery

from . import authorities, terms, weekly
from .after_sales import AfterSales
from .authorities import Authority
from .calendar import Calendar
from .limits import Limit
from .models import CalendarChange, CalendarDay, Policy, Shop
from .models import Limit as LimitRow
from .terms import PolicyError, Terms

__all__ = [
    "Limit",
    "PolicyError",
    "PolicyMoved",
    "Rules",
    "UnknownShop",
    "at_version",
    "copy_preset",
    "edit",
    "forget",
    "of",
    "of_many",
]

FRESH = 2.0  # seconds


class UnknownShop(LookupError):
    """There is no such shop."""


class PolicyMoved(Exception):
    """Somebody else made a version since the one that this edit was based on."""


@dataclass(frozen=True)
class Rules:
    """What a shop's clocks and steps go by. `version` 0: never edited, the platform's preset. `auto_confirm_below` in
    fen, None = any amount. `calendar_change`: the newest CalendarChange that `calendar` knows."""

    shop_id: int
    code: str
    platform: str
    currency: str
    active: bool
    version: int
    zone: str
    calendar: Calendar
    limits: Mapping[str, Limit]
    weekly: Mapping[str, Any]
    auto_confirm: bool
    auto_confirm_below: int | None
    auto_audit: bool
    after_sales: AfterSales
    authority: Authority
    calendar_change: int

    @property
    def terms(self) -> Terms:
        """What can be edited of it."""
        return Terms(
            self.limits,
            self.weekly,
            self.auto_confirm,
            self.auto_confirm_below,
            self.auto_audit,
            self.after_sales,
            self.authority,
        )


@dataclass(frozen=True)
class Head:
    """What one small statement tells of a shop: if it is unchanged, so are its rules. `since` beside the policy's key,
    because the key of a version that was rolled back may come again."""

    pk: int
    code: str
    zone: str
    platform: str
    currency: str
    active: bool
    policy: int | None
    since: datetime | None
    change: int


_known: dict[int, tuple[Head, Rules, float]] = {}


def of(shop_id: int) -> Rules:
    """The shop's rules now. Raises UnknownShop."""
    known = _known.get(shop_id)
    if known and 0 <= time.monotonic() - known[2] <= FRESH:
        return known[1]
    return of_many([shop_id])[shop_id]


def of_many(shop_ids: Iterable[int]) -> dict[int, Rules]:
    """The rules of many shops by id: no query for those looked up just now, one for the rest, three more for what
    changed. Raises UnknownShop."""
    now, stale = time.monotonic(), set()
    rules: dict[int, Rules] = {}
    for shop_id in set(shop_ids):
        known = _known.get(shop_id)
        if known and 0 <= now - known[2] <= FRESH:
            rules[shop_id] = known[1]
        else:
            stale.add(shop_id)
    if stale:
        rules |= _look_up(stale, now)
    return rules


def forget() -> None:
    """Drops what this process remembers: for tests, and after a change that must be seen at once."""
    _known.clear()


def _look_up(shop_ids: set[int], now: float) -> dict[int, Rules]:
    heads = _heads(shop_ids)
    if missing := shop_ids - {head.pk for head in heads}:
        raise UnknownShop(f"no shop with id {', '.join(map(str, sorted(missing)))}")
    news = [head for head in heads if head.pk not in _known or _known[head.pk][0] != head]
    loaded = _load(news) if news else {}
    for head in heads:
        _known[head.pk] = (head, loaded.get(head.pk) or _known[head.pk][1], now)
    return {head.pk: _known[head.pk][1] for head in heads}


def _heads(shop_ids: Iterable[int]) -> list[Head]:
    newest = Policy.objects.filter(shop=OuterRef("pk")).order_by("-version")
    # Two plain maxima, each one step down an index.
    common = CalendarChange.objects.filter(shop=None).order_by("-pk").values("pk")[:1]
    own = CalendarChange.objects.filter(shop=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = Shop.objects.filter(pk__in=list(shop_ids)).annotate(
        policy=Subquery(newest.values("pk")[:1]),
        since=Subquery(newest.values("since")[:1]),
        common=Subquery(common),
        own=Subquery(own),
    )
    fields = ("pk", "code", "zone", "platform", "currency", "active", "policy", "since")
    return [
        Head(**{name: row[name] for name in fields}, change=max(row["common"] or 0, row["own"] or 0))
        for row in rows.values(*fields, "common", "own")
    ]


def _load(heads: list[Head]) -> dict[int, Rules]:
    policies = {p.pk: p for p in Policy.objects.filter(pk__in=[head.policy for head in heads if head.policy])}
    rows: dict[int, list[LimitRow]] = {}
    for row in LimitRow.objects.filter(policy__in=policies):
        rows.setdefault(row.policy_id, []).append(row)
    days = list(CalendarDay.objects.filter(Q(shop=None) | Q(shop__in=[head.pk for head in heads])).order_by("date"))
    return {
        head.pk: _rules(head, policies.get(head.policy or 0), rows.get(head.policy or 0, []), days) for head in heads
    }


def _rules(head: Head, policy: Policy | None, rows: list[LimitRow], days: list[CalendarDay]) -> Rules:
    read = terms.of_rows(head.platform, policy, rows)
    return Rules(
        shop_id=head.pk,
        code=head.code,
        platform=head.platform,
        currency=head.currency,
        active=head.active,
        version=policy.version if policy else 0,
        zone=head.zone,
        calendar=_calendar(head, read.weekly, days),
        limits=read.limits,
        weekly=read.weekly,
        auto_confirm=read.auto_confirm,
        auto_confirm_below=read.auto_confirm_below,
        auto_audit=read.auto_audit,
        after_sales=read.after_sales,
        authority=read.authority,
        calendar_change=head.change,
    )


def _calendar(head: Head, week: Mapping[str, Any], days: list[CalendarDay]) -> Calendar:
    common = {day.date: day for day in days if day.shop_id is None}
    own: dict[date, CalendarDay] = {day.date: day for day in days if day.shop_id == head.pk}
    both = common | own
    return Calendar(
        head.zone,
        weekly.parse(week),
        {day: row.kind for day, row in both.items()},
        frozenset(day.year for day, row in common.items() if row.confirmed),
        {day: row.name for day, row in both.items()},
    )


def at_version(shop_id: int, version: int) -> Terms:
    """The terms of an older version, which running deadlines keep (promise I-24). Raises LookupError."""
    platform = Shop.objects.filter(pk=shop_id).values_list("platform", flat=True).first()
    if platform is None:
        raise UnknownShop(f"no shop with id {shop_id}")
    policy = Policy.objects.filter(shop=shop_id, version=version).first()
    if policy is None and version:
        raise LookupError(f"shop {shop_id} has no policy version {version}")
    return terms.of_rows(platform, policy, policy.limits.all() if policy else [])


def edit(shop: Shop, changes: Mapping[str, object], by: str, at: datetime, base: int | None = None) -> Policy:
    """A new version with `changes` (shapes: terms.changed); the newest one again where nothing differs.

    `base` is the version that the editor saw. Raises PolicyError (nothing is written), PolicyMoved if base is not the
    newest any more.
    """
    with transaction.atomic():
        version = _locked_version(shop)
        if base is not None and base != version:
            raise PolicyMoved(f"based on version {base}, the newest is {version}")
        old = at_version(shop.pk, version)
        new = terms.changed(old, changes)
        if version and new == old:
            return Policy.objects.get(shop=shop, version=version)
        return _write(shop, version + 1, new, by, at)


def copy_preset(shop: Shop, by: str, at: datetime) -> Policy:
    """The platform's preset as a new version: a new shop's first, or a way back to it."""
    with transaction.atomic():
        return _write(shop, _locked_version(shop) + 1, terms.preset(shop.platform), by, at)


def _locked_version(shop: Shop) -> int:
    """The newest version, 0 for none; two edits of one shop wait for each other."""
    Shop.objects.select_for_update().get(pk=shop.pk)
    newest: int | None = Policy.objects.filter(shop=shop).aggregate(newest=Max("version"))["newest"]
    return newest or 0


def _write(shop: Shop, version: int, new: Terms, by: str, at: datetime) -> Policy:
    policy = Policy.objects.create(
        shop=shop,
        version=version,
        since=at,
        by=by,
        auto_confirm=new.auto_confirm,
        auto_confirm_below=new.auto_confirm_below,
        auto_audit=new.auto_audit,
        after_sales=new.after_sales.as_data(),
        authority=authorities.as_data(new.authority),
        weekly=dict(new.weekly),
    )
    LimitRow.objects.bulk_create(terms.rows_of(policy, new.limits.values()))
    _drop(shop.pk)
    transaction.on_commit(partial(_drop, shop.pk))
    return policy


def _drop(shop_id: int) -> None:
    _known.pop(shop_id, None)
