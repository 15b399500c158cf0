"""The words of a refusal: what is the case, in the user's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .table import Flow, Who


def label_of(flow: Flow, state: str) -> str:
    return str(dict(flow.states.choices).get(state, state))


def step_label(flow: Flow, step: str) -> str:
    return str(flow.head(step).label or step) if step in flow.rows else step


def done(flow: Flow, step: str) -> str:
    """That it was taken: 已发货."""
    return str(flow.head(step).done or _("已%s") % step_label(flow, step))


def not_from(flow: Flow, subject: Any, step: str) -> str:
    return _("%(flow)s现在是“%(state)s”，不能%(step)s") % {
        "flow": flow.label, "state": label_of(flow, subject.state), "step": step_label(flow, step),
    }  # fmt: skip


def not_for(flow: Flow, step: str, who: Who) -> str:
    from shops.roles import words

    return _("%(role)s不能%(step)s") % {"role": words(who.words), "step": step_label(flow, step)}


def moved(subject: Any) -> str:
    return _("有人先动了一步：现在是第 %(version)s 步之后，请看过再做") % {"version": subject.version}


def gone() -> str:
    return _("没有这个对象")


def outranked(flow: Flow, fact: str) -> str:
    return _("已记录；以更强的事实“%(step)s”为准") % {"step": step_label(flow, fact)}


def rather(flow: Flow, step: str, other: str) -> str:
    if not other:
        return _("所填内容还不足以%(step)s") % {"step": step_label(flow, step)}
    return _("按所填内容应是“%(other)s”，不是“%(step)s”") % {
        "other": step_label(flow, other),
        "step": step_label(flow, step),
    }


def repeated() -> str:
    return _("早已记录，没有变化")


def renamed() -> str:
    return _("已有更晚的指定，以其为准")


def no_clock(flow: Flow, clock: str, part: str) -> str:
    if clock in flow.clock:
        return _("%(flow)s的时限“%(clock)s”不分包裹") % {"flow": flow.label, "clock": clock}
    return _("%(flow)s没有时限“%(clock)s”") % {"flow": flow.label, "clock": clock}


def undone(flow: Flow, fact: str) -> str:
    return _("“%(step)s”发生在撤销之前，已失效") % {"step": step_label(flow, fact)}


def being_said() -> str:
    return _("打款指令正在发出、还没有应答，请过一两分钟再试；在此之前不能改作他用")
