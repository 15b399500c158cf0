"""What is taken away is never a formula, and says what the page says."""

import csv
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.tickets.figures.scenes import lead, week
from tickets.figures.export import as_csv, as_xlsx, harmless
from tickets.models import Rollup

NASTY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=cmd|"/c calc"!A1']


@pytest.mark.parametrize("text", NASTY)
def test_a_text_that_would_be_calculated_begins_with_an_apostrophe(text):
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("value", ["客服甲", "a=b", "", 12, -3.5, "'ok"])
def test_other_values_stay_as_they_are(value):
    assert harmless(value) == value


def test_a_csv_of_nasty_names_is_read_back_without_a_formula():
    told = b"".join(as_csv([["名称", "数"], *([name, -1] for name in NASTY)])).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(told, newline="")))
    assert [row[0] for row in found[1:]] == [f"'{name}" for name in NASTY]
    assert {row[1] for row in found[1:]} == {"-1"}  # a number, ours


def test_a_sheet_of_nasty_names_holds_texts_alone():
    book = load_workbook(io.BytesIO(as_xlsx([[name, 1] for name in [*NASTY, "a\x00\ufffe\uffff\ud800b"]], "a/b:c")))
    cells = [row[0] for row in book.active.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.value.startswith("'") for cell in cells[:-1])
    assert cells[-1].value == "ab"


def test_gbk_says_a_question_mark_for_what_it_does_not_know():
    assert b"".join(as_csv([["好\U0001f600"]], "gbk")) == "好?\r\n".encode("gbk")


def test_the_files_say_what_the_page_says(hands):
    week(hands)
    Rollup.objects.filter(agent="bob").update(agent='=HYPERLINK("//x")')
    client = Client()
    client.force_login(lead(hands))
    told = b"".join(client.get("/admin/reports/first_answer.csv?by=agent").streaming_content)
    assert told.startswith(b"\xef\xbb\xbf")
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(told.decode("utf-8-sig")))}
    assert rows["客服"] == ["平均首次响应", "分子", "分母"]
    # 8, 9, 10 and three times 40; nobody works on the two days of the weekend
    assert rows["amy"] == ["14.7", "147", "10"]
    assert '\'=HYPERLINK("//x")' in rows
    response = client.get("/admin/reports/first_answer.xlsx?by=agent")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert {row[0].value: row[1].value for row in sheet.iter_rows()}["amy"] == 14.7
    assert "no-store" in response["Cache-Control"]
    assert "attachment" in response["Content-Disposition"]


def test_a_period_that_makes_no_sense_gives_no_file(hands):
    client = Client()
    client.force_login(lead(hands))
    response = client.get("/admin/reports/tickets.csv?from=2026-11-05&to=2026-11-01")
    assert response.status_code == 400
    assert "开始日期" in response.content.decode()
    assert client.get("/admin/reports/no_such.csv").status_code == 404
