"""Rules read from their files; every mistake in one is named with the rule and the field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .pattern import BadPattern, Pattern, compiled
from .rule import Rule, Severity

RULES = Path(__file__).parent / "rules"
_TEXTS = ("label", "source", "message", "better", "judge", "replaces")
_LISTS = ("kinds", "hits", "misses")


class BadRule(ValueError):
    """A rule that cannot be read: its name and what is wrong."""


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The lists of words that patterns name in braces."""
    read = tomllib.loads((RULES / "words.toml").read_text("utf-8"))
    return MappingProxyType({name: tuple(listed) for name, listed in read.items()})


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the house, family by family."""
    found: dict[str, Rule] = {}
    for path in sorted(RULES.glob("*.toml")):
        if path.name == "words.toml":
            continue
        for name, fields in tomllib.loads(path.read_text("utf-8")).items():
            if name in found:
                raise BadRule(f"{name}: two rules have this name")
            found[name] = rule_of(name, path.stem, fields)
    return tuple(found.values())


@cache
def named(name: str) -> Rule:
    """Raise KeyError where no rule has that name."""
    return {rule.name: rule for rule in rules()}[name]


def rule_of(name: str, family: str, fields: Mapping[str, Any]) -> Rule:
    """A rule from its fields as TOML gives them."""
    try:
        return Rule(
            name=name,
            family=family,
            severity=Severity(fields["severity"]),
            points=int(fields["points"]),
            negated=bool(fields.get("negated", True)),
            promise=fields.get("promise"),
            patterns=patterns(fields.get("patterns", ())),
            unless=patterns(fields.get("unless", ())),
            unless_sentence=patterns(fields.get("unless_sentence", ())),
            **_given(fields),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRule(f"{name}: {error}") from error


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    texts = {field: str(fields[field]) for field in _TEXTS if field in fields}
    return texts | {field: tuple(fields[field]) for field in _LISTS if field in fields}


def patterns(listed: Iterable[str | Mapping[str, Any]]) -> tuple[Pattern, ...]:
    """Patterns as a rule's file lists them: words, or {say, better, negated}."""
    return tuple(_pattern(entry) for entry in listed)


def _pattern(entry: str | Mapping[str, Any]) -> Pattern:
    if isinstance(entry, str):
        return compiled(entry, words())
    unknown = set(entry) - {"say", "better", "negated"}
    if unknown or "say" not in entry:
        raise BadPattern(f"{entry!r}: a pattern is words, or {{say, better, negated}}")
    return compiled(entry["say"], words(), better=entry.get("better", ""), negated=entry.get("negated"))


@cache
def listed(name: str) -> Pattern:
    """One list of words as a pattern."""
    return compiled(f"{{{name}}}", words())
