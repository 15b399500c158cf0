"""The desk's pages of the load, with people, seats and tickets; and the addresses."""

from django.test import Client

from tests.factories import make_member, make_user
from tests.tickets.assign.desk import AssignHands
from tickets.models import Seat, Ticket

LOAD, MOVE, SEAT = "/admin/load/", "/admin/load/move/", "/admin/seat/"
SHIFTS, SEATS, RULES = "/admin/tickets/shift/", "/admin/tickets/seat/", "/admin/tickets/queuepolicy/"


class Room(AssignHands):
    """Amy and Bob are at the desk, Lee leads it; each has a browser."""

    def __init__(self):
        super().__init__(name="晨光运动旗舰店")
        for name in ("amy", "bob"):
            self.sits(name)
        self.sits("lee", "lead", status="off", since=None, last_seen=None)

    def now(self):
        """From here on the people have just been seen."""
        from django.utils import timezone

        Seat.objects.exclude(last_seen=None).update(last_seen=timezone.now())

    def client_of(self, name, **options):
        client = Client(**options)
        client.force_login(self.people[name].user)
        return client

    def outsider(self, shop, *roles):
        member = make_member(shop, *roles, user=make_user("eve", is_staff=True))
        self.people["eve"] = member
        return self.client_of("eve")

    def waiting(self):
        return list(Ticket.objects.filter(agent="").order_by("pk"))
