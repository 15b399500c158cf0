"""A warehouse with parcels that come back: what the tests of its desk, and its pictures, look at."""

from itertools import count

from django.urls import reverse

from flows import engine
from flows.table import Who
from orders.models import Line
from orders.models import Parcel as Gone
from returns import starting
from returns.models import BackParcel, Return, ReturnLine
from tests.admin.scenes import Desk

_numbers = count(1)
DESK, SCAN, STRAYS = "/admin/warehouse/", "/admin/warehouse/scan/", "/admin/warehouse/strays/"


class Warehouse(Desk):
    def number(self):
        return f"SF{next(_numbers):013d}"

    def coming(self, number="", *, order=None, lines=None, reason="no_reason", kind="return_refund", **more):
        """A return whose parcel of this number is on its way. -> (return, its parcel)"""
        order = order or self.order("packed", minutes=600)
        parcel = {"carrier": "顺丰", "tracking_number": number or self.number(), "sent_at": self.now}
        ret = self.starts(order, state="returning", parcels=[parcel], lines=lines, reason=reason, kind=kind, **more)
        return ret, BackParcel.objects.get(of=ret, tracking_number=parcel["tracking_number"])

    def starts(self, order, **asked):
        asked = {"kind": "return_refund", "reason": "no_reason", "opened_by": "hook", **asked}
        ret, inputs = starting.begin(order, **asked)
        return engine.start(ret, who=Who.PLATFORM, by="hook:native", at=self.now, inputs=inputs)

    def fresh(self, ret):
        return Return.objects.select_related("shop", "order").get(pk=ret.pk)

    def lines(self, ret):
        return {x.line.line: x for x in ReturnLine.objects.filter(of=ret).select_related("line")}

    def line_of(self, ret, name="1"):
        return Line.objects.get(order=ret.order_id, line=name)

    def went_out(self, order, number=""):
        """The parcel in which the order left for its customer."""
        number = number or self.number()
        return Gone.objects.create(shop=order.shop, order=order, carrier="顺丰", tracking_number=number)


def page(view, *args):
    return reverse(f"admin:warehouse_{view}", args=args)


def unpacked(ret, number="", **judged):
    """What the form sends: {line's name: [(quantity, condition), …]}."""
    names = dict(Line.objects.filter(order=ret.order_id).values_list("line", "pk"))
    found = {"number": number}
    for name, parts in judged.items():
        for n, (quantity, condition) in enumerate(parts):
            found[f"q-{names[name.removeprefix('line')]}-{n}"] = str(quantity)
            found[f"c-{names[name.removeprefix('line')]}-{n}"] = condition
    return found
