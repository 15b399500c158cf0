"""What tests of figures do: tickets and returns are worked, days are counted, a figure is asked."""

from datetime import timedelta

from django.utils import timezone

from shops.models import Shop
from tests.returns.hands import Hands as ReturnHands
from tests.tickets.hands import Hands
from tickets.figures import counting
from tickets.figures.ask import Asked, Reach, ask
from tickets.figures.figure import FIGURES

DAY = 60 * 24


class Asks:
    def count(self, at=None):
        return counting.count(at=at or timezone.now())

    def ask(self, name, *by, first=None, last=None, shops=None, **only):
        """{key: value}, or the one value where it is cut by nothing."""
        whole = frozenset(Shop.objects.values_list("pk", flat=True)) if shops is None else frozenset(shops)
        today = timezone.localdate()
        asked = Asked(
            Reach(whole), first or today - timedelta(days=60), last or today + timedelta(days=60), by, only,
            dict(Shop.objects.values_list("pk", "platform")),
        )  # fmt: skip
        found = {k: c.value for k, c in ask(FIGURES[name], asked).items()}
        return found if by else found.get(())

    def told(self, name, day, **only):
        """After counting on that day (0: today): the one value."""
        self.count(self.t0 + timedelta(days=day, hours=1))
        return self.ask(name, **only)


class Counting(Asks, Hands):
    """Conversations that are counted."""

    def solved(self, by="amy", at=0.0, conversation="c-1", buyer="b-1", **fields):
        """Asked, answered and resolved by one person within five minutes."""
        self.person(by)
        ticket = self.says(at=at, conversation=conversation, buyer=buyer, **fields)
        self.does(ticket, "reply", by, at + 0.1, words="您好")
        return self.does(ticket, "resolve", by, at + 5)


class Returning(Asks, ReturnHands):
    """Orders and returns that are counted."""
