"""How long the customer waited for each answer: first within 15 s, every further one within 20 s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .scene import LIVE, Conversation, Speaker

# Seconds; the shop's documented procedure.
FIRST_LIMIT = 15
REPLY_LIMIT = 20


@dataclass(frozen=True)
class Answer:
    """line: which line answers. seconds: from the first of the customer's words that it answers. first: of all."""

    line: int
    seconds: float
    first: bool

    @property
    def in_time(self) -> bool:
        return self.seconds <= (FIRST_LIMIT if self.first else REPLY_LIMIT)


@dataclass(frozen=True)
class Response:
    """first: seconds to the first answer, None where nobody answered. answered, in_time: how many answers."""

    first: float | None
    answered: int
    in_time: int
    average: float | None


def answers(conversation: Conversation) -> Iterator[Answer]:
    """A person's answers to a customer who waits at the other end; none on channels where nobody does.

    An automatic greeting answers nothing: the person still owes it. Lines carry the shop's working seconds.
    """
    if conversation.channel not in LIVE:
        return
    since: float | None = None
    first = True
    for place, line in enumerate(conversation.lines):
        if line.speaker is Speaker.CUSTOMER and since is None:
            since = line.at
        elif line.speaker is Speaker.AGENT:
            if since is not None:
                yield Answer(place, line.at - since, first)
            since, first = None, False


def response(conversation: Conversation) -> Response:
    all_of_them = list(answers(conversation))
    seconds = [answer.seconds for answer in all_of_them]
    return Response(
        first=next((answer.seconds for answer in all_of_them if answer.first), None),
        answered=len(seconds),
        in_time=sum(answer.in_time for answer in all_of_them),
        average=sum(seconds) / len(seconds) if seconds else None,
    )
