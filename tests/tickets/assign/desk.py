"""What a test does to the people at the desk: they sit down, leave, have skills and shifts; tickets are given out."""

from datetime import timedelta

from shops.models import Member
from tests.factories import make_member, make_user
from tests.tickets.hands import Hands
from tickets.assign import giving, seats
from tickets.models import QueuePolicy, Seat, Shift, Skill, Ticket


class AssignHands(Hands):
    def sits(self, name="amy", *roles, status="online", capacity=8, at=0.0, shop=None, **seat):
        """Somebody is at the desk since that minute, seen just now."""
        if name not in self.people:
            self.people[name] = make_member(
                shop or self.shop, *(roles or ("agent",)), user=make_user(name, is_staff=True, first_name=name)
            )
        there = Seat.objects.get(user__username=name)
        fields = {"status": status, "since": self.at(at), "last_seen": self.at(at), "capacity": capacity, **seat}
        Seat.objects.filter(pk=there.pk).update(**fields)
        return name

    def joins(self, name, shop, *roles):
        """Somebody who is here works for another shop as well."""
        return Member.objects.create(user=self.people[name].user, shop=shop, roles=list(roles or ("agent",)))

    def seat(self, name="amy"):
        return Seat.objects.select_related("user").get(user__username=name)

    def puts(self, name, status, at=0.0, by=""):
        return seats.put(self.seat(name), status, by=by or name, at=self.at(at))

    def can(self, name, *kinds, desks=(), shop=None):
        Skill.objects.update_or_create(
            seat=self.seat(name), shop=shop or self.shop, defaults={"kinds": list(kinds), "desks": list(desks)}
        )

    def works(self, name, weekday=None, date=None, hours=()):
        return Shift.objects.create(
            member=self.people[name], weekday=weekday, date=date, hours=[list(h) for h in hours]
        )

    def rule(self, desk="after_sales", kind="", **fields):
        return QueuePolicy.objects.create(shop=fields.pop("shop", self.shop), desk=desk, kind=kind, **fields)

    def gives(self, at=0.0, now=None):
        """Everybody is seen at that minute, unless `now` says when the clocks of life are looked at."""
        if now is None:
            Seat.objects.exclude(last_seen=None).update(last_seen=self.at(at))
        return giving.assign_due(at=self.at(at), now=self.at(at if now is None else now))

    def of(self, ticket):
        return Ticket.objects.get(pk=ticket.pk).agent

    def why(self, ticket):
        return Ticket.objects.get(pk=ticket.pk).assigned_why

    def noon(self, days=0):
        """Noon in the shop's zone, on a day from t0's on."""
        from shops import policy

        local = policy.of(self.shop.pk).calendar.local(self.t0 + timedelta(days=days))
        return local.replace(hour=12, minute=0, second=0)
