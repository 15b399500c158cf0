"""The evidence pack: everything of the case, in Chinese, the same for the same case, and nothing that runs."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from orders.models import LogisticsQuery, Lookup
from orders.states import P
from returns import pack, store
from returns.models import PackTaken
from returns.pack.archive import Spoiled
from returns.store import files
from shops import policy
from tests.orders import queried
from tests.returns.files import PDF, image, upload
from tests.returns.hands import Hands


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def ret(hands):
    hands.signed()
    ret = hands.request(reason="quality", words="鞋底<script>alert(1)</script>开胶")
    how = {"by": "page", "at": hands.t0, "giver": "customer"}
    store.keep(ret, upload(image(size=(500, 300)), '"><img src=x onerror=alert(1)>.jpg'), words="看这里", **how)
    policy.edit(hands.shop, {"after_sales": {"files_taken": ["document"]}}, "lily", timezone.now())
    store.keep(ret, upload(PDF, "检测报告.pdf"), stage="dispute", **how)
    hands.tell("dispute.opened", 30, **{"return": "R1"})
    hands.tell("dispute.ruled", 40, **{"return": "R1", "ruling": "buyer", "remedy": "exchange"})
    return hands.ret()


def opened(made):
    return zipfile.ZipFile(io.BytesIO(b"".join(made.stream())))


def page(ret, **how):
    return pack.made(ret, **{"clear": False, **how}).page.decode()


def test_it_tells_the_whole_case(ret):
    told = page(ret)
    for words in (
        "售后申请", "平台介入", "订单", "商品", "包裹与物流轨迹", "沟通与凭证", "退款与收支", "每一步", "时限",
        "A1", "R1-D1", "判买家", "跑步鞋", "顺丰 SF", "鞋底", "账面余额", "¥259.00", "登记判买家",
    ):  # fmt: skip
        assert words in told, words
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", told)


def test_parcels_numbers_stay_and_phones_go(hands):
    hands.signed()
    ret = hands.request()
    number = hands.order().parcels.get().tracking_number
    points = [{"at": hands.t0.isoformat(), "text": "派件员 13812345678 正在派送，网点 0571-88886666"}]
    hands.tell("parcel.tracked", 50, carrier="顺丰", tracking_number=number, state="in_transit", points=points)
    masked, clear = page(ret), page(ret, clear=True)
    assert masked.count(number) >= 2
    assert "派件员 **** 正在派送，网点 ****" in masked
    assert "13812345678" in clear


def test_it_tells_the_money(hands):
    hands.signed()
    hands.request()
    hands.tell("dispute.opened", 30, **{"return": "R1"})
    hands.tell("dispute.ruled", 40, **{"return": "R1", "ruling": "buyer", "amount": "150.00"})
    told = page(hands.ret())
    for words in ("由平台付款", "¥150.00", "判买家（退款；¥150.00）", "退款单"):
        assert words in told, words


def test_it_tells_what_was_asked_of_the_parcels_what_was_answered_and_what_the_customer_was_told(hands):
    hands.signed()
    ret, order = hands.request(), hands.order()
    number = order.parcels.get().tracking_number
    at = hands.t0 + timedelta(hours=30)
    query = queried.asked(order, number, at=at, words="还没收到，打我 13812345678，号 6222020200112233")
    queried.take(query, "look_up", at=at)
    asks = {"shop": order.shop, "service": "kuaidi100", "carrier": "顺丰", "tracking_number": number}
    done = {"created_at": at, "asked_at": at, "ended_at": at + timedelta(seconds=2), "by": "amy"}
    Lookup.objects.create(**asks, **done, outcome="bad_phone", words="后四位与 13812345678 不符")
    Lookup.objects.create(**asks, **done, outcome="tracked", state="locker")
    Lookup.objects.create(**asks, created_at=at)  # nobody has answered it yet
    queried.take(query, "trace", at=at, whom="station", words=f"{number} 已放驿站，问 0571-88886666")
    soon = at + timedelta(days=1)
    queried.take(query, "answer", at=at, words="明天到", expected_at=soon, reason="weather", apologised=True)
    masked, clear = page(ret), page(ret, clear=True)
    local = policy.of(order.shop_id).calendar.local(soon)
    for words in (
        "<h2>物流查询</h2>", f"A1-L1 顺丰 {number}", "还没收到，打我 ****",
        "手机号后四位与运单不符（后四位与 **** 不符）", f"已查到轨迹；{P.LOCKER.label}；", "派送网点/快递员",
        f"{number} 已放驿站，问 ****", "已先道歉；原因：", f"预计送达：{local:%Y-%m-%d %H:%M:%S}；明天到",
        "物流查询 A1-L1", "登记催件", "答复客户",
    ):  # fmt: skip
        assert words in masked, words
    assert "排队中" not in masked
    assert not re.search("13812345678|6222020200112233|88886666", masked)
    assert "打我 13812345678，号 6222020200112233" in clear


def test_what_was_asked_for_another_order_shop_or_return_is_not_in_it(hands):
    hands.signed()
    ret = hands.request()
    number = hands.order().parcels.get().tracking_number
    hands.signed("A2")
    stranger = Hands()
    stranger.signed()
    for order in (hands.order("A2"), stranger.order()):
        queried.asked(order, at=hands.t0 + timedelta(hours=30), words="别人的包裹")
        other = order.parcels.get().tracking_number
        asks = {"shop": order.shop, "service": "kuaidi100", "created_at": hands.t0, "ended_at": hands.t0}
        which = other if order.shop == hands.shop else number
        Lookup.objects.create(**asks, carrier="顺丰", tracking_number=which, outcome="tracked")
    query = queried.asked(hands.order(), at=hands.t0 + timedelta(hours=30), words="另一张退货的包裹")
    LogisticsQuery.objects.filter(pk=query.pk).update(about="R2")
    told = page(ret)
    assert "<h2>物流查询</h2>" not in told
    for words in ("别人的包裹", "另一张退货的包裹", "A1-L1", "A2", "已查到轨迹"):
        assert words not in told, words


def test_nothing_in_it_runs_and_nothing_is_fetched(ret):
    told = page(ret)
    assert "<script" not in told
    assert "onerror=" not in re.sub(r"&[a-z#0-9]+;", " ", told.replace("src=x onerror", ""))
    assert not re.search(r"(src|href)=\"(https?:)?//", told)
    assert "&lt;script&gt;" in told
    assert told.count("<style>") == 1
    assert "data:image/jpeg;base64," in told


def test_it_is_the_same_for_the_same_case_whoever_takes_it(ret):
    one = b"".join(pack.made(ret, clear=True).stream())
    pack.take(pack.made(ret, clear=True), by="amy", at=timezone.now())
    with translation.override("en"):
        two = b"".join(pack.made(ret, clear=True).stream())
    assert one == two
    assert pack.made(ret, clear=False).sha256 != pack.made(ret, clear=True).sha256


def test_it_changes_with_the_case(hands, ret):
    before = pack.made(ret, clear=False).sha256
    store.keep_words(ret, "补充一句", giver="agent", by="amy", at=timezone.now())
    assert pack.made(ret, clear=False).sha256 != before


def test_files_lie_in_it_as_they_are_kept(ret):
    made = opened(pack.made(ret, clear=False))
    names = [n for n in made.namelist() if n.startswith("files/")]
    assert names == ["files/01-application.jpg", "files/02-dispute.pdf"]
    kept = list(store.of(ret).exclude(file="").order_by("pk"))
    assert [made.read(n) for n in names] == [files.path_of(e.file).read_bytes() for e in kept]
    manifest = json.loads(made.read("manifest.json"))
    assert manifest["masked"] is True
    assert manifest["files"][names[0]]["original_sha256"] == kept[0].sha256


def test_it_breaks_off_rather_than_lie(ret):
    made = pack.made(ret, clear=False)
    photo = store.of(ret).filter(kind="photo").get()
    files.path_of(photo.file).write_bytes(b"another")
    with pytest.raises(Spoiled):
        b"".join(made.stream())


def test_a_file_that_is_lost_is_said(ret):
    photo = store.of(ret).filter(kind="photo").get()
    files.remove(photo.file)
    made = pack.made(ret, clear=False)
    assert "文件已丢失" in made.page.decode()
    assert [n for n in opened(made).namelist() if n.startswith("files/")] == ["files/01-dispute.pdf"]


def test_who_took_it_is_kept(ret):
    made = pack.made(ret, clear=True)
    pack.take(made, by="amy", at=timezone.now())
    row = PackTaken.objects.get()
    assert (row.by, row.clear, row.sha256) == ("amy", True, made.sha256)
    [told] = pack.happenings(ret)
    assert (told.title, told.by) == ("下载了证据包", "amy")


def test_it_costs_the_same_for_long_cases(hands, ret, django_assert_max_num_queries):
    for n in range(10):
        store.keep_words(ret, f"第 {n} 句", giver="agent", by="amy", at=timezone.now())
    query = queried.asked(hands.order(), at=hands.t0)
    for n in range(5):
        queried.take(query, "trace", at=hands.t0, whom="hotline", words=f"第 {n} 次")
        queried.take(query, "look_up", at=hands.t0)
    with django_assert_max_num_queries(27):
        assert pack.made(ret, clear=True).sha256
