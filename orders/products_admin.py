"""What a shop sells and what it offers instead: leads keep it, by hand or by a file; others look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.asks import fen, yuan
from shops.models import Shop
from shops.scoped_admin import ScopedAdmin

from . import relations
from .models import Product, Related

if TYPE_CHECKING:
    ProductModelForm = forms.ModelForm[Product]
    Rows = admin.TabularInline[Related, Product]
else:
    ProductModelForm, Rows = forms.ModelForm, admin.TabularInline


class Yuan(forms.Field):
    """Fen inside, yuan in the form."""

    def prepare_value(self, value: Any) -> Any:
        return yuan(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        try:
            return fen(str(value).strip())
        except ValueError as error:
            raise forms.ValidationError(_('金额须是最多两位小数的数，例如 "12.30"')) from error


class ProductForm(ProductModelForm):
    price = Yuan(label=gettext_lazy("单价（元）"), widget=forms.TextInput({"maxlength": 16}))
    picture = forms.URLField(label=gettext_lazy("图片"), max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = Product
        fields = ["shop", "sku", "title", "price", "category", "exclusion", "picture", "on_sale"]


class SameShop(forms.models.BaseInlineFormSet):  # type: ignore[type-arg]
    """Only the shop's own products are offered instead."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            instead = form.cleaned_data.get("instead") if hasattr(form, "cleaned_data") else None
            if instead is not None and instead.shop_id != self.instance.shop_id:
                form.add_error("instead", _("只能推荐同一店铺的商品"))
            elif instead is not None and instead.pk == self.instance.pk:
                form.add_error("instead", _("不能推荐它自己"))


class RelatedInline(Rows):
    model = Related
    formset = SameShop
    fk_name = "product"
    extra = 1
    raw_id_fields = ["instead"]
    verbose_name_plural = gettext_lazy("缺货时推荐（次序小的在前）")

    @property
    def page(self) -> ProductAdmin:
        page = self.admin_site.get_model_admin(Product)
        assert isinstance(page, ProductAdmin)
        return page

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.page.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.page.has_change_permission(request, obj)

    has_change_permission = has_delete_permission = has_add_permission

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "instead":
            kwargs["queryset"] = Product.objects.filter(shop__in=self.page.led_shops(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Product)
class ProductAdmin(ScopedAdmin):
    form = ProductForm
    list_display = ["sku", "title", "shown_price", "shown_stock", "category", "shop", "on_sale"]
    list_filter = ["on_sale"]
    list_select_related = ["shop"]
    search_fields = ["sku", "title"]
    search_help_text = gettext_lazy("货号、名称")
    inlines = [RelatedInline]
    change_list_template = "desk/products.html"
    ordering = ["-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["shop"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="orders_product_import"), *super().get_urls()]

    @admin.display(description=gettext_lazy("单价"), ordering="price")
    def shown_price(self, product: Product) -> str:
        return f"¥{yuan(product.price)}"

    @admin.display(description=gettext_lazy("库存"), ordering="stock")
    def shown_stock(self, product: Product) -> str:
        return "—" if product.stock is None else str(product.stock or product.in_store)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A file of relations: first what it would do, with every bad row; then, once more, done."""
        if not self.may_lead(request, None):
            raise PermissionDenied
        context: dict[str, Any] = {"shops": list(self.led_shops(request)), "status": 200}
        if request.method == "POST":
            try:
                done = self._import(request, context)
            except relations.Unreadable as error:
                context |= {"unreadable": str(error), "status": 400}
            else:
                if done:
                    return HttpResponseRedirect(reverse(f"{self.admin_site.name}:orders_product_changelist"))
        status = context.pop("status")
        context = {**self.admin_site.each_context(request), "title": _("导入关联商品"), "opts": self.opts, **context}
        return TemplateResponse(request, "desk/import.html", context, status=status)

    def _import(self, request: HttpRequest, context: dict[str, Any]) -> bool:
        """-> whether it was written."""
        shop = self._shop(request)
        text = relations.sent(request.FILES.get("file"), request.POST.get("text", ""))
        found = relations.read(text, shop.pk)
        context |= {"found": found, "text": text, "shop": shop, "errors": found.errors[: relations.MOST_ERRORS]}
        if found.errors:
            context["status"] = 400
            return False
        if "write" not in request.POST:
            return False
        relations.write(found, shop.pk)
        self.log_change(request, shop, _("导入关联商品 %s 行") % len(found.rows))
        said = _("已导入：新增 %(new)s，改次序 %(changed)s，未变 %(same)s")
        counts = {"new": found.new, "changed": found.changed, "same": found.same}
        self.message_user(request, said % counts, messages.SUCCESS)
        return True

    def _shop(self, request: HttpRequest) -> Shop:
        code = request.POST.get("shop", "").replace("\0", "?")  # which no code has
        shop = self.led_shops(request).filter(code=code).first()
        if shop is None:
            raise relations.Unreadable(_("请选择一个由您管理的店铺"))
        return shop
