"""What a batch costs: as many statements for a hundred orders as for ten, and few for one step."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import placed
from tests.orders.hands import Hands, parcel


@pytest.fixture
def hands(db):
    return Hands()


def counted(work):
    """How often a statement is sent; on SQLite a statement for many rows is one as well (executemany)."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        work()
    return [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


def data(type_, n):
    number = f"N{n}"
    return {
        "order.placed": {**placed(number)},
        "order.paid": {"number": number},
        "order.shipped": {"number": number, "parcels": [parcel(f"T{n}")]},
        "order.signed": {"number": number},
    }[type_]


def test_a_batch_of_a_hundred_takes_as_many_statements_as_one_of_ten(hands):
    hands.place("first")  # who the shop is and what its rules are is remembered
    for type_, most in {"order.placed": 15, "order.paid": 21, "order.shipped": 23, "order.signed": 22}.items():
        sent = []
        for numbers in (range(10), range(10, 110)):
            for n in numbers:
                hands.tell(type_, 1, apply=False, **data(type_, n))
            sent.append(counted(hands.apply))
        few, many = map(len, sent)
        assert few == many, f"{type_}: {few} for ten, {many} for a hundred"
        assert few <= most, f"{type_}: {few}\n" + "\n".join(s[:150] for s in sent[0])


def test_one_step_takes_few_statements(hands):
    order = hands.picking()
    steps = [("pack", {}, 13), ("ship", {"parcels": [parcel()]}, 17)]
    for step, inputs, most in steps:
        sent = counted(lambda step=step, inputs=inputs: hands.take(order, step, "warehouse", **inputs))
        assert len(sent) <= most, f"{step}: {len(sent)}\n" + "\n".join(s[:150] for s in sent)
