"""Every step of a logistics query, from every state, by everybody. Typed from the procedure, not read from the code."""

import pytest
from django.db import connection, transaction

from flows import engine
from flows.effects import Refused
from flows.models import Move
from flows.table import Who
from orders.tables import LOGISTICS_QUERY
from tests.factories import make_shop
from tests.orders.queried import INPUTS, WAYS, T, in_state, under_way, written

ASKED, CHECKING, TRACING, ANSWERED, LOST, CLOSED = WAYS
EVERYBODY = [w.word for w in Who]
# step: (who, {from: to}, further sources for the system)
QUERIES = {
    "look_up": ({"agent", "system"}, dict.fromkeys((ASKED, TRACING, ANSWERED), CHECKING), {}),
    "trace": ({"agent"}, dict.fromkeys((ASKED, CHECKING, ANSWERED), TRACING), {}),
    "answer": ({"agent"}, dict.fromkeys((CHECKING, TRACING), ANSWERED), {}),
    "ask_again": ({"customer", "agent", "clock"}, {ANSWERED: ASKED}, {}),
    "declare_lost": ({"agent", "lead"}, dict.fromkeys((CHECKING, TRACING), LOST), {}),
    "make_good": ({"agent"}, {LOST: CLOSED}, {}),
    "close": (
        {"agent", "clock", "system"}, {ANSWERED: CLOSED}, dict.fromkeys((ASKED, CHECKING, TRACING, LOST), CLOSED)),
    "find": ({"agent", "system"}, {LOST: CHECKING}, {}),
}  # fmt: skip


@pytest.fixture
def world(db):
    """A query in each state, each of a parcel of its own."""
    orders = under_way(make_shop(), len(WAYS))
    return {state: in_state(order, state) for state, order in zip(WAYS, orders, strict=True)}


def attempt(query, step, who):
    """-> where it leads, or the code of its refusal; undone again. What is refused outright writes nothing at all."""
    wrote = []

    def look(execute, sql, params, many, context):
        wrote.extend([sql] if sql.split(None, 1)[0] in ("INSERT", "UPDATE", "DELETE") else [])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(look):
        try:
            after = engine.take(query, step, who=who, by=who.word, at=T, inputs=INPUTS.get(step, {}))
            found = Move.objects.get(flow="logistics_query", subject=query.pk, seq=query.version + 1)
            assert (found.step, found.source, found.who, after.state) == (step, query.state, who.word, found.target)
            return found.target
        except Refused as refused:
            return f"{refused.code}, having written" if wrote else refused.code
        finally:
            transaction.set_rollback(True)


def expected(step, state, who):
    whose, to, further = QUERIES[step]
    if state in to:
        return to[state] if who in whose else "role"
    return further[state] if state in further and who == "system" else "state"


def test_every_step_from_every_state_by_everybody(world):
    before, astray = written(), {}
    for step in QUERIES:
        for state, query in world.items():
            for who in Who:
                want, got = expected(step, state, who.word), attempt(query, step, who)
                if got != want:
                    astray[step, state, who.word] = f"{got}, not {want}"
    assert astray == {}
    assert written() == before


def test_no_step_and_no_state_is_left_out_here():
    assert set(LOGISTICS_QUERY.rows) == set(QUERIES)
    assert set(LOGISTICS_QUERY.states.values) == set(WAYS)
    assert LOGISTICS_QUERY.final == (CLOSED,)
    assert list(LOGISTICS_QUERY.problems()) == []
