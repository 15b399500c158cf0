"""What a new shop's policy starts with: every limit by name, and what its platform changes.

All of it is data that a lead edits per shop; a deadline that the platform itself sends always wins. `source` says where
a number is from: the shops' documented procedures, a platform's own documents or SDK, law, or our own default.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from .calendar import NEXT_WORKDAY_END
from .durations import seconds_of
from .limits import Limit, changed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _limit(
    after: str, hours: str, source: str, *, warn: str = "0s", by: dict[str, Any] | None = None, **rest: Any
) -> Limit:
    by = {kind: {case: seconds_of(length) for case, length in lengths.items()} for kind, lengths in (by or {}).items()}
    return Limit("", seconds_of(after), hours, seconds_of(warn), source=source, by=by, **rest)


# name: (what it is, its limit). An order paid online is never cancelled because the customer slept: stock_out_answer
# acts on cash on delivery alone. The papers state handle_return's 48 hours for Douyin's 补寄, where the platform may
# refund.
# 七日无理由退货暂行办法 art. 10 gives no_reason_window, art. 13 refund_legal (7 days from the receipt of the goods).
# reorder_window is no clock: a refund whose only cause is a hook waits so long before it is sent.
COD_ONLY = ("cod",)
GOODS_COME_BACK = ("return_refund:no_reason", "exchange:no_reason")
TALK = ("im", "phone")
COLOURS = {"red": "4h", "yellow": "9h", "green": "27h"}
TABLE: dict[str, tuple[str | _StrPromise, Limit]] = {
    "unpaid_close": (_("未付款自动关闭"), _limit("72h", "natural", "procedure", warn="2h")),
    "ship": (_("发货"), _limit("48h", "workdays", "procedure", warn="12h", day_off=NEXT_WORKDAY_END)),
    "deliver": (_("送达"), _limit("5d", "natural", "procedure")),
    "auto_sign": (_("自动确认收货"), _limit("10d", "natural", "platform")),
    "after_sale_window": (_("售后有效期"), _limit("15d", "days_from_next", "procedure")),
    "no_reason_window": (_("七天无理由"), _limit("7d", "days_from_next", "law")),
    "stock_out_contact": (_("缺货联系客户"), _limit("2h", "working", "default", warn="30m")),
    "stock_out_answer": (_("缺货等客户答复"), _limit("24h", "natural", "default", warn="4h", acts=COD_ONLY)),
    "stock_out_swap": (_("缺货换款重拍"), _limit("4h", "working", "default")),
    "logistics_answer": (_("物流咨询答复"), _limit("2h", "working", "default", warn="30m")),
    "logistics_trace": (_("催件核实"), _limit("24h", "natural", "default")),
    "logistics_make_good": (_("丢件破损处理"), _limit("8h", "working", "default")),
    "logistics_close": (_("物流查询关闭"), _limit("72h", "natural", "default")),
    "handle_return": (_("处理售后申请"), _limit("48h", "natural", "procedure", warn="12h", acts=GOODS_COME_BACK)),
    "evidence": (_("客户举证"), _limit("72h", "natural", "default", warn="24h")),
    "answer_offer": (_("客户答复方案"), _limit("24h", "natural", "default")),
    "send_back": (_("客户寄回"), _limit("7d", "natural", "platform", warn="24h")),
    "confirm_receipt": (_("确认收到退货"), _limit("10d", "natural", "platform", warn="48h", acts=False)),
    "inspect": (_("验货"), _limit("8h", "working", "default", warn="2h")),
    "decide": (_("验货后处理"), _limit("8h", "working", "default")),
    "freight": (_("客户补运费"), _limit("72h", "natural", "default", acts=False)),
    "dispatch": (_("换货补寄发出"), _limit("48h", "workdays", "procedure", warn="12h", acts=False)),
    "respond": (_("客户答复拒绝"), _limit("7d", "natural", "platform")),
    "refund_approval": (_("退款审批"), _limit("4h", "working", "default", warn="1h")),
    "refund_answer": (_("退款结果回报"), _limit("1h", "natural", "default")),
    "refund_legal": (_("法定退款期限"), _limit("7d", "natural", "law", warn="24h")),
    "refund_confirm": (_("退款视为到账"), _limit("7d", "natural", "default")),
    "dispute_evidence": (_("平台介入举证"), _limit("48h", "natural", "default", warn="12h")),
    "dispute_comply": (_("执行平台裁决"), _limit("24h", "natural", "platform", warn="6h", acts=False)),
    "greet": (_("首次接待"), _limit("15s", "working", "procedure", channels=TALK)),
    "reply": (_("后续回复"), _limit("20s", "working", "procedure", channels=TALK)),
    "internal": (_("内部协作"), _limit("4h", "working", "default")),
    "resolve": (_("工单解决"), _limit("9h", "working", "default", warn="2h", by={"colour": COLOURS})),
    "stock_out_promise": (_("承诺到货日"), _limit("0s", "natural", "default")),
    "logistics_promise": (_("告知的预计送达"), _limit("0s", "natural", "procedure")),
    "first_answer": (_("其他渠道首次答复"), _limit("30m", "working", "default")),
    "customer_silent": (_("客户不再回复"), _limit("72h", "natural", "default")),
    "first_track": (_("首次揽收记录"), _limit("24h", "natural", "default")),
    "parcel_still": (_("包裹没有动静"), _limit("48h", "natural", "default")),
    "bounced": (_("快递退回处理"), _limit("72h", "natural", "default")),
    "intercept": (_("快递拦截"), _limit("72h", "natural", "default")),
    "hand_back": (_("原货寄回客户"), _limit("48h", "workdays", "default")),
    "repair": (_("维修"), _limit("30d", "natural", "platform")),
    "dispute_ruling": (_("平台裁决"), _limit("30d", "natural", "platform")),
    "reorder_window": (_("等待乱序消息"), _limit("10m", "natural", "default")),
    "follow_up": (_("约定的回访"), _limit("0s", "natural", "default")),
    "complaint_answer": (_("投诉答复"), _limit("7d", "workdays", "law", warn="1d")),
    "close_ticket": (_("工单关闭"), _limit("72h", "natural", "default")),
}
LABELS = {name: label for name, (label, _row) in TABLE.items()}
DEFAULTS = {name: replace(limit, name=name) for name, (_label, limit) in TABLE.items()}

# Platforms count natural hours and know no day off. A number known from memory alone is our default, not their rule.
SHIP = {"after": "48h", "hours": "natural", "day_off": "", "source": "default"}
PLATFORMS: dict[str, dict[str, dict[str, Any]]] = {
    "taobao": {
        "unpaid_close": {"after": "72h", "source": "procedure"},
        "ship": SHIP,
        "auto_sign": {"after": "10d", "source": "platform"},
        "dispute_evidence": {"after": "72h", "source": "default"},
    },
    "douyin": {
        "unpaid_close": {"after": "24h", "source": "procedure"},
        "ship": SHIP,
        "handle_return": {"after": "48h", "source": "procedure"},
        "dispatch": {"after": "48h", "hours": "natural", "source": "procedure"},
    },
    "pinduoduo": {
        "unpaid_close": {"after": "24h", "source": "default"},
        "ship": SHIP,
        "auto_sign": {"after": "15d", "source": "default"},
        "handle_return": {"after": "36h", "source": "default"},
    },
    "jd": {
        "unpaid_close": {"after": "24h", "source": "default"},
        "auto_sign": {"after": "7d", "source": "default"},
        "dispatch": {"after": "72h", "hours": "natural", "source": "platform"},
        "dispute_evidence": {"after": "24h", "source": "platform"},
        "dispute_comply": {"after": "24h", "source": "platform"},
    },
    "kuaishou": {"ship": SHIP},
    "xiaohongshu": {"ship": SHIP},
    "youzan": {
        # An hour is shorter than the usual two hours' warning, so it has its own.
        "unpaid_close": {"after": "60m", "warn": "10m", "source": "default"},
        "auto_sign": {"after": "7d", "source": "default"},
        "handle_return": {"after": "7d", "source": "default"},
    },
    "wechat": {
        "handle_return": {"after": "48h", "source": "platform"},
        "send_back": {"after": "7d", "source": "platform"},
        "confirm_receipt": {"after": "10d", "source": "platform"},
        "respond": {"after": "7d", "source": "platform"},
    },
    "shopify": {},
    "woocommerce": {},
    "native": {},  # no platform's rules
}
PLATFORM_LABELS: dict[str, str | _StrPromise] = {
    "taobao": _("淘宝/天猫"),
    "douyin": _("抖店"),
    "pinduoduo": _("拼多多"),
    "jd": _("京东"),
    "kuaishou": _("快手小店"),
    "xiaohongshu": _("小红书"),
    "youzan": _("有赞"),
    "wechat": _("微信小店"),
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "native": _("自有后台"),
}


def limits_for(platform: str) -> dict[str, Limit]:
    """Every limit by name, as a new shop of this platform has it. Raises KeyError for an unknown platform."""
    limits = dict(DEFAULTS)
    for name, changes in PLATFORMS[platform].items():
        limits[name], wrong = changed(limits[name], changes)
        assert not wrong, (platform, name, wrong)
    return limits
