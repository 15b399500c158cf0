"""快递100's codes: basic ones, and advanced ones where the contract has them (resultv2=4)."""

from __future__ import annotations

from orders.states import P

from ..canonical import NOTHING_YET, table

STATES = table(
    (NOTHING_YET, "101 102"),  # 已下单 · 待揽收
    (P.PICKED_UP, "1 103"),  # 揽收 · 已揽收
    # 在途: 到达派件城市 · 干线 · 转递; 转投; 清关: 待清关 · 清关中 · 已清关
    (P.IN_TRANSIT, "0 1001 1002 1003 7 8 10 11 12"),
    (P.OUT_FOR_DELIVERY, "5"),  # 派件
    (P.LOCKER, "501 304"),  # 投柜或驿站 · 投柜或站签收
    (P.SIGNED, "3 301 302 303"),  # 签收: 本人 · 派件异常后 · 代签
    # 疑难: 超时未签收 · 超时未更新 · 派件异常 · 超时未取 · 无法联系 · 超区 · 滞留 · 破损 · 销单; 已销单; 清关异常
    (P.PROBLEM, "2 201 202 204 205 206 207 208 209 210 401 13"),
    (P.REFUSED, "14 203"),  # 拒签 · 拒收
    (P.RETURNING, "6"),  # 退回
    (P.RETURNED, "4"),  # 退签: back at the sender, who has signed for it
)
COMPANIES = {
    "顺丰": "shunfeng",
    "中通": "zhongtong",
    "圆通": "yuantong",
    "申通": "shentong",
    "韵达": "yunda",
    "极兔": "jtexpress",
    "京东": "jd",
    "德邦": "debangkuaidi",
    "EMS": "ems",
    "邮政": "youzhengguonei",
}  # fmt: skip
PHONED = frozenset({"顺丰", "中通"})


def family(code: str) -> str:
    """The basic code of an advanced one."""
    if len(code) == 4 and code.startswith("100"):
        return "0"
    if code in ("10", "11", "12", "13"):
        return "8"
    return code[0] if len(code) == 3 else code


def told(state: str, newest: str) -> tuple[str, ...]:
    """The newest point's code says it more precisely, where it belongs to the state that the whole is said to be in."""
    return (newest, state) if newest in STATES and (not state or family(newest) == family(state)) else (state, newest)
