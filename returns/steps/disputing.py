"""The platform decides between shop and buyer: what its steps do beside moving. Procedures 7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count, islice
from typing import Any

from django.utils.translation import gettext as _

from flows import named
from flows.effects import Add, FollowUp, Implies, Moot, Refused, Take
from flows.models import LONGEST
from flows.table import Who

from .. import pack, ruling, store
from ..models import Dispute, Evidence
from ..ruling import BUYER, SELLER
from ..tables import DISPUTE

TRIED = 3  # numbers that are looked up for a batch; hardly anybody calls one as we would


def bring_numbers(disputes: Sequence[Dispute]) -> None:
    """Which of the numbers that these may get are taken: one statement."""
    wanted = {d.number for d in disputes} | {name for d in disputes for name in islice(numbers(d), TRIED)}
    shops = {d.shop_id for d in disputes}
    found = set(Dispute.objects.filter(shop__in=shops, number__in=wanted).values_list("shop_id", "number"))
    for d in disputes:
        d.__dict__["taken"] = {number for shop, number in found if shop == d.shop_id}


DISPUTE.brings(ruling.bring, "start", "opened", *DISPUTE.rows)
DISPUTE.brings(bring_numbers, "start")


# ---- opened
@DISPUTE.on("start")
def opened(
    dispute: Dispute, *, words: str = "", due_at: datetime | None = None, status: str = "", version: str = ""
) -> Iterator[FollowUp]:
    """One open dispute a return: by hand a second one is refused (what is reported again changes nothing)."""
    ret = dispute.of
    if ret.belongings.in_dispute:
        raise Refused(_("这张售后单的平台介入还没有结束，不能再登记一次"), "refused", dispute)
    number = dispute.number
    if not number or number in dispute.__dict__["taken"]:
        dispute.number = next_number(dispute)
    dispute.about, dispute.openings = ret.number, [dispute.created_at.isoformat()]
    note(dispute, dispute.moment, status, version, number)
    if due_at is not None:
        dispute.dues = {"evidence": [due_at.isoformat(), dispute.moment.isoformat()]}
    if words.strip():
        yield Add(spoken(dispute, words))


def next_number(dispute: Dispute) -> str:
    """Under the order's lock; the next where the platform has called another one so."""
    for n, name in enumerate(numbers(dispute)):
        if n < TRIED and name not in dispute.__dict__["taken"]:
            return name
        if n >= TRIED and not Dispute.objects.filter(shop=dispute.shop_id, number=name).exists():
            return name
    raise AssertionError("numbers end never")


def numbers(dispute: Dispute) -> Iterator[str]:
    """{return}-D1, -D2 …, from the first that none of its own has."""
    known = {d.number for d in dispute.of.belongings.disputes}
    stem = f"{dispute.of.number}-D"[: LONGEST - 3]
    return (name for n in count(len(known) + 1) if (name := f"{stem}{n}") not in known)


@DISPUTE.told("opened")
def told_opened(
    dispute: Dispute, at: datetime, *, due_at: datetime | None = None, status: str = "", version: str = "",
    number: str = "", **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """Opened again, or told again: it stays as it is. When it was opened and until when is kept."""
    if (stamp := at.isoformat()) not in dispute.openings:
        dispute.openings = sorted([*dispute.openings, stamp])
    if at < dispute.created_at:
        dispute.created_at = at
    note(dispute, at, status, version, number)
    yield from _due(dispute, "evidence", due_at, at)
    yield Moot(_("平台介入早已登记"))


def note(dispute: Dispute, at: datetime, status: str, version: str, number: str = "") -> None:
    """What the platform itself calls it and where it says it stands: the newest word."""
    told = {k: v for k, v in (("status", status), ("version", version), ("number", number)) if v}
    seen = dispute.platform.get("seen_at")
    if told and (not seen or datetime.fromisoformat(seen) <= at):
        dispute.platform = {**dispute.platform, **told, "seen_at": at.isoformat()}


def _due(dispute: Dispute, clock: str, due_at: datetime | None, at: datetime) -> Iterator[FollowUp]:
    if due_at is not None:
        yield from (f for f in named.told(dispute, at, clock=clock, due=due_at) if not isinstance(f, Moot))


def spoken(dispute: Dispute, words: str) -> Evidence:
    """What was said of it, in the words of who said it: kept beside the return's other evidence."""
    return Evidence(
        shop_id=dispute.shop_id, of_id=dispute.of_id, kind="words", stage="dispute", words=words.strip(),
        giver=dispute.caller.word, by=dispute.actor[:80], at=dispute.moment,
    )  # fmt: skip


@DISPUTE.on("give_evidence")
def give_evidence(dispute: Dispute, *, words: str, evidence: Sequence[int] = ()) -> Iterator[FollowUp]:
    """What was handed to the platform stays provable: the fingerprint of the pack that was taken last, else of the one
    that would be taken now."""
    store.checked(dispute.of, evidence)
    dispute.statement = words.strip()
    dispute.pack = pack.fingerprint(dispute.of)
    yield Add(spoken(dispute, words))


# ---- ruled
@DISPUTE.told("rule_for_buyer")
def told_for_buyer(
    dispute: Dispute, at: datetime, *, remedy: str = "refund", amount: int | None = None, words: str = "",
    due_at: datetime | None = None, status: str = "", version: str = "",
) -> Iterator[FollowUp]:  # fmt: skip
    """What it demands is carried out whether or not the dispute moves: the platform has paid."""
    yield from _ruled(dispute, at, [at.isoformat(), BUYER, remedy, amount], words, status, version)
    yield from ruling.carried_out(dispute, at, remedy, amount)
    yield from _due(dispute, "comply", due_at, at)
    yield Implies("rule_for_buyer", at)


@DISPUTE.told("rule_for_seller")
def told_for_seller(
    dispute: Dispute, at: datetime, *, words: str = "", status: str = "", version: str = "",
    due_at: datetime | None = None, **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    yield from _ruled(dispute, at, [at.isoformat(), SELLER, "", None], words, status, version)
    yield Implies("rule_for_seller", at)


def _ruled(
    dispute: Dispute, at: datetime, told: list[Any], words: str, status: str, version: str
) -> Iterator[FollowUp]:
    """Every ruling is kept once; of those for the buyer the newest says what is demanded."""
    note(dispute, at, status, version)
    if told in dispute.rulings:
        return
    dispute.rulings = sorted([*dispute.rulings, told], key=lambda r: (datetime.fromisoformat(r[0]), r[1]))
    newest = next((r for r in reversed(dispute.rulings) if r[1] == BUYER), None)
    if newest is not None:
        dispute.remedy, dispute.awarded = newest[2], newest[3]
    if words.strip():
        yield Add(spoken(dispute, words))


@DISPUTE.on("rule_for_buyer")
def for_buyer(dispute: Dispute, **_inputs: Any) -> Iterator[FollowUp]:
    """What was to be recovered is not any more; what has been complied with or enforced already is told at once."""
    dispute.ruled_at, dispute.ended_at = dispute.moment, None
    yield from ruling.nothing_to_recover(dispute)
    yield from ruling.later(dispute)
    if ruling.complied(dispute):
        yield Take("dispute", dispute.pk, "comply", must=False)
    if dispute.enforced_at is not None:
        yield Take("dispute", dispute.pk, "enforce", must=False, who=Who.PLATFORM)


@DISPUTE.on("rule_for_seller")
def for_seller(dispute: Dispute, **_inputs: Any) -> Iterator[FollowUp]:
    """The return is dismissed where it is still open; what has left is to be recovered."""
    dispute.ruled_at = dispute.moment
    yield from _ended(dispute)
    yield from ruling.dismissed(dispute)


# ---- carried out
@DISPUTE.on("appeal")
def appeal(dispute: Dispute, *, why: str) -> None:
    dispute.ended_at = None


@DISPUTE.on("comply")
def comply(dispute: Dispute) -> Iterator[FollowUp]:
    return _ended(dispute)


@DISPUTE.told("enforce")
def told_enforce(
    dispute: Dispute, at: datetime, *, status: str = "", version: str = "", **_inputs: Any
) -> Iterator[FollowUp]:
    """Told before its ruling it waits for it."""
    dispute.enforced_at = min(dispute.enforced_at or at, at)
    note(dispute, at, status, version)
    yield Implies("enforce", at)


@DISPUTE.on("enforce")
def enforce(dispute: Dispute, **_inputs: Any) -> Iterator[FollowUp]:
    return _ended(dispute)


@DISPUTE.told("withdraw")
def told_withdraw(
    dispute: Dispute, at: datetime, *, words: str = "", status: str = "", version: str = "", **_inputs: Any
) -> Iterator[FollowUp]:
    dispute.withdrawn_at = min(dispute.withdrawn_at or at, at)
    note(dispute, at, status, version)
    yield Implies("withdraw", at)


@DISPUTE.on("withdraw")
def withdraw(dispute: Dispute, **_inputs: Any) -> Iterator[FollowUp]:
    return _ended(dispute)


def _ended(dispute: Dispute) -> Iterator[FollowUp]:
    """An opening that was told before the end that came before it opens the next one."""
    dispute.ended_at = dispute.moment
    later = next((o for o in dispute.openings if datetime.fromisoformat(o) > dispute.moment), None)
    if later is not None:
        yield from ruling.opened_again(dispute, datetime.fromisoformat(later))
