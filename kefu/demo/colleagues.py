"""Simulated staff: slow colleagues for each role, through the REST interface as any client would. They leave a good
share for whoever watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

import httpx

from shops.models import ApiKey, Shop

from .messages import yuan
from .photos import photo
from .shops import OF

ROLES = ("agent", "auditor", "warehouse", "lead")
EVERY = 3.0  # seconds between two of their steps, at pace 1
TRIES = 6  # looks in a row for something to do
HURRY = 6  # of so many cases that wait, one more is seen to in the same look: who falls behind catches up
REFUSALS = 3  # in one look, after which they look elsewhere
WAIT = 25.0  # seconds that a case is left to the person who watches
LEFT = 0.35  # of all cases: never touched by them


class Deed(NamedTuple):
    """A step and what it asks for. `photo`: the stage of a photo that is uploaded first, its key under `proof` ·
    `about`: the number of the return that it is uploaded for, where the case is none · `part`: so many of a hundred of
    the goods' money that the preview shows."""

    step: str
    inputs: dict[str, Any]
    photo: str = ""
    proof: str = "proof"
    about: str = ""
    part: int = 0


Decide = Callable[[Random, Mapping[str, Any]], Deed | None]


class Duty(NamedTuple):
    """What a role does about the cases of one resource in one state; `decide` may leave one alone."""

    weight: int
    role: str
    resource: str
    state: str
    decide: Decide


def keys(known: Mapping[str, str]) -> dict[str, str]:
    """An API key for each role, made once. -> tokens by role."""
    shops = list(Shop.objects.filter(code__in=OF))
    made = {role: ApiKey.make(f"demo {role}", shops, [role])[1] for role in ROLES if role not in known}
    return {**known, **made}


class Colleagues(threading.Thread):
    """A team with its duties. What has no REST interface is left alone."""

    def __init__(
        self, name: str, duties: Sequence[Duty], url: str, tokens: Mapping[str, str], *, seed: int, pace: float,
        hurry: float, wait: float = WAIT, patience: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, daemon=True)
        self.duties, self.tokens, self.pace, self.hurry = duties, tokens, pace, hurry
        self.wait, self.patience, self.steps, self.missing = wait, patience, 0, set[str]()
        self._url, self._stopped = url, threading.Event()
        self._rng = Random(f"{seed}:{name}:{time.time()}")  # noqa: S311 (dice, no secret)

    def run(self) -> None:
        with httpx.Client(base_url=f"{self._url}/api/v1/", timeout=5, trust_env=False) as client:
            while not self._stopped.wait(EVERY / self.pace):
                with suppress(httpx.HTTPError):
                    self._work(client)

    def ends(self) -> None:
        """Told to all before any is waited for: they end side by side."""
        self._stopped.set()

    def stop(self) -> None:
        self._stopped.set()
        self.join(timeout=6)

    def _work(self, client: httpx.Client) -> None:
        """One step somewhere, where there is one to take."""
        for _try in range(TRIES):
            [duty] = self._rng.choices(self.duties, [d.weight for d in self.duties])
            if self._stopped.is_set() or (duty.resource not in self.missing and self._step(client, duty)):
                return

    def _step(self, client: httpx.Client, duty: Duty) -> bool:
        shop = self._rng.choice(list(OF))
        bearer = {"authorization": f"Bearer {self.tokens[duty.role]}"}
        asked: dict[str, str | int] = {"shop": shop, "state": duty.state, "page_size": 50}
        answer = client.get(f"{duty.resource}/", params=asked, headers=bearer)
        if answer.status_code == 404:
            self.missing.add(duty.resource)
        if answer.status_code != 200:
            return False
        free, tried, taken = list(self._free(answer.json()["results"])), 0, 0
        for case in free:
            if (deed := duty.decide(self._rng, case)) is not None:
                taken += self._take(client, duty, shop, case, deed, bearer)
                tried += 1
                if taken > len(free) // HURRY or tried - taken == REFUSALS or self._stopped.is_set():
                    break
        return taken > 0

    def _take(
        self, client: httpx.Client, duty: Duty, shop: str, case: Mapping[str, Any], deed: Deed, bearer: dict[str, str]
    ) -> bool:
        how: dict[str, Any] = {"params": {"shop": shop}, "headers": bearer}
        inputs, address = dict(deed.inputs), f"{duty.resource}/{case['number']}/"
        if deed.photo:
            inputs[deed.proof] = _proof(client, case, deed, how)
        if deed.part:
            seen = client.get(f"{address}preview/", params={"shop": shop, "step": deed.step}, headers=bearer).json()
            goods = int(Decimal(seen["amounts"]["goods"]) * 100) if seen.get("amounts") else 0
            inputs["goods"] = yuan(goods * deed.part // 100)
        taken = client.post(f"{address}steps/{deed.step}/", json=inputs, **how)
        self.steps += taken.status_code == 200
        return taken.status_code == 200

    def _free(self, cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The oldest first, of those that are theirs and have waited; the others where patience has an end."""
        now = datetime.now(UTC)
        for case in reversed(cases):
            waited = (now - datetime.fromisoformat(case["created_at"])).total_seconds() * self.hurry
            theirs = crc32(case["number"].encode()) % 100 >= LEFT * 100
            if waited > self.wait and (theirs or (self.patience is not None and waited > self.patience)):
                yield case


def _proof(client: httpx.Client, case: Mapping[str, Any], deed: Deed, how: Mapping[str, Any]) -> list[int]:
    """The keys of a photo that is uploaded now; none where it is not taken."""
    files = {"files": (f"{deed.photo}.jpg", photo(f"{case['number']}:{deed.step}"), "image/jpeg")}
    address = f"returns/{deed.about or case['number']}/evidence/"
    given = client.post(address, files=files, data={"stage": deed.photo}, **how)
    return [e["id"] for e in given.json()["results"]] if given.status_code == 201 else []


def open_to(case: Mapping[str, Any], step: str) -> bool:
    """Whether the interface offers this step now."""
    return any(s["name"] == step and not s["refused"] for s in case["steps"])
