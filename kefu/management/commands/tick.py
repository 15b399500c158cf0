"""`manage.py tick [--at TIME]`: what the worker and the clock do, without them, until nothing is due."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from flows.recount import follow_calendar
from flows.sweep import sweep
from hooks import process
from orders.couriers import working
from orders.money import window
from outbox import listening, send
from tickets.assign import giving
from tickets.figures import counting


class Command(BaseCommand):
    help = "Does all that the clock and the queues have to do (inbox, deadlines, couriers, outbox), till none is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", metavar="TIME", help="RFC 3339, not before now: the steps' time, which decides what is due"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = tick(moment(options["at"]) if options["at"] else timezone.now())
        self.stdout.write(", ".join(f"{what} {count}" for what, count in done.items()))


def moment(text: str) -> datetime:
    """Raises CommandError for what is no moment, has no offset, or is over."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise CommandError(f"{text!r} is no RFC 3339 time with an offset, such as 2026-11-20T18:00:00+08:00")
    if at < timezone.now():
        raise CommandError(f"{text} is over: time goes forward only")
    return at


def tick(at: datetime) -> Counter[str]:
    """-> how much was done: messages, clocks, refunds sent, questions to couriers (tracks), tickets given out or taken
    back, calls, events heard within the house. Leases and signs of life go by the real clock: what a worker holds is
    left to it, and who is at the desk now is not gone by then."""
    follow_calendar(at=at)
    names = ("messages", "clocks", "refunds", "tracks", "tickets", "calls", "heard", "days")
    done: Counter[str] = Counter(dict.fromkeys(names, 0))
    while True:
        turn = Counter(messages=process.run(at=at).total(), clocks=sweep(at=at))
        turn.update(refunds=window.send_due(at=at), tracks=working.run(at=at))
        turn.update(tickets=giving.assign_due(at=at, now=timezone.now()))
        turn.update(calls=send.deliver(at=at), heard=listening.listen(at=at))
        if not turn.total():
            done["days"] = counting.count(at=at)
            return done
        done.update(turn)
