"""A shop with a contract, and the services to practise with, over real HTTP on this machine."""

from datetime import timedelta

import pytest

from hooks.endpoints import ENDPOINTS, PUSHERS
from hooks.models import Inbox
from hooks.views import BAD, GOOD
from kefu.demo.carrier_tongues import Happened, Question
from kefu.demo.carriers import FORM, Carriers, Subscription
from orders.couriers import contracts, working
from orders.models import CourierContract, Lookup
from tests.orders.hands import Hands, parcel

KEY, CUSTOMER = "KEY-of-the-shop", "CUST"
NUMBER = "YT1234567890123"


class Desk(Hands):
    """Hands of a shop, and of the services that its parcels are looked up at."""

    def __init__(self, carriers, **shop):
        super().__init__(**shop)
        self.carriers = carriers

    def contract(self, service="kuaidi100", *, shop=None, customer=CUSTOMER, key=KEY, **fields):
        made = CourierContract(
            shop=shop or self.shop, service=service, customer=customer, base=self.carriers.base,
            **{"subscribe": False, **fields},
        )  # fmt: skip
        made.keep(key)
        made.save()
        self.carriers.accounts[service].setdefault(customer, key)
        contracts._forget()
        return made

    def shipped(self, number=NUMBER, carrier="圆通", order="A1", **changes):
        self.picking(order, **changes)
        self.tell("order.shipped", 10, number=order, parcels=[parcel(number, carrier=carrier)])
        return self.order(order).parcels.get()

    def ask(self, at, number=NUMBER, carrier="圆通", service="kuaidi100", kind="query", shop=None):
        """A question in the queue, as `wanted` adds it."""
        return Lookup.objects.create(
            shop=shop or self.shop, service=service, kind=kind, carrier=carrier, tracking_number=number, by="agent",
            created_at=at, rings_at=at,
        )  # fmt: skip

    def work(self, at):
        return working.run(at=at)

    # ---- pushes
    def push(self, body, service="kuaidi100", *, shop=None, apply=True, kind=FORM, slash="/"):
        """A form posted to the shop's address, as the service would. -> the response"""
        address = f"/hooks/{(shop or self.shop).code}/{service}{slash}"
        response = self.client.post(address, body, kind)
        if apply:
            self.apply()
        return response

    def watched(self, service="kuaidi100", number=NUMBER, company="yuantong", customer=CUSTOMER):
        """The subscription by which the service pushes this number, as if Kefu had asked for it."""
        salt = CourierContract.objects.get(shop=self.shop, service=service).account().salt
        asked = Question(service, "subscribe", customer, company, number, "", "", salt)
        return Subscription(asked, "")

    def happened(self, minutes, state, text, number=NUMBER, company="yuantong"):
        """A point of a parcel's way, `minutes` after t0."""
        at = self.t0 + timedelta(minutes=minutes)
        self.carriers.waybill(number, company).way.append(Happened(at, state, text))

    def outcomes(self):
        return list(Inbox.objects.exclude(source="native").order_by("pk").values_list("outcome", "number"))


@pytest.fixture(autouse=True)
def fresh_memory():
    """Endpoints and buckets live in the process, longer than a test's rows."""
    for memory in (BAD, GOOD):
        memory._left.clear()
    for speaks in (ENDPOINTS, PUSHERS):
        speaks.forget()


@pytest.fixture
def carriers():
    made = Carriers()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def own_network(settings):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = True


@pytest.fixture
def desk(db, carriers, own_network):
    """Threads only speak HTTP: the rows are all written by the test's own connection."""
    return Desk(carriers)
