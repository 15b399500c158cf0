"""At the end two ledgers are held against each other: what Kefu has settled, and what the provider has paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from orders.models import Refund
from orders.states import R

from .messages import yuan
from .payments import Ledger, differences

SETTLED = (R.SUCCEEDED, R.CONFIRMED)
MOST = 5  # differences that are told one by one


def of(ledger: Ledger, shops: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(a line, its colour). What the platforms paid themselves has never been in the provider's books.

    What is paid and of which nobody has told us yet is no difference, as long as we know that it is under way.
    """
    ours = Refund.objects.filter(shop__code__in=shops, paid_by=Refund.SHOP)
    settled = dict(ours.filter(state__in=SETTLED).values_list("key", "amount"))
    awaited = dict(ours.exclude(state__in=(*SETTLED, R.CANCELLED)).values_list("key", "amount"))
    paid = ledger.paid()
    open_ = {key: amount for key, amount in awaited.items() if key in paid}
    said = {"count": len(settled), "sum": yuan(sum(settled.values())), "open": len(open_)}
    wrong = differences(ledger, [*settled.items(), *open_.items()])
    if not wrong:
        yield _("退款对账：已到账 %(count)s 笔，共 ¥%(sum)s，与支付方账本逐笔一致") % said, "head"
    else:
        yield _("退款对账：与支付方账本有 %s 处不一致") % len(wrong), "late"
        yield from ((f"  {text}", "late") for text in wrong[:MOST])
    if open_:
        yield _("另有 %(open)s 笔支付方已付，结果还没有告诉我们") % said, ""
