"""/reports/: which figures there are and what each means; and their numbers, with their age."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from flows.api.openapi import COMPONENTS, FLAG, MOMENT, TEXT, WHOLE, Op, an_object, many, nullable, ref
from flows.api.problems import Problem, answer, not_found
from flows.api.queries import Param, text
from flows.api.views import Address
from shops.access import Caller, scope
from shops.models import Shop

from . import asking
from .age import age_of
from .ask import Asked, Key, ask
from .asking import LONGEST, NARROW, USUAL
from .figure import FAMILIES, FIGURES, LABELS, Figure
from .shown import name_of, plain

MOST_CELLS = 10_000
MOST_BY = 3
NUMBER = {"type": ["number", "string", "null"], "description": "Money is a string of yuan; a share lies in 0 … 1."}

COMPONENTS["Report"] = an_object(
    {
        "name": TEXT, "label": TEXT, "family": TEXT, "definition": TEXT, "unit": TEXT, "dimensions": many(TEXT),
        "less_is_better": FLAG,
    }
)  # fmt: skip
NAMED = {"type": "object", "additionalProperties": TEXT}
CELL = an_object(
    {
        "by": NAMED, "names": NAMED,
        "value": NUMBER, "top": WHOLE, "bottom": nullable(WHOLE),
    }
)  # fmt: skip
COMPONENTS["ReportNumbers"] = an_object(
    {
        "figure": ref("Report"), "from": {**TEXT, "format": "date"}, "to": {**TEXT, "format": "date"},
        "by": many(TEXT), "counted_at": nullable(MOMENT), "stale_days": WHOLE, "cells": many(CELL),
    }
)  # fmt: skip
DAY = {"type": "string", "format": "date"}
WORDS = gettext_lazy(
    "数字来自按天汇总的数据；counted_at 之前记录的都已算入，stale_days 是这段时间里还要重新统计的天数。"
    "店长和店铺密钥看全店，客服只看自己。"
)


def a_day(name: str, words: str) -> Param:
    return Param(name, asking.day, words, DAY)


def _dimensions(value: str) -> list[str]:
    """The names are looked at with the figure: what it cannot be cut by is refused there."""
    found = value.split(",")
    if len(found) > MOST_BY or len(set(found)) != len(found) or any(d not in LABELS for d in found):
        raise ValueError(_("可用的值：%(known)s") % {"known": ", ".join(LABELS)})
    return found


BY = Param(
    "by", _dimensions, f"What to cut by, at most {MOST_BY}: of the figure's own dimensions.",
    {
        "type": "array", "items": {"type": "string", "enum": list(LABELS)}, "minItems": 1, "maxItems": MOST_BY,
        "uniqueItems": True,
    }, (),
)  # fmt: skip
PARAMS = (
    a_day("from", "The first day, in each shop's own zone; 29 days before the last where it is absent."),
    a_day("to", "The last day; today where it is absent."),
    BY,
    text("shop", "Code of a shop: this shop alone.", 50),
    text("platform", "Shops of this platform alone.", 30),
    *(text(name, "Facts of this value alone.", LONGEST) for name in NARROW),
)


def described(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name, "label": str(figure.label), "family": figure.family, "definition": str(figure.words),
        "unit": figure.unit, "dimensions": list(figure.dimensions), "less_is_better": figure.down,
    }  # fmt: skip


class Reports(Address):
    docs = {
        "get": Op(
            "reports_list", gettext_lazy("有哪些数字，各是什么意思"),
            {200: an_object({"results": many(ref("Report"))})}, "reports", words=WORDS,
        )
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        self.query()
        caller = self.caller()
        reach = asking.reach(caller, caller.shops)
        open_ones = [f for f in FIGURES.values() if reach.open_to(f)]
        ordered = sorted(open_ones, key=lambda f: list(FAMILIES).index(f.family))
        return answer({"results": [described(f) for f in ordered]})


class OneReport(Address):
    docs = {
        "get": Op(
            "reports_detail", gettext_lazy("一个数字"), {200: ref("ReportNumbers")}, "reports", params=PARAMS,
            errors=(400, 404, 413), words=WORDS, path={"figure": {"type": "string", "pattern": "^[a-z0-9_]{1,40}$"}},
        )
    }  # fmt: skip

    def get(self, request: Request, figure: str) -> HttpResponse:
        given, caller = self.query(), self.caller()
        shops = chosen(caller, given)
        reach, found = asking.reach(caller, shops), FIGURES.get(figure)
        if found is None or not asking.reach(caller, caller.shops).open_to(found):
            raise not_found()
        first, last = period(given)
        refuse_unknown(found, given)
        only = {d: [given[d]] for d in NARROW if given[d] is not None}
        platforms = {pk: s.platform for pk, s in shops.items()}
        cells = ask(found, Asked(reach, first, last, tuple(given["by"]), only, platforms))
        if len(cells) > MOST_CELLS:
            raise Problem(413, "too-large", _("结果超过 %(most)s 行，请缩短时间或少分几层") % {"most": MOST_CELLS})
        age = age_of(reach.shops, first, last, timezone.now())
        return answer({
            "figure": described(found), "from": first.isoformat(), "to": last.isoformat(), "by": list(given["by"]),
            "counted_at": age.at.isoformat() if age.at else None, "stale_days": age.stale,
            "cells": [body(found, tuple(given["by"]), key, cell, shops) for key, cell in cells.items()],
        })  # fmt: skip


def chosen(caller: Caller, given: Mapping[str, Any]) -> dict[int, Shop]:
    """The caller's shops that are asked for. Raises Problem 404 for one that is not the caller's."""
    found = scope(Shop.objects.all(), caller, "pk")
    if given["shop"]:
        found = found.filter(code=given["shop"])
        if not found:
            raise not_found()
    if given["platform"]:
        found = found.filter(platform=given["platform"])
    return {shop.pk: shop for shop in found}


def period(given: Mapping[str, Any]) -> tuple[date, date]:
    last = given["to"] or timezone.localdate()
    first = given["from"] or last - timedelta(days=USUAL - 1)
    try:
        asking.check(first, last)
    except ValueError as error:
        raise refused("from", str(error)) from None
    return first, last


def refuse_unknown(figure: Figure, given: Mapping[str, Any]) -> None:
    """A figure that cannot be cut by a dimension says so."""
    for name in given["by"]:
        if name not in figure.dimensions:
            raise refused("by", _("这个数字可以按这些看：%(known)s") % {"known": ", ".join(figure.dimensions)})
    for name in NARROW:
        if given[name] is not None and name not in figure.by:
            raise refused(name, _("这个数字不能按它筛选"))


def refused(name: str, detail: str) -> Problem:
    error = {"pointer": "", "parameter": name, "code": "invalid", "detail": detail}
    return Problem(400, "validation", _("查询参数有误"), errors=[error])


def body(figure: Figure, by: tuple[str, ...], key: Key, cell: Any, shops: Mapping[int, Shop]) -> dict[str, Any]:
    values = {d: shops[v].code if d == "shop" else str(v) for d, v in zip(by, key, strict=True)}
    names = {d: name_of(figure, d, v, shops) for d, v in zip(by, key, strict=True)}
    return {
        "by": values, "names": names, "value": plain(cell.value, figure.unit), "top": cell.top,
        "bottom": cell.bottom if figure.bottom is not None else None,
    }  # fmt: skip


def report_addresses() -> list[URLPattern]:
    return [
        path("reports/", Reports.as_view(), name="reports-list"),
        path("reports/<slug:figure>/", OneReport.as_view(), name="reports-detail"),
    ]
