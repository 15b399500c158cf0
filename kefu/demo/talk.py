"""What the customers of the sample shops say: they ask, urge, complain, thank and curse, and write reviews. Pure.

A customer talks in one conversation per order, before it as well; what is said depends on what has just happened, and
on what they were answered. The same event, the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .messages import Message, Teller
from .stories import Story, n_of, story
from .wishes import MARK, dice

CONVERSATION = "talk-"  # before the order's number
GOES_ON = 4  # so many answers to one customer, then they are content or silent


class Opening(NamedTuple):
    """`share` of the orders to which it happens · seconds until it is said, at least and at most."""

    share: float
    words: tuple[str, ...]
    least: float = 4
    most: float = 25


# What brings somebody to speak: the outbox's topic.
OPENINGS: dict[str, Opening] = {
    "order.start": Opening(0.10, (
        "这件有现货吗？", "尺码偏大还是偏小啊", "今天下单什么时候能发", "和上次买的那个能搭吗", "现在有什么活动吗",
        "是正品吧？", "能便宜点吗",
    ), 1, 6),
    "order.pay": Opening(0.16, (
        "什么时候发货呀", "麻烦帮我改一下地址", "可以加急发吗，等着用", "发什么快递？", "备注一下不要放价签，谢谢",
        "颜色拍错了，能改吗",
    )),
    "order.ship": Opening(0.14, (
        "快递到哪里了？", "怎么物流一直没更新", "请问几天能到", "单号发我一下", "快递能送上门吗",
    )),
    "order.sign": Opening(0.06, (
        "收到了，很满意，谢谢", "收到了，就是包装有点压", "怎么洗比较好？", "少了个配件", "收到就是坏的，什么质量啊",
    ), 6, 40),
    "order.report_stock_out": Opening(0.30, (
        "怎么又说没货了？", "没货为什么还能拍，太过分了", "那什么时候能有货", "没货就退款吧",
    ), 6, 30),
    "return.start": Opening(0.25, (
        "退货申请提交了，麻烦处理一下", "申请好半天了，还没有人处理", "退款什么时候能到账", "运费你们出吗？",
    ), 6, 40),
    "return.refuse": Opening(0.55, (
        "凭什么拒绝？质量这么差还不给退", "你们这是骗人，我要投诉", "照片拍得清清楚楚，你们到底看没看",
    ), 4, 20),
    "return.receive": Opening(0.12, ("你们收到退货了吧？什么时候退款", "仓库签收了，麻烦快点退"), 6, 40),
    "dispute.start": Opening(0.5, (
        "我已经申请平台介入了", "再不处理我就去12315投诉", "等平台判吧，垃圾店",
    ), 3, 15),
    "refund.succeed": Opening(0.08, ("钱收到了，谢谢", "到账了，辛苦了"), 5, 30),
}  # fmt: skip
THANKS = ("好的，谢谢", "明白了，谢谢", "收到，辛苦了", "好的", "那我等等看，谢谢")
MORE = ("那大概要多久？", "可是我急用啊", "运费怎么算？", "能不能快一点", "上次也是这么说的", "你能帮我查一下吗")
CURSES = ("又是这套话，敷衍谁呢", "等了几天了，到底什么时候能解决", "垃圾客服，我要给差评", "骗子，再不处理就投诉")
URGES = ("在吗？？", "怎么没人回", "有人吗", "人呢？我都等半天了", "???")
REVIEWS = {
    5: ("东西很好，会再来", "客服耐心，发货也快"), 4: ("还不错，快递慢了点",),
    3: ("一般般，和图片有色差",), 2: ("质量不太行，问客服半天才回",), 1: ("用一次就坏了，差评", "没货还卖，浪费时间"),
}  # fmt: skip
COMMENTS = {5: ("很耐心", ""), 4: ("",), 3: ("回复有点慢",), 2: ("答非所问",), 1: ("没解决问题",)}
STARS = (5, 4, 3, 2, 1)


def hears(seed: int, hurry: float, event: Mapping[str, Any]) -> list[Message]:
    """What a customer says to one event of ours; mostly nothing."""
    topic, data = event["type"], event["data"]
    if topic == "ticket.reply" and data.get("who") in ("agent", "lead"):
        return _answers(seed, hurry, data)
    if topic == "satisfaction.asked":
        return _rates(seed, hurry, data)
    found = _opens(seed, hurry, topic, data)
    return found + (_reviews(seed, hurry, data) if topic == "order.sign" else [])


def of_conversation(conversation: str, seed: int) -> Story | None:
    """Whose conversation this is; None where it is nobody's of ours."""
    number = conversation.removeprefix(CONVERSATION)
    n = n_of(number, seed)
    return story(seed, n) if n is not None and conversation.startswith(CONVERSATION) else None


def _teller(seed: int, hurry: float, told: Story, name: str) -> Teller:
    return Teller(dice(seed, name), told.shop, told.number, hurry, f"talk.{name}")


def _says(tell: Teller, told: Story, after: float, words: str, *, named: bool = True) -> None:
    buyer = next(m.data["buyer"] for m in told.messages if m.type == "order.placed")
    said: dict[str, Any] = {"order": told.number} if named else {}
    tell.tell(
        "message.received", after, conversation=f"{CONVERSATION}{told.number}", channel="im", buyer=buyer,
        text=words, message=f"{tell.name}.{len(tell.told)}", **said,
    )  # fmt: skip


def _order_of(topic: str, data: Mapping[str, Any], seed: int) -> Story | None:
    """The story behind an order's, return's or dispute's event."""
    number = str(data.get("number") or "").partition(MARK)[0].partition("-")[0]
    n = n_of(number, seed)
    return story(seed, n) if n is not None else None


def _opens(seed: int, hurry: float, topic: str, data: Mapping[str, Any]) -> list[Message]:
    opening, told = OPENINGS.get(topic), _order_of(topic, data, seed)
    if opening is None or told is None:
        return []
    tell = _teller(seed, hurry, told, f"{data.get('number')}.{topic}.{data.get('seq', 0)}")
    if tell.rng.random() >= opening.share:
        return []
    after, words = tell.rng.uniform(opening.least, opening.most), tell.rng.choice(opening.words)
    _says(tell, told, after, words, named=topic != "order.start")
    if tell.rng.random() < 0.4:  # unless they are answered before
        _says(tell, told, after + tell.rng.uniform(22, 55), tell.rng.choice(URGES), named=topic != "order.start")
    return tell.told


def unsaid(seed: int, event: Mapping[str, Any]) -> str:
    """The order's number of a customer who was just answered, and urges nobody any more; "" where there is none."""
    data = event["data"]
    told = of_conversation(str(data.get("conversation", "")), seed) if event["type"] == "ticket.reply" else None
    return told.number if told is not None else ""


def _answers(seed: int, hurry: float, data: Mapping[str, Any]) -> list[Message]:
    """Content, curious, angry, or silent: what a customer makes of an answer."""
    told = of_conversation(str(data.get("conversation", "")), seed)
    if told is None:
        return []
    tell = _teller(seed, hurry, told, f"{data['number']}.reply.{data.get('seq', 0)}")
    luck, after = tell.rng.random(), tell.rng.uniform(5, 30)
    if luck < 0.38 or int(data.get("seq", 0)) > 3 * GOES_ON:
        _says(tell, told, after, tell.rng.choice(THANKS))
    elif luck < 0.62:
        _says(tell, told, after, tell.rng.choice(MORE))
    elif luck < 0.72:
        _says(tell, told, after, tell.rng.choice(CURSES))
    return tell.told


def _rates(seed: int, hurry: float, data: Mapping[str, Any]) -> list[Message]:
    """Some follow the link and say how they were served."""
    told = of_conversation(str(data.get("conversation", "")), seed)
    if told is None:
        return []
    tell = _teller(seed, hurry, told, f"{data['number']}.rated.{data.get('seq', 0)}")
    if tell.rng.random() < 0.6:
        [stars] = tell.rng.choices(STARS, (9, 5, 2, 1, 2))
        said = {"url": str(data["url"]), "rating": str(stars), "words": tell.rng.choice(COMMENTS[stars])}
        tell.visit("rate", tell.rng.uniform(4, 30), **said)
    return tell.told


def _reviews(seed: int, hurry: float, data: Mapping[str, Any]) -> list[Message]:
    """After the signature; a bad one may be changed later. Nobody reviews what replaces their goods."""
    told = _order_of("order.sign", data, seed)
    if told is None or told.number != data["number"]:
        return []
    tell = _teller(seed, hurry, told, f"{told.number}.review.{data.get('seq', 0)}")
    if tell.rng.random() >= 0.3:
        return []
    [stars] = tell.rng.choices(STARS, (10, 5, 2, 1, 2))
    at = tell.rng.uniform(10, 60)
    said: dict[str, Any] = {"order": told.number, "review": f"R{told.number}"}
    tell.tell("review.posted", at, rating=stars, text=tell.rng.choice(REVIEWS[stars]), **said)
    if stars <= 3 and tell.rng.random() < 0.4:
        later = at + tell.rng.uniform(60, 160)
        tell.tell("review.posted", later, rating=5, text="客服处理得很好，改成五星", **said)
    return tell.told
