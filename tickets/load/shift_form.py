"""One member's plan: seven lines of hours, and single days that go before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import weekly
from shops.models import Member

from ..models import Shift

MOST_DAYS = 62


class Hours(forms.CharField):
    """`09:00-12:00 13:00-18:00` <-> [["09:00", "12:00"], …]; empty: none."""

    def __init__(self, **how: Any) -> None:
        super().__init__(required=False, max_length=100, **how)

    def prepare_value(self, value: Any) -> Any:
        return " ".join("-".join(pair) for pair in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[str]]:
        pairs = [re.split(r"[-–—~]", word) for word in re.split(r"[\s,，、;；]+", super().clean(value)) if word]
        try:
            weekly.hours_of(pairs)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return pairs


class PlanForm(forms.Form):
    """`day-0` … `day-6`; `drop`: single days that are taken away; `first`, `last`, `hours`: days that are added."""

    first = forms.DateField(label=gettext_lazy("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        label=gettext_lazy("到（可不填）"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    hours = Hours(label=gettext_lazy("时间（空为休息）"))

    def __init__(self, member: Member, today: date, data: Any = None) -> None:
        self.member = member
        found = list(Shift.objects.filter(member=member).order_by("date", "weekday"))
        self.days = [s for s in found if s.date is not None and s.date >= today]
        planned = {s.weekday: s.hours for s in found if s.weekday is not None}
        super().__init__(data)
        for n, label in enumerate(weekly.day_names()):
            self.fields[f"day-{n}"] = Hours(label=label, initial=planned.get(n, []))
        choices = [(s.pk, day_words(s)) for s in self.days]
        self.fields["drop"] = forms.MultipleChoiceField(
            label=_("去掉"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )

    def week(self) -> list[forms.BoundField]:
        return [self[f"day-{n}"] for n in range(7)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if (last or data.get("hours")) and not first and "first" not in self.errors:
            self.add_error("first", _("请写从哪一天起"))
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            self.add_error("last", _("须在开始之后，一次最多 %s 天") % MOST_DAYS)
        return data

    @transaction.atomic
    def save(self) -> None:
        """A week without any hours is no plan: any time."""
        data = self.cleaned_data
        rows: list[dict[str, Any]] = [{"weekday": n, "hours": data[f"day-{n}"]} for n in range(7)]
        rows = [r for r in rows if r["hours"]]
        added = _dates(data.get("first"), data.get("last"))
        gone = Shift.objects.filter(member=self.member)
        gone.filter(weekday__isnull=False).delete()
        gone.filter(pk__in=data["drop"]).delete()
        gone.filter(date__in=added).delete()
        rows += [{"date": day, "hours": data["hours"]} for day in added]
        Shift.objects.bulk_create([Shift(member=self.member, **row) for row in rows])


def _dates(first: date | None, last: date | None) -> Sequence[date]:
    if first is None:
        return []
    return [date.fromordinal(n) for n in range(first.toordinal(), (last or first).toordinal() + 1)]


def day_words(shift: Shift) -> str:
    """11-30 09:00–12:00, 11-30 休息"""
    assert shift.date is not None
    return f"{shift.date:%m-%d} {weekly.words(weekly.hours_of(shift.hours)) if shift.hours else _('休息')}"
