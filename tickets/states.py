"""The states of a ticket, and what it is about, by which way, how serious. The values are the contract's names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class T(models.TextChoices):
    NEW = "new", _("待接待")
    AWAITING_REPLY = "awaiting_reply", _("待客服回复")
    AWAITING_CUSTOMER = "awaiting_customer", _("待客户回复")
    AWAITING_INTERNAL = "awaiting_internal", _("待内部处理")
    RESOLVED = "resolved", _("已解决")
    CLOSED = "closed", _("已关闭")


OPEN = (T.NEW, T.AWAITING_REPLY, T.AWAITING_CUSTOMER, T.AWAITING_INTERNAL)
LIVE = (*OPEN, T.RESOLVED)
OWED = (T.NEW, T.AWAITING_REPLY)  # the customer waits for our words


class Kind(models.TextChoices):
    PRESALE = "presale", _("售前咨询")
    ORDER_CHANGE = "order_change", _("订单修改/取消")
    STOCK_OUT = "stock_out", _("缺货")
    LOGISTICS = "logistics", _("物流")
    RETURN = "return", _("退换货")
    COMPLAINT = "complaint", _("投诉")
    BAD_REVIEW = "bad_review", _("中差评")
    APPEAL = "appeal", _("投诉申诉")
    DISPUTE = "dispute", _("平台介入")
    DISTRIBUTOR = "distributor", _("分销商")
    HARD_CASE = "hard_case", _("疑难件")
    OTHER = "other", _("其他")


class Channel(models.TextChoices):
    IM = "im", _("旺旺/飞鸽等 IM")
    PHONE = "phone", _("电话")
    WEB = "web", _("网页")
    EMAIL = "email", _("邮件")
    SHOP = "shop", _("店铺后台")
    INTERNAL = "internal", _("内部")


class Colour(models.TextChoices):
    RED = "red", _("问题严重")
    YELLOW = "yellow", _("潜在问题")
    GREEN = "green", _("满意反馈")
    NONE = "", _("未分级")


class Desk(models.TextChoices):
    """Which team's queue: presale and after-sales are apart (the shops' procedures)."""

    PRESALE = "presale", _("售前")
    AFTER_SALES = "after_sales", _("售后")


class Side(models.TextChoices):
    """Who speaks in a conversation. A note is for colleagues alone; what the system says, it says to them as well."""

    CUSTOMER = "customer", _("客户")
    AGENT = "agent", _("客服")
    AUTO = "auto", _("自动回复")
    NOTE = "note", _("内部备注")
    SYSTEM = "system", _("系统")


class Team(models.TextChoices):
    """Whom a ticket waits for within or beside the house."""

    WAREHOUSE = "warehouse", _("仓库")
    FINANCE = "finance", _("财务")
    COURIER = "courier", _("快递")
    PLATFORM = "platform", _("平台")
    LEAD = "lead", _("主管")
    OTHER = "other", _("其他")


class Result(models.TextChoices):
    """What a conversation came to: what was reached, as the agent or the clock says it."""

    SOLVED = "solved", _("已解决")
    EXPLAINED = "explained", _("已说明")
    COMPENSATED = "compensated", _("已补偿")
    PASSED_ON = "passed_on", _("已转其他流程")
    UNREACHABLE = "unreachable", _("联系不上")
    SILENT = "silent", _("客户未再回复")
    DECLINED = "declined", _("未能满足")


def desk_of(kind: str) -> str:
    return Desk.PRESALE if kind == Kind.PRESALE else Desk.AFTER_SALES
