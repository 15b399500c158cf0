"""A flow drawn: as a Mermaid state diagram, and as a page for docs/flows."""

from __future__ import annotations

from collections.abc import Iterable

from shops import presets
from shops.roles import words as roles

from .cells import STAY, Clock, Step
from .table import LATE, Flow
from .words import label_of, step_label


def mermaid(flow: Flow) -> str:
    """Ordinary rows as arrows, one for each (from, to) with all steps on it; facts are left to the table."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state}: {label}" for state, label in flow.states.choices]
    lines += [f"    [*] --> {state}" for state in flow.start]
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for row in flow.steps:
        for source in () if row.fact else map(str, row.sources):
            for target in row.targets_from(source):
                arrows.setdefault((source, target), {})[step_label(flow, row.name)] = None
    lines += [f"    {source} --> {target}: {'、'.join(steps)}" for (source, target), steps in arrows.items()]
    lines += [f"    {state} --> [*]" for state in flow.final]
    return "\n".join(lines)


def page(flow: Flow) -> str:
    """The Markdown page: states, steps, clocks with the default limit, the strength of facts, the diagram."""
    parts = [
        f"# {flow.label} `{flow.name}`",
        "<!-- Drawn from the table by `make docs`: change the table, not this page. -->",
        "## 状态",
        table(("状态", "名称", ""), ([f"`{s}`", label, _marks(flow, str(s))] for s, label in flow.states.choices)),
        "## 步骤",
        table(("步骤", "名称", "从", "到", "由谁", "条件", "连带", "撤销"), (_step(flow, row) for row in flow.steps)),
    ]
    if flow.clocks:
        parts += [
            "## 时限",
            table(("时钟", "运行于", "默认时长", "到期", "暂停"), (_clock(flow, c) for c in flow.clocks)),
        ]
    if flow.facts:
        parts += ["## 外部事实（由弱到强）", _strength(flow)]
    parts += ["## 图", f"```mermaid\n{mermaid(flow)}\n```"]
    return "\n\n".join(parts) + "\n"


def table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    rows = (head, ("---",) * len(head), *body)
    return "\n".join(f"| {' | '.join(cell.replace('|', '／') for cell in row)} |" for row in rows)


def _marks(flow: Flow, state: str) -> str:
    marks = [("起点", state in map(str, flow.start)), ("终点", state in flow.final)]
    marks += [("等人处理", state in map(str, flow.waits))]
    return "、".join(mark for mark, has in marks if has)


def _states(flow: Flow, states: Iterable[object]) -> str:
    return "、".join(label_of(flow, str(s)) for s in states)


def _step(flow: Flow, row: Step) -> list[str]:
    needs = [need.__name__ for need in (*row.needs, *(() if row.fact else flow.needs_of(row.name)))]
    return [
        f"`{row.name}`" + ("（事实）" if row.fact else ""),
        step_label(flow, row.name),
        _states(flow, row.sources),
        "不变" if row.target is STAY else _states(flow, row.targets),
        roles(row.who.words),
        "、".join(f"`{need}`" for need in needs),
        "、".join(f"`{name}`" for name in row.also),
        "、".join(f"`{name}`" for name in row.undoes),
    ]


def _clock(flow: Flow, clock: Clock) -> list[str]:
    limit = presets.DEFAULTS[clock.limit]
    length = "；".join(filter(None, (f"`{clock.limit}` {limit.words()}", limit.rest_words())))
    length += f"；其他渠道 `{clock.otherwise}`" if clock.otherwise else ""
    if clock.due:
        length = f"`{clock.due}`"
    late = f"告警 {roles(clock.tell.words)}".strip()
    return [
        f"`{clock.name}` {clock.label}" + ("（每个部分）" if clock.part else "") + _only(clock),
        _states(flow, clock.during),
        length,
        late if clock.then == LATE else step_label(flow, clock.then),
        "、".join([*(label_of(flow, str(s)) for s in clock.pauses), *(f"`{name}`" for name in clock.held_by)]),
    ]


def _only(clock: Clock) -> str:
    return f"（须 `{clock.when}`）" if clock.when else ""


def _strength(flow: Flow) -> str:
    names = [[f] if isinstance(f, str) else list(f) for f in flow.facts]
    return " < ".join(" ≈ ".join(step_label(flow, n) for n in bracket) for bracket in names)
