"""What a customer's words, repeats, waiting and history amount to: hand-made examples, each as a shop sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.mood import colour_of, signals
from tickets.mood.lexicon import FAMILIES, folded
from tickets.mood.signals import Heard, alike

RED = (
    "你们这个垃圾店，就是骗子",
    "再不退款我就去12315投诉你们",
    "骗人！我要曝光你们，太过分了",
    "已经投诉了，等着平台介入吧，还没有人处理",
    "什么态度！我找律师起诉你们",
    "我艹你妈",
    "卧槽",
    "草泥马",
    "尼玛",
    "TMD",
    "sb客服",
    "ＳＢ",
    "去死吧",
    "你们都去死",
    "你们是狗吗",
    "谢谢你全家",
    "我要投訴你們騙子",
    "１２３１５",
    "骗\u200d子",
    "骗、子",
    "投 诉 你 们",
    "谢谢，不用了，我走平台",
    "别以为我不会投诉",
    "他妈的，真他妈慢",
    "你妈的",
    "妈的智障",
    "你是他妈的什么店",
    "妈逼",
    "草你妈B",
    "问候你妈",
    "一群狗东西",
    "放狗屁",
    "你是狗",
)
YELLOW = (
    "都五天了怎么还没发货",
    "质量太差了，非常失望",
    "说了三遍了，到底什么时候发",
    "我不满意这个处理结果",
    "怎么还没到账？",
    "你们到底退不退",
    "再不处理我可就不客气了",
    "没有人管我，说好的满意呢",
)
GREEN = (
    "谢谢，收到了", "好的，辛苦了", "客服很好，问题解决了", "不错，满意", "👍", "赞", "这次没有人管我满意得很",
    "谢谢你妈妈",
)  # fmt: skip
CALM = (
    "在吗", "这件有XL码吗", "什么时候发货", "我不是要投诉，就是问问进度", "没想给差评，只想换一件", "有没有垃圾袋",
    "垃圾桶这款还有货吗", "帮我改一下地址", "投诉电话是多少", "不用投诉那么严重",
    "我妈的衣服小了一号", "给他妈妈买的", "送给妈妈的礼物什么时候到", "草泥马玩偶有货吗", "usb的线有吗",
    "去死皮膏怎么用", "我操作错了，怎么改", "问题解决了吗", "退款要走平台吗", "收货地址在尼玛县",
    "体操服有吗", "型号sb200",
    "NMD这双鞋尽快发货", "你们是狗粮专卖店吗，急用", "你们是狗狗用品店吗，急用", "狗狗东西什么时候到，尽快",
    "热狗东西到了吗，尽快", "狗屁股垫有吗，急用", "给妈妈baby都买了", "给我妈B款的，尽快", "我妈逼我换一件，急用",
    "宝妈的衣服有吗，急用", "姨妈的裤子小了一号", "辣妈的裙子尽快发", "给孩子他妈买的", "孩子他妈的鞋，尽快",
    "给他妈的礼物，尽快", "生日你妈妈喜欢什么，急用",
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "colour"),
    [(w, c) for c, some in (("red", RED), ("yellow", YELLOW), ("green", GREEN), ("", CALM)) for w in some],
)
def test_words_have_a_colour(words, colour):
    found = signals(Heard(words))
    if words in RED:
        assert colour_of(found) in ("red", "yellow"), found
    else:
        assert colour_of(found) == colour, found


@pytest.mark.parametrize("words", RED[:5])
def test_threats_and_insults_of_a_good_customers_order_are_red(words):
    assert colour_of(signals(Heard(words, value=60_000))) == "red"


def test_what_a_customer_is_worth_is_no_trouble_by_itself():
    assert colour_of(signals(Heard("有货吗", value=500_000, vip=True, score=-5, earlier=2))) == ""


def test_thanks_do_not_hide_what_is_wrong():
    assert colour_of(signals(Heard("谢谢你们的垃圾服务"))) == "yellow"
    assert colour_of(signals(Heard("谢谢，但是还没收到退款"))) == "yellow"


def test_the_same_question_again_is_serious_after_a_while():
    asked = "我的快递到哪里了"
    assert colour_of(signals(Heard(asked, before=[asked]))) == "yellow"
    assert colour_of(signals(Heard(asked, before=[asked, asked + "？"], waited=7200, limit=20))) == "red"


def test_short_greetings_are_no_repeats():
    assert not alike("在吗", "在吗")
    assert signals(Heard("在", before=["你好"])) == []


def test_waiting_counts_against_the_shops_own_limit():
    calm, long, very = (Heard("好了吗", waited=w, limit=20) for w in (59, 120, 1200))
    assert [sum(s.weight for s in signals(h)) for h in (calm, long, very)] == [0, 1, 2]
    assert signals(Heard("好了吗", waited=9999, limit=0)) == []


def test_a_ticket_that_was_thought_solved_is_serious_at_once():
    assert colour_of(signals(Heard("还是坏的", reopened=1))) == "yellow"


def test_every_signal_says_the_passage_that_it_rests_on():
    [threat] = [s for s in signals(Heard("我要投诉")) if s.name == "threat"]
    assert "要投诉" in threat.words


def test_every_family_has_an_example_here():
    said = [*RED, *YELLOW, *GREEN, "急用，快点"]
    assert [f.name for f in FAMILIES if not any(f.found(folded(w)) for w in said)] == []


@given(st.text(max_size=400), st.lists(st.text(max_size=40), max_size=5))
def test_any_text_has_a_colour(words, before):
    assert colour_of(signals(Heard(words, before=before))) in ("red", "yellow", "green", "")
