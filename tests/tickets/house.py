"""Orders, returns and conversations in one shop, and a house that listens."""

from datetime import timedelta

from django.utils import timezone

from outbox import listening
from outbox.fanout import fan_out
from tests.returns.hands import Hands as Returns
from tests.tickets.hands import Hands as Tickets
from tickets.models import Ticket


def staffed():
    """A house in which amy and bob answer customers."""
    house = House()
    house.person("amy"), house.person("bob")
    return house


def said(ticket):
    """[(who, words)], oldest first."""
    return [(m.side, m.words) for m in ticket.messages.order_by("seq")]


class House(Tickets, Returns):
    def listens(self, days=0):
        """What listens within the house has heard all that has happened, within so many days."""
        at = timezone.now() + timedelta(hours=1, days=days)
        while fan_out(at=at) or listening.listen(at=at):
            pass
        assert not listening.Notice.objects.exclude(failure="").exists()

    def tickets(self):
        """[(kind, colour, what was said in it)] of the shop's, oldest first."""
        self.listens()
        found = Ticket.objects.filter(shop=self.shop).order_by("pk")
        return [(t.kind, t.colour, [m.words for m in t.messages.order_by("seq")]) for t in found]
