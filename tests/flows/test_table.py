"""What a table must satisfy, and what is read off it."""

from pathlib import Path

import pytest
from django.db.models import TextChoices

from flows.cells import Who
from flows.registry import bind, holds
from flows.table import LATE, STAY, By, Clock, Fact, Flow, Step
from tests.errands.tables import CALL, CLAIM, JOB


class X(TextChoices):
    A = "a"
    B = "b"
    END = "end"


SYSTEM, CLOCK, AGENT = Who.SYSTEM, Who.CLOCK, Who.AGENT
GO, FINISH = Step("go", (X.A,), X.B, AGENT), Step("finish", (X.B,), X.END, AGENT | CLOCK)
NAG, STOP = Clock("nag", (X.A,), "ship", LATE), Clock("stop", (X.B,), "ship", "finish")
LASTING = Clock("stop", (X.B,), "ship", "finish", pauses=(X.END,))
PARTED = Clock("p", (X.B,), "ship", "finish", part=True)


def flow(steps=(GO, FINISH), clocks=(NAG, STOP), start=(X.A,), waits=(X.A,), **cells):
    return Flow("x", "X", X, start, steps, clocks, waits=waits, **cells)


def test_the_toy_flows_and_this_one_are_sound():
    assert [list(f.problems()) for f in (JOB, CALL, CLAIM, flow())] == [[], [], [], []]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (flow((GO, FINISH, Step("fly", ("nowhere",), X.B, AGENT))), "fly names the unknown state 'nowhere'"),
        (flow((GO, FINISH, Step("fly", (X.A,), "moon", AGENT))), "fly names the unknown state 'moon'"),
        (flow((GO, FINISH, Step("fly", (X.A,), By("k", x="moon"), AGENT))), "fly names the unknown state 'moon'"),
        (flow((GO, FINISH, Step("go", (X.A,), X.END, AGENT))), "go has two rows from a"),
        (flow((GO, FINISH, Step("fly", (X.A,), X.B, Who(0)))), "nobody may take fly"),
        (flow((GO, FINISH, Step("fly", (X.A,), X.B, AGENT, undoes=("go",)))), "fly undoes 'go', which is no fact"),
        (flow((Step("go", (X.A,), X.END, AGENT), FINISH)), "no step leads to b"),
        (flow(clocks=(NAG, NAG, STOP)), "two clocks have the same name"),
        (flow(clocks=(NAG, Clock("stop", (X.B,), "ship", "go"))), "clock stop may not take go from b"),
        (flow(clocks=(NAG, Clock("stop", (X.B,), "ship", "fly"))), "clock stop may not take fly from b"),
        (flow(clocks=(NAG, STOP, Clock("c", ("moon",), "ship", LATE))), "clock c names the unknown state 'moon'"),
        (flow(clocks=(NAG, LASTING)), "clock stop would still run after finish from b"),
        (flow(clocks=(NAG, STOP, PARTED)), "clock p runs for each part: it can only be late, and nothing holds it"),
        (flow(facts=("fly",)), "the fact 'fly' is no step"),
        (flow(facts=("go",), only_before={"go": ("fly",)}), "only_before names 'fly', which is no fact"),
        (flow(waits=()), "no end can be reached from a by clocks alone, and it is not listed as waiting for a person"),
        (flow(waits=(X.A, X.B)), "b is listed as waiting for a person, but the clocks alone end it"),
        (flow(clocks=(STOP,)), "a waits for a person, but no clock nags"),
        (flow(start=("moon",)), "start or waits names the unknown state 'moon'"),
    ],
)  # fmt: skip
def test_a_faulty_table_says_what_is_wrong(wrong, problem):
    assert problem in list(wrong.problems())


def test_a_fact_is_for_those_outside_only_and_stay_is_where_it_was():
    assert Fact("go", (X.B,), X.B, Who.AGENT | Who.SHOP).who == Who.SHOP
    assert Step("s", (X.A, X.B), STAY, AGENT).targets == ("a", "b")
    assert repr(STAY) == "STAY"
    assert (Who.CUSTOMER | Who.LEAD).words == ["customer", "lead"]


def test_what_is_passed_over_is_the_shortest_way():
    assert JOB.passed("waiting", "sign") == ("pay", "send")
    assert JOB.passed("sent", "sign") == ()
    assert JOB.passed("gone", "pay") == ()  # nothing leads there


def test_what_is_registered_twice_or_for_nothing_is_refused():
    one = flow()
    one.on("go")(print)
    for wrong in (
        lambda: one.on("go"),
        lambda: one.on("fly"),
        lambda: one.after("fly")(print),
        lambda: one.late("fly")(print),
        lambda: one.needs("fly")(print),
    ):
        with pytest.raises(LookupError):
            wrong()
    one.told("word")(print)
    with pytest.raises(LookupError):
        one.told("word")


def test_buttons_stand_in_the_tables_order():
    assert [r.name for r in JOB.open_to("open", Who.AGENT)] == ["note", "set_aside", "drop", "join", "poke"]
    assert JOB.head("note").label == "备注"


def test_the_pages_of_the_flows_are_as_drawn_from_the_tables():
    """`make docs` writes them anew."""
    from flows.management.commands.flows import pages

    folder = Path(__file__).resolve().parents[2] / "docs" / "flows"
    drawn = pages(folder)
    assert {path.name: path.read_text("utf-8") for path in folder.glob("*.md")} == {p.name: t for p, t in drawn.items()}


def test_whose_clocks_a_state_holds_is_remembered_until_another_flow_is_bound():
    bind(CALL, CALL.model)
    assert holds(CALL, "asked") == {("job", "sign")}
    assert holds(CALL, "open") == frozenset()
    assert holds(CALL, "asked") is holds(CALL, "asked")
    bind(CALL, CALL.model)
    assert holds.cache_info().currsize == 0
