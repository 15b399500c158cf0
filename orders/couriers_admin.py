"""A shop's contracts with courier services, kept and tried by its lead; and what was asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox.address import Refused, check
from shops.scoped_admin import ScopedAdmin, caller_of

from .couriers import asking, working
from .couriers.guess import normal
from .couriers.outcomes import WELL, Outcome
from .couriers.services import COURIERS
from .couriers.trial import trial
from .models import CourierContract, Lookup
from .models.courier import EVERY
from .states import P

if TYPE_CHECKING:
    ContractModelForm = forms.ModelForm[CourierContract]
else:
    ContractModelForm = forms.ModelForm

MINUTE = 60
SHOWN = (  # of a question
    "shop", "service_label", "kind", "carrier", "tracking_number", "by", "created_at", "asked_at", "ended_at",
    "result", "state_label", "flag", "words", "failure", "attempts", "rings_at",
)  # fmt: skip


class ContractForm(ContractModelForm):
    """The key is typed, never shown: an empty field leaves it as it is."""

    service = forms.ChoiceField(label=gettext_lazy("查询服务"), choices=[(n, c.label) for n, c in COURIERS.items()])
    key = forms.CharField(
        label=gettext_lazy("授权密钥"), max_length=200, required=False, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=gettext_lazy("快递100 的 key，或快递鸟的 API key。加密保存，保存后不再显示；不填则不变。"),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=gettext_lazy("同一单号查询间隔（分钟）"), min_value=1, max_value=7 * 24 * 60,
        initial=EVERY // MINUTE, help_text=gettext_lazy("不足 30 分钟会被锁单；每次查询可能计费，可以放长。"),
    )  # fmt: skip

    base = forms.URLField(
        label=gettext_lazy("接口地址"), max_length=300, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text=gettext_lazy("留空即服务方自己的地址；经由自己的网关时填写，例如 https://gateway.example"),
    )  # fmt: skip

    class Meta:
        model = CourierContract
        fields = ["shop", "service", "customer", "key", "minutes", "subscribe", "base", "active"]
        help_texts = {
            "customer": gettext_lazy("快递100 的 customer，或快递鸟的用户 ID（EBusinessID）。"),
            "subscribe": gettext_lazy("每个包裹交给快递时订阅，此后有新轨迹就自动推送进来。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # sealed for its shop and its service
            self.fields.pop("service", None)
            self.fields["minutes"].initial = max(self.instance.every // MINUTE, 1)

    def clean_minutes(self) -> int:
        """What stands there already may stay: a stand-in has rules of its own."""
        minutes: int = self.cleaned_data["minutes"]
        if minutes * MINUTE < EVERY and not (self.instance.pk and "minutes" not in self.changed_data):
            raise forms.ValidationError(_("不能少于 30 分钟，否则单号会被锁"))
        return minutes

    def clean_base(self) -> str:
        base: str = self.cleaned_data["base"].rstrip("/")
        if base:
            try:
                check(base)
            except Refused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return base

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.instance.pk and not found.get("key"):
            self.add_error("key", _("请填写授权密钥"))
        return found

    def save(self, commit: bool = True) -> CourierContract:
        made = self.instance
        if "minutes" in self.changed_data or not made.pk:
            made.every = self.cleaned_data["minutes"] * MINUTE
        if self.cleaned_data["key"]:
            made.keep(self.cleaned_data["key"])
        return super().save(commit)


class TrialForm(forms.Form):
    carrier = forms.ChoiceField(label=gettext_lazy("快递公司"))
    number = forms.CharField(label=gettext_lazy("快递单号"), max_length=64)
    phone = forms.RegexField(
        r"^[0-9]{4}$", label=gettext_lazy("手机号后四位"), required=False,
        help_text=gettext_lazy("顺丰（快递100 还有中通）须填；本店包裹的单号可不填，取订单上的号码。"),
    )  # fmt: skip

    def __init__(self, service: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = COURIERS[service].codes
        self.fields["carrier"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        return normal(self.cleaned_data["number"])


@admin.register(CourierContract)
class CourierContractAdmin(ScopedAdmin):
    form = ContractForm
    list_display = ["shop", "label", "customer", "pause", "subscribe", "active", "lately"]
    list_display_links = ["label"]
    list_select_related = ["shop"]
    list_filter = ["active"]
    readonly_fields = ["key_state", "push_address", "try_it"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The key is sealed for this shop and this service."""
        return ["shop", *self.readonly_fields] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(ContractForm.Meta.fields)
        if obj is None:
            return fields
        if not self.has_change_permission(request, obj):
            return [*(f for f in fields if f not in ("key", "service", "minutes")), "push_address"]
        return [f for f in fields if f != "service"] + self.readonly_fields

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.trial_view)
        return [path("<int:pk>/trial/", view, name="orders_couriercontract_trial"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: CourierContract, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("key"):
            self.log_change(request, obj, _("更换授权密钥"))

    @admin.display(description=gettext_lazy("查询服务"), ordering="service")
    def label(self, contract: CourierContract) -> str:
        return str(COURIERS[contract.service].label) if contract.service in COURIERS else contract.service

    @admin.display(description=gettext_lazy("查询间隔"), ordering="every")
    def pause(self, contract: CourierContract) -> str:
        return _("%s 分钟") % max(contract.every // MINUTE, 1)

    def get_queryset(self, request: HttpRequest) -> Any:
        last = Lookup.objects.filter(shop=OuterRef("shop"), service=OuterRef("service")).exclude(outcome="")
        return super().get_queryset(request).annotate(last=Subquery(last.order_by("-pk").values("outcome")[:1]))

    @admin.display(description=gettext_lazy("最近一次"))
    def lately(self, contract: Any) -> str:
        return str(Outcome(contract.last).label) if contract.last else ""

    @admin.display(description=gettext_lazy("密钥"))
    def key_state(self, contract: CourierContract) -> str:
        return _("已加密保存，不再显示")

    @admin.display(description=gettext_lazy("推送地址"))
    def push_address(self, contract: CourierContract) -> str:
        courier = COURIERS.get(contract.service)
        address = working.address(contract)
        if courier is None or courier.told_where:
            return address + _("（订阅时自动告知，不用另外填写）")
        return address + _("（请在服务方的后台填为接收推送的地址）")

    @admin.display(description=gettext_lazy("测试"))
    def try_it(self, contract: CourierContract) -> str:
        address = reverse(f"{self.admin_site.name}:orders_couriercontract_trial", args=[contract.pk])
        return format_html('<a href="{}">{}</a>', address, _("用一个单号试查 …"))

    def trial_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for one number now, and say what came of it. Outside any transaction: the desk has none around views."""
        contract = self.get_queryset(request).filter(pk=pk).select_related("shop").first()
        if contract is None or contract.service not in COURIERS:
            raise Http404
        if not self.has_change_permission(request, contract):
            raise PermissionDenied
        form = TrialForm(contract.service, request.POST or None)
        context: dict[str, Any] = {"form": form, "contract": contract, "label": self.label(contract)}
        if request.method == "POST" and form.is_valid():
            asked = trial(contract, **form.cleaned_data, by=caller_of(request).by, at=timezone.now())
            self.log_change(request, contract, _("测试合同：%s") % asked.get_outcome_display())
            state = str(P(asked.state).label) if asked.state else ""
            context |= {"asked": asked, "said": asking.said(asked), "well": asked.outcome in WELL, "state": state}
        page = {**self.admin_site.each_context(request), "title": _("测试快递查询合同"), "opts": self.opts, **context}
        return TemplateResponse(request, "desk/courier_trial.html", page, status=400 if form.errors else 200)


class Standing(admin.SimpleListFilter):
    """Three words are enough: every outcome has a sentence of its own."""

    title = gettext_lazy("结果")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", gettext_lazy("进行中")), ("well", gettext_lazy("成功")), ("trouble", gettext_lazy("没有结果"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(ended_at=None)
        if self.value() == "well":
            return queryset.filter(outcome__in=WELL)
        return queryset.exclude(outcome__in=("", *WELL)) if self.value() == "trouble" else queryset


@admin.register(Lookup)
class LookupAdmin(ScopedAdmin):
    """To be read: every question is the worker's."""

    list_display = ["created_at", "parcel", "result", "kind", "service_label", "shop"]
    list_display_links = ["parcel"]
    list_select_related = ["shop"]
    list_filter = ["kind", Standing]
    list_per_page = 50
    search_fields = ["=tracking_number"]
    search_help_text = gettext_lazy("快递单号")
    ordering = ["-pk"]
    fields = SHOWN
    readonly_fields = SHOWN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, normal(search_term))

    @admin.display(description=gettext_lazy("查询服务"))
    def service_label(self, lookup: Lookup) -> str:
        return str(COURIERS[lookup.service].label) if lookup.service in COURIERS else lookup.service

    @admin.display(description=gettext_lazy("包裹"))
    def parcel(self, lookup: Lookup) -> str:
        return str(lookup)

    @admin.display(description=gettext_lazy("结果"))
    def result(self, lookup: Lookup) -> str:
        return asking.said(lookup)

    @admin.display(description=gettext_lazy("轨迹状态"))
    def state_label(self, lookup: Lookup) -> str:
        return str(P(lookup.state).label) if lookup.state in P.values else lookup.state
