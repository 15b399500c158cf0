"""What a shop sells, and what it offers instead."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ..states import Exclusion


class Product(models.Model):
    """price: fen. category: what a limit may depend on. exclusion: why it has not the seven days.

    stock: pieces that the shop's back end has last told to be there, and of when; None where it tells none.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, verbose_name=_("店铺"))
    sku = models.CharField(_("货号"), max_length=64)
    title = models.CharField(_("名称"), max_length=300)
    price = models.BigIntegerField(_("单价"), default=0)
    category = models.CharField(_("类目"), max_length=40, blank=True)
    exclusion = models.CharField(
        _("不支持七天无理由"), max_length=20, choices=Exclusion.choices, blank=True, default="", db_default=""
    )
    picture = models.URLField(_("图片"), max_length=500, blank=True)
    on_sale = models.BooleanField(_("在售"), default=True)
    stock = models.PositiveIntegerField(_("库存"), null=True, editable=False)
    stock_at = models.DateTimeField(_("库存时间"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("商品"), pgettext_lazy("plural", "商品")
        constraints = [models.UniqueConstraint(fields=["shop", "sku"], name="product_sku")]

    def __str__(self) -> str:
        return f"{self.title} ({self.sku})"

    @property
    def in_store(self) -> str:
        """In words; "" where the shop's back end tells no stock."""
        if self.stock is None:
            return ""
        return gettext("库存 %s") % self.stock if self.stock else gettext("无货")


class Related(models.Model):
    """Offered where `product` is out of stock; the lowest rank first."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="related", verbose_name=_("商品"))
    instead = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("可替代商品"))
    rank = models.PositiveSmallIntegerField(_("次序"), default=1)

    class Meta:
        verbose_name, verbose_name_plural = _("关联商品"), pgettext_lazy("plural", "关联商品")
        ordering = ["rank", "id"]
        constraints = [models.UniqueConstraint(fields=["product", "instead"], name="related_once")]

    def __str__(self) -> str:
        return f"{self.product_id} → {self.instead_id}"
