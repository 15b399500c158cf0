"""As a file: no spreadsheet runs it, it comes back as it went, and one bad row stops all of it."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_shop
from tickets.models import QuickReply
from tickets.replies.loading import load
from tickets.replies.table import DANGEROUS, HEADER, safe, unsafe, write

PAGES = "/admin/tickets/quickreply/"


def lead(hands):
    client = Client()
    client.force_login(hands.user("boss", "lead"))
    return client


def csv_of(*rows):
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue()


def post(client, text, **more):
    file = SimpleUploadedFile("q.csv", text.encode() if isinstance(text, str) else text, "text/csv")
    return client.post(f"{PAGES}import/", {"file": file, **more})


@given(st.text(max_size=20))
def test_a_cell_is_never_a_formula_and_comes_back_as_it_was(cell):
    assert not safe(cell).startswith(tuple(c for c in DANGEROUS if c != "'"))
    assert unsafe(safe(cell)) == cell


def test_the_whole_default_set_goes_out_and_comes_back_unchanged(hands):
    load(hands.shop, "test", timezone.now())
    client = lead(hands)
    answer = client.get(f"{PAGES}export/", {"shop": hands.shop.code})
    assert answer["Content-Type"].startswith("text/csv")
    page = post(client, answer.content, shop=hands.shop.code)
    found = page.context["found"]
    assert (found.new, found.changed, found.errors) == (0, 0, [])
    assert found.same == QuickReply.objects.count()


def test_a_file_is_looked_at_first_and_written_after(hands):
    old = hands.made("催发货", "旧", "urging")
    text = csv_of(["催发货", "催发货", "cfh", "", "新，{订单号}", "1"], ["stock", "有货", "", "", "有的", "0"])
    client = lead(hands)
    page = post(client, text, shop=hands.shop.code)
    assert (page.context["found"].new, page.context["found"].changed) == (1, 1)
    assert QuickReply.objects.count() == 1
    client.post(f"{PAGES}import/", {"text": text, "shop": hands.shop.code, "write": "1"})
    old.refresh_from_db()
    assert (old.words, old.shortcut, old.version) == ("新，{订单号}", "cfh", 2)
    assert not QuickReply.objects.get(title="有货").active


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["stock", "甲", "", "", "有{定单号}", "1"], "订单号"),
        (["nowhere", "甲", "", "", "有", "1"], "nowhere"),
        (["stock", "", "", "", "有", "1"], "标题"),
        (["stock", "甲", "", "mars", "有", "1"], "平台"),
        (["stock", "甲", "", "", "有", "也许"], "也许"),
        (["stock", "甲"], "2 列"),
        (["stock", "好的", "", "", "又一次", "1"], "重复"),
    ],
)
def test_one_bad_row_stops_all_of_it(hands, row, said):
    page = post(lead(hands), csv_of(["stock", "好的", "", "", "有", "1"], row), shop=hands.shop.code, write="1")
    assert page.status_code == 400
    assert said in page.content.decode()
    assert QuickReply.objects.count() == 0


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a,b\n1,2", b"", "标题".encode("utf-16"), b'"unended'])
def test_what_is_no_such_file_is_said_in_words(hands, raw):
    page = post(lead(hands), raw or b" ", shop=hands.shop.code)
    assert page.status_code == 400
    assert QuickReply.objects.count() == 0


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("more", [{}, {"write": "1"}])
def test_a_pasted_nul_is_said_in_words_before_anything_is_looked_up(hands, at, more):
    """PostgreSQL's text holds none."""
    row = ["stock", "有货", "yh", "", "有", "1"]
    row[at] += "\0"
    text = f"{','.join(HEADER)}\n{','.join(row)}\n"
    page = lead(hands).post(f"{PAGES}import/", {"text": text, "shop": hands.shop.code, **more})
    assert (page.status_code, page.context["unreadable"][:9]) == (400, "不是 CSV 文件")
    assert QuickReply.objects.count() == 0


def test_an_agent_imports_nothing_and_a_lead_nothing_into_another_shop(hands):
    agent = Client()
    agent.force_login(hands.user("amy"))
    text = csv_of(["stock", "甲", "", "", "有", "1"])
    assert post(agent, text, shop=hands.shop.code, write="1").status_code == 403
    assert post(lead(hands), text, shop=make_shop().code, write="1").status_code == 403
    assert QuickReply.objects.count() == 0


def test_another_shops_are_not_carried_out(hands):
    other = make_shop()
    hands.made("他店", shop=other)
    assert lead(hands).get(f"{PAGES}export/", {"shop": other.code}).status_code == 403


def test_a_formula_in_a_reply_is_written_as_text(hands):
    hands.made("=1+1", "@SUM(A1)")
    out = write(QuickReply.objects.all())
    assert "'=1+1" in out
    assert "'@SUM" in out


def test_the_code_of_a_shop_with_a_nul_in_it_is_nobodys(hands):
    """PostgreSQL knows none."""
    assert lead(hands).get("/admin/tickets/quickreply/export/?shop=%00").status_code == 403
    assert post(lead(hands), "x", shop="\x00").status_code == 403
