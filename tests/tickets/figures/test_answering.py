"""How long customers wait: counted by hand."""

from tests.tickets.figures.hands import Counting


def talk(hands, waits, *, conversation="c-1", buyer="b-1", by="amy", start=0.0):
    """The customer asks, `by` answers after so many seconds, and so on; a minute apart."""
    hands.person(by)
    ticket = None
    for n, wait in enumerate(waits):
        at = start + n
        ticket = (
            hands.says(at=at, conversation=conversation, buyer=buyer) if ticket is None else hands.hears(ticket, at=at)
        )
        hands.does(ticket, "reply", by, at + wait / 60, words="您好")
    return ticket


def test_every_figure_can_be_asked_of_an_empty_shop(hands):
    from tickets.figures.figure import FIGURES

    hands.count()
    for figure in FIGURES.values():
        assert not hands.ask(figure.name), figure.name
        assert hands.ask(figure.name, *figure.dimensions) == {}, figure.name


def test_of_four_answers_the_first_ones_and_the_further_ones_are_told_apart(hands):
    assert isinstance(hands, Counting)
    talk(hands, [10, 25])
    talk(hands, [16, 4], conversation="c-2", buyer="b-2", by="bob", start=10)
    hands.count()
    assert hands.ask("first_answer_within_15") == 1 / 2
    assert hands.ask("first_answer") == 13
    assert hands.ask("answer_within_20") == 1 / 2
    assert hands.ask("answer") == (10 + 25 + 16 + 4) / 4
    assert hands.ask("first_answer", "agent") == {("amy",): 10, ("bob",): 16}
