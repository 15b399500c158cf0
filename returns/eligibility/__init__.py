"""May this be returned? One rule a file, each with its source; a rule is found by being here.

A shop switches rules off and sets them in its policy; a deployment adds its own by the setting KEFU_ELIGIBILITY_RULES.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from shops import policy

from ..belongings import bring
from .rule import ELIGIBLE, NO, PERSON, WORST, Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return

__all__ = ["ELIGIBLE", "NO", "PERSON", "Rule", "Verdict", "judge", "rules", "standing"]


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by name: those of this folder and those that the deployment names."""
    found = [own for module in iter_modules(__path__) for own in _rules_in(f"{__name__}.{module.name}")]
    found += [import_string(path) for path in getattr(settings, "KEFU_ELIGIBILITY_RULES", ())]
    named = {rule.name: rule() for rule in found}
    if len(named) != len(found):
        raise LookupError(f"two eligibility rules have one name: {sorted(rule.name for rule in found)}")
    return tuple(named[name] for name in sorted(named))


def _rules_in(module: str) -> list[type[Rule]]:
    members = vars(import_module(module)).values()
    return [m for m in members if isinstance(m, type) and issubclass(m, Rule) and m.__module__ == module and m != Rule]


def judge(ret: Return, *, at: datetime) -> list[Verdict]:
    """What each rule that the shop has on says of this application. `at`: when it is judged."""
    if "belongings" not in ret.__dict__:
        bring([ret])
    off = policy.of(ret.shop_id).after_sales.rules_off
    answers = (rule.judge(ret, at) for rule in rules() if rule.name not in off)
    return [answer for answer in answers if answer is not None]


def standing(verdicts: Iterable[Verdict | Mapping[str, Any]]) -> str:
    """The worst of them; eligible where nothing speaks against it. Also of verdicts as they are stored."""
    said = {v.verdict if isinstance(v, Verdict) else v.get("verdict") for v in verdicts}
    return next((word for word in WORST if word in said), ELIGIBLE)
