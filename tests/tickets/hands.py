"""What a test does to tickets: customers speak, staff answer, at a time that it names (minutes after t0)."""

from datetime import timedelta

from flows import engine
from flows.table import Who
from tests.factories import make_member, make_user
from tests.orders.hands import Hands as OrderHands
from tickets import customers
from tickets.models import Ticket
from tickets.steps.opening import begun


class Hands(OrderHands):
    def __init__(self, **shop):
        super().__init__(**shop)
        self.people = {}

    def person(self, name="amy", *roles):
        """A member who answers customers, by login."""
        if name not in self.people:
            user = make_user(name, is_staff=True)
            self.people[name] = make_member(self.shop, *(roles or ("agent",)), user=user)
        return name

    def at(self, minutes=0.0):
        return self.t0 + timedelta(minutes=minutes)

    def customer(self, buyer="b-1", name="张三", **told):
        told = customers.Told(self.shop.pk, buyer, name, **told)
        return customers.known([told], at=self.t0)[told.key]

    def says(self, words="在吗？", at=0.0, conversation="c-1", buyer="b-1", **fields):
        """The customer opens a conversation."""
        inputs = {"words": words, "side": "customer"}
        ticket = begun(
            shop_id=self.shop.pk, channel=fields.pop("channel", "im"), conversation=conversation,
            customer=self.customer(buyer), opened_by="message", **fields,
        )  # fmt: skip
        return engine.start(ticket, who=Who.SHOP, by="hook:test", at=self.at(at), inputs=inputs)

    def opens(self, kind="other", at=0.0, words="", **fields):
        """A ticket that no customer has begun."""
        fields = {"shop_id": self.shop.pk, "kind": kind, "opened_by": "desk", **fields}
        return engine.start(
            begun(**fields), who=Who.SYSTEM, by="system", at=self.at(at), inputs={"words": words, "side": "system"}
        )

    def does(self, ticket, step, by="amy", at=0.0, who="agent", **inputs):
        """A person (or, with `who`, another) takes a step at that minute."""
        return engine.take(
            self.fresh(ticket), step, who=Who[who.upper()], by=by, at=self.at(at), inputs=inputs,
            why=str(inputs.get("why", "")),
        )  # fmt: skip

    def hears(self, ticket, words="还在吗？", at=0.0, **said):
        return self.does(ticket, "hear", by="hook:test", at=at, who="shop", words=words, **said)

    @staticmethod
    def fresh(ticket):
        return Ticket.objects.get(pk=ticket.pk)
