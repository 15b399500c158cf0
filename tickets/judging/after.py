"""After the close: every finding, the score of the conversation and of each agent in it, the 15 s and 20 s."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from outbox.listening import listens
from outbox.models import Event
from shops import policy

from ..models import Message, QualityFinding, QualityReview, QualityShare, Ticket
from ..quality import Answer, Conversation, Finding, Speaker, answers, review, score
from ..states import T
from . import rules, talks


@listens("tickets.quality", "ticket.close")
def judge(event: Event, now: datetime) -> None:
    """Once for each close of a ticket in which we have spoken; what was merged away is told, and judged, elsewhere."""
    ticket = Ticket.objects.filter(pk=event.subject).first()
    if ticket is None or ticket.merged_into_id is not None or ticket.state != T.CLOSED:
        return
    if QualityReview.objects.filter(ticket=ticket.pk, seq=event.seq).exists():
        return
    zone = policy.of(ticket.shop_id).calendar.zone
    said = talks.messages(ticket)
    talk = talks.conversation(ticket, said, rules.promises(ticket.shop_id, event.at.astimezone(zone).date()))
    if any(line.speaker is Speaker.AGENT for line in talk.lines):
        keep(ticket, said, talk, event.seq, event.at)


@dataclass
class Share:
    """What one agent did in a conversation."""

    findings: list[Finding] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def keep(ticket: Ticket, said: Sequence[Message], talk: Conversation, seq: int, at: datetime) -> None:
    """Four statements and one for the rules, however much was said."""
    holding = rules.holding(ticket.shop_id)
    found, owed = review(talk, holding.rules), list(answers(talk))
    (looked,) = QualityReview.objects.bulk_create(
        [
            QualityReview(
                shop_id=ticket.shop_id, ticket=ticket, seq=seq, score=score(found, holding.points).points,
                answers=len(owed), in_time=sum(a.in_time for a in owed), at=at,
            )
        ]
    )  # fmt: skip
    by_line = _messages(said, talk)
    QualityFinding.objects.bulk_create([_row(looked, finding, by_line, said) for finding in found])
    shares = _shares(found, owed, by_line)
    QualityShare.objects.bulk_create([_share(looked, agent, s, holding) for agent, s in shares.items()])


def _messages(said: Sequence[Message], talk: Conversation) -> dict[int, Message]:
    """Line of the conversation -> its message; the line that opened it has none."""
    ahead = len(talk.lines) - len(said)
    return {place + ahead: message for place, message in enumerate(said)}


def _agent(place: int, by_line: dict[int, Message]) -> str:
    """Who spoke there; of a customer's last words, who spoke before them."""
    spoken = (by_line[at].by for at in range(place, -1, -1) if at in by_line and by_line[at].side == "agent")
    return next(spoken, "")


def _row(
    looked: QualityReview, finding: Finding, by_line: dict[int, Message], said: Sequence[Message]
) -> QualityFinding:
    message = by_line.get(finding.line, said[0])
    return QualityFinding(
        shop_id=looked.shop_id, review=looked, message=message, rule=finding.rule, label=finding.label[:40],
        severity=finding.severity.value, start=finding.start, end=finding.end,
        agent=_agent(finding.line, by_line), at=looked.at,
    )  # fmt: skip


def _shares(found: Iterable[Finding], owed: Iterable[Answer], by_line: dict[int, Message]) -> dict[str, Share]:
    shares = {m.by: Share() for m in by_line.values() if m.side == "agent"}
    for finding in found:
        shares.setdefault(_agent(finding.line, by_line), Share()).findings.append(finding)
    for answer in owed:
        shares[by_line[answer.line].by].answers.append(answer)
    return shares


def _share(looked: QualityReview, agent: str, share: Share, holding: rules.Holding) -> QualityShare:
    return QualityShare(
        shop_id=looked.shop_id, review=looked, agent=agent, score=score(share.findings, holding.points).points,
        answers=len(share.answers), in_time=sum(a.in_time for a in share.answers),
        waited=sum(int(a.seconds) for a in share.answers),
        first=next((int(a.seconds) for a in share.answers if a.first), None), at=looked.at,
    )  # fmt: skip
