"""A return's own fields as the API shows them, and their schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.api.openapi import MOMENT, MONEY, TEXT, WHOLE, an_object, many, nullable, ref
from flows.api.subjects import when
from flows.asks import yuan
from orders.models import Parcel
from orders.phones import masked_words

from .. import belongings, case, eligibility, freight
from ..case import Papers
from ..models import BackParcel, Offer, Return, ReturnLine
from ..states import Fault, Kind, Payer, Reason
from .evidence_shown import body


def load(returns: Sequence[Return]) -> None:
    """Orders with goods and money, lines, parcels, offers, disputes, evidence: a statement each, however many."""
    belongings.bring(returns)
    case.fill(returns)


def masked(text: str, unmasked: bool) -> str:
    """What a customer wrote, without what could be called."""
    return text if unmasked else masked_words(text)


def own(r: Return, unmasked: bool) -> dict[str, Any]:
    b, papers = r.belongings, r.papers
    return {
        "order": b.order.number, "kind": r.kind, "kind_label": str(Kind(r.kind).label), "reason": r.reason,
        "reason_label": str(Reason(r.reason).label), "amount": money(r.amount), "words": masked(r.words, unmasked),
        "opened_by": r.opened_by, "fault": r.fault, "eligibility": standing(r), "freight": freight_of(r),
        "address": {k: str(r.address.get(k, "")) for k in ("name", "phone", "detail")}, "mind": r.mind,
        "refusal": r.refusal, "lines": [line(x) for x in b.lines], "parcels": [back_parcel(p) for p in b.parcels],
        "reshipped": sent(r.reshipped), "handed_back": sent(r.went_home),
        "offers": [offer(o, unmasked) for o in b.offers], "refunds": [refund(x) for x in papers.refunds],
        "advance": advance(papers), "claims": [claim(c) for c in papers.claims], "recover": yuan(r.recover),
        "choice": choice(r.choice), "replacement": b.replacement.number if b.replacement else None,
        "platform": platform(r), "platform_paid_at": when(r.platform_paid_at),
        "evidence": [body(e, unmasked) for e in papers.evidence], "disputes": [d.number for d in b.disputes],
        "sent_at": when(r.sent_at), "received_at": when(r.received_at), "inspected_at": when(r.inspected_at),
        "ended_at": when(r.ended_at), "closed_by": r.closed_by,
    }  # fmt: skip


def money(fen: Any) -> str | None:
    return yuan(fen) if isinstance(fen, int) else None


def standing(r: Return) -> dict[str, Any]:
    keys = ("rule", "verdict", "why", "say", "source")
    verdicts = [{k: str(v.get(k, "")) for k in keys} for v in r.eligibility]
    return {"standing": eligibility.standing(r.eligibility), "verdicts": verdicts, "override_why": r.override_why}


def freight_of(r: Return) -> dict[str, Any]:
    """As decided, else as the rules say now."""
    borne = freight.bears(r)
    by = r.freight_by or borne.payer
    return {
        "by": by, "by_label": str(Payer(by).label), "ways": borne.ways, "why": r.freight_why or borne.why,
        "asked": money(r.freight_asked), "paid": money(r.freight_paid),
    }  # fmt: skip


def line(x: ReturnLine) -> dict[str, Any]:
    return {
        "line": x.line.line, "sku": x.line.sku, "title": x.line.title, "quantity": x.quantity, "received": x.received,
        "gone": x.gone, "sellable": x.sellable, "defective": x.defective, "not_ours": x.not_ours,
        "refunded": yuan(x.refunded), "words": x.words,
    }  # fmt: skip


def back_parcel(p: BackParcel) -> dict[str, Any]:
    contents = None if p.contents is None else [{"line": k, "quantity": q} for k, q in p.contents.items()]
    return {
        "carrier": p.carrier, "tracking_number": p.tracking_number, "status": p.status,
        "status_label": Parcel(status=p.status).get_status_display(), "lines": contents, "sent_at": when(p.sent_at),
        "received_at": when(p.received_at), "bounced_at": when(p.bounced_at),
        "track": [{"at": str(at), "text": words} for at, words in p.track],
    }  # fmt: skip


def sent(parcel: Mapping[str, Any]) -> dict[str, str] | None:
    """A parcel to the customer."""
    if not parcel.get("tracking_number"):
        return None
    return {"carrier": str(parcel.get("carrier", "")), "tracking_number": str(parcel["tracking_number"])}


def offer(o: Offer, unmasked: bool) -> dict[str, Any]:
    return {
        "plans": [plan(p) for p in o.plans], "leaving_why": masked(o.leaving_why, unmasked), "by": o.by,
        "at": when(o.at), "ended": o.ended, "ended_at": when(o.ended_at), "chosen": o.chosen,
    }  # fmt: skip


def plan(p: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": p.get("kind", ""), "amount": money(p.get("amount")), "freight": money(p.get("freight")),
        "sku": p.get("sku") or "", "words": p.get("words") or "",
    }  # fmt: skip


def refund(r: Any) -> dict[str, Any]:
    return {
        "number": r.number, "key": r.key, "amount": yuan(r.amount), "goods": yuan(r.goods), "freight": yuan(r.freight),
        "compensation": yuan(r.compensation), "state": str(r.state), "state_label": r.get_state_display(),
        "paid_by": r.paid_by,
    }  # fmt: skip


def advance(papers: Papers) -> dict[str, Any] | None:
    told = papers.advance
    return {"amount": yuan(told.amount), "payee": told.payee_shown, "at": when(told.at)} if told else None


def claim(c: Any) -> dict[str, Any]:
    return {
        "carrier": c.carrier, "tracking_number": c.tracking_number, "amount": yuan(c.amount), "why": c.why,
        "paid": money(c.paid), "at": when(c.at), "ended_at": when(c.ended_at),
    }  # fmt: skip


def choice(told: Mapping[str, Any]) -> dict[str, Any] | None:
    if not any(told.get(k) for k in ("sku", "title", "price")):
        return None
    return {"sku": told.get("sku") or "", "title": told.get("title") or "", "price": money(told.get("price"))}


def platform(r: Return) -> dict[str, Any]:
    """What the platform itself says, raw; its own deadlines win over ours."""
    told = {k: str(r.platform.get(k) or "") for k in ("status", "label", "version", "seen_at")}
    dues = [{"clock": name, "due": pair[0]} for name, pair in r.dues.items()]
    return {**told, "deadlines": dues}


MAYBE_MONEY = nullable(MONEY)
QUANTITY = an_object({"line": TEXT, "quantity": WHOLE})
TO_CUSTOMER = nullable(an_object({"carrier": TEXT, "tracking_number": TEXT}))
SCHEMA: dict[str, Any] = {
    "order": TEXT,
    "kind": {"type": "string", "enum": [str(v) for v in Kind.values]},
    "kind_label": TEXT,
    "reason": {"type": "string", "enum": [str(v) for v in Reason.values]},
    "reason_label": TEXT,
    "amount": {**MAYBE_MONEY, "description": "What the customer asks for; null: all that was paid."},
    "words": TEXT,
    "opened_by": {**TEXT, "description": "hook, desk, page, api, parcel, stock_out."},
    "fault": {"type": "string", "enum": ["", *(str(v) for v in Fault.values)]},
    "eligibility": an_object(
        {
            "standing": {"type": "string", "enum": ["eligible", "person", "no"]},
            "verdicts": many(an_object({"rule": TEXT, "verdict": TEXT, "why": TEXT, "say": TEXT, "source": TEXT})),
            "override_why": TEXT,
        }
    ),
    "freight": an_object(
        {
            "by": {"type": "string", "enum": [str(v) for v in Payer.values]}, "by_label": TEXT,
            "ways": {"type": "string", "enum": ["return", "both", "none"]}, "why": TEXT, "asked": MAYBE_MONEY,
            "paid": MAYBE_MONEY,
        }
    ),
    "address": an_object({"name": TEXT, "phone": TEXT, "detail": TEXT}, description="Where the goods are sent to."),
    "mind": TEXT,
    "refusal": TEXT,
    "lines": many(
        an_object(
            {
                "line": TEXT, "sku": TEXT, "title": TEXT, "quantity": WHOLE, "received": WHOLE, "gone": WHOLE,
                "sellable": WHOLE, "defective": WHOLE, "not_ours": WHOLE, "refunded": MONEY, "words": TEXT,
            }
        )
    ),
    "parcels": many(
        an_object(
            {
                "carrier": TEXT, "tracking_number": TEXT, "status": TEXT, "status_label": TEXT,
                "lines": {**nullable(many(QUANTITY)), "description": "null: all that is in no other parcel."},
                "sent_at": nullable(MOMENT), "received_at": nullable(MOMENT), "bounced_at": nullable(MOMENT),
                "track": many(an_object({"at": TEXT, "text": TEXT})),
            }
        )
    ),
    "reshipped": TO_CUSTOMER,
    "handed_back": TO_CUSTOMER,
    "offers": many(
        an_object(
            {
                "plans": many(
                    an_object(
                        {"kind": TEXT, "amount": MAYBE_MONEY, "freight": MAYBE_MONEY, "sku": TEXT, "words": TEXT}
                    )
                ),
                "leaving_why": TEXT, "by": TEXT, "at": MOMENT, "ended": TEXT, "ended_at": nullable(MOMENT),
                "chosen": nullable(WHOLE),
            }
        )
    ),
    "refunds": many(
        an_object(
            {
                "number": TEXT, "key": TEXT, "amount": MONEY, "goods": MONEY, "freight": MONEY, "compensation": MONEY,
                "state": TEXT, "state_label": TEXT, "paid_by": TEXT,
            }
        )
    ),
    "advance": nullable(an_object({"amount": MONEY, "payee": TEXT, "at": MOMENT})),
    "claims": many(
        an_object(
            {
                "carrier": TEXT, "tracking_number": TEXT, "amount": MONEY, "why": TEXT, "paid": MAYBE_MONEY,
                "at": MOMENT, "ended_at": nullable(MOMENT),
            }
        )
    ),
    "recover": {**MONEY, "description": "What a ruling for us says is to be recovered."},
    "choice": nullable(an_object({"sku": TEXT, "title": TEXT, "price": MAYBE_MONEY})),
    "replacement": {**nullable(TEXT), "description": "The number of the order that goes to the customer instead."},
    "platform": an_object(
        {
            "status": TEXT, "label": TEXT, "version": TEXT, "seen_at": TEXT,
            "deadlines": many(an_object({"clock": TEXT, "due": TEXT})),
        },
        description="What the platform itself says, raw. Its deadlines win.",
    ),
    "platform_paid_at": nullable(MOMENT),
    "evidence": many(ref("Evidence")),
    "disputes": many(TEXT),
    "sent_at": nullable(MOMENT),
    "received_at": nullable(MOMENT),
    "inspected_at": nullable(MOMENT),
    "ended_at": nullable(MOMENT),
    "closed_by": TEXT,
}  # fmt: skip
