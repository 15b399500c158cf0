"""One hook's statements, as the view and the inbox issued them, to be said of other orders."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client
from django.utils import timezone

from hooks.process import run

from . import fill, replay
from .hooked import Unpaid


class Spoken:
    """insert: the view's one statement. writes: what applying the hook wrote, without its reads, locks and claim."""

    def __init__(self, unpaid: Unpaid) -> None:
        client = Client(headers={"host": "127.0.0.1"})
        for pk in unpaid.take(2):  # the first looks up what is then remembered
            body, headers = unpaid.paid(pk)
            with replay.recorded() as stored:
                answer = client.post(f"/hooks/{fill.CODE}/", body, "application/json", headers=headers)
            with replay.recorded() as applied:
                run(at=timezone.now())
        self.insert = next(s for s in stored.statements if s[0].startswith("INSERT"))
        self.writes = applied.writes()
        self.of, self.row = pk, answer.json()["event"]

    def stored(self, pk: int) -> replay.Statement:
        [(sql, params)] = replay.about([self.insert], {f"B{self.of}": f"B{pk}"})
        texts = [p.replace(f"B{self.of}".encode(), f"B{pk}".encode()) if isinstance(p, bytes) else p for p in params]
        texts[2] = f"plain_{uuid4().hex}"  # the message's own id
        return sql, texts

    def applied(self, pk: int, row: int) -> list[replay.Statement]:
        of = {self.of: pk, f"B{self.of}": f"B{pk}", self.row: row, f"inbox:{self.row}:": f"inbox:{row}:"}
        return replay.about(self.writes, of)
