"""Which rules hold in a shop, and what it promises."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from django.db.models import Q

from ..models import QualityRule, ShopPromise
from ..quality import Promise, Rule, Severity, rules
from ..quality.rule import Kind

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Holding:
    """rules: those that are on, as the shop has set them. points: what each takes from a score."""

    rules: tuple[Rule, ...]
    points: Mapping[str, int]


def holding(shop: int) -> Holding:
    """One statement."""
    settings = {row.name: row for row in QualityRule.objects.filter(shop=shop)}
    house = [_as_set(rule, settings.get(rule.name)) for rule in rules()]
    own = [_own(row) for row in settings.values() if row.own and row.on]
    chosen = tuple(rule for rule in (*house, *own) if rule is not None)
    return Holding(chosen, {rule.name: rule.points for rule in chosen})


def _own(row: QualityRule) -> Rule | None:
    """None where it could be read once and no more (a list of words was renamed): conversations go on without it."""
    try:
        return row.rule()
    except ValueError:
        logger.warning("quality rule %s of shop %s cannot be read", row.name, row.shop_id)
        return None


def _as_set(rule: Rule, row: QualityRule | None) -> Rule | None:
    if row is None:
        return rule
    if not row.on:
        return None
    severity = Severity(row.severity) if row.severity else rule.severity
    return replace(rule, severity=severity, points=rule.points if row.points is None else row.points)


def promises(shop: int, day: date) -> tuple[Promise, ...]:
    """What the shop promises on that day: one statement."""
    rows = ShopPromise.objects.filter(
        Q(begins=None) | Q(begins__lte=day), Q(ends=None) | Q(ends__gte=day), shop=shop
    ).values_list("kind", "words", "upto")
    return tuple(Promise(cast(Kind, kind), words, upto) for kind, words, upto in rows)
