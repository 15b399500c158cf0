"""Returns that are looked at, not written: orders of any lines, and applications on them."""

import rows
from flows.engine import start
from flows.models import Move
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Line, Order
from orders.tables import ORDER
from returns.belongings import bring
from returns.models import Return, ReturnLine
from tests.factories import AT, make_shop


def bought(*lines, freight=0, shop=None, insured=False, number="B1", paid=True):
    """A paid and signed order; lines: {"line", "quantity", "paid", …}."""
    shop = shop or make_shop()
    lines = [{"sku": "", "title": f"商品{x['line']}", "unit_price": 0, **x} for x in lines]
    total = sum(x["paid"] for x in lines) + freight
    order = Order(
        shop_id=shop.pk, number=number, payment="online", total=total, freight=freight, placed_at=AT, insured=insured,
        state="awaiting_payment",
    )  # fmt: skip
    order = start(order, who=Who.SHOP, by="test", at=AT, inputs={"lines": lines})
    facts = [("pay", {"amount": total})] if paid and total else []
    box = {"carrier": "顺丰", "tracking_number": f"SF{order.pk}", "lines": None}
    facts += [("ship", {"parcels": [box]}), ("sign", {"parcels": None})]
    for kind, inputs in facts:
        for taken in report_many(ORDER, [Heard(order.pk, kind, AT, Who.SHOP, "test", inputs)], at=AT):
            assert taken.error is None, taken.why
    return Order.objects.get(pk=order.pk)


def returned(order, *lines, kind="return_refund", reason="no_reason", state="requested", here=False, **fields):
    """Written as it is, past the door: lines (name, quantity)."""
    n = Return.objects.filter(order=order).count() + 1
    ret = Return(
        shop_id=order.shop_id, order_id=order.pk, number=f"{order.number}-R{n}", kind=kind, reason=reason, state=state,
        created_at=AT, received_at=AT if here else None, version=1, **fields,
    )  # fmt: skip
    [ret.pk] = rows.allocate(Return, 1)
    Move.objects.bulk_create([Move(
        shop_id=ret.shop_id, flow="return", subject=ret.pk, seq=1, step="start", target=state, who="system", by="test",
        at=AT, noted_at=AT,
    )])  # fmt: skip
    Return._base_manager.bulk_create([ret])
    for name, quantity in lines:
        line = Line.objects.get(order=order, line=name)
        ReturnLine.objects.create(of=ret, line=line, quantity=quantity, received=quantity if here else 0)
    return fresh(ret)


def fresh(ret):
    ret = Return.objects.get(pk=ret.pk)
    bring([ret])
    return ret


def promised(ret, found=None):
    """As if its refund had been promised."""
    from returns import amounts

    found = found or amounts.due(ret)
    for x in ret.belongings.lines:
        ReturnLine.objects.filter(pk=x.pk).update(share=found.shares[x.pk], refunded=found.lines[x.pk])
    return found
