"""Tickets on the desk, gone on to wherever a page or a step is looked at."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from flows import engine
from flows.table import Who
from tickets import customers
from tickets.models import Ticket
from tickets.steps.opening import begun

TICKETS = "/admin/tickets/ticket/"


def page_of(ticket, view="change", *args):
    return reverse(f"admin:tickets_ticket_{view}", args=[ticket.pk, *args])


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


class Talks:
    """Beside a Desk: its customers speak, its people answer. Moments are seconds ago."""

    def __init__(self, desk):
        self.desk, self.n = desk, 0

    def login(self, role):
        return self.desk.people[role].get_username()

    def customer(self, order=None, *, name="周慧敏", phone="13900001111", shop=None):
        self.n += 1
        if order is not None:
            return customers.of_order(order, at=timezone.now())
        told = customers.Told((shop or self.desk.shop).pk, f"buyer-{self.n}", name, phone)
        return customers.known([told], at=timezone.now())[told.key]

    def says(self, words="在吗？裙子什么时候发货", *, ago=5, order=None, customer=None, shop=None, **fields):
        """A customer opens a conversation."""
        self.n += 1
        shop = shop or self.desk.shop
        ticket = begun(
            shop_id=shop.pk, channel=fields.pop("channel", "im"), conversation=f"c-{self.n}", order=order,
            customer=customer or self.customer(order, shop=shop), opened_by="message", **fields,
        )  # fmt: skip
        at = timezone.now() - timedelta(seconds=ago)
        return engine.start(ticket, who=Who.SHOP, by="hook:native", at=at, inputs={"words": words, "side": "customer"})

    def alarm(self, words="包裹 48 小时没有更新", *, ago=5, kind="logistics"):
        """A ticket in which nobody has spoken."""
        at, told = timezone.now() - timedelta(seconds=ago), {"words": words, "side": "system"}
        ticket = begun(shop_id=self.desk.shop.pk, kind=kind, opened_by="flow")
        return engine.start(ticket, who=Who.SYSTEM, by="system", at=at, inputs=told)

    def hears(self, ticket, words="还在吗？", ago=0):
        at = timezone.now() - timedelta(seconds=ago)
        return engine.take(fresh(ticket), "hear", who=Who.SHOP, by="hook:native", at=at, inputs={"words": words})

    def does(self, ticket, step, role="agent", ago=0, by="", **inputs):
        at = timezone.now() - timedelta(seconds=ago)
        return engine.take(
            fresh(ticket), step, who=Who[role.upper()], by=by or self.login(role), at=at, inputs=inputs,
            why=str(inputs.get("why", "")),
        )  # fmt: skip

    def mine(self, role="agent", **says):
        """A ticket of this person's."""
        return self.does(self.says(**says), "claim", role, ago=4)
