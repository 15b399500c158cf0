"""Why a step of a ticket has to wait: each "" or the reason, shown on the greyed button."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from shops.access import is_key


def of_a_customer(ticket: Any) -> str:
    return _("没有买家的工单不能合并") if ticket.customer_id is None else ""


def free_to_split(ticket: Any) -> str:
    if ticket.merged_into_id is None:
        return _("只有合并掉的工单可以拆分出来；已关闭的工单请新开一张")
    return ""


def has_its_result(ticket: Any) -> str:
    """The law and the platform ask for an answer, whatever the desk thinks of the conversation."""
    from .steps.matters import owes_an_answer

    return _("投诉还没有登记结果：请先登记结果，再关闭") if owes_an_answer(ticket) else ""


def asked(ticket: Any) -> str:
    return "" if ticket.team or ticket.awaits else _("没有在等哪个团队协作")


def apart(ticket: Any) -> str:
    return _("工单已并入另一张，请评价那一张") if ticket.merged_into_id else ""


def assigned(ticket: Any) -> str:
    return "" if ticket.agent else _("这张工单还没有分派给任何人")


def not_mine(ticket: Any) -> str:
    """Asked of the step as it is taken: on a page nobody is at the door yet. A machine takes no ticket: nobody would
    work it, and nobody take it back."""
    if is_key(ticket.actor):
        return _("接口密钥不能接单，请用“转给同事”（店长/主管的密钥也可用“分派”）交给一位客服")
    return _("这张工单已经由您负责") if ticket.agent and ticket.agent == ticket.actor else ""


def linked(ticket: Any) -> str:
    return "" if ticket.order_id else _("这张工单没有关联订单")
