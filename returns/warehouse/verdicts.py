"""What the desk says to a scan: one tone over the full width, a few words, and what to do next.

good (green): received. soon (amber): nobody's parcel. late (red): stop. ours (blue): found, or a question. done (grey):
known already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.due import span
from flows.words import label_of
from orders.models import Order
from shops.models import Shop
from shops.punctuation import listed

from ..models import BackParcel, Return
from ..states import Reason, S
from ..tables import RETURN

CHECKS = {
    Reason.NO_REASON: gettext_lazy("七天无理由：吊牌、配件、包装齐不齐，有没有使用痕迹，影不影响二次销售。"),
    Reason.QUALITY: gettext_lazy("质量问题：对照客户说的地方看，拍清楚有问题和没问题的部位。"),
    Reason.WRONG_ITEM: gettext_lazy("发错货：核对货号，看退回的是不是我们发错的那一件。"),
    Reason.MISSING: gettext_lazy("少件：先数内件，再对订单。"),
    Reason.DAMAGED: gettext_lazy("运输破损：先拍外箱和面单，再开箱拍破损处。"),
    Reason.NOT_AS_DESCRIBED: gettext_lazy("描述不符：对照商品页核对颜色、尺码和材质。"),
    Reason.COUNTERFEIT: gettext_lazy("质疑假货：核对防伪和批次，务必拍照留证。"),
    Reason.REJECTED: gettext_lazy("拒收退回：看是不是原封，拆过就逐件检查。"),
}
USUAL = gettext_lazy("逐件核对货号和数量，判断成色，有问题的拍照。")


@dataclass
class Verdict:
    """ret: whose unpacking is shown below. which, shops: the question, answered by a digit. act: the step that is
    offered. stray: the unannounced parcel that is meant."""

    tone: str
    title: str
    words: list[str] = field(default_factory=list)
    number: str = ""
    ret: Return | None = None
    stray: BackParcel | None = None
    which: Sequence[Return] = ()
    shops: Sequence[Shop] = ()
    act: str = ""
    wrong: bool = False  # what was sent was no number: 400

    @property
    def asks(self) -> bool:
        return bool(self.which or self.shops or self.act)


def received(ret: Return, number: str) -> Verdict:
    words = [str(CHECKS.get(Reason(ret.reason), USUAL))]
    return Verdict("good", _("收货成功"), words, number, ret)


def already(ret: Return, parcel: BackParcel, now: datetime) -> Verdict:
    words = [_said_when(parcel, now), _("没有重复登记。")]
    if ret.state == S.RECEIVED:
        words.append(_("还没有验货，可以接着开箱。"))
    return Verdict("done", _("已经收过"), words, parcel.tracking_number, ret)


def _said_when(parcel: BackParcel, now: datetime) -> str:
    assert parcel.received_at is not None
    ago = span(int((now - parcel.received_at).total_seconds()))
    return _("%(by)s 在 %(ago)s前已经收下这件包裹。") % {"by": parcel.received_by or _("有人"), "ago": ago}


def over(ret: Return, number: str) -> Verdict:
    """A closed or paid return whose goods come all the same."""
    state = label_of(RETURN, ret.state)
    if ret.state == S.CLOSED:
        words = [_("这张售后已经关闭，货才到。先不要入库。"), _("要收下就登记迟到退货，售后会重新打开，由客服处理。")]
        return Verdict("late", _("已关闭的售后"), words, number, ret, act="arrive_late")
    words = [_("这张售后是“%s”，货现在才到。") % state, _("收下就登记迟到退货，只记货，不会再退一次款。")]
    title = _("退款中的售后") if ret.state == S.REFUNDING else _("已完成的售后")
    return Verdict("late", title, words, number, ret, act="arrive_late")


def late_booked(ret: Return, number: str) -> Verdict:
    if ret.state == S.RECEIVED:
        return Verdict("good", _("已收下，售后重新打开"), [_("请开箱验货，客服会接着处理。")], number, ret)
    return Verdict("good", _("迟到退货已登记"), [_("货记在这张售后上，不会再退一次款。请按成色入库。")], number, ret)


def waits(ret: Return, stray: BackParcel) -> Verdict:
    """It cannot be received from here: the parcel is kept until it can."""
    words = [
        _("售后单 %(number)s 现在是“%(state)s”，还不能收货。") % {
            "number": ret.number, "state": label_of(RETURN, ret.state),
        },
        _("包裹先记在无主包裹里，放到待处理区；客服处理后再扫一次就能收货。"),
    ]  # fmt: skip
    return Verdict("soon", _("先放一放"), words, stray.tracking_number, ret, stray)


def unannounced(stray: BackParcel, order: Order | None = None) -> Verdict:
    if order is not None:
        words = [
            _("这是发给客户的包裹退了回来，订单 %s 还没有售后单。") % order.number,
            _("已记下。请告诉客服为这个订单建售后单，建好后在无主包裹里匹配。"),
        ]
        return Verdict("soon", _("退回的发货包裹"), words, stray.tracking_number, stray=stray)
    words = [
        _("没有售后单登记过这个单号，已记下。"),
        _("面单上有订单号或寄件人电话，就在这里找售后单匹配；找不到先放到待处理区。"),
    ]
    return Verdict("soon", _("无主包裹"), words, stray.tracking_number, stray=stray)


def known_stray(stray: BackParcel, now: datetime) -> Verdict:
    words = [_said_when(stray, now), _("它还没有匹配到售后单，没有重复登记。")]
    return Verdict("done", _("已记过的无主包裹"), words, stray.tracking_number, stray=stray)


def which(returns: Sequence[Return], number: str) -> Verdict:
    shops = {r.shop_id for r in returns}
    title = _("是哪家店的？") if len(shops) > 1 else _("是哪张售后单？")
    return Verdict(
        "ours", title, [_("这个单号对得上不止一张售后单。按数字选一张，选之前什么都不登记。")], number, which=returns
    )


def whose(shops: Iterable[Shop], number: str) -> Verdict:
    words = [_("没有售后单登记过这个单号。按数字选它是寄给哪家店的，选之前什么都不登记。")]
    return Verdict("ours", _("无主包裹：寄给哪家店？"), words, number, shops=list(shops))


def opened(ret: Return, number: str) -> Verdict:
    """Found by the number of the return or the order: no parcel was scanned, so nothing is booked yet."""
    open_ = RETURN.row("receive", ret.state) is not None and ret.state not in (S.RECEIVED, S.INSPECTED)
    words = [_("还没有登记收货。开箱清点后，下面的按钮一次登记收货和验货。") if open_ else _STANDING.get(ret.state, "")]
    return Verdict("ours", _("找到售后单"), [str(w) for w in words if w], number, ret)


_STANDING = {
    S.RECEIVED.value: gettext_lazy("已收货，等验货。"),
    S.INSPECTED.value: gettext_lazy("已验货，等客服处理。又到了一件包裹就扫它的快递单号。"),
    S.HANDING_BACK.value: gettext_lazy("这件货要寄回给客户，寄出后在下面登记快递单号。"),
}


def looked(ret: Return, number: str) -> Verdict:
    words = [_("您在“%s”不是仓库角色：只能查看，没有登记。") % ret.shop.name]
    return Verdict("ours", _("找到售后单"), words, number, ret)


def not_yours(number: str) -> Verdict:
    words = [_("没有售后单登记过这个单号。您不是仓库角色，没有记成无主包裹。")]
    return Verdict("soon", _("没有找到"), words, number)


def no_return(orders: Sequence[Order], number: str) -> Verdict:
    words = [
        _("找到订单 %s，但它没有售后单。") % listed(dict.fromkeys(o.number for o in orders)),
        _("请扫快递面单上的单号，先记成无主包裹，再请客服建售后单。"),
    ]
    return Verdict("soon", _("订单没有售后单"), words, number)


def unknown(number: str) -> Verdict:
    words = [_("它不是快递单号的样子，也不是售后单号或订单号。请只扫快递面单上的条形码，或手工输入。")]
    return Verdict("late", _("不认识的单号"), words, number, wrong=True)


def unreadable(why: str) -> Verdict:
    return Verdict("late", _("没有读到单号"), [why], wrong=True)


def refused(why: str, number: str, ret: Return | None = None) -> Verdict:
    return Verdict("late", _("没有登记"), [why], number, ret)


def busy(number: str) -> Verdict:
    return refused(_("别人正在动这张售后单，请再扫一次。"), number)


def inspected(ret: Return) -> Verdict:
    return Verdict("good", _("验货完成"), [_("已转给客服处理。可以扫下一件。")], ret.number, ret)


def counted(ret: Return, number: str) -> Verdict:
    return Verdict("good", _("件数已登记"), [_("还没有验货，随时可以接着判断成色。")], number or ret.number, ret)
