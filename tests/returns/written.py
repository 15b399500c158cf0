"""What a refusal may not have touched: every row that a step of a return can write."""

from deadlines.models import Deadline
from flows.models import Move, Reported
from orders.models import Line, Order, Refund
from outbox.models import Event
from returns.models import BackParcel, Evidence, Offer, Return, ReturnLine

ROWS = (Move, Reported, Deadline, Event, Order, Line, Refund, Return, ReturnLine, BackParcel, Evidence, Offer)


def written():
    return [list(model.objects.order_by("pk").values()) for model in ROWS]
