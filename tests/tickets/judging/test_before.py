"""Before words leave: what the rules block goes only with a lead's reason; nothing is written of what is refused."""

import pytest

from flows.effects import Refused
from flows.models import Move
from outbox.models import Event
from tickets.judging import talks
from tickets.judging.before import findings
from tickets.models import Message, QualityRule, ShopPromise

BAD = "亲，五星好评截图发我，返您5元红包哦"


@pytest.fixture
def ticket(hands):
    hands.person("amy")
    hands.person("lea", "lead")
    hands.person("both", "agent", "lead")
    return hands.says("收到了，挺好")


def unsaid(ticket):
    assert not Message.objects.filter(ticket=ticket, side="agent").exists()
    assert Move.objects.filter(flow="ticket", subject=ticket.pk).count() == 1
    assert not Event.objects.filter(topic="ticket.reply").exists()


def test_blocked_words_do_not_leave_and_the_passage_and_rule_are_said(hands, ticket):
    with pytest.raises(Refused, match=r"五星好评.*好评返现.*主管"):
        hands.does(ticket, "reply", words=BAD)
    unsaid(ticket)


def test_a_draft_is_read_beside_what_was_said_last_however_long_the_conversation(hands, ticket):
    for n in range(talks.LATELY):
        ticket = hands.hears(ticket, f"第{n}句", at=n + 1)
    ticket = hands.hears(ticket, "那张卡片写着返现五元红包", at=200)
    said = [m.words for m in talks.lately(ticket)]
    assert (len(said), said[0], said[-1]) == (talks.LATELY, "第1句", "那张卡片写着返现五元红包")
    assert len(talks.messages(ticket)) == talks.LATELY + 2


def test_what_is_blocked_does_not_leave_as_the_name_of_a_file_either(hands, ticket):
    """The name goes out with the words."""
    for words in ("", "您好"):
        with pytest.raises(Refused, match="好评返现"):
            hands.does(ticket, "reply", words=words, files=[{"url": "https://img.example/1.jpg", "name": f"{BAD}.jpg"}])
    unsaid(ticket)


@pytest.mark.parametrize(("url", "rule"), [
    ("https://img.example/加我微信lily8829.jpg", "引导站外联系"),
    ("https://img.example/%E5%8A%A0%E6%88%91%E5%BE%AE%E4%BF%A1lily8829.jpg", "引导站外联系"),
    ("https://img.example/%25E5%258A%25A0%25E6%2588%2591%25E5%25BE%25AE%25E4%25BF%25A1lily8829.jpg", "引导站外联系"),
    ("https://img.example/a.jpg?text=支付宝转账给我个人", "平台外付款"),
    ("https://img.example/a.jpg#五星好评截图发我返您5元红包", "好评返现"),
    ("https://weixin.qq.com/r/abcdef12345", "引导站外联系"),
    ("https://weixin.qq.com/r/abcdef12345?as=1.jpg", "引导站外联系"),
    ("https://img.example/wx88290000.jpg", "引导站外联系"),
    ("https://qm.qq.com/cgi-bin/qm/qr?k=abcdef", "引导站外联系"),
    ("https://weixin.qq.com/r/abcdef12345.html", "引导站外联系"),
])  # fmt: skip
def test_what_is_blocked_does_not_leave_in_the_address_of_a_file_either(hands, ticket, url, rule):
    for words in ("", "您好"):
        with pytest.raises(Refused, match=rule):
            hands.does(ticket, "reply", words=words, files=[{"url": url, "name": "图.jpg"}])
    unsaid(ticket)


@pytest.mark.parametrize("url", [
    "https://img.alicdn.com/imgextra/i1/2212345678901/O1CN01abcXYZ_!!2212345678901.jpg",
    "https://mmbiz.qpic.cn/mmbiz_jpg/abc12345/640?wx_fmt=jpeg", "https://img10.360buyimg.com/imgzone/jfs/t1/12345/abc.jpg",
    "https://weixin.cdn.example/abc12345678.png", "https://cdn.example/qq/13812345678/a.png",
    "https://wxapp.tc.qq.com/251/20304/stodownload?m=abc&filekey=30340201010420",
    "https://b.oss-cn-hangzhou.aliyuncs.com/2026/photo1.jpg?Expires=1700000000&OSSAccessKeyId=LTAI5tabc&Signature=v%2FxYz",
    "https://img.example/微信图片_20261129152033.jpg", "https://img.example/%ff%00%E5.jpg",
    "https://shop.example/files/qq_20240601_1.jpg", "https://shop.example/files/wx20261129.png",
    "https://shop.example/files/mmexport1700000000.jpg", "https://shop.example/files/微信图片_20240601.jpg",
    "https://shop.example/files/abc.jpeg?imageMogr2/thumbnail/200x",
])  # fmt: skip
def test_addresses_as_stores_of_files_make_them_leave(hands, ticket, url):
    hands.does(ticket, "reply", files=[{"url": url}])
    assert Message.objects.get(ticket=ticket, side="agent").files == [{"url": url}]


@pytest.mark.parametrize("name", [
    "微信图片_20261129152033.jpg", "mmexport1701234567890.jpg", "IMG_20261129_152033.jpg", "QQ截图20261129.png",
    "Screenshot_2026-11-29-15-20-33-123_com.tencent.mm.jpg", "尺码表.png",
])  # fmt: skip
def test_names_that_phones_give_to_photos_leave(hands, ticket, name):
    hands.does(ticket, "reply", files=[{"url": "https://img.example/1.jpg", "name": name}])
    assert Message.objects.get(ticket=ticket, side="agent").files[0]["name"] == name


def test_an_agents_reason_is_not_a_leads(hands, ticket):
    with pytest.raises(Refused):
        hands.does(ticket, "reply", words=BAD, why="客户要求")
    unsaid(ticket)


def test_a_lead_without_a_reason_sends_it_no_more_than_others(hands, ticket):
    for why in ("", " ", "x"):
        with pytest.raises(Refused):
            hands.does(ticket, "reply", by="lea", who="lead", words=BAD, why=why)
    unsaid(ticket)


def test_a_leads_reason_sends_it_and_stays_with_the_message(hands, ticket):
    hands.does(ticket, "reply", by="lea", who="lead", words=BAD, why="引用客户收到的卡片")
    assert Message.objects.get(ticket=ticket, side="agent").why == "引用客户收到的卡片"


def test_a_lead_who_answers_as_an_agent_is_still_a_lead(hands, ticket):
    hands.does(ticket, "reply", by="both", who="agent", words=BAD, why="引用客户收到的卡片")
    assert Message.objects.filter(ticket=ticket, side="agent").exists()


def test_a_warning_lets_words_leave(hands, ticket):
    hands.does(ticket, "reply", words="您好，木有问题")
    assert Message.objects.filter(ticket=ticket, side="agent").exists()


def test_an_automatic_reply_is_not_looked_at(hands, ticket):
    hands.does(ticket, "reply", by="system", who="system", words=BAD)
    assert Message.objects.filter(ticket=ticket, side="auto").exists()


def test_what_quotes_the_customers_own_words_may_be_sent(hands, ticket):
    hands.hears(ticket, "加V返5元，是你们的卡片吗", at=1)
    hands.does(ticket, "reply", at=2, words="您好，您看到的“加V返5元”不是我们发的")
    assert Message.objects.filter(ticket=ticket, side="agent").exists()


def test_a_shop_turns_a_rule_off_or_into_a_warning(hands, ticket):
    QualityRule.objects.create(shop=hands.shop, name="reward", on=False)
    QualityRule.objects.create(shop=hands.shop, name="meddle", severity="warn")
    hands.does(ticket, "reply", words=BAD)
    assert Message.objects.filter(ticket=ticket, side="agent").exists()


def test_a_shops_settings_are_not_anothers(hands, ticket, other_shop):
    QualityRule.objects.create(shop=other_shop, name="reward", on=False)
    with pytest.raises(Refused):
        hands.does(ticket, "reply", words=BAD)


def test_a_shops_own_rule_blocks(hands, ticket):
    QualityRule.objects.create(
        shop=hands.shop, name="rival", label="提及同行", severity="block", message="不提同行", better="我们只说自己",
        said=["隔壁老王家"], negated=False, hits=["隔壁老王家的不行", "隔壁老王家贵"], misses=["我们家", "隔壁"],
    )  # fmt: skip
    with pytest.raises(Refused, match="提及同行"):
        hands.does(ticket, "reply", words="您好，隔壁老王家的质量不行")
    unsaid(ticket)


def test_a_draft_is_told_everything_that_stands_against_it(hands, ticket):
    told = {finding.rule for finding in findings(ticket, "木有，再给您送一条毛巾", hands.at(1))}
    assert told == {"dialect", "gift", "greeting"}
    ShopPromise.objects.create(shop=hands.shop, kind="gift", words="毛巾")
    assert "gift" not in {finding.rule for finding in findings(ticket, "您好，再给您送一条毛巾", hands.at(1))}


def test_a_promise_holds_from_its_first_day_to_its_last(hands, ticket):
    day = hands.at(1).date()
    ShopPromise.objects.create(shop=hands.shop, kind="gift", words="毛巾", ends=day.replace(year=day.year - 1))
    assert "gift" in {finding.rule for finding in findings(ticket, "您好，再给您送一条毛巾", hands.at(1))}


def test_innocent_words_cost_one_statement_more_and_a_draft_four(hands, ticket, django_assert_num_queries):
    from tickets.judging import before

    ticket.shop  # noqa: B018
    with django_assert_num_queries(1):
        assert before.blocked(ticket, "您好，在的", hands.at(1)) == []
    with django_assert_num_queries(4):
        before.findings(ticket, "您好，在的", hands.at(1))
