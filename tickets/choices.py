"""What is given and why, and what comes of a complaint: the choices of forms and rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gives(models.TextChoices):
    CASH = "cash", _("现金")
    FREIGHT = "freight", _("补运费")
    COUPON = "coupon", _("优惠券")
    GIFT = "gift", _("赠品")


class For(models.TextChoices):
    """Why it is given."""

    LATE = "late", _("发货或物流延误")
    STOCK_OUT = "stock_out", _("缺货")
    FAULT = "fault", _("质量问题")
    WRONG = "wrong", _("错发漏发")
    SERVICE = "service", _("服务不周")
    REVIEW = "review", _("中差评挽回")
    OTHER = "other", _("其他")


class Outcome(models.TextChoices):
    WITHDRAWN = "withdrawn", _("客户撤诉")
    SETTLED = "settled", _("协商解决")
    UPHELD = "upheld", _("投诉成立")
    REJECTED = "rejected", _("投诉不成立")
    APPEAL_WON = "appeal_won", _("申诉成功")
    APPEAL_LOST = "appeal_lost", _("申诉失败")
    CHANGED = "changed", _("评价已修改")
    DELETED = "deleted", _("评价已删除")
    UNCHANGED = "unchanged", _("评价未改变")


RECOVERED = (Outcome.WITHDRAWN, Outcome.SETTLED, Outcome.APPEAL_WON, Outcome.CHANGED, Outcome.DELETED)
