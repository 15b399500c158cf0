"""快递鸟's codes: State for everybody, StateEx (and each point's Action) where the contract pays for it."""

from __future__ import annotations

from orders.states import P

from ..canonical import NOTHING_YET, table

STATES = table(
    (NOTHING_YET, "0 10 401"),  # 暂无轨迹 · 待揽件 · 发货无信息
    (P.PICKED_UP, "1"),  # 已揽收
    # 在途: 到达派件城市 · 到达转运中心 · 到达派件网点 · 寄件网点发件; 转寄; 清关: 待清关 · 清关中 · 已清关; 快件取出
    (P.IN_TRANSIT, "2 201 204 205 206 5 6 601 602 603 418"),
    (P.OUT_FOR_DELIVERY, "202 419"),  # 派件中 · 重新派送
    (P.LOCKER, "211 311"),  # 已放入快递柜或驿站 · 快递柜或驿站签收
    (P.SIGNED, "3 301 302 304"),  # 签收: 正常 · 异常后最终 · 代收
    # 问题件: 超时未签收 · 超时未更新 · 派件异常 · 超时未取 · 破损 · 客户取消发货 · 无法联系 · 配送延迟 · 地址不详 ·
    # 电话错误 · 错分件 · 超区件; 清关异常
    (P.PROBLEM, "4 402 403 405 412 414 415 416 417 420 421 422 423 604"),
    (P.REFUSED, "404"),  # 拒收(退件)
    (P.RETURNING, "407 413"),  # 退货未签收 · 单号已拦截
    (P.RETURNED, "406"),  # 退货签收
)
COMPANIES = {
    "顺丰": "SF",
    "中通": "ZTO",
    "圆通": "YTO",
    "申通": "STO",
    "韵达": "YD",
    "极兔": "JTSD",
    "京东": "JD",
    "德邦": "DBL",
    "EMS": "EMS",
    "邮政": "YZPY",
}  # fmt: skip
PHONED = frozenset({"顺丰"})


def family(code: str) -> str:
    """The basic code of an advanced one."""
    return code[0] if len(code) == 3 else code


def told(state: str, extended: str, newest: str) -> tuple[str, ...]:
    """Who pays for StateEx goes by that (the service says so); else the newest point's, where it belongs to State."""
    if extended:
        return (extended, state)
    return (newest, state) if newest in STATES and family(newest) == family(state) else (state,)
