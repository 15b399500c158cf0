"""Everything that the customer's page shows of one return, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from deadlines.models import Deadline
from flows.due import OVER, Due, dues, local
from flows.models import Move
from orders.case import tracked
from orders.models import Parcel
from orders.models.order import Line as OrderLine

from .. import belongings, store
from ..models import Evidence, FreightAdvance, Offer, Return
from ..parcels import named
from ..payee import CHANNELS
from ..states import PAY_BACK, Kind, Reason, S
from . import acts, besides, plans, refunds, says
from .dots import Dot, dots
from .posted import proof

CUSTOMER = "customer"
REFUSING = {S.REFUSED: "refuse", S.RECEIPT_REFUSED: "refuse_receipt"}
OURS = (Reason.REJECTED, Reason.AGREED, Reason.PRICE_PROTECTION)
Track = Sequence[tuple[str, str]]


@dataclass
class Form:
    """One act as a form. values: what was written, where it comes back with errors ({field: [words]})."""

    name: str
    act: acts.Act
    address: str
    version: int
    ret: Return
    main: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"customer/forms/{self.name}.html"

    @property
    def opened(self) -> bool:
        return bool(self.errors)

    @property
    def title(self) -> str:
        """What is opened."""
        return str(acts.TITLES.get((self.name, self.ret.state), self.act.label))

    @property
    def button(self) -> str:
        return str(acts.SURE.get(self.name, self.act.label))

    # what a change of the application starts from
    @property
    def kind(self) -> str:
        return self.values.get("kind", self.ret.kind)

    @property
    def reason(self) -> str:
        return self.values.get("reason", self.ret.reason)

    @property
    def words(self) -> str:
        return self.values.get("words", self.ret.words)


@dataclass
class Card:
    """The return as its customer sees it, at this moment."""

    ret: Return
    token: str
    at: datetime
    failed: str = ""  # the act that came back
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    kept: list[Evidence] = field(default_factory=list)  # what was uploaded with a form that came back

    def __post_init__(self) -> None:
        if "belongings" not in self.ret.__dict__:
            belongings.bring([self.ret])

    # ---- where it stands
    @cached_property
    def besides(self) -> list[besides.Link]:
        """What upper floors show beside."""
        return besides.links_of(self.ret, self.at)

    @cached_property
    def says(self) -> says.Says:
        return says.says(self.ret.state, self.ret.kind, self.ret.closed_by)

    @property
    def dots(self) -> list[Dot]:
        return dots(self.ret.state, self.ret.kind)

    @cached_property
    def clocks(self) -> list[Due]:
        running = Deadline.objects.filter(flow="return", subject=self.ret.pk, ended_at=None)
        return [d for d in dues(running, self.at) if d.deadline.clock in says.UNTIL]

    @property
    def until(self) -> tuple[str, str, Due] | None:
        """(words, tone, clock) of the moment that counts for the customer now."""
        if not self.clocks or (self.clocks[0].deadline.clock == "legal" and self.ret.kind not in PAY_BACK):
            return None
        due = self.clocks[0]
        name = due.deadline.clock
        if due.deadline.due_at is None:
            return str(says.HELD), "held", due
        if due.tone == OVER:
            return (str(says.LATE[name]), "late", due) if name in says.LATE else None
        return says.UNTIL[name] % local(due.deadline.due_at, self.ret.shop_id, self.at), due.tone, due

    # ---- what can be done
    @cached_property
    def forms(self) -> list[Form]:
        """The main one first, where there is one."""
        found = acts.open_acts(self)
        main = acts.main_of(self, found)
        return [self._form(name, main == name) for name in found]

    def _form(self, name: str, main: bool) -> Form:
        act, address = acts.ACTS[name], reverse("customer-act", args=[self.token, name])
        subject = self.came("succeeded", "confirmed") if name in acts.OF_REFUND else self.ret
        form = Form(name, act, address, subject.version, self.ret, main)
        if name == self.failed:
            form.values, form.errors = self.values, self.errors
        return form

    @property
    def main(self) -> Form | None:
        return next((form for form in self.forms if form.main), None)

    @property
    def others(self) -> list[Form]:
        return [form for form in self.forms if not form.main]

    @property
    def trouble(self) -> list[str]:
        """What is wrong with a form as a whole; said at the top, also where the form is no more open."""
        return list(self.errors.get("", ()))

    @property
    def proof(self) -> str:
        return proof(self.token)

    # ---- what belongs to it
    @property
    def lines(self) -> list[tuple[OrderLine, int]]:
        return [(x.line, x.quantity) for x in self.ret.belongings.lines if x.quantity]

    @cached_property
    def evidence(self) -> list[Evidence]:
        return list(store.of(self.ret))

    @property
    def given(self) -> list[Evidence]:
        """What the customer gave."""
        return [e for e in self.evidence if e.giver == CUSTOMER and (e.file or e.words)]

    @property
    def wanted(self) -> str:
        """What the shop asks to be shown, while it waits for it."""
        return self.ret.evidence_words if self.ret.state == S.AWAITING_EVIDENCE else ""

    @cached_property
    def refusing(self) -> list[Evidence]:
        """The proof that the shop named with its newest refusal, and nothing else of its own."""
        step = REFUSING.get(S(self.ret.state))
        if step is None:
            return []
        last = Move.objects.filter(flow="return", subject=self.ret.pk, step=step).order_by("-seq").first()
        keys = last.inputs.get("proof", []) if last else []
        return [e for e in self.evidence if e.pk in keys]

    def shown(self, pk: int) -> Evidence | None:
        """The evidence of this key, where the customer may see it."""
        return next((e for e in [*self.given, *self.refusing] if e.pk == pk), None)

    @property
    def offer(self) -> Offer | None:
        if self.ret.state != S.OFFERED:
            return None
        return next((o for o in reversed(self.ret.belongings.offers) if not o.ended), None)

    @property
    def plans(self) -> list[plans.Plan]:
        return plans.of(self.offer) if self.offer else []

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(str(k), str(label)) for k, label in Kind.choices]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Without those that only the shop gives."""
        return [(str(k), str(label)) for k, label in Reason.choices if k not in OURS or k == self.ret.reason]

    @property
    def goods_here(self) -> bool:
        return bool(self.ret.goods_here)

    @property
    def channels(self) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in CHANNELS.items()]

    @property
    def freight_words(self) -> str:
        """How the freight is to be paid, as the shop says it."""
        if self.ret.state != S.AWAITING_FREIGHT:
            return ""
        said = [e for e in self.evidence if e.kind == "words" and e.stage == "freight" and e.giver != CUSTOMER]
        return said[-1].words if said else ""

    @property
    def freight_rule(self) -> str:
        return str(says.FREIGHT.get(self.ret.freight_by, ""))

    # ---- parcels
    @property
    def sent(self) -> list[tuple[Any, Track]]:
        """The customer's own parcels; the false ones and those that came back are left out."""
        return [(p, tracked(p, self.ret.shop_id, self.at)) for p in self.ret.belongings.live()]

    @property
    def correctable(self) -> list[str]:
        """Numbers that may have been wrong: of parcels that nobody has received."""
        return [p.tracking_number for p in self.ret.belongings.live() if p.received_at is None]

    @property
    def sent_title(self) -> str:
        return _("您寄回的包裹")

    @property
    def coming_title(self) -> str:
        return _("寄还给您的商品") if self.ret.went_home else _("寄给您的包裹")

    @cached_property
    def coming(self) -> list[tuple[Any, Track]]:
        """The parcels to the customer: of the replacement order, else what was told of them."""
        if self.ret.replacement_id:
            found = Parcel.objects.filter(order=self.ret.replacement_id, void=False, shipped_at__isnull=False)
            if parcels := list(found.order_by("pk")):
                return [(p, tracked(p, self.ret.shop_id, self.at)) for p in parcels]
        told = self.ret.went_home or self.ret.reshipped
        return [(named(told), ())] if told.get("tracking_number") else []

    # ---- money
    @cached_property
    def money(self) -> list[refunds.Shown]:
        return refunds.shown(self.ret)

    def came(self, *states: str) -> Any:
        """The newest refund in one of these states; None where there is none."""
        return next((r.refund for r in reversed(self.money) if r.refund.state in states), None)

    @cached_property
    def advance(self) -> FreightAdvance | None:
        return FreightAdvance.objects.filter(of=self.ret.pk).first()
