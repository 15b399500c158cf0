"""The scenes of a conversation for which words are ready."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scene(models.TextChoices):
    """In the order in which an order meets them."""

    GREETING = "greeting", _("接待问候")
    STOCK = "stock", _("库存")
    AUTHENTICITY = "authenticity", _("正品咨询")
    MATCHING = "matching", _("搭配推荐")
    PROMOTION = "promotion", _("优惠活动")
    SIZE = "size", _("尺码")
    ORDER_CHANGE = "order_change", _("修改订单")
    PRICE = "price", pgettext_lazy("scene", "价格")
    FREIGHT = "freight", pgettext_lazy("scene", "运费")
    COURIER = "courier", pgettext_lazy("scene", "快递")
    URGING = "urging", _("催发货")
    TRACKING = "tracking", _("查物流")
    DELAY = "delay", _("物流延误")
    NO_REASON = "no_reason", _("七天无理由")
    FAULT = "fault", _("质量问题")
    WRONG_GOODS = "wrong_goods", _("发错漏发")
    FREIGHT_REFUND = "freight_refund", _("退运费")
    STOCK_OUT = "stock_out", pgettext_lazy("scene", "缺货")
    COMPENSATION = "compensation", _("补偿安抚")
    REFUND_DONE = "refund_done", _("退款到账")
    THANKS = "thanks", _("感谢收尾")
