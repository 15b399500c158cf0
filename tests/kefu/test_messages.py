"""The words: all of the sources' Chinese goes through gettext, and all of it is there in English (`make messages`)."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation.template import templatize

HOUSE = Path(__file__).resolve().parents[2]
PO = HOUSE / "locale/en/LC_MESSAGES/django.po"
PACKAGES = ("rows", "shops", "deadlines", "outbox", "flows", "orders", "returns", "tickets", "hooks", "kefu")
CHINESE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff01-\uffef]")
# Where the Chinese of a call stands: {name: (place of the context, places of the words)}.
PLAIN, PLURAL, CONTEXT, BOTH = (None, (0,)), (None, (0, 1)), (0, (1,)), (0, (1, 2))
CALLS = {
    "_": PLAIN, "gettext": PLAIN, "gettext_lazy": PLAIN, "gettext_noop": PLAIN, "ngettext": PLURAL,
    "ngettext_lazy": PLURAL, "pgettext": CONTEXT, "pgettext_lazy": CONTEXT, "npgettext": BOTH,
}  # fmt: skip
# Chinese that is no words of a page, with the reason.
DATA = {
    "flows/diagram.py": "draws docs/flows, which are Chinese",
    "hooks/platforms/woocommerce/provinces.py": "names of provinces, as addresses carry them",
    "kefu/settings.py": "a language in its own name",
    "templates/admin/base_site.html": "a language in its own name",
    "templates/customer/page.html": "a language in its own name",
    "orders/couriers/guess.py": "names of companies, as parcels carry them",
    "orders/couriers/links.py": "names of companies, as parcels carry them",
    "orders/couriers/kdniao/": "names of companies; words of the service's own answers",
    "orders/couriers/kuaidi100/": "names of companies; words of the service's own answers",
    "orders/phones.py": "digits, as people write them to be called",
    "tickets/figures/export.py": "signs that a spreadsheet takes for a formula",
    "tickets/load/shift_form.py": "separators that a form reads",
    "tickets/mood/lexicon.py": "words that a denial begins with",
    "tickets/quality/": "the language that is looked at; docs/quality.md is Chinese",
    "tickets/readable.py": "names that phones give to pictures",
    "tickets/replies/filling.py": "names of variables, and what customers read: the language of the shop's replies",
    "tickets/replies/heard.py": "the language that is looked at",
    "tickets/replies/pinyin.py": "the language that is looked at",
    "tickets/replies/template.py": "braces as a Chinese keyboard types them",
    "tickets/replies/variables.py": "names and examples of variables, which stand in Chinese templates",
    "shops/unseen.py": "letters that are drawn as nothing",
    "shops/policy_form.py": "separators that a form reads",
    "kefu/demo/": "sample data and the console of who starts it",
    "kefu/bench/": "sample data",
}


# ---- what the sources say
def sources(suffix: str) -> Iterator[Path]:
    for folder in (*PACKAGES, "templates"):
        for path in sorted((HOUSE / folder).rglob(f"*{suffix}")):
            if "migrations" not in path.parts:
                yield path


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                yield node, name


def of_python(path: Path) -> Iterator[tuple[str, str]]:
    for call, name in calls(ast.parse(path.read_text())):
        context, places = CALLS[name]
        given = [a.value if isinstance(a, ast.Constant) else None for a in call.args]
        if len(given) > places[0] and isinstance(given[places[0]], str):
            yield (given[context] if context is not None else ""), given[places[0]]


STRING = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*{STRING}(?:,\s*{STRING})?")


def of_template(path: Path) -> Iterator[tuple[str, str]]:
    for name, *found in IN_TEMPLATE.findall(templatize(path.read_text())):
        words = [ast.literal_eval(text) for text in found if text]
        yield (words[0], words[1]) if name in ("pgettext", "npgettext") else ("", words[0])


def spoken() -> set[tuple[str, str]]:
    """(context, msgid) of all sources."""
    found = {key for path in sources(".py") for key in of_python(path)}
    return found | {key for path in sources(".html") for key in of_template(path)}


# ---- what is translated
def entries() -> Iterator[dict[str, str]]:
    """Of the .po: {"msgid": …, "msgstr": …, …, "#": its comments}."""
    for block in PO.read_text().strip().split("\n\n"):
        entry, field = {"#": ""}, ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry["#"] += line
            elif line.startswith('"'):
                entry[field] += ast.literal_eval(line)
            else:
                field, _space, text = line.partition(" ")
                entry[field] = ast.literal_eval(text)
        yield entry


def translated(entry: dict[str, str]) -> list[str]:
    return [text for field, text in entry.items() if field.startswith("msgstr")]


ENTRIES = [entry for entry in entries() if entry["msgid"]]


def test_every_word_of_the_sources_is_in_the_catalog_and_no_other():
    known = {(entry.get("msgctxt", ""), entry["msgid"]) for entry in ENTRIES}
    assert spoken() - known == set(), "run: make messages, and translate what is new"
    assert known - spoken() == set(), "run: make messages"


def test_every_word_is_translated_into_english_by_hand():
    assert not [e["msgid"] for e in ENTRIES if not all(translated(e)) or "fuzzy" in e["#"]]
    assert not [e["msgid"] for e in ENTRIES if any(CHINESE.search(text) for text in translated(e))]


def test_translations_keep_the_placeholders():
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]", text))

    assert not [e["msgid"] for e in ENTRIES if any(places(text) != places(e["msgid"]) for text in translated(e))]


def test_the_compiled_catalog_is_the_written_one():
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)
    compiled.pop("")
    written = {}
    for e in ENTRIES:
        key = f"{e['msgctxt']}\x04{e['msgid']}" if "msgctxt" in e else e["msgid"]
        texts = translated(e)
        written |= {(key, n): text for n, text in enumerate(texts)} if "msgid_plural" in e else {key: texts[0]}
    assert compiled == written, "run: make messages"


def test_the_catalog_carries_no_date_that_changes_with_every_run():
    assert "POT-Creation-Date" not in PO.read_text()


# ---- nothing beside the catalog
def spared(path: Path) -> bool:
    return any(path.relative_to(HOUSE).as_posix().startswith(name) for name in DATA)


def untranslatable(path: Path) -> Iterator[str]:
    """Chinese literals that no gettext call takes; docstrings are for who reads the code."""
    tree = ast.parse(path.read_text())
    taken = {id(part) for call, _named in calls(tree) for a in call.args for part in ast.walk(a)}
    taken |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if CHINESE.search(said) and id(node) not in taken:
            yield f"{path.relative_to(HOUSE)}:{node.lineno} {said}"


def test_no_chinese_stands_in_the_code_beside_gettext():
    assert not [found for path in sources(".py") if not spared(path) for found in untranslatable(path)]


MARKED = re.compile(
    r"\{% blocktrans.*?endblocktrans\w* %\}|\{% trans.*?%\}|_\(\"[^\"]*\"\)|\{#.*?#\}|\{% comment.*?endcomment %\}",
    re.S,
)


def test_no_chinese_stands_in_a_template_or_a_script_beside_gettext():
    pages = [path for path in sources(".html") if not spared(path)]
    assert not [p.name for p in pages if CHINESE.search(MARKED.sub("", p.read_text()))]
    assert not [p.name for p in sources(".js") if CHINESE.search(p.read_text())]


def test_words_that_are_made_when_the_code_is_read_wait_for_their_reader():
    """A plain gettext at module level would speak the language of the process that imports it, for ever."""
    found = []
    for path in sources(".py"):
        tree = ast.parse(path.read_text())
        plain = {
            name.asname or name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for name in node.names
            if name.name in ("gettext", "ngettext", "pgettext", "npgettext")
        }
        found += [f"{path.name}:{call.lineno}" for call in at_import(tree) if getattr(call.func, "id", "") in plain]
    assert found == []


def at_import(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from at_import(child)


@pytest.mark.parametrize(("n", "said"), [(1, "1 hour"), (48, "48 hours")])
def test_a_length_follows_the_plural_rules(n, said):
    from shops import durations

    with translation.override("en"):
        assert durations.words(n * 3600) == said


def test_the_api_speaks_the_language_of_its_reader(client):
    client.cookies["kefu_language"] = "en"
    assert not CHINESE.search(client.get("/api/schema/").content.decode())
    assert client.get("/api/nowhere/").json()["detail"] == "There is no such address"
    client.cookies["kefu_language"] = "zh-hans"
    assert "确认订单" in client.get("/api/schema/").content.decode()
