"""Unpacking: counted, judged, photographed, booked by one press."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from flows.models import Move
from returns.models import BackParcel, Evidence
from tests.admin.pages import text

from .scenes import SCAN, Warehouse, page, unpacked

pytestmark = pytest.mark.django_db
SELLABLE, DEFECTIVE, NOT_OURS = "sellable", "defective", "not_ours"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(name="a.jpg", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def scanned(desk, sits, **more):
    """A parcel on the table: two lines, 1 and 2 pieces. -> (person, return, parcel)"""
    ret, parcel = desk.coming(**more)
    person = sits()
    person.post(SCAN, {"number": parcel.tracking_number})
    return person, desk.fresh(ret), parcel


def book(person, ret, parcel, extra=None, **judged):
    number = parcel.tracking_number if parcel else ""
    return person.post(page("book", ret.pk), {**unpacked(ret, number, **judged), **(extra or {})})


def verdict_of(desk, ret):
    return {name: (x.received, x.sellable, x.defective, x.not_ours) for name, x in desk.lines(ret).items()}


def steps(ret):
    return list(Move.objects.filter(flow="return", subject=ret.pk).order_by("seq").values_list("step", flat=True))


def test_what_was_announced_stands_in_the_form(desk, sits):
    person, ret, _parcel = scanned(desk, sits)
    said = person.get(page("return", ret.pk)).content.decode()
    one, two = desk.line_of(ret, "2"), desk.line_of(ret, "1")
    assert f'name="q-{one.pk}-0" value="1"' in said and f'name="q-{two.pk}-0" value="2"' in said
    assert "checked" not in said.split("data-unpack")[1].split("</form>")[0]


def test_pieces_are_judged_and_the_return_goes_to_the_agent(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    said = text(book(person, ret, parcel, line2=[(1, SELLABLE)], line1=[(1, SELLABLE), (1, DEFECTIVE)]))
    assert "验货完成" in said
    assert desk.fresh(ret).state == "inspected"
    assert verdict_of(desk, ret) == {"2": (1, 1, 0, 0), "1": (2, 1, 1, 0)}
    assert steps(ret) == ["start", "receive", "inspect"]
    assert Move.objects.filter(flow="return", subject=ret.pk).latest("seq").who == "warehouse"


def test_one_press_says_that_all_is_well(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    book(person, ret, parcel, {"all": "1"}, line2=[(1, "")], line1=[(2, "")])
    assert verdict_of(desk, ret) == {"2": (1, 1, 0, 0), "1": (2, 2, 0, 0)}


def test_one_press_receives_and_inspects_what_was_found_by_the_returns_number(desk, sits):
    ret, parcel = desk.coming()
    book(sits(), ret, None, line2=[(1, SELLABLE)], line1=[(2, NOT_OURS)])
    assert steps(ret) == ["start", "receive", "inspect"]
    assert verdict_of(desk, ret) == {"2": (1, 1, 0, 0), "1": (2, 0, 0, 2)}
    parcel.refresh_from_db()
    assert parcel.received_at is not None


def test_fewer_than_announced_are_booked_as_fewer(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    book(person, ret, parcel, line2=[(0, "")], line1=[(1, SELLABLE)])
    assert verdict_of(desk, ret) == {"2": (0, 0, 0, 0), "1": (1, 1, 0, 0)}
    assert desk.fresh(ret).state == "inspected"


def test_other_goods_of_the_order_are_booked_though_nobody_announced_them(desk, sits):
    person, ret, parcel = scanned(desk, sits, lines=[{"line": "2", "quantity": 1}])
    book(person, ret, parcel, line2=[(0, "")], line1=[(1, DEFECTIVE)])
    assert verdict_of(desk, ret) == {"2": (0, 0, 0, 0), "1": (1, 0, 1, 0)}
    assert desk.lines(ret)["1"].quantity == 0


def test_an_empty_carton_needs_words(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    response = book(person, ret, parcel, line2=[(0, "")], line1=[(0, "")])
    assert response.status_code == 400 and "空包裹" in text(response)
    assert desk.fresh(ret).state == "received"
    book(person, ret, parcel, {"words": "箱子是空的"}, line2=[(0, "")], line1=[(0, "")])
    assert verdict_of(desk, ret) == {"2": (0, 0, 0, 0), "1": (0, 0, 0, 0)}
    assert desk.fresh(ret).state == "inspected"


def test_a_piece_without_a_condition_is_asked_for_and_nothing_is_booked(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    response = book(person, ret, parcel, {"words": "留着这句"}, line2=[(1, SELLABLE)], line1=[(2, "")])
    said = text(response)
    assert response.status_code == 400
    assert "请判断成色" in said and "留着这句" in said
    assert (desk.fresh(ret).state, desk.fresh(ret).version) == ("received", ret.version)
    assert verdict_of(desk, ret)["2"] == (1, 0, 0, 0)


@pytest.mark.parametrize("quantity", ["-1", "1.5", "9" * 10_000, "一", "1e3", "\x00", "１"])
def test_a_quantity_that_is_none_is_refused_and_nothing_is_booked(desk, sits, quantity):
    person, ret, parcel = scanned(desk, sits)
    response = book(person, ret, parcel, line2=[(quantity, SELLABLE)], line1=[(2, SELLABLE)])
    assert response.status_code == 400
    assert "数量要是" in text(response)
    assert desk.fresh(ret).version == ret.version


def test_more_than_were_sold_are_refused_with_what_to_do(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    response = book(person, ret, parcel, line2=[(3, SELLABLE)], line1=[(2, SELLABLE)])
    assert response.status_code == 400 and "不是本店商品" in text(response)
    assert desk.fresh(ret).version == ret.version
    assert verdict_of(desk, ret) == {"2": (1, 0, 0, 0), "1": (2, 0, 0, 0)}


def test_a_condition_that_there_is_not_counts_as_none(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    assert book(person, ret, parcel, line2=[(1, "brand_new")], line1=[(2, SELLABLE)]).status_code == 400
    assert desk.fresh(ret).state == "received"


def test_a_wrong_count_is_corrected_while_nothing_is_inspected(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    book(person, ret, parcel, {"count": "1"}, line2=[(1, "")], line1=[(1, "")])
    assert (desk.fresh(ret).state, verdict_of(desk, ret)["1"]) == ("received", (1, 0, 0, 0))
    book(person, ret, parcel, line2=[(1, SELLABLE)], line1=[(2, SELLABLE)])
    assert (desk.fresh(ret).state, verdict_of(desk, ret)["1"]) == ("inspected", (2, 2, 0, 0))


def test_a_second_parcel_is_judged_beside_the_first(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    book(person, ret, parcel, line2=[(1, SELLABLE)], line1=[(1, SELLABLE)])
    number = desk.number()
    second = BackParcel.objects.create(shop=desk.shop, of=ret, tracking_number=number, sent_at=desk.now)
    assert "收货成功" in text(person.post(SCAN, {"number": number}))
    assert desk.fresh(ret).state == "received"
    book(person, ret, second, line2=[(1, SELLABLE)], line1=[(1, SELLABLE), (1, DEFECTIVE)])
    assert verdict_of(desk, ret) == {"2": (1, 1, 0, 0), "1": (2, 1, 1, 0)}
    counted = dict(BackParcel.objects.filter(of=ret).values_list("tracking_number", "counted"))
    assert counted == {parcel.tracking_number: {"2": 1, "1": 1}, number: {"1": 1}}


def test_what_was_inspected_is_judged_no_more_here(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    book(person, ret, parcel, {"all": "1"}, line2=[(1, "")], line1=[(2, "")])
    version = desk.fresh(ret).version
    response = book(person, ret, parcel, line2=[(1, DEFECTIVE)], line1=[(2, DEFECTIVE)])
    assert response.status_code == 409
    assert desk.fresh(ret).version == version
    assert verdict_of(desk, ret)["2"] == (1, 1, 0, 0)


# ---- photos
def test_a_photo_from_the_phone_is_kept_for_the_inspection_and_shown_to_the_shop_only(desk, sits):
    person, ret, _parcel = scanned(desk, sits)
    answer = person.post(page("photo", ret.pk), {"upload": picture()})
    assert answer.status_code == 200
    photo = Evidence.objects.get(of=ret)
    assert (photo.pk, photo.stage, photo.giver) == (answer.json()["pk"], "inspection", "warehouse")
    address = answer.json()["address"]
    assert person.get(f"{address}?size=small").headers["Content-Type"] == "image/jpeg"
    strange = Warehouse(name="别家")
    assert sits(strange.people["warehouse"]).get(address).status_code == 404
    assert sits("agent").get(address).status_code == 403


def test_the_photos_are_named_by_the_inspection(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    person.post(page("photo", ret.pk), {"upload": picture()})
    book(person, ret, parcel, {"all": "1"}, line2=[(1, "")], line1=[(2, "")])
    move = Move.objects.get(flow="return", subject=ret.pk, step="inspect")
    assert move.inputs["photos"] == [Evidence.objects.get(of=ret).pk]


def test_photos_come_with_the_form_where_there_is_no_script(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    said = {**unpacked(ret, parcel.tracking_number, line2=[(1, SELLABLE)], line1=[(2, SELLABLE)])}
    person.post(page("book", ret.pk), {**said, "upload": [picture("a.jpg"), picture("b.jpg", (50, 50))]})
    assert desk.fresh(ret).state == "inspected"
    assert Evidence.objects.filter(of=ret, stage="inspection").count() == 2


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.jpg", b"not a picture", "image/jpeg"),
        SimpleUploadedFile("a.svg", b"<svg onload=alert(1)>", "image/svg+xml"),
        SimpleUploadedFile("a.jpg", b"", "image/jpeg"),
    ],
)
def test_what_is_no_photo_is_refused_with_words(desk, sits, file):
    person, ret, parcel = scanned(desk, sits)
    answer = person.post(page("photo", ret.pk), {"upload": file})
    assert answer.status_code == 400 and answer.json()["why"]
    assert not Evidence.objects.exists()
    said = unpacked(ret, parcel.tracking_number, line2=[(1, SELLABLE)], line1=[(2, SELLABLE)])
    file.seek(0)
    assert person.post(page("book", ret.pk), {**said, "upload": file}).status_code in (200, 400)
    assert not Evidence.objects.exists()


def test_a_lead_sends_no_photos(desk, sits):
    _person, ret, _parcel = scanned(desk, sits)
    assert sits("lead").post(page("photo", ret.pk), {"upload": picture()}).status_code == 403
    assert not Evidence.objects.exists()


# ---- paper, and the way home
def test_the_intake_slip_has_the_returns_number_as_bars_and_nothing_personal(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    said = person.get(page("slip", ret.pk)).content.decode()
    assert ret.number in said and parcel.tracking_number in said
    assert said.count("<rect") > 20 and "style=" not in said.split('class="slip"')[1]
    assert ret.order.buyer_phone not in said


def test_the_slips_number_opens_the_return_again(desk, sits):
    person, ret, _parcel = scanned(desk, sits)
    assert "已收货，等验货" in text(person.post(SCAN, {"number": ret.number}))


def handing_back(desk, sits):
    person, ret, parcel = scanned(desk, sits)
    book(person, ret, parcel, {"all": "1"}, line2=[(1, "")], line1=[(2, "")])
    ret = desk.take(desk.fresh(ret), "hand_back", "agent", why="客户不退了")
    return person, desk.fresh(ret)


def test_goods_that_go_home_are_booked_out_with_their_parcel(desk, sits):
    person, ret = handing_back(desk, sits)
    assert "原货寄回客户" in text(person.get(page("return", ret.pk)))
    said = text(person.post(page("handed_back", ret.pk), {"carrier": "顺丰", "tracking_number": "sf1234567890123"}))
    assert "已登记寄出" in said
    assert desk.fresh(ret).state == "closed"


@pytest.mark.parametrize(
    ("carrier", "number"), [("", "SF1234567890123"), ("顺丰", ""), ("顺丰", "x"), ("顺丰", "\x00")]
)
def test_goods_go_home_in_a_parcel_that_has_a_number(desk, sits, carrier, number):
    person, ret = handing_back(desk, sits)
    response = person.post(page("handed_back", ret.pk), {"carrier": carrier, "tracking_number": number})
    assert response.status_code == 400 and "请填写快递公司和快递单号" in text(response)
    assert desk.fresh(ret).state == "handing_back"
