"""Where an order, a stock-out, a logistics query and a parcel can stand."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class S(TextChoices):
    """An order: 客户下单 → … → 签收 → 完成."""

    AWAITING_PAYMENT = "awaiting_payment", _("待付款")
    AWAITING_CONFIRMATION = "awaiting_confirmation", _("待客服确认")
    AWAITING_AUDIT = "awaiting_audit", _("待审单")
    PICKING = "picking", _("备货中")
    OUT_OF_STOCK = "out_of_stock", _("缺货待处理")
    PACKED = "packed", _("待揽收")
    PARTLY_SHIPPED = "partly_shipped", _("部分发货")
    SHIPPED = "shipped", _("已发货")
    BOUNCED = "bounced", _("快递退回中")
    SIGNED = "signed", _("已签收")
    COMPLETED = "completed", _("交易完成")
    CLOSED = "closed", _("交易关闭")


class Q(TextChoices):
    """A stock-out: 仓库查货没货 → …"""

    REPORTED = "reported", _("待客服联系")
    CONTACTING = "contacting", _("联系客户中")
    WAITING_STOCK = "waiting_stock", _("客户同意等货")
    SWAPPING = "swapping", _("换货重拍中")
    REFUNDING = "refunding", _("退款中")
    RESOLVED = "resolved", _("已解决")


class L(TextChoices):
    """A logistics query: 客户问 → 查 → 告知 → 关闭. lost: also what came broken."""

    ASKED = "asked", _("待查询")
    CHECKING = "checking", _("查询中")
    TRACING = "tracing", _("催件/核实中")
    ANSWERED = "answered", _("已告知客户")
    LOST = "lost", _("丢件/破损待处理")
    CLOSED = "closed", _("已关闭")


class R(TextChoices):
    """A refund: 审批 → 打款 → 到账 → 客户查收. unknown: nobody has said what became of it, or not what we expect."""

    DRAFTED = "drafted", _("待审批")
    APPROVED = "approved", _("待打款")
    SENT = "sent", _("打款中")
    UNKNOWN = "unknown", _("结果未知")
    FAILED = "failed", _("打款失败")
    SUCCEEDED = "succeeded", _("退款成功")
    CONFIRMED = "confirmed", _("客户已查收")
    CANCELLED = "cancelled", _("已取消")


class P(TextChoices):
    """A parcel, as far as its courier's track says. A locker (投柜/驿站) is not a signature."""

    PACKED = "packed", _("待揽收")
    ANNOUNCED = "announced", _("已发货，无物流")
    PICKED_UP = "picked_up", _("已揽收")
    IN_TRANSIT = "in_transit", _("运输中")
    OUT_FOR_DELIVERY = "out_for_delivery", _("派送中")
    LOCKER = "locker", _("已投柜/驿站")
    PROBLEM = "problem", _("疑难件")
    LOST = "lost", _("丢件")
    RETURNING = "returning", _("退回途中")
    RETURNED = "returned", _("已退回")
    REFUSED = "refused", _("拒收")
    SIGNED = "signed", _("已签收")


MOVING = (P.PICKED_UP.value, P.IN_TRANSIT.value, P.OUT_FOR_DELIVERY.value, P.LOCKER.value)
ASTRAY = (P.PROBLEM.value, P.LOST.value, P.RETURNING.value, P.RETURNED.value, P.REFUSED.value)  # somebody must look
TRACKED = tuple(p.value for p in P if p not in (P.PACKED, P.ANNOUNCED))
ENDS = (P.RETURNED.value, P.REFUSED.value, P.SIGNED.value)


class Cause(TextChoices):
    """Why a logistics query was opened: somebody asked, or nobody had to."""

    ASKED = "asked", _("客户询问")
    CHECKED = "checked", _("客服发起")
    DELIVER = "deliver", _("超过送达时限")
    STILL = "still", _("包裹没有动静")
    COLLECT = "collect", _("没有揽收记录")
    PROBLEM = "problem", _("疑难件")
    LOST = "lost", _("丢件")
    RETURNING = "returning", _("退回途中")
    RETURNED = "returned", _("已退回")
    REFUSED = "refused", _("拒收")


class Delay(TextChoices):
    """What the customer is told of a late parcel. Procedure 3: weather; the peak season takes 3–5 days more."""

    NONE = "none", _("没有晚")
    WEATHER = "weather", _("天气原因")
    PEAK = "peak", _("大促高峰，要多 3–5 天")
    CAPACITY = "capacity", _("网点爆仓或人手不足")
    CONTROL = "control", _("交通或区域管控")
    ADDRESS = "address", _("地址或电话有误")
    ABSENT = "absent", _("派送时无人接收")
    WAREHOUSE = "warehouse", _("仓库发货晚")
    COURIER = "courier", _("快递遗失或分错")
    OTHER = "other", _("其他")


class Payment(TextChoices):
    ONLINE = "online", _("在线支付")
    COD = "cod", _("货到付款")


class Exclusion(TextChoices):
    """Goods without the seven days: 七日无理由退货暂行办法 art. 6 (the first four), art. 7 (the others, only where the
    buyer confirmed it at purchase, art. 20)."""

    MADE_TO_ORDER = "made_to_order", _("定作商品")
    FRESH = "fresh", _("鲜活易腐商品")
    DIGITAL = "digital", _("在线下载或已拆封的数字化商品")
    PERIODICAL = "periodical", _("交付的报纸、期刊")
    UNSEALED = "unsealed", _("拆封后影响安全健康或品质的商品")
    ACTIVATED = "activated", _("激活或试用后贬值较大的商品")
    FLAWED = "flawed", _("销售时已明示的临期、瑕疵商品")


IF_CONFIRMED = (Exclusion.UNSEALED.value, Exclusion.ACTIVATED.value, Exclusion.FLAWED.value)


class Closed(TextChoices):
    """Why an order is closed."""

    UNPAID = "unpaid", _("超时未付款")
    ABANDONED = "abandoned", _("客户放弃付款")
    CANCELLED = "cancelled", _("已取消")
    REJECTED = "rejected", _("客户拒收")
    REFUNDED = "refunded", _("已全额退款")
    MERGED = "merged", _("已并入另一订单")
    SWAPPED = "swapped", _("已换货重拍")
