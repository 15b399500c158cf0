"""Where a return and a dispute can stand, of which kind a return is, and why it was asked for."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class S(TextChoices):
    """A return: from the customer's first word to the money in the account or the new parcel at the door."""

    REQUESTED = "requested", _("待客服处理")
    AWAITING_EVIDENCE = "awaiting_evidence", _("待客户举证")
    OFFERED = "offered", _("待客户确认方案")
    AWAITING_RETURN = "awaiting_return", _("待客户寄回")
    INTERCEPTING = "intercepting", _("拦截/召回中")
    RETURNING = "returning", _("退货在途")
    RECEIVED = "received", _("仓库已收待验")
    INSPECTED = "inspected", _("已验货待处理")
    AWAITING_FREIGHT = "awaiting_freight", _("待客户补运费")
    REPAIRING = "repairing", _("维修中")
    EXCHANGING = "exchanging", _("待换货/补寄发出")
    RESHIPPED = "reshipped", _("换货/补寄在途")
    REFUNDING = "refunding", _("退款中")
    REFUSED = "refused", _("已拒绝待客户处理")
    RECEIPT_REFUSED = "receipt_refused", _("验货不通过待客户处理")
    HANDING_BACK = "handing_back", _("原货待寄回客户")
    COMPLETED = "completed", _("已完成")
    CLOSED = "closed", _("已关闭")


class D(TextChoices):
    """A dispute: 平台(小二)介入."""

    OPENED = "opened", _("待举证")
    EVIDENCE_GIVEN = "evidence_given", _("已举证待裁决")
    RULED_FOR_BUYER = "ruled_for_buyer", _("判买家待执行")
    RULED_FOR_SELLER = "ruled_for_seller", _("判商家")
    APPEALED = "appealed", _("申诉中")
    COMPLIED = "complied", _("已执行")
    ENFORCED = "enforced", _("平台强制执行")
    WITHDRAWN = "withdrawn", _("已撤销")


class Kind(TextChoices):
    RETURN_REFUND = "return_refund", _("退货退款")
    REFUND_ONLY = "refund_only", _("仅退款")
    EXCHANGE = "exchange", _("换货")
    RESHIP = "reship", _("补寄")
    REPAIR = "repair", _("维修")


class Reason(TextChoices):
    NO_REASON = "no_reason", _("七天无理由")
    QUALITY = "quality", _("质量问题")
    WRONG_ITEM = "wrong_item", _("发错货")
    MISSING = "missing", _("少件/漏发")
    DAMAGED = "damaged", _("运输破损")
    NOT_AS_DESCRIBED = "not_as_described", _("描述不符")
    COUNTERFEIT = "counterfeit", _("假冒/非正品")
    NOT_RECEIVED = "not_received", _("未收到货")
    LATE = "late", _("未按约定发货")
    REJECTED = "rejected", _("拒收/快递退回")
    PRICE_PROTECTION = "price_protection", _("价保")
    AGREED = "agreed", _("协商一致")
    OTHER = "other", _("其他")


class Fault(TextChoices):
    """Who caused it: who bears the freight follows from it."""

    SELLER = "seller", _("商家责任")
    CUSTOMER = "customer", _("客户原因")
    COURIER = "courier", _("快递责任")


class Payer(TextChoices):
    """Who bears the freight of the way back."""

    SELLER = "seller", _("商家承担")
    CUSTOMER = "customer", _("客户承担")
    INSURANCE = "insurance", _("运费险承担")
    NOBODY = "nobody", _("没有运费")


class Condition(TextChoices):
    """What the warehouse judges of a piece."""

    SELLABLE = "sellable", _("可二次销售")
    DEFECTIVE = "defective", _("残次")
    NOT_OURS = "not_ours", _("不是本店商品")


class Remedy(TextChoices):
    """What a ruling for the buyer demands."""

    REFUND = "refund", _("退款")
    RETURN_REFUND = "return_refund", _("退货退款")
    EXCHANGE = "exchange", _("换货")
    RESHIP = "reship", _("补寄")


COME_BACK = (Kind.RETURN_REFUND.value, Kind.EXCHANGE.value, Kind.REPAIR.value)  # kinds whose goods come back
PAY_BACK = (Kind.RETURN_REFUND.value, Kind.REFUND_ONLY.value)  # kinds that end with money
