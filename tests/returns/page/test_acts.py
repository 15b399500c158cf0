"""What a customer does on the page: every step as a customer, once however often it is sent, and nothing else."""

import pytest
from django.utils import timezone

from flows.models import Move
from orders.models import Refund
from returns.models import BackParcel, Evidence, FreightAdvance, Offer, Return
from tests.returns.hands import ADDRESS

from .scenes import Customer, photo, text

pytestmark = pytest.mark.django_db
PLANS = [
    {"kind": "cash", "amount": 3000, "words": "24 小时内退到您的账户"},
    {"kind": "coupon", "words": "满 100 减 30，30 天有效"},
]


def asked(hands, **changes):
    hands.signed()
    return hands.ask(**{"reason": "quality", **changes})


def to_send(hands, **changes):
    ret = asked(hands, **changes)
    return hands.take(ret, "approve", "agent", address=ADDRESS, override_why="测试")


def back(customer, said):
    """The redirect after a post, followed. -> what the page then says."""
    assert said.status_code == 302 and said.url.startswith(customer.address), text(said)
    return text(customer.get(said.url))


def last_move(customer):
    return Move.objects.filter(flow="return", subject=customer.ret.pk).order_by("-seq").first()


def moved(customer, step, state):
    move = last_move(customer)
    assert (move.step, move.who, move.by, customer.state()) == (step, "customer", "customer:page", state)


# ---- evidence
def test_the_customer_gives_photos_and_words(hands):
    ret = hands.take(asked(hands), "ask_evidence", "agent", words="请拍鞋底开胶的地方")
    customer = Customer(ret)
    assert "请拍鞋底开胶的地方" in text(customer.look())
    said = customer.do("evidence", words="鞋底开胶了", photos=[photo("red"), photo("blue")])
    assert "凭证已提交" in back(customer, said)
    moved(customer, "give_evidence", "requested")
    assert Evidence.objects.filter(of=ret, kind="photo", giver="customer", by="customer:page").count() == 2
    assert Evidence.objects.filter(of=ret, kind="words", words="鞋底开胶了", giver="customer").count() == 1
    assert "鞋底开胶了" in text(customer.look())


def test_the_same_form_sent_twice_is_one_step(hands):
    customer = Customer(hands.take(asked(hands), "ask_evidence", "agent", words="请拍照"))
    hidden = customer.form("evidence")
    for _n in range(2):
        assert "凭证已提交" in back(customer, customer.do("evidence", hidden, words="坏了", photos=[photo()]))
    assert Move.objects.filter(flow="return", subject=customer.ret.pk, step="give_evidence").count() == 1
    assert Evidence.objects.filter(of=customer.ret, kind="photo").count() == 1


def test_nothing_given_moves_nothing_and_says_what_to_do(hands):
    customer = Customer(hands.take(asked(hands), "ask_evidence", "agent", words="请拍照"))
    said = customer.do("evidence", words="  ")
    assert said.status_code == 400 and "请上传照片，或写下说明" in text(said)
    assert customer.state() == "awaiting_evidence"


def test_a_bad_photo_keeps_the_good_one_and_moves_nothing(hands):
    customer = Customer(hands.take(asked(hands), "ask_evidence", "agent", words="请拍照"))
    bad = photo()
    bad.truncate(30)
    said = customer.do("evidence", words="看图", photos=[photo("green"), bad])
    assert said.status_code == 400 and "第 2 张" in text(said) and "看图" in said.content.decode()
    [kept] = Evidence.objects.filter(of=customer.ret, kind="photo")
    assert f'name="evidence" value="{kept.pk}"' in said.content.decode()
    assert customer.state() == "awaiting_evidence"
    again = customer.do("evidence", words="看图", evidence=kept.pk)
    assert "凭证已提交" in back(customer, again)


def test_photos_may_be_added_while_the_shop_looks(hands):
    customer = Customer(asked(hands))
    before = customer.ret.version
    assert "照片已上传" in back(customer, customer.do("photos", photos=[photo()]))
    assert Return.objects.get(pk=customer.ret.pk).version == before
    assert "请先选择照片" in text(customer.do("photos"))


def test_evidence_of_another_return_is_not_taken(hands):
    hands.signed("A2")
    theirs = Customer(hands.ask("A2"))
    theirs.do("photos", photos=[photo()])
    key = Evidence.objects.get(of=theirs.ret).pk
    customer = Customer(hands.take(asked(hands), "ask_evidence", "agent", words="请拍照"))
    said = customer.do("evidence", evidence=key)
    assert said.status_code == 400 and customer.state() == "awaiting_evidence"


# ---- offers
def offered(hands):
    return Customer(hands.take(asked(hands), "offer", "agent", plans=PLANS, leaving_why="内部：嫌贵"))


def test_plans_are_shown_with_their_amounts_and_one_is_accepted(hands):
    customer = offered(hands)
    said = text(customer.look())
    assert "¥30.00" in said and "满 100 减 30" in said and "嫌贵" not in said
    assert "已接受方案" in back(customer, customer.do("accept", plan="2"))
    moved(customer, "accept_offer", "completed")
    assert Offer.objects.get(of=customer.ret).chosen == 2


@pytest.mark.parametrize("plan", ["", "0", "3", "9", "x", "-1"])
def test_a_plan_must_be_chosen_of_those_there_are(hands, plan):
    customer = offered(hands)
    assert customer.do("accept", plan=plan).status_code == 400
    assert customer.state() == "offered" and Offer.objects.get().chosen is None


def test_an_offer_is_declined_in_words(hands):
    customer = offered(hands)
    back(customer, customer.do("decline", words="还是想退货"))
    moved(customer, "decline_offer", "requested")
    assert Offer.objects.get().answer == "还是想退货"


# ---- the parcel
def test_a_number_is_enough_its_courier_is_guessed(hands):
    customer = Customer(to_send(hands))
    assert ADDRESS["detail"] in text(customer.look())
    said = customer.do("parcel", tracking_number=" sf 1234 5678 90123 ")
    assert "快递单号已登记" in back(customer, said)
    moved(customer, "send_back", "returning")
    [parcel] = BackParcel.objects.filter(of=customer.ret)
    assert (parcel.carrier, parcel.tracking_number) == ("顺丰", "SF1234567890123")
    assert "SF1234567890123" in text(customer.look()) and "顺丰" in text(customer.look())


def test_no_number_is_refused_for_its_courier(hands):
    customer = Customer(to_send(hands))
    back(customer, customer.do("parcel", tracking_number="SF1234567890123", carrier="乡里快递"))
    assert BackParcel.objects.get(of=customer.ret).carrier == "乡里快递"


def test_a_number_that_no_courier_has_is_taken_too(hands):
    customer = Customer(to_send(hands))
    back(customer, customer.do("parcel", tracking_number="QQ-77"))
    assert BackParcel.objects.get(of=customer.ret).carrier == ""


@pytest.mark.parametrize("number", ["", "ab", "x" * 41, "SF123<script>", "单号一二三四", "SF1\x00234", "1" * 10_240])
def test_what_is_no_number_is_said_and_nothing_is_written(hands, number):
    customer = Customer(to_send(hands))
    said = customer.do("parcel", tracking_number=number, carrier="顺丰")
    if number == "SF1\x00234":  # cleaned, it is one
        assert said.status_code == 302
        return
    assert said.status_code == 400 and "单号" in text(said) and "<script>" not in said.content.decode()[-9000:]
    assert not BackParcel.objects.exists() and customer.state() == "awaiting_return"


def test_a_second_parcel_and_a_corrected_number(hands):
    customer = Customer(to_send(hands))
    customer.do("parcel", tracking_number="SF1111111111111")
    customer.do("parcel", tracking_number="YT2222222222222", instead_of="")
    assert customer.state() == "returning"
    said = text(customer.look())
    assert "SF1111111111111" in said and "YT2222222222222" in said
    back(customer, customer.do("parcel", tracking_number="SF1111111111112", instead_of="SF1111111111111"))
    live = BackParcel.objects.filter(of=customer.ret, bounced_at=None).values_list("tracking_number", flat=True)
    assert set(live) == {"YT2222222222222", "SF1111111111112"}


def test_the_carrier_is_told_while_the_number_is_typed(hands):
    customer = Customer(to_send(hands))
    assert customer.get(f"{customer.address}carrier/?number=SF1234567890123").json() == {"carrier": "顺丰"}
    assert customer.get(f"{customer.address}carrier/?number=").json() == {"carrier": ""}


# ---- withdrawn, refused, open again
def test_withdrawing_is_asked_once_more_and_can_be_taken_back(hands):
    customer = Customer(asked(hands))
    assert "确定撤销申请" in text(customer.look())
    assert "申请已撤销" in back(customer, customer.do("withdraw"))
    moved(customer, "withdraw", "closed")
    assert "您已撤销" in text(customer.look())
    assert customer.do("reopen", why="").status_code == 400 and customer.state() == "closed"
    back(customer, customer.do("reopen", why="还是要退，鞋底又开了"))
    moved(customer, "reopen", "requested")


def test_a_refusal_shows_its_reason_and_the_proof_that_was_chosen(hands):
    ret = asked(hands)
    shown = hands.proof(ret, words="鞋底已穿过，有磨损")
    hands.proof(ret, words="内部照片，不给客户")
    hands.take(ret, "refuse", "agent", why="鞋底有穿着痕迹", proof=[shown])
    customer = Customer(ret)
    said = text(customer.look())
    assert "鞋底有穿着痕迹" in said and "有磨损" in said and "内部照片" not in said


def test_a_refused_application_is_changed(hands):
    ret = asked(hands)
    hands.take(ret, "refuse", "agent", why="请说明问题", proof=[hands.proof(ret)])
    customer = Customer(ret)
    same = {"kind": ret.kind, "reason": ret.reason, "words": ret.words}
    assert "没有修改任何内容" in text(customer.do("revise", **same)) and customer.state() == "refused"
    back(customer, customer.do("revise", **{**same, "words": "鞋底开胶，不是穿坏的"}))
    moved(customer, "revise", "requested")
    assert Return.objects.get(pk=ret.pk).words == "鞋底开胶，不是穿坏的"


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"reason": "<b>"}, {"words": "长" * 1001}])
def test_a_wrong_change_is_said_beside_its_field(hands, wrong):
    ret = asked(hands)
    hands.take(ret, "refuse", "agent", why="请说明问题", proof=[hands.proof(ret)])
    customer = Customer(ret)
    said = customer.do("revise", **{"kind": ret.kind, "reason": ret.reason, "words": "好", **wrong})
    assert said.status_code == 400 and 'role="alert"' in said.content.decode()
    assert customer.state() == "refused"


# ---- a case that has moved
def test_a_moved_case_says_so_and_does_nothing(hands):
    customer = Customer(asked(hands))
    hidden = customer.form("withdraw")
    hands.take(customer.ret, "ask_evidence", "agent", words="请拍照")
    said = back(customer, customer.do("withdraw", hidden))
    assert "情况有了变化" in said and "请补充凭证" in said
    assert customer.state() == "awaiting_evidence" and last_move(customer).step == "ask_evidence"


def test_a_form_without_a_version_or_without_its_proof_does_nothing(hands):
    customer = Customer(asked(hands))
    hidden = customer.form("withdraw")
    assert "情况有了变化" in back(customer, customer.do("withdraw", {"form": hidden["form"]}))
    refused = customer.do("withdraw", {"version": hidden["version"]})
    assert refused.status_code == 403 and "重新提交一次" in text(refused)
    other = Customer(customer.ret)
    other.token = other.token[:-1] + "x"
    assert customer.do("withdraw", {**hidden, "form": "0" * 32}).status_code == 403
    assert customer.state() == "requested"


def test_what_the_table_does_not_give_customers_is_no_address(hands):
    customer = Customer(asked(hands))
    for step in ("approve", "refund", "offer", "refuse", "settle", "give_evidence", "auto_refund"):
        assert customer.post(f"{customer.address}do/{step}/", {"version": 1}).status_code == 404
    for act in ("confirm", "accept", "freight", "received", "switch", "evidence", "reopen"):
        hidden = {**customer.form("withdraw")}
        assert "情况有了变化" in back(customer, customer.do(act, hidden))
    assert customer.state() == "requested"


def test_words_are_cleaned_of_what_no_keyboard_types(hands):
    customer = Customer(hands.take(asked(hands), "ask_evidence", "agent", words="请写"))
    back(customer, customer.do("evidence", words="坏\x00了\x1b[31m\u202e<script>alert(1)</script>\n第二行"))
    [row] = Evidence.objects.filter(of=customer.ret, kind="words", giver="customer")
    assert row.words == "坏了[31m<script>alert(1)</script>\n第二行"
    assert b"<script>alert" not in customer.look().content


def test_ten_kilobytes_of_words_are_refused_in_words(hands):
    customer = Customer(hands.take(asked(hands), "ask_evidence", "agent", words="请写"))
    said = customer.do("evidence", words="长" * 10_240)
    assert said.status_code == 400 and "1000" in text(said)
    assert customer.state() == "awaiting_evidence" and not Evidence.objects.filter(giver="customer").exists()


def test_uploads_are_measured(hands):
    customer = Customer(asked(hands))
    form = customer.form("photos")
    many = customer.do("photos", form, photos=[photo() for _ in range(10)])
    assert many.status_code == 400 and "最多" in text(many)
    large = customer.post(
        f"{customer.address}do/photos/", b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(200 * 1024 * 1024)
    )
    assert large.status_code == 413 and "10 MB" in text(large)
    broken = customer.post(f"{customer.address}do/photos/", b"--nothing", "multipart/form-data; boundary=x")
    assert broken.status_code in (400, 403)
    svg = customer.post(f"{customer.address}photos/", {**form, "photos": svg_file()})
    assert svg.status_code == 400 and "JPEG" in svg.json()["why"]
    assert not Evidence.objects.exists()


def svg_file():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")


def test_every_step_is_taken_once_by_two_at_the_same_moment(hands):
    """The version in the form is the fence: the second finds the case moved."""
    customer = Customer(asked(hands))
    hidden = customer.form("withdraw")
    first, second = (customer.do("withdraw", hidden) for _ in range(2))
    assert "申请已撤销" in back(customer, first) and "申请已撤销" in back(customer, second)
    assert Move.objects.filter(flow="return", subject=customer.ret.pk, step="withdraw").count() == 1
    assert timezone.now() > last_move(customer).at


# ---- freight
def with_us(hands, **changes):
    """The goods are in the warehouse and judged."""
    ret = to_send(hands, **changes)
    Customer(ret).do("parcel", tracking_number="SF1234567890123")
    hands.take(ret, "receive", "warehouse", tracking_number="SF1234567890123")
    return hands.take(ret, "inspect", "warehouse")


def test_the_freight_of_an_exchange_is_said_to_be_paid_with_its_proof(hands):
    ret = with_us(hands, kind="exchange", reason="no_reason")
    hands.take(ret, "ask_freight", "agent", amount=1200, words="请扫客服发的收款码")
    customer = Customer(ret)
    said = text(customer.look())
    assert "¥12.00" in said and "请扫客服发的收款码" in said
    back(customer, customer.do("freight", transaction="T-9", photos=[photo()]))
    moved(customer, "pay_freight", "exchanging")
    assert Evidence.objects.filter(of=ret, stage="freight", kind="photo", giver="customer").count() == 1
    assert "准备换的商品" in text(customer.look())


def test_an_exchange_is_turned_into_a_refund_while_freight_is_due(hands):
    ret = with_us(hands, kind="exchange", reason="no_reason")
    hands.take(ret, "ask_freight", "agent", amount=1200)
    customer = Customer(ret)
    back(customer, customer.do("switch"))
    moved(customer, "switch_to_refund", "refunding")


def test_the_replacement_is_followed_and_confirmed(hands):
    ret = with_us(hands, kind="exchange")
    ret = hands.take(ret, "exchange", "agent")
    new = ret.replacement
    hands.take(new, "audit", "auditor")
    hands.take(new, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF7777777777777"}])
    customer = Customer(ret)
    said = text(customer.look())
    assert "换的商品已寄出" in said and "SF7777777777777" in said
    back(customer, customer.do("confirm"))
    moved(customer, "confirm", "completed")
    assert "换货已完成" in text(customer.look())


# ---- the money
def refunded(hands, **changes):
    """A return whose refund is on its way. -> the return, its refund."""
    ret = with_us(hands, **changes)
    ret = hands.take(ret, "refund", "agent")
    refund = Refund.objects.get(order=ret.order_id, cause=f"return:{ret.pk}")
    for step, who in (("approve", "lead"), ("send", "system")):
        if Refund.objects.get(pk=refund.pk).state in ("drafted", "approved"):
            hands.take(refund, step, who)
    return ret, Refund.objects.get(pk=refund.pk)


def came(hands, refund):
    return hands.take(refund, "succeed", "shop", amount=refund.amount, voucher="V-1")


def test_the_money_is_shown_with_what_it_is_made_of_and_confirmed(hands):
    ret, refund = refunded(hands)
    customer = Customer(ret)
    said = text(customer.look())
    assert f"¥{refund.amount / 100:.2f}" in said and "等待到账" in said and "钱已到账" not in said
    came(hands, refund)
    assert customer.state() == "completed" and "已退款，请查收" in text(customer.look())
    hidden = customer.form("received")
    for _n in range(2):
        assert "已确认到账" in back(customer, customer.do("received", hidden))
    assert Refund.objects.get(pk=refund.pk).state == "confirmed"
    [move] = Move.objects.filter(flow="refund", subject=refund.pk, step="confirm")
    assert (move.who, move.by) == ("customer", "customer:page")


def test_money_that_has_not_come_is_looked_for(hands):
    ret, refund = refunded(hands)
    came(hands, refund)
    customer = Customer(ret)
    hidden = customer.form("missing")
    for _n in range(2):
        assert "马上核实" in back(customer, customer.do("missing", hidden))
    assert Refund.objects.get(pk=refund.pk).state == "unknown"
    assert "正在核实是否到账" in text(customer.look())


# ---- the freight that the customer has advanced
PAYEE = {"amount": "12.00", "channel": "alipay", "account": "13812345678", "name": "张三丰"}


def test_the_customer_names_an_account_for_the_advanced_freight(hands):
    ret = to_send(hands)
    customer = Customer(ret)
    customer.do("parcel", tracking_number="SF1234567890123")
    hidden = customer.form("advance")
    for _n in range(2):
        assert "已登记" in back(customer, customer.do("advance", hidden, photos=[photo()], **PAYEE))
    row = FreightAdvance.objects.get(of=ret)
    assert row.amount == 1200 and b"13812345678" not in bytes(row.payee) and row.proof.stage == "freight"
    said = text(customer.look())
    assert "138****5678" in said and "13812345678" not in said and "张三丰" not in said
    assert Refund.objects.filter(order=ret.order_id, cause=f"freight:{ret.pk}").count() == 1
    assert "13812345678" not in str(list(Move.objects.values("inputs")))


@pytest.mark.parametrize(
    "wrong",
    [{"amount": ""}, {"amount": "-1"}, {"amount": "1e3"}, {"amount": "99999"}, {"channel": "gold"}, {"account": "<b>"},
     {"name": ""}, {"channel": "bank"}, {"account": "1" * 10_240}],
)  # fmt: skip
def test_a_wrong_account_is_said_beside_its_field(hands, wrong):
    customer = Customer(to_send(hands))
    customer.do("parcel", tracking_number="SF1234567890123")
    said = customer.do("advance", photos=[photo()], **{**PAYEE, **wrong})
    assert said.status_code == 400 and 'role="alert"' in said.content.decode()
    assert not FreightAdvance.objects.exists() and not Refund.objects.exists()


def test_an_advance_asks_for_its_proof_and_for_the_shops_freight_only(hands):
    customer = Customer(to_send(hands))
    customer.do("parcel", tracking_number="SF1234567890123")
    assert "请上传运费的凭证" in text(customer.do("advance", **PAYEE)) and not FreightAdvance.objects.exists()
    hands.signed("A2")
    own = hands.take(hands.ask("A2", reason="no_reason"), "approve", "agent", address=ADDRESS)
    theirs = Customer(own)
    theirs.do("parcel", tracking_number="SF7234567890123")
    assert "垫付的运费" not in text(theirs.look())
