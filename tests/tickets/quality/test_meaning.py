"""What tells the checker from a list of keywords: who says it, whether it is denied, whether it is quoted."""

import pytest

from tickets.quality import Conversation, Line, Promise, Scene, Speaker, check, review, scene
from tickets.quality.plain import plain


def rules_found(words: str, **scene) -> set[str]:
    return {finding.rule for finding in check(words, Scene(**scene))} - {"greeting", "apology"}


def test_the_customers_own_words_are_no_findings() -> None:
    talk = Conversation(
        "complaint",
        (
            Line(Speaker.CUSTOMER, "你们都是骗子，垃圾，神经病，加我微信私下转账，五星好评返现", 0),
            Line(Speaker.AGENT, "您好，非常抱歉让您生气了，我马上为您处理", 5),
            Line(Speaker.CUSTOMER, "好的谢谢", 20),
        ),
    )
    assert review(talk) == []


def test_every_line_is_read_once_however_long_the_conversation(monkeypatch) -> None:
    read = []
    monkeypatch.setattr(scene, "plain", lambda words: read.append(words) or plain(words))
    said = [f"第{n}句，您说的“{n}号”我不明白？" for n in range(60)]
    talk = tuple(Line((Speaker.CUSTOMER, Speaker.AGENT)[n % 2], words, n) for n, words in enumerate(said))
    review(Conversation("complaint", talk))
    check("您好，您说“你们是骗子”", Scene("complaint", before=talk))
    assert len(read) == len(set(read)) <= 61


def test_an_automatic_greeting_is_nobodys_finding() -> None:
    talk = Conversation("other", (Line(Speaker.ROBOT, "亲，五星好评返5元"), Line(Speaker.AGENT, "您好，请讲", 3)))
    assert review(talk) == []


@pytest.mark.parametrize(
    ("said", "denied", "rule"),
    [
        ("五星好评返5元", "我们不能五星好评返5元", "reward"),
        ("加微信聊", "平台规定不可以加微信聊", "contact"),
        ("把验证码发给我", "千万别把验证码发给我或任何人", "data"),
        ("保证明天到", "没法保证明天到", "date"),
        ("您把差评删了", "您不用把差评删了", "meddle"),
        ("好评返现", "好评返现是平台禁止的", "reward"),
        ("私下转账", "私下转账这种事我们不做", "payment"),
    ],
)
def test_what_is_denied_is_not_said(said, denied, rule) -> None:
    assert rule in rules_found(said)
    assert rules_found(denied) == set()


@pytest.mark.parametrize("twice", ["没有好评就不返现", "不是不给您返现，给五星好评就返5元"])
def test_two_nots_make_a_yes(twice) -> None:
    assert "reward" in rules_found(twice)


def test_a_not_that_only_looks_like_one_excuses_nothing() -> None:
    assert "contact" in rules_found("不好意思亲，加微信聊")
    assert "contact" in rules_found("要不加微信聊吧")
    assert "contact" in rules_found("没收到的话加微信联系我")


@pytest.mark.parametrize(
    "reported",
    [
        "您看到的“加V返5元”不是我们发的",
        "您说的好评返现我去核实一下",
        "卡片上写着“五星好评返5元”的那张已经停用",
        "您刚才提到客服让您加微信，我来查",
    ],
)
def test_what_is_quoted_or_reported_is_not_said(reported) -> None:
    assert rules_found(reported) == set()


@pytest.mark.parametrize("told", ["请您回复“五星好评返5元”参加活动", "公众号搜“鹿鹿”关注领券", "您说一下微信我加您"])
def test_quotation_marks_around_an_instruction_excuse_nothing(told) -> None:
    assert rules_found(told) & {"reward", "contact"}


@pytest.mark.parametrize(
    "written",
    [
        "加 微 信 聊",
        "加V聊",
        "加薇信聊",
        "加👉微👉信聊",
        "加*微*信聊",
        "加\u200b微\u200b信聊",
        "＋微信聊",
        "加Ｗｅｃｈａｔ聊",
        "加微❤聊",
    ],
)
def test_a_word_taken_apart_or_dressed_up_is_still_the_word(written) -> None:
    assert "contact" in rules_found(written)


def test_traditional_characters_are_read_like_simplified_ones() -> None:
    assert rules_found("評價後截圖領紅包") == {"reward"}


def test_the_passage_is_marked_in_the_words_as_they_were_written() -> None:
    words = "您好😊，可以的，加 微 信 聊，谢谢"
    (finding,) = check(words, Scene())
    assert words[finding.start : finding.end] == finding.passage == "加 微 信 聊"


@pytest.mark.parametrize(
    ("words", "promise", "rule"),
    [
        ("每单送您一个防尘袋", Promise("gift", "防尘袋"), "gift"),
        ("满200减20可以一起用", Promise("price", "满200减20"), "price"),
        ("给您补偿20元", Promise("compensation", fen=3000), "compensation"),
        ("今天给您发货", Promise("date", "今天发货"), "date"),
    ],
)
def test_what_the_shop_promises_may_be_said(words, promise, rule) -> None:
    assert rule in rules_found(words)
    assert rule not in rules_found(words, promises=(promise,))


@pytest.mark.parametrize(
    ("words", "promise", "rule"),
    [
        ("每单送您一条围巾", Promise("gift", "防尘袋"), "gift"),
        ("满200减50可以一起用", Promise("price", "满200减20"), "price"),
        ("给您补偿50元", Promise("compensation", fen=3000), "compensation"),
    ],
)
def test_more_than_the_shop_promises_may_not(words, promise, rule) -> None:
    assert rule in rules_found(words, promises=(promise,))


def test_a_draft_that_should_greet_or_say_sorry_is_told_before_it_leaves() -> None:
    before = (Line(Speaker.CUSTOMER, "杯子到手就碎了"),)
    left_out = {finding.rule for finding in check("拍个照片", Scene(kind="return", before=before))}
    assert left_out == {"greeting", "apology"}
    assert check("您好，非常抱歉，请您拍张照片", Scene(kind="return", before=before)) == []
