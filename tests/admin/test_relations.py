"""The file of related products: read as shops write it, refused whole with the number of every bad row."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders import relations
from orders.models import Product, Related
from tests.factories import make_shop

from .pages import text

pytestmark = pytest.mark.django_db
IMPORT = "/admin/orders/product/import/"
GOOD = "sku,instead_sku,rank\nS-101,S-202,1\nS-101,S-404,2\nS-202,S-303,1\n"


@pytest.fixture
def send(desk, sits):
    desk.products()

    def send(raw, role="lead", shop=None, **posted):
        raw = raw.encode() if isinstance(raw, str) else raw
        file = SimpleUploadedFile("r.csv", raw, "text/csv")
        return sits(role).post(IMPORT, {"shop": (shop or desk.shop).code, "file": file, **posted})

    return send


def pairs():
    return set(Related.objects.values_list("product__sku", "instead__sku", "rank"))


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.upper().replace("SKU", "sku").encode(),
    ],
)
def test_a_file_is_previewed_first_and_written_on_confirmation(desk, send, sits, raw):
    before = pairs()
    page = send(raw)
    assert page.status_code == 200
    assert "新增 3" in text(page)
    assert pairs() == before
    posted = {"shop": desk.shop.code, "text": page.context["text"], "write": "1"}
    assert sits("lead").post(IMPORT, posted).status_code == 302
    assert pairs() == before | {("S-101", "S-202", 1), ("S-101", "S-404", 2), ("S-202", "S-303", 1)}
    again = send(raw)
    assert "未变 3" in text(again)


@pytest.mark.parametrize("posted", [{"text": GOOD.replace("S-404", "S-4\0")}, {"shop": "\0", "text": GOOD}])
def test_a_pasted_nul_is_said_in_words(desk, sits, posted):
    """PostgreSQL's text holds none."""
    before = pairs()
    page = sits("lead").post(IMPORT, {"shop": desk.shop.code, "write": "1", **posted})
    assert page.status_code == 400
    assert "unreadable" in page.context
    assert pairs() == before


def test_chinese_numbers_are_read_in_gbk(desk, send):
    Product.objects.create(shop=desk.shop, sku="跑鞋-黑", title="x")
    page = send("sku,instead_sku,rank\n跑鞋-黑,S-202,1\n".encode("gbk"))
    assert "新增 1" in text(page)


def test_one_bad_row_stops_all_and_every_bad_row_is_named(desk, send, sits):
    before = pairs()
    bad = (
        GOOD
        + "S-101,NONE,1\n=1+1,S-101,1\nS-101,S-101,1\nS-303,S-101,0\nS-303,S-101,x\nS-101,S-202,3\nS-101\n\n,S-101,1\n"
    )
    page = send(bad)
    said = text(page)
    assert page.status_code == 400
    assert "什么都没有写" in said
    for row, words in (
        (5, "本店没有货号“NONE”"),
        (6, "本店没有货号“=1+1”"),
        (7, "替代它自己"),
        (8, "1 到 9999"),
        (9, "“x”"),
        (10, "与第 2 行重复"),
        (11, "应有 3 列"),
        (13, "本店没有货号“”"),
    ):
        assert f"第 {row} 行 ：{words}" in said.replace("行：", "行 ：") or (f"第 {row} 行" in said and words in said)
    assert sits("lead").post(IMPORT, {"shop": desk.shop.code, "text": bad, "write": "1"}).status_code == 400
    assert pairs() == before


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "表头"),
        (b"a,b,c\n1,2,3\n", "表头"),
        (b"sku,instead_sku,rank\n", "没有数据行"),
        (GOOD.encode("utf-16"), "不是 CSV"),
        (b"PK\x03\x04zip", "不是 CSV"),
        (b"sku,instead_sku,rank\n\xff\xff\xff,a,1", "编码"),
        (b'sku,instead_sku,rank\n"S-101,S-202,1', "CSV 格式有误"),
        (b"sku,instead_sku,rank\n" + b"S-101,S-202,1\n" * 20_001, "20000"),
        (b"x" * (2 * 1024 * 1024 + 1), "2 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(send, raw, words):
    page = send(raw)
    assert page.status_code == 400
    assert words in text(page)


def test_only_who_leads_the_shop_imports(desk, send, sits):
    assert send(GOOD, role="agent").status_code == 403
    assert sits("warehouse").get(IMPORT).status_code == 403
    other = make_shop()
    page = send(GOOD, shop=other)
    assert page.status_code == 400
    assert "由您管理的店铺" in text(page)


def test_a_file_names_the_own_shops_products_only(desk, send):
    other = make_shop()
    Product.objects.create(shop=other, sku="O-1", title="x")
    assert "本店没有货号“O-1”" in text(send("sku,instead_sku,rank\nO-1,S-101,1\n"))


def test_a_write_costs_few_statements(desk, django_assert_max_num_queries):
    products = [Product(shop=desk.shop, sku=f"P{n}", title="x") for n in range(300)]
    Product.objects.bulk_create(products)
    table = "sku,instead_sku,rank\n" + "".join(f"P{n},P{n + 1},1\n" for n in range(299))
    with django_assert_max_num_queries(8):
        relations.write(relations.read(table, desk.shop.pk), desk.shop.pk)
    assert Related.objects.count() == 299


# ---- by hand
def test_a_lead_edits_a_product_in_yuan_and_relates_only_the_own_shops(desk, sits):
    product = desk.products()[0]
    foreign = Product.objects.create(shop=make_shop(), sku="F", title="外店")
    address = f"/admin/orders/product/{product.pk}/change/"
    client = sits("lead")
    assert 'value="189.00"' in client.get(address).content.decode()
    rows = {
        "related-TOTAL_FORMS": "1",
        "related-INITIAL_FORMS": "0",
        "related-0-instead": foreign.pk,
        "related-0-rank": "1",
    }
    form = {"sku": "S-101", "title": "跑步鞋", "price": "199.50", "on_sale": "on", "category": "", "picture": ""}
    page = client.post(address, {**form, **rows})
    assert page.status_code == 200
    assert Product.objects.get(pk=product.pk).price == 18900
    assert not Related.objects.filter(instead=foreign).exists()
    rows["related-0-instead"] = Product.objects.get(shop=desk.shop, sku="S-404").pk
    assert client.post(address, {**form, **rows}).status_code == 302
    assert Related.objects.filter(product=product, instead__sku="S-404").exists()
    rows["related-TOTAL_FORMS"] = "0"
    assert client.post(address, {**form, **rows}).status_code == 302
    assert Product.objects.get(pk=product.pk).price == 19950
    assert client.post(address, {**form, **rows, "price": "1e3"}).status_code == 200
    assert sits("agent").post(address, {**form, **rows}).status_code == 403
