"""Returns on the desk, gone on to wherever a page or a step is looked at."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from flows import engine
from flows.table import Who
from orders.models import Line, Order
from returns import applications, store


class Scenes:
    """Beside a Desk: its orders are signed, its customers ask."""

    def __init__(self, desk):
        self.desk = desk

    def signed(self, **order):
        """An order that the customer has signed for, an hour ago."""
        order = self.desk.order("packed", **order)
        parcel = {"carrier": "顺丰", "tracking_number": f"SF{order.pk:010d}", "lines": []}
        order = self.desk.take(order, "ship", "warehouse", parcels=[parcel])
        self.desk.hear(order, "sign", timezone.now() - timedelta(minutes=1))
        return Order.objects.get(pk=order.pk)

    def late(self):
        """Signed for too long ago for a return without reason."""
        order = self.signed(minutes=60 * 24 * 20)
        Order.objects.filter(pk=order.pk).update(signed_at=timezone.now() - timedelta(days=12))
        return Order.objects.get(pk=order.pk)

    def requested(self, kind="return_refund", reason="quality", *, order=None, words="鞋底开胶了", **told):
        order = order or self.signed()
        told = {"kind": kind, "reason": reason, "words": words, **told}
        by = self.desk.people["agent"].get_username()
        return applications.start(order, told, who=Who.AGENT, by=by, at=timezone.now(), opened_by="desk")

    def more(self, order):
        """The order of this customer, with goods that are in no return yet."""
        line = order.lines.first()
        Line.objects.create(order=order, line="99", sku=line.sku, title=line.title, quantity=1, unit_price=0, paid=0)
        return Order.objects.get(pk=order.pk)

    def take(self, ret, step, role, **inputs):
        at = timezone.now()
        by = self.desk.people[role].get_username() if role in self.desk.people else role
        return engine.take(ret, step, who=Who[role.upper()], by=by, at=at, inputs=inputs)

    def approved(self, **told):
        return self.take(self.requested(**told), "approve", "agent", override_why="老客户")

    def returning(self, **told):
        ret = self.approved(**told)
        return self.take(ret, "send_back", "agent", carrier="圆通速递", tracking_number=f"YT{ret.pk:013d}")

    def received(self, **told):
        return self.take(self.returning(**told), "receive", "warehouse")

    def inspected(self, **told):
        return self.take(self.received(**told), "inspect", "warehouse")

    def photo(self, ret, stage="application", giver="customer"):
        return store.keep(ret, jpeg(), giver=giver, by="c", at=timezone.now(), stage=stage)

    def dispute(self, ret=None, **told):
        ret = ret or self.requested()
        by, at = self.desk.people["agent"].get_username(), timezone.now()
        return applications.start_dispute(ret, told, who=Who.AGENT, by=by, at=at, opened_by="desk")


def jpeg(name="proof.jpg", colour=(180, 90, 40), size=(320, 240)):
    """A photo, as an upload brings it."""
    raw = BytesIO()
    Image.new("RGB", size, colour).save(raw, "JPEG")
    return SimpleUploadedFile(name, raw.getvalue(), "image/jpeg")


def fresh(subject):
    return type(subject).objects.get(pk=subject.pk)
