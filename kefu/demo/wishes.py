"""What customers want after they have bought: which of them, when, of which goods, in which words. Pure: the same seed
and order, the same wish."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from .messages import yuan
from .stories import Story, n_of, story

# When a wish comes up, and the end of its return's number: before shipping, on the way, after signing, once more.
UNSHIPPED, ON_THE_WAY, SIGNED, AGAIN = "1", "2", "3", "4"
SHARES = {UNSHIPPED: 0.06, ON_THE_WAY: 0.05, SIGNED: 0.42, AGAIN: 0.07}
BEFORE = {UNSHIPPED: "", ON_THE_WAY: UNSHIPPED, SIGNED: UNSHIPPED + ON_THE_WAY, AGAIN: UNSHIPPED + ON_THE_WAY}
MARK = "-S"  # between the order's number and the wish's place

RETURN, MONEY, EXCHANGE, RESHIP, REPAIR = "return_refund", "refund_only", "exchange", "reship", "repair"
LASTING = ("上装", "裙装", "外套", "鞋", "厨具", "器具", "收纳")  # categories of what can be mended


class Want(NamedTuple):
    """`share` of all wishes of its time · `proof`: share of those who send photos at once · `only`: categories."""

    share: float
    kind: str
    reason: str
    words: tuple[str, ...]
    proof: float = 0.0
    only: tuple[str, ...] = ()


WANTS: dict[str, tuple[Want, ...]] = {
    UNSHIPPED: (
        Want(6, MONEY, "other", ("不想要了，还没发货吧？", "买重复了，麻烦退一下", "家里人已经买了")),
        Want(3, MONEY, "late", ("说好今天发货的，还没发，不等了", "等太久了，退款吧")),
        Want(1, MONEY, "agreed", ("和客服说好了，取消这单",)),
    ),
    ON_THE_WAY: (
        Want(6, MONEY, "late", ("物流一直不动，不要了", "出差了收不到，帮我拦回去吧")),
        Want(4, MONEY, "other", ("买错了，还在路上能拦吗？", "地址填错了，退掉重拍")),
    ),
    SIGNED: (
        Want(24, RETURN, "no_reason", ("尺码不合适", "颜色和想的不太一样", "不太喜欢，七天无理由", "买多了，退一件")),
        Want(11, RETURN, "quality", ("用了一次就开线了", "有明显划痕，见图", "收到就是坏的"), 0.6),
        Want(6, RETURN, "not_as_described", ("和详情页的颜色差太多", "尺寸比标的小一圈"), 0.5),
        Want(4, RETURN, "damaged", ("盒子压扁了，里面也裂了", "快递箱破了，东西磕掉一块"), 0.6),
        Want(2, RETURN, "counterfeit", ("标签印得不对，怀疑不是正品",), 0.5),
        Want(9, EXCHANGE, "wrong_item", ("发错颜色了", "我拍的不是这一款"), 0.7),
        Want(8, EXCHANGE, "no_reason", ("大了，想换小一码", "想换个颜色，运费我出")),
        Want(3, EXCHANGE, "quality", ("拉链是坏的，换一件吧", "有个小洞，想换新的"), 0.6),
        Want(9, RESHIP, "missing", ("少了一件，包裹里没有", "清单上有，盒子里没有"), 0.6),
        Want(6, REPAIR, "quality", ("用着用着松了，能修吗？", "扣子掉了，麻烦修一下"), 0.5, LASTING),
        Want(4, MONEY, "quality", ("小瑕疵，退点钱我就留着", "有一处没做好，不想寄来寄去"), 0.7),
        Want(3, MONEY, "damaged", ("碎了一个，直接退这个的钱吧",), 0.7),
        Want(3, MONEY, "price_protection", ("刚买就降价了，退差价",)),
        Want(3, MONEY, "not_received", ("显示签收了，可我没有收到",)),
        Want(2, MONEY, "agreed", ("客服答应退的",)),
        Want(2, RETURN, "other", ("家人不喜欢",)),
    ),
}  # fmt: skip
WANTS[AGAIN] = WANTS[SIGNED]


@dataclass(frozen=True)
class Wish:
    """`number`: of its return · `lines`: None: everything of the order · `fen`: what was paid for them · `amount`: what
    is asked for, None: all of it · `after`: seconds from what brought it up · `given`: addresses of photos."""

    when: str
    order: str
    number: str
    shop: str
    kind: str
    reason: str
    words: str
    lines: tuple[tuple[str, int], ...] | None
    fen: int
    amount: int | None
    after: float
    given: tuple[str, ...]

    @property
    def told(self) -> dict[str, Any]:
        """The data of `return.requested`, its number apart."""
        said: dict[str, Any] = {
            "order": self.order, "kind": self.kind, "reason": self.reason, "words": self.words, "version": 1,
            "evidence": list(self.given),
        }  # fmt: skip
        if self.lines is not None:
            said["lines"] = [{"line": line, "quantity": quantity} for line, quantity in self.lines]
        if self.amount is not None:
            said["amount"] = yuan(self.amount)
        return said


def dice(seed: int, *names: object) -> Random:
    """Dice of their own for everything that is decided, so that one more throw changes nothing else."""
    return Random(":".join(map(str, (seed, *names))))  # noqa: S311 (dice, no secret)


def wish(seed: int, order: str, when: str) -> Wish | None:
    """What the customer of this order wants at that time; mostly nothing. None for an order of no story."""
    n = n_of(order, seed)
    if n is None or "-" in order:
        return None
    told, rng = story(seed, n), dice(seed, order, when)
    if rng.random() >= SHARES[when] or (when == UNSHIPPED and told.payment == "cod"):
        return None
    if when == AGAIN and (len(told.basket) < 2 or _was_short(told)):
        return None
    if any(wish(seed, order, earlier) for earlier in BEFORE[when]):  # that was for everything
        return None
    bought = told.basket[0] if when == AGAIN else told.basket[-1]  # what is missing is missed from the front
    fitting = [want for want in WANTS[when] if not want.only or bought["category"] in want.only]
    [want] = rng.choices(fitting, [want.share for want in fitting])
    lines, fen = _lines(seed, rng, told, when, bought)
    given = photos(rng, want.proof)
    return Wish(
        when, order, f"{order}{MARK}{when}", told.shop, want.kind, want.reason, rng.choice(want.words), lines, fen,
        _amount(rng, want, fen), rng.uniform(6, 25) if when != SIGNED else rng.uniform(8, 70), given,
    )  # fmt: skip


def of(seed: int, number: str) -> Wish | None:
    """The wish behind a return; None for a return that somebody else has opened."""
    order, mark, when = number.rpartition(MARK)
    return wish(seed, order, when) if mark and when in SHARES else None


def photos(rng: Random, share: float) -> tuple[str, ...]:
    """Addresses that nobody ever fetches."""
    if rng.random() >= share:
        return ()
    name = f"{rng.randrange(16**10):010x}"
    return tuple(f"https://img.example.com/after-sale/{name}-{i}.jpg" for i in range(1, rng.randint(2, 4)))


def _was_short(told: Story) -> bool:
    return any(m.type == "order.out_of_stock" for m in told.messages)


def _lines(
    seed: int, rng: Random, told: Story, when: str, bought: dict[str, Any]
) -> tuple[tuple[tuple[str, int], ...] | None, int]:
    """Before it has arrived mostly everything; afterwards one line or, of an order without gaps, all of it."""
    whole = when in (UNSHIPPED, ON_THE_WAY) or (when == SIGNED and rng.random() < 0.2)
    if whole and not _was_short(told) and not (when == SIGNED and wish(seed, told.number, AGAIN)):
        return None, sum(line["fen"] for line in told.basket)
    quantity = 1 if _was_short(told) else rng.randint(1, bought["quantity"])
    return ((bought["sku"], quantity),), bought["fen"] * quantity // bought["quantity"]


def _amount(rng: Random, want: Want, fen: int) -> int | None:
    """Who keeps the goods asks for a part."""
    if want.kind != MONEY or want.reason not in ("quality", "price_protection"):
        return None
    return max(100, fen * rng.choice((10, 15, 20)) // 100 // 100 * 100)
