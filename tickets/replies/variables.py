"""What a quick reply leaves open for the case to fill: one fixed list of variables, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Variable:
    """name: as it stands between braces. comes: from where it is filled. personal: masked for who may not see it."""

    name: str
    comes: str | _StrPromise
    example: str
    personal: bool = False


# The names are words of the templates, not of the interface: they stay Chinese in every language.
VARIABLES = {
    v.name: v
    for v in (
        Variable("买家", _("客户的称呼：工单上的客户，其次订单的收货人"), "王小明", personal=True),
        Variable("客服", _("发送人在本店显示的名字"), "小美"),
        Variable("店铺", _("店铺名称"), "晨光运动旗舰店"),
        Variable("订单号", _("工单所关联订单的编号"), "20261120000123"),
        Variable("商品", _("订单的商品，多件时为“第一件等 n 件”"), "跑步鞋 男款 42 码等 2 件"),
        Variable("实付金额", _("订单实付"), "259.00"),
        Variable("收货地址", _("订单的收货地址"), "浙江省杭州市西湖区文三路 1 号", personal=True),
        Variable("发货时限", _("订单发货的到期时间"), "周五 11-20 18:00"),
        Variable("快递公司", _("最近一个包裹的快递公司"), "圆通速递"),
        Variable("快递单号", _("最近一个包裹的快递单号"), "YT1234567890123"),
        Variable("物流动态", _("最近一条物流轨迹"), "快件已到达杭州转运中心"),
        Variable("预计送达", _("物流查询里告知的时间，其次送达时限"), "周日 11-22 18:00"),
        Variable("承诺时间", _("缺货到货时间、跟进时间、物流预计时间、发货时限中最先有的一个"), "周六 11-21 12:00"),
        Variable("到货时间", _("缺货处理里答应客户的到货时间"), "周三 11-25 18:00"),
        Variable("推荐商品", _("缺货商品可替代的商品"), "轻薄羽绒服 女 M 米白"),
        Variable("售后单号", _("最近一张售后单的编号"), "20261120000123-R1"),
        Variable("退款金额", _("正在退或已退的金额，其次售后单申请的金额"), "189.00"),
        Variable(
            "退货地址",
            _("售后单上告知的地址，其次店铺规则里的退货地址"),
            "浙江省杭州市余杭区云溪路 18 号 退货组 0571-5550101",
        ),
        Variable("寄回注意", _("同意退货时填写的注意事项"), "请保留吊牌和包装"),
        Variable("寄回期限", _("客户寄回的到期时间"), "周五 11-27 18:00"),
        Variable("退货快递单号", _("客户寄回的快递单号"), "SF1000000001"),
        Variable("应补运费", _("售后单上请客户补的运费，其次店铺规则里的换货运费"), "12.00"),
        Variable("补偿金额", _("最近一次挽留方案里的金额"), "20.00"),
        Variable("换货商品", _("换货或补寄的商品"), "跑步鞋 男款 43 码 黑"),
        Variable("补寄单号", _("换货或补寄包裹的快递单号"), "ZT9876543210001"),
        Variable("包邮门槛", _("店铺规则里满多少包邮"), "99.00"),
        Variable("价保天数", _("店铺规则里的价保天数"), "15"),
        Variable("活动", _("店铺今天进行中的优惠与赠品（店铺承诺与活动）"), "满 200 减 30"),
    )
}

# What people call them as well: not accepted, but the answer names the right one.
CALLED: dict[str, str] = {
    **dict.fromkeys(("姓名", "客户", "顾客", "客户姓名", "买家姓名", "收货人", "昵称", "买家昵称"), "买家"),
    **dict.fromkeys(("单号", "运单号", "物流单号", "快递号", "运单"), "快递单号"),
    **dict.fromkeys(("快递", "物流公司", "承运商", "快递名称"), "快递公司"),
    **dict.fromkeys(("店名", "店铺名", "店铺名称"), "店铺"),
    **dict.fromkeys(("客服名", "客服昵称", "工号", "我"), "客服"),
    **dict.fromkeys(("订单编号", "定单号", "订单"), "订单号"),
    **dict.fromkeys(("金额", "退款", "退款额"), "退款金额"),
    **dict.fromkeys(("地址", "收件地址"), "收货地址"),
    **dict.fromkeys(("退回地址", "寄回地址", "售后地址"), "退货地址"),
    **dict.fromkeys(("时间", "预计时间"), "承诺时间"),
    **dict.fromkeys(("发货时间", "预计发货"), "发货时限"),
    **dict.fromkeys(("优惠", "优惠活动", "促销", "满减"), "活动"),
    **dict.fromkeys(("宝贝", "产品", "货品", "商品名称"), "商品"),
    **dict.fromkeys(("补偿", "赔偿金额"), "补偿金额"),
    **dict.fromkeys(("运费", "补运费"), "应补运费"),
    **dict.fromkeys(("物流", "轨迹", "物流信息"), "物流动态"),
}


def nearest(name: str) -> str:
    """The variable that was probably meant; "" where none is near."""
    if name in CALLED:
        return CALLED[name]
    found = get_close_matches(name, [*VARIABLES, *CALLED], n=1, cutoff=0.5)
    return CALLED.get(found[0], found[0]) if found else ""


EXAMPLE: dict[str, str] = {v.name: v.example for v in VARIABLES.values()}
