"""The guides quote the desk: a word that they set in bold stands on a page, a picture that they show is there."""

import re
from functools import cache

import pytest
from django.conf import settings

from .conftest import FOLDER

GUIDES = sorted((settings.BASE_DIR / "docs" / "guide").glob("*.md"))
FLOORS = ("flows", "orders", "returns", "tickets", "shops", "kefu", "templates", "deadlines", "outbox")
OF_DOCS = [settings.BASE_DIR / name for name in ("README.md", "README.zh.md")]
PAGES = sorted(p for p in (settings.BASE_DIR / "docs").rglob("*.md") if p.parent.name != "flows")
MOST_BYTES = 120_000  # of a picture


@cache
def sources():
    those = [p for name in FLOORS for ending in ("py", "html") for p in (settings.BASE_DIR / name).rglob(f"*.{ending}")]
    return "\n".join(p.read_text(encoding="utf-8") for p in those)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
def test_every_word_in_bold_stands_on_a_page(guide):
    quoted = set(re.findall(r"\*\*(.+?)\*\*", guide.read_text(encoding="utf-8")))
    assert sorted(word for word in quoted if word not in sources()) == []


def test_every_picture_is_there_is_shown_and_is_small():
    texts = [p.read_text(encoding="utf-8") for p in (*GUIDES, *OF_DOCS)]
    shown = {name for text in texts for name in re.findall(r"pictures/([\w-]+\.png)", text)}
    assert shown == {p.name for p in FOLDER.glob("*.png")}
    assert [p.name for p in FOLDER.glob("*.png") if p.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
def test_every_link_leads_somewhere(guide):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", guide.read_text(encoding="utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_the_tests_that_a_page_names_are_there(page):
    named = re.findall(r"`(tests/[\w/]+(?:\.py)?)/?`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (settings.BASE_DIR / path).exists()] == []
