"""The gathered case in words: sections of rows, Chinese whoever asks, times in the shop's own zone, no moment of its
making, so that the same case reads the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from deadlines.models import Deadline
from flows import words
from flows.asks import yuan
from flows.clocks import explain
from flows.registry import FLOWS
from flows.story import described, person
from orders.asks import CHANNELS
from orders.couriers import asking
from orders.logistics_asks import WHOM
from orders.models import LogisticsQuery, QueryNote
from orders.phones import masked_name, masked_phone, masked_words
from orders.states import Delay, P
from shops import policy
from shops.punctuation import bracketed, clauses, labelled, listed
from shops.roles import LABELS

from ..models import Evidence
from ..ruling import BUYER
from ..states import Condition, Kind, Reason, Remedy
from .gathered import Gathered

Row = Sequence[str]
PHONE = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8})(?!\d)")
COURIERS_WORDS = ("trace", "lost")
JUDGED = {str(name): label for name, label in Condition.choices}


@dataclass
class Section:
    """heads: the columns' names; none: pairs of a name and what it is."""

    title: str
    heads: Row = ()
    rows: list[Row] = field(default_factory=list)


class Wording:
    """Words one case."""

    def __init__(self, case: Gathered) -> None:
        self.case = case
        self.calendar = policy.of(case.ret.shop_id).calendar

    # ---- how things are said
    def moment(self, at: datetime | None) -> str:
        return self.calendar.local(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""

    def free(self, text: Any) -> str:
        """What somebody wrote; numbers that could be called are hidden with the buyer."""
        return str(text or "") if self.case.clear else masked_words(str(text or ""))

    def noted(self, text: Any) -> str:
        """What a log or a courier wrote: its numbers are parcels' and stay, but for a phone's."""
        return str(text or "") if self.case.clear else PHONE.sub("****", str(text or ""))

    def who(self, by: str, role: str) -> str:
        return clauses(dict.fromkeys(part for part in (str(LABELS.get(role, role)), person(by, role)) if part))

    # ---- what there is
    def sections(self) -> Iterator[Section]:
        yield self.application()
        yield self.disputes()
        yield self.order()
        yield self.lines()
        yield self.parcels()
        yield self.queries()
        yield self.conversation()
        yield self.money()
        yield self.steps()
        yield self.clocks()

    def application(self) -> Section:
        ret = self.case.ret
        rows = [
            (_("售后单号"), ret.number), (_("状态"), words.label_of(FLOWS["return"], str(ret.state))),
            (_("售后类型"), str(Kind(ret.kind).label)), (_("原因"), str(Reason(ret.reason).label)),
            (_("申请金额"), money(ret.amount)), (_("申请时间"), self.moment(ret.created_at)),
            (_("客户说明"), self.free(ret.words)), (_("拒绝理由"), self.free(ret.refusal)),
            (_("寄回时间"), self.moment(ret.sent_at)), (_("收货时间"), self.moment(ret.received_at)),
            (_("验货时间"), self.moment(ret.inspected_at)), (_("待追回"), money(ret.recover or None)),
        ]  # fmt: skip
        return Section(_("售后申请"), rows=[row for row in rows if row[1]])

    def disputes(self) -> Section:
        found = Section(_("平台介入"), (_("编号"), _("状态"), _("登记时间"), _("内容")))
        for d in self.case.disputes:
            said = [_("举证：%s") % self.free(d.statement)] if d.statement else []
            said += [self._ruling(r) for r in d.rulings]
            found.rows.append((d.number, words.label_of(FLOWS["dispute"], str(d.state)), self.moment(d.created_at),
                               clauses(said)))  # fmt: skip
        return found

    def _ruling(self, told: Sequence[Any]) -> str:
        at, side, remedy, amount = told
        what = _("判买家%s") % bracketed(clauses(part for part in (_remedy(remedy), money(amount)) if part))
        return f"{self.moment(parse_datetime(at))} {what if side == BUYER else _('判商家')}"

    def order(self) -> Section:
        o, clear = self.case.order, self.case.clear
        address = o.address or {}
        region = " ".join(str(address[k]) for k in ("province", "city", "district") if address.get(k))
        detail = str(address.get("detail") or "")
        rows = [
            (_("店铺"), self.case.shop.name), (_("订单号"), o.number),
            (_("状态"), words.label_of(FLOWS["order"], str(o.state))), (_("买家 ID"), o.buyer_id),
            (_("收货人"), o.buyer_name if clear else masked_name(o.buyer_name)),
            (_("电话"), o.buyer_phone if clear else masked_phone(o.buyer_phone)),
            (_("地址"), f"{region} {detail if clear else '****' if detail else ''}".strip()),
            (_("买家留言"), self.free(o.buyer_note)), (_("下单时间"), self.moment(o.placed_at)),
            (_("付款时间"), self.moment(o.paid_at)), (_("发货时间"), self.moment(o.shipped_at)),
            (_("签收时间"), self.moment(o.signed_at)), (_("应付"), money(o.total)), (_("运费"), money(o.freight)),
        ]  # fmt: skip
        return Section(_("订单"), rows=[row for row in rows if row[1]])

    def lines(self) -> Section:
        returned = {x.line_id: x for x in self.case.ret.belongings.lines}
        found = Section(
            _("商品"), (_("行号"), _("货号"), _("商品"), _("数量"), _("单价"), _("实付"), _("申请售后"), _("验货"))
        )
        for line in self.case.order.goods.lines:
            x = returned.get(line.pk)
            judged = listed(f"{JUDGED[k]} {n}" for k, n in x.judged().items()) if x else ""
            found.rows.append((
                line.line, line.sku, line.title, str(line.quantity), money(line.unit_price), money(line.paid),
                str(x.quantity) if x else "", judged,
            ))  # fmt: skip
        return found

    def parcels(self) -> Section:
        found = Section(_("包裹与物流轨迹"), (_("包裹"), _("状态"), _("时间"), _("轨迹")))
        ours: list[tuple[str, Any]] = [(_("发出 %s") % p, p) for p in self.case.order.goods.parcels]
        back: list[tuple[str, Any]] = [(_("寄回 %s") % p, p) for p in self.case.ret.belongings.parcels]
        for name, p in (*ours, *back):
            found.rows.append((name, p.get_status_display(), self.moment(p.status_at), ""))
            for at, text in p.track:
                found.rows.append((name, "", self.moment(parse_datetime(str(at))), self.noted(text)))
        return found

    def queries(self) -> Section:
        """Where the parcels were asked after: the question, what the courier answered, what the customer was told."""
        told = [*self._questions(), *self._lookups(), *self._notes()]
        found = Section(_("物流查询"), (_("时间"), _("包裹"), _("谁"), _("环节"), _("内容")))
        found.rows = [row for _at, row in sorted(told, key=lambda pair: pair[0])]
        return found

    def _questions(self) -> Iterator[tuple[datetime, Row]]:
        for q in self.case.queries:
            how = _("物流查询：%s") % q.get_cause_display()
            yield q.created_at, (self.moment(q.created_at), _asked_after(q), "", how, self.free(q.words))

    def _lookups(self) -> Iterator[tuple[datetime, Row]]:
        for asked in self.case.lookups:
            at = asked.asked_at or asked.created_at
            state = str(P(asked.state).label) if asked.state in P.values else ""
            said = (self.noted(asking.said(asked)), state, _("%s 答复") % self.moment(asked.ended_at))
            answer = clauses(part for part in said if part)
            yield at, (self.moment(at), str(asked), self.who(asked.by, ""), _("查询快递"), answer)

    def _notes(self) -> Iterator[tuple[datetime, Row]]:
        parcels = {q.pk: _asked_after(q) for q in self.case.queries}
        for n in self.case.notes:
            said = clauses(self._noted(n))
            yield (
                n.at,
                (self.moment(n.at), parcels[n.query_id], self.who(n.by, "agent"), str(n.get_kind_display()), said),
            )

    def _noted(self, n: QueryNote) -> Iterator[str]:
        """What a courier said keeps its numbers, what we said to the customer loses them."""
        if n.whom:
            yield _("对方：%s") % dict(WHOM).get(n.whom, n.whom)
        if n.apologised:
            yield _("已先道歉")
        if n.reason and n.reason != Delay.NONE:
            yield _("原因：%s") % Delay(n.reason).label
        if n.expected_at:
            yield _("预计送达：%s") % self.moment(n.expected_at)
        if n.words:
            yield self.noted(n.words) if n.kind in COURIERS_WORDS else self.free(n.words)

    def conversation(self) -> Section:
        """What was said and given, oldest first."""
        told = [*self._contacts(), *self._evidence()]
        found = Section(_("沟通与凭证"), (_("时间"), _("谁"), _("环节"), _("内容")))
        found.rows = [row for _at, row in sorted(told, key=lambda pair: pair[0])]
        return found

    def _contacts(self) -> Iterator[tuple[datetime, Row]]:
        channels = dict(CHANNELS)
        for c in self.case.contacts:
            how = _("联系客户（%s）") % channels.get(c.channel, c.channel)
            yield c.at, (self.moment(c.at), self.who(c.by, "agent"), how, self.free(c.words))

    def _evidence(self) -> Iterator[tuple[datetime, Row]]:
        names = {e.pk: name for name, e in self.case.files}
        for e in self.case.evidence:
            what = [str(e.get_kind_display()), names.get(e.pk, ""), self.free(e.name), e.url, self.free(e.words)]
            what += [_("文件已丢失")] if e.pk in self.case.lost else []
            said = clauses(part for part in what if part)
            yield e.at, (self.moment(e.at), self.who(e.by, e.giver), str(e.get_stage_display()), said)

    def money(self) -> Section:
        found = Section(_("退款与收支"), (_("时间"), _("项目"), _("金额"), _("说明")))
        for r in self.case.refunds:
            voucher = labelled(_("凭证号"), r.voucher) if r.voucher else ""
            said = (str(r.get_state_display()), _("由%s付款") % r.get_paid_by_display(), self.free(r.note), voucher)
            told = clauses(part for part in said if part)
            found.rows.append((self.moment(r.created_at), _("退款 %s") % r.key, money(r.amount), told))
        kinds = {str(k): str(v) for k, v in dict(_kinds(self.case)).items()}
        for e in self.case.entries:
            found.rows.append((self.moment(e.at), kinds.get(e.kind, e.kind), money(e.amount), ""))
        o = self.case.order
        found.rows.append(("", _("账面余额"), money(o.received), _("实付减已退")))
        return found

    def steps(self) -> Section:
        found = Section(_("每一步"), (_("时间"), _("单据"), _("步骤"), _("之后的状态"), _("谁"), _("内容")))
        for m in self.case.moves:
            flow = FLOWS[m.flow]
            step = words.step_label(flow, m.step) if m.seq > 1 else _("开始")
            said = [self.free(m.why), *(self.noted(d) for d in (described(flow, m) if m.seq > 1 else []))]
            found.rows.append((
                self.moment(m.at), f"{flow.label} {self.case.numbers[m.flow, m.subject]}", step,
                words.label_of(flow, m.target), self.who(m.by, m.who), clauses(part for part in said if part),
            ))  # fmt: skip
        return found

    def clocks(self) -> Section:
        heads = (_("单据"), _("时限"), _("起算"), _("到期"), _("结果"), _("依据"))
        return Section(_("时限"), heads, [self._clock(d) for d in self.case.clocks])

    def _clock(self, d: Deadline) -> Row:
        flow = FLOWS[d.flow]
        label = str(flow.clock[d.clock].label) if d.clock in flow.clock else d.clock
        ended = _("%s 结束") % self.moment(d.ended_at) if d.ended_at else _("计时中") if d.due_at else _("暂停")
        late = _("%s 超时") % self.moment(d.breached_at) if d.breached_at else ""
        return (
            f"{flow.label} {self.case.numbers[d.flow, d.subject]}", f"{label} {d.part}".strip(),
            self.moment(d.started_at), self.moment(d.due_at), clauses(x for x in (ended, late) if x), explain(d),
        )  # fmt: skip

    def pictures(self) -> list[tuple[str, Evidence, str]]:
        """(name in the pack, evidence, who gave it, when and where) of what can be looked at."""
        found = []
        for name, e in self.case.files:
            caption = (self.moment(e.at), self.who(e.by, e.giver), str(e.get_stage_display()), self.free(e.words))
            found.append((name, e, clauses(part for part in caption if part)))
        return found


def money(fen: int | None) -> str:
    return "" if fen is None else f"¥{yuan(fen)}"


def _asked_after(query: LogisticsQuery) -> str:
    return f"{query.number} {query.courier} {query.tracking_number}".strip()


def _remedy(remedy: str) -> str:
    return str(dict(Remedy.choices).get(remedy, remedy))


def _kinds(case: Gathered) -> Iterable[tuple[str, Any]]:
    return case.entries[0].KINDS if case.entries else ()
