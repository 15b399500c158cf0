"""What the customer said last decides first, then where the case stands; every suggestion says why."""

import pytest

from tickets.replies.scenes import Scene
from tickets.replies.suggest import MOST, Situation, hints

SAID = [
    ("在吗", Scene.GREETING),
    ("有现货吗", Scene.STOCK),
    ("这个是正品吗", Scene.AUTHENTICITY),
    ("这条裙子配什么鞋好", Scene.MATCHING),
    ("今天有什么活动", Scene.PROMOTION),
    ("我身高 165 体重 100 斤穿什么码", Scene.SIZE),
    ("可以改地址吗", Scene.ORDER_CHANGE),
    ("拍错了，取消订单", Scene.ORDER_CHANGE),
    ("能便宜点吗", Scene.PRICE),
    ("昨天刚买今天就降价了", Scene.PRICE),
    ("包邮吗", Scene.FREIGHT),
    ("发什么快递", Scene.COURIER),
    ("怎么还不发货", Scene.URGING),
    ("今天能发吗", Scene.URGING),
    ("快递到哪了", Scene.TRACKING),
    ("怎么还没到，都五天了", Scene.DELAY),
    ("物流三天没更新了", Scene.DELAY),
    ("不喜欢，想退货", Scene.NO_REASON),
    ("鞋底开胶了", Scene.FAULT),
    ("颜色不对，发错了吧", Scene.WRONG_GOODS),
    ("少发了一双袜子", Scene.WRONG_GOODS),
    ("寄回去的运费谁出", Scene.FREIGHT_REFUND),
    ("缺货的话换一款吧", Scene.STOCK_OUT),
    ("不赔偿我就投诉", Scene.COMPENSATION),
    ("退款什么时候到账", Scene.REFUND_DONE),
    ("还没收到退款", Scene.REFUND_DONE),
    ("谢谢，很满意", Scene.THANKS),
]


@pytest.mark.parametrize(("words", "scene"), SAID)
def test_the_last_words_call_for_their_scene(words: str, scene: Scene) -> None:
    first = hints(Situation(words=words, answered=True))[0]
    assert first.scene == scene
    assert "客户说到" in first.why


def test_every_scene_is_called_for_by_some_words() -> None:
    assert {scene for _words, scene in SAID} == set(Scene)


@pytest.mark.parametrize(
    ("words", "never"),
    [
        ("衣服没有质量问题，就是不喜欢", Scene.FAULT),
        ("没坏，只是不合适", Scene.FAULT),
        ("我不是要投诉", Scene.COMPENSATION),
        ("一点都不满意", Scene.THANKS),
        ("还没收到退款", Scene.DELAY),
    ],
)
def test_what_is_denied_is_not_meant(words: str, never: Scene) -> None:
    assert never not in [h.scene for h in hints(Situation(words=words, answered=True))]


@pytest.mark.parametrize(
    ("situation", "scene", "why"),
    [
        (Situation(order="shipped", late=frozenset({"deliver"})), Scene.DELAY, "送达时限已过"),
        (Situation(order="picking", late=frozenset({"ship"})), Scene.URGING, "发货时限已过"),
        (Situation(order="out_of_stock", stock_out="contacting"), Scene.STOCK_OUT, "订单有缺货"),
        (Situation(order="shipped", query="tracing", parcel="in_transit"), Scene.DELAY, "正在催件核实"),
        (Situation(kind="return", return_state="requested", return_reason="quality"), Scene.FAULT, "质量"),
        (Situation(kind="return", return_state="requested", return_reason="missing"), Scene.WRONG_GOODS, "少件"),
        (Situation(kind="return", return_state="requested", return_reason="no_reason"), Scene.NO_REASON, "七天无理由"),
        (Situation(kind="return", return_state="refunding", refund="succeeded"), Scene.REFUND_DONE, "已到账"),
        (Situation(kind="complaint"), Scene.COMPENSATION, "投诉"),
    ],
)
def test_where_the_case_stands_calls_for_a_scene_with_its_reason(situation, scene, why) -> None:
    from dataclasses import replace

    first = hints(replace(situation, answered=True))[0]
    assert first.scene == scene
    assert why in first.why


def test_whom_nobody_has_spoken_to_is_greeted() -> None:
    assert hints(Situation(words="在吗"))[0].scene == Scene.GREETING
    assert Scene.GREETING in [h.scene for h in hints(Situation(words="怎么还没到"))]
    assert hints(Situation(words="怎么还没到"))[0].scene == Scene.DELAY


def test_words_and_state_together_give_one_hint_with_both_reasons() -> None:
    (hint, *_rest) = hints(Situation(words="怎么还没到", answered=True, order="shipped", late=frozenset({"deliver"})))
    assert hint.scene == Scene.DELAY
    assert "怎么还没到" in hint.why
    assert "送达时限已过" in hint.why


def test_a_case_without_anything_to_go_by_suggests_nothing() -> None:
    assert hints(Situation(answered=True)) == []


def test_there_are_never_more_chips_than_fit() -> None:
    words = "在吗，发错颜色了，质量也差，运费谁出，退款什么时候到账，怎么还没到，不赔就投诉"
    found = hints(Situation(words=words))
    assert len(found) == MOST
    assert len({h.scene for h in found}) == MOST
