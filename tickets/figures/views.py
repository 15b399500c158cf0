"""The pages of figures, and their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shops.punctuation import labelled, listed

from . import export, today
from .age import age_of
from .ask import Reach
from .asking import NARROW, Asking, read
from .cards import Card
from .figure import FAMILIES, FIGURES, LABELS, PLACES, TIMES

LEADS = ("first_answer_within_15", "solved_at_once", "satisfied", "tickets", "clocks_kept", "refunded")
OWN = ("first_answer_within_15", "answer_within_20", "solved_at_once", "satisfied", "load", "solved")
CHARTS = ("tickets", "first_answer_within_15", "returns", "refunded")
OWN_CHARTS = ("load", "first_answer_within_15")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Six figures of today with yesterday and a week ago beside them; the lead's page, or an agent's own."""
    asking = _asking(request)
    leads = bool(asking.reach.whole)
    day = timezone.localdate()
    now, month = asking.of_days(day, day), asking.of_days(day - timedelta(days=29), day)
    addresses = _addresses(asking)
    six = [_three(name, now, addresses) for name in (LEADS if leads else OWN)]
    drawn = [Card(FIGURES[name], month) for name in (CHARTS if leads else OWN_CHARTS)]
    context: dict[str, Any] = {"six": six, "cards": drawn, "leads": leads, "narrowed": _narrowed(asking)}
    if leads:
        shops = asking.reach.whole
        context |= {
            "late": today.late_clocks(shops, timezone.now()), "loads": today.loads(shops),
            "waiting": today.waiting(shops),
        }  # fmt: skip
    return _page(request, "desk/figures/overview.html", _("报表"), asking, context, month)


def _narrowed(asking: Asking) -> str:
    """To what the numbers are narrowed, in words: this page has no field that says so."""
    shops = {shop.code: shop.name for shop in asking.shops.values()}
    known = {d: f for f in FIGURES.values() for d in f.by}
    said = {d: shops.get(v, v) if d in PLACES else known[d].labelled(d, v)
            for d in (*PLACES, *NARROW) if (v := asking.query.get(d))}  # fmt: skip
    return listed(labelled(LABELS[d], words) for d, words in said.items())


def _three(name: str, asking: Asking, addresses: Mapping[str, str]) -> dict[str, Any]:
    """Today, yesterday, the same weekday of last week: one reading of eight days."""
    figure = FIGURES[name]
    card = Card(figure, replace(asking, first=asking.last - timedelta(days=7)))
    days = [asking.last - timedelta(days=back) for back in (0, 1, 7)]
    from .shown import worded

    numbers = [worded(card.between(d, d).value, figure.unit) for d in days]
    return {
        "figure": figure, "address": addresses[figure.family], "vain": card.narrowed_in_vain, "today": numbers[0],
        "yesterday": numbers[1], "week": numbers[2],
    }  # fmt: skip


@require_GET
def family(request: HttpRequest, name: str) -> HttpResponse:
    asking = _asking(request)
    if name not in FAMILIES:
        raise Http404(_("没有这个报表"))
    figures = [f for f in FIGURES.values() if f.family == name and asking.reach.open_to(f)]
    context = {
        "family": FAMILIES[name], "cards": [Card(f, asking) for f in figures], "asking": asking,
        "dimensions": _dimensions(figures, asking), "filters": _filters(figures, asking),
    }  # fmt: skip
    return _page(request, "desk/figures/family.html", str(FAMILIES[name].label), asking, context)


def _dimensions(figures: list[Any], asking: Asking) -> list[tuple[str, str, str]]:
    """(name, words, address) of all by which any figure here can be cut."""
    known = dict.fromkeys((*TIMES, *PLACES, *(d for f in figures for d in f.by)))
    if len(asking.shops) < 2:
        known = {d: None for d in known if d not in PLACES}
    return [(d, str(LABELS[d]), asking.address(by=d)) for d in known]


def _filters(figures: list[Any], asking: Asking) -> list[dict[str, Any]]:
    """What can be narrowed: a choice where the values are known, else a text."""
    found = []
    for name in NARROW:
        of = next((f for f in figures if name in f.by), None)
        if of is None or (name == "agent" and not asking.reach.whole):
            continue
        known = of.labels.get(name)
        choices = known.choices if hasattr(known, "choices") else list(known.items()) if isinstance(known, dict) else []
        found.append(
            {"name": name, "label": LABELS[name], "choices": choices, "value": asking.only.get(name, "")}
        )  # fmt: skip
    return found


@require_GET
def take_away(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """The figure's table as a file: the same question, the same numbers as on its page."""
    asking = _asking(request)
    figure = FIGURES.get(name)
    if figure is None or not asking.reach.open_to(figure):
        raise Http404(_("没有这个报表"))
    card = Card(figure, asking)
    if asking.wrong or len(card.rows) > export.MOST_ROWS:
        said = asking.wrong[0] if asking.wrong else _("超过 %(most)s 行，请缩短时间") % {"most": export.MOST_ROWS}
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    encoding = "gbk" if request.GET.get("encoding") == "gbk" else "utf-8"
    title = f"{figure.label} {asking.first}–{asking.last}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(
            export.as_csv(card.table(), encoding), content_type=f"text/csv; charset={encoding}"
        )
    else:
        response = HttpResponse(export.as_xlsx(card.table(), str(figure.label)), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.{kind}") or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _asking(request: HttpRequest) -> Asking:
    """Raises PermissionDenied for who neither leads a shop nor answers customers."""
    asking = read(request)
    if not read_any(asking.reach) and not asking.wrong:
        raise PermissionDenied
    return asking


def read_any(reach: Reach) -> bool:
    return bool(reach.shops)


def _addresses(asking: Asking) -> dict[str, str]:
    """{family: its page, with as much of what is asked here as it understands}, of what the caller may see; "": the
    overview's."""
    found: dict[str, str] = {}
    for family in FAMILIES:
        figures = [f for f in FIGURES.values() if f.family == family and asking.reach.open_to(f)]
        if figures:
            page = reverse("admin:reports_family", args=[family])
            found[family] = page + asking.address_for(figures)
    names = (*LEADS, *CHARTS) if asking.reach.whole else (*OWN, *OWN_CHARTS)
    return found | {"": reverse("admin:reports") + asking.address_for(FIGURES[name] for name in names)}


def _page(
    request: HttpRequest, template: str, title: str, asking: Asking, context: dict[str, Any], of: Asking | None = None
) -> HttpResponse:
    """of: what is shown, where it is not what is asked."""
    request.current_app = admin.site.name
    of = of or asking
    age = age_of(of.reach.shops, of.first, of.last, timezone.now())
    addresses = _addresses(asking)
    whole = {
        **admin.site.each_context(request), "title": title, "age": age, "overview": addresses.pop(""), "asking": asking,
        "families": [(FAMILIES[name], address) for name, address in addresses.items()],
        "only_own": not asking.reach.whole, **context,
    }  # fmt: skip
    response = TemplateResponse(request, template, whole)
    response["Cache-Control"] = "no-store"
    return response
