"""The simulated colleagues: what they leave to the person who watches, and for how long."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from httpx import Response

from kefu.demo.colleagues import Colleagues
from kefu.demo.duties_tickets import DUTIES, greet


def team(**how):
    how = {"tokens": {}, "seed": 1, "pace": 1, "hurry": 1, "wait": 6, **how}
    return Colleagues("desk", DUTIES, "http://127.0.0.1:1", **how)


def cases(seconds):
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    return [{"number": f"T{n}", "created_at": at.isoformat()} for n in range(200)]


def test_a_case_is_first_left_to_who_watches():
    assert list(team(patience=90)._free(cases(seconds=3))) == []


def test_a_good_share_is_left_alone_for_a_while():
    assert 100 < len(list(team(patience=90)._free(cases(seconds=30)))) < 160


def test_no_conversation_fills_a_seat_for_ever():
    assert len(list(team(patience=90)._free(cases(seconds=91)))) == 200


def test_without_an_end_of_patience_the_share_stays_left():
    assert len(list(team()._free(cases(seconds=10_000)))) < 160


def ticket(**how):
    steps = [{"name": name, "refused": None} for name in ("reply", "resolve")]
    return {"kind": "logistics", "colour": "", "waiting_since": None, "steps": steps, **how}


def test_what_no_customer_waits_for_is_seen_to_in_one_step():
    assert greet(Random(1), ticket()).step == "resolve"


def test_a_waiting_customer_and_a_red_ticket_are_answered():
    assert greet(Random(1), ticket(waiting_since="2026-06-01T10:00:00Z")).step == "reply"
    assert greet(Random(1), ticket(colour="red")).step == "reply"


class Desk:
    """A REST interface with so many new tickets of each shop; it takes every step but those of these numbers."""

    def __init__(self, waiting, refuses=()):
        self.waiting, self.refuses, self.posted = waiting, refuses, []

    def get(self, _address, **_how):
        at = (datetime.now(UTC) - timedelta(seconds=200)).isoformat()
        results = [ticket(number=f"T{n}", created_at=at) for n in range(self.waiting)]
        return Response(200, json={"results": results})

    def post(self, address, **_how):
        self.posted.append(address)
        return Response(409 if address.split("/")[1] in self.refuses else 200, json={})


@pytest.mark.parametrize(("waiting", "seen_to"), [(0, 0), (1, 1), (5, 1), (6, 2), (50, 9)])
def test_who_falls_behind_catches_up(waiting, seen_to):
    desk, greeting = Desk(waiting), DUTIES[0]
    assert team(patience=90, tokens={"agent": "x"})._step(desk, greeting) is (seen_to > 0)
    assert len(desk.posted) == seen_to


def test_who_is_refused_again_and_again_looks_elsewhere():
    desk = Desk(50, refuses={f"T{n}" for n in range(50)})
    assert team(patience=90, tokens={"agent": "x"})._step(desk, DUTIES[0]) is False
    assert len(desk.posted) == 3


def test_who_is_refused_once_goes_on():
    desk = Desk(50, refuses={"T49", "T47"})
    assert team(patience=90, tokens={"agent": "x"})._step(desk, DUTIES[0])
    assert len(desk.posted) == 11  # nine of them taken
