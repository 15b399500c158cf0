"""Goods that have not the seven days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Product
from orders.states import IF_CONFIRMED, Exclusion
from shops import policy
from shops.punctuation import listed

from ..states import Reason
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return, ReturnLine


class Excluded(Rule):
    """Made to order, fresh, downloaded or opened digital goods, delivered periodicals; three more only if the buyer
    confirmed it at purchase (without that it is no ground). They have all other rights: a fault is a fault.

    What was said of the goods as they were sold counts, else what the product says now. A shop may take some back all
    the same (`exclusions_off`); it may not widen the list (消法实施条例 art. 19).
    Source: 七日无理由退货暂行办法 art. 6, 7 and 20.
    """

    name = "excluded"
    label = gettext_lazy("不适用七天无理由的商品")
    source = gettext_lazy("《七日无理由退货暂行办法》第六条、第七条、第二十条")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.reason != Reason.NO_REASON or ret.unshipped:
            return None
        found = excluded(ret)
        if not found:
            return None
        titles = listed(dict.fromkeys(x.line.title for x, _why in found))
        why = listed(dict.fromkeys(str(Exclusion(word).label) for _line, word in found))
        return self.no(
            _("%(titles)s 属于%(why)s，不适用七天无理由") % {"titles": titles, "why": why},
            _("%(titles)s 属于%(why)s，不支持七天无理由退货。如有质量问题，请选择对应的原因申请。")
            % {"titles": titles, "why": why},
        )


def excluded(ret: Return) -> list[tuple[ReturnLine, str]]:
    """The lines that have not the seven days, each with why."""
    taken_back = policy.of(ret.shop_id).after_sales.exclusions_off
    products = _of_products(ret)
    said = [(x, x.line.exclusion or products.get(x.line.sku, "")) for x in ret.belongings.lines]
    return [
        (x, word)
        for x, word in said
        if word and word not in taken_back and (x.line.confirmed or word not in IF_CONFIRMED)
    ]


def bring(returns: Sequence[Return]) -> None:
    """What the products of a whole batch say, in one statement; the belongings are loaded."""
    skus = {sku for ret in returns for sku in _unsaid(ret)}
    found: dict[int, dict[str, str]] = {}
    those = Product.objects.filter(shop__in={r.shop_id for r in returns}, sku__in=skus).exclude(exclusion="")
    for shop, sku, word in those.values_list("shop_id", "sku", "exclusion") if skus else ():
        found.setdefault(shop, {})[sku] = word
    for ret in returns:
        ret.of_products = (_unsaid(ret), found.get(ret.shop_id, {}))


def _of_products(ret: Return) -> dict[str, str]:
    """{sku: exclusion} of the lines that were sold without a word of it: at most one statement."""
    skus, known = _unsaid(ret), getattr(ret, "of_products", None)
    if not skus or (known and skus <= known[0]):
        return dict(known[1]) if skus and known else {}
    those = Product.objects.filter(shop=ret.shop_id, sku__in=skus).exclude(exclusion="")
    return dict(those.values_list("sku", "exclusion"))


def _unsaid(ret: Return) -> set[str]:
    return {x.line.sku for x in ret.belongings.lines if x.line.sku and not x.line.exclusion}
