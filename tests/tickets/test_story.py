"""What the story says of a ticket's steps: numbers, as people know them, not keys."""

from flows import story
from tickets.tables import TICKET


def told(ticket):
    return [(h.title, h.details) for h in story.steps({TICKET.name: [ticket]})]


def test_a_link_names_the_order_by_its_number(hands):
    order = hands.place("A77")
    ticket = hands.does(hands.says(), "link", order=order.pk)
    assert told(ticket)[-1] == ("关联订单", ["订单号：A77"])


def test_a_merge_names_the_ticket_by_its_number(hands):
    one, other = hands.says(), hands.says(conversation="c-2")
    assert f"并入工单：{other.number}" in told(hands.does(one, "merge", into=other.pk))[-1][1]
