"""The seats: how much each person carries, and what they do in which shop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops.models import Member, Shop
from shops.punctuation import clauses, labelled, listed
from shops.roles import ANSWERS
from shops.scoped_admin import ScopedAdmin

from ..models import Seat, Skill
from ..states import Desk, Kind

MOST = 200  # nobody carries more


class SeatForm(forms.Form):
    """capacity; of each shop that the lead leads: `desks-{shop}` and `kinds-{shop}`. Nothing ticked: everything."""

    capacity = forms.IntegerField(label=gettext_lazy("容量"), min_value=0, max_value=MOST)

    def __init__(self, seat: Seat, shops: list[Shop], data: Any = None) -> None:
        self.seat, self.shops = seat, shops
        self.skills = {s.shop_id: s for s in Skill.objects.filter(seat=seat, shop__in=shops)}
        super().__init__(data, initial={"capacity": seat.capacity})
        for shop in shops:
            skill = self.skills.get(shop.pk)
            self.fields[f"desks-{shop.pk}"] = _boxes(_("队列"), Desk.choices, skill.desks if skill else [])
            self.fields[f"kinds-{shop.pk}"] = _boxes(_("技能（工单类型）"), Kind.choices, skill.kinds if skill else [])

    def by_shop(self) -> list[tuple[Shop, list[forms.BoundField]]]:
        return [(shop, [self[f"desks-{shop.pk}"], self[f"kinds-{shop.pk}"]]) for shop in self.shops]

    def save(self) -> None:
        Seat.objects.filter(pk=self.seat.pk).update(capacity=self.cleaned_data["capacity"])
        for shop in self.shops:
            desks, kinds = (self.cleaned_data[f"{name}-{shop.pk}"] for name in ("desks", "kinds"))
            Skill.objects.update_or_create(seat=self.seat, shop=shop, defaults={"desks": desks, "kinds": kinds})


def _boxes(label: str, choices: Any, initial: list[str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, initial=initial, required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(Seat)
class SeatAdmin(ScopedAdmin):
    """A lead of any of a person's shops sets their capacity, and their skills in that shop."""

    shop_field = "user__memberships__shop_id"
    list_display = ["person", "status", "capacity", "skill_words"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__first_name"]
    ordering = ["user__username"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        """With what each does in the shops that the caller leads: of other shops nobody here is told."""
        here = Member.objects.filter(shop__in=self.led_shops(request)).select_related("shop")
        return super().get_queryset(request).prefetch_related("skills", Prefetch("user__memberships", here))

    def shops_of(self, obj: Any) -> frozenset[int | None]:
        return frozenset(m.shop_id for m in obj.user.memberships.all() if ANSWERS & set(m.roles))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_lead(request, None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_lead(request, None) and (obj is None or bool(self.led_of(request, obj)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a seat comes with the membership

    def led_of(self, request: HttpRequest, seat: Any) -> list[Shop]:
        """The person's shops that the caller leads."""
        held = Member.objects.filter(user=seat.user_id, shop__in=self.led_shops(request)).select_related("shop")
        return [m.shop for m in held.order_by("shop__code") if ANSWERS & set(m.roles)]

    @admin.display(description=gettext_lazy("客服"), ordering="user__username")
    def person(self, seat: Seat) -> str:
        return labelled(seat.user.get_username(), str(seat))

    @admin.display(description=gettext_lazy("技能"))
    def skill_words(self, seat: Seat) -> str:
        said = []
        names = {m.shop_id: m.shop.name for m in seat.user.memberships.all()}
        for skill in seat.skills.all():
            labels = [Desk(d).label for d in skill.desks] + [Kind(k).label for k in skill.kinds]
            if labels and skill.shop_id in names:
                said.append(labelled(names[skill.shop_id], listed(labels)))
        return clauses(said) or _("全部")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        seat: Seat | None = self.get_object(request, object_id)
        if seat is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        if not (shops := self.led_of(request, seat)):
            raise PermissionDenied
        form = SeatForm(seat, shops, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            form.save()
            self.log_change(request, seat, clauses(form.changed_data))
            self.message_user(request, _("已保存：%s") % seat)
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:tickets_seat_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("坐席：%s") % seat,
            "opts": self.opts,
            "form": form,
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "load/seat.html", {**context, "seat": seat}, status=status)
