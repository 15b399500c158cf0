"""The rules of the house that a machine can hold the code against (CONTRIBUTING.md says why each is there)."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from django.db.migrations.operations import CreateModel, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from rows.tables import Tables

HOUSE = Path(__file__).resolve().parent.parent
APART = {".venv", ".git", ".data", "node_modules", "staticfiles", "__pycache__", "shots", ".hypothesis"}
PACKAGES = ("rows", "shops", "deadlines", "outbox", "flows", "orders", "returns", "tickets", "hooks", "kefu")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".html",
    ".css",
    ".js",
    ".yml",
    ".yaml",
    ".json",
    ".cfg",
    ".ini",
    ".sh",
    ".po",
    "",
}

# A function is questioned at 30 lines, a file at 300. What was questioned and stayed, with the answer:
LONG_FUNCTIONS: dict[str, str] = {}
LONG_FILES: dict[str, str] = {}

# Files in which time is passed in, never asked for.
TIMELESS = {
    "table",
    "machine",
    "engine",
    "clocks",
    "facts",
    "effects",
    "steps",
    "asks",
    "states",
    "calendar",
    "service",
}


def files(folder: Path = HOUSE) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in APART and not path.name.endswith("_cache"):
                yield from files(path)
        else:
            yield path


def name(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def is_test(path: Path) -> bool:
    return path.name.startswith(("test_", "conftest")) or "tests" in path.relative_to(HOUSE).parts


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Our own code: no tests, no migrations."""
    for package in PACKAGES:
        if not (HOUSE / package).is_dir():
            continue
        for path in files(HOUSE / package):
            if path.suffix == ".py" and "migrations" not in path.parts and not is_test(path):
                yield path, ast.parse(path.read_text("utf-8"), name(path))


def outside(package: str) -> Iterator[tuple[Path, ast.Module]]:
    return ((path, tree) for path, tree in modules() if path.relative_to(HOUSE).parts[0] != package)


def calls(tree: ast.AST, *methods: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            yield node


def names_state(call: ast.Call) -> bool:
    """Whether the call writes the column: as a keyword, or as a name in its arguments."""
    if any(keyword.arg == "state" for keyword in call.keywords):
        return True
    parts = [part for argument in call.args[1:] for part in ast.walk(argument)]
    return any(isinstance(part, ast.Constant) and part.value == "state" for part in parts)


def writes_of_state(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            yield from (node.lineno for part in targets if isinstance(part, ast.Attribute) and part.attr == "state")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr" and names_state(node):
            yield node.lineno
    yield from (call.lineno for call in calls(tree, "update", "bulk_update") if names_state(call))


def test_only_the_kernel_writes_a_state() -> None:
    assert [f"{name(path)}:{line}" for path, tree in outside("flows") for line in writes_of_state(tree)] == []


def test_only_tasks_ring_the_bell() -> None:
    rings = ("delay", "apply_async", "send_task")
    assert [
        f"{name(path)}:{call.lineno}"
        for path, tree in modules()
        if path.name != "tasks.py"
        for call in calls(tree, *rings)
    ] == []


def test_time_is_passed_in_where_rules_are_decided() -> None:
    assert [
        f"{name(path)}:{call.lineno}"
        for path, tree in modules()
        if (path.stem in TIMELESS or "tables" in path.parts) and "management" not in path.parts
        for call in calls(tree, "now", "utcnow", "today")
    ] == []


def test_nothing_is_called_utils_helpers_or_common() -> None:
    vague = re.compile(r"^(utils?|helpers?|commons?|misc)$")
    assert [
        name(path) for path, _ in modules() if any(vague.match(part) for part in (*path.parts[:-1], path.stem))
    ] == []


def migrations_of_the_house() -> Iterator[tuple[str, list[Operation]]]:
    for package in PACKAGES:
        for path in sorted((HOUSE / package).rglob("migrations/0*.py")):
            module = import_module(name(path).removesuffix(".py").replace("/", "."))
            yield name(path), module.Migration.operations


def created_alone(operations: Iterable[Operation]) -> int:
    """How many models are created by an operation of their own."""
    count = 0
    for op in operations:
        if isinstance(op, SeparateDatabaseAndState):
            count += created_alone([*op.database_operations, *op.state_operations])
        count += isinstance(op, CreateModel)
    return count


def test_a_migration_that_creates_many_models_creates_them_together() -> None:
    """Each operation of its own draws up all related models anew: a first start would take a minute (rows.tables)."""
    alone = {file: created_alone(operations) for file, operations in migrations_of_the_house()}
    del alone["shops/migrations/0001_initial.py"]  # beside rows on its floor, and made when little else is there
    assert {file: count for file, count in alone.items() if count > 3} == {}


def test_some_that_are_created_together_excuse_no_others_of_the_same_migration() -> None:
    one, *others = (CreateModel(f"M{n}", []) for n in range(7))
    assert created_alone([Tables([one]), *others[:4], SeparateDatabaseAndState(others[4:5], others[5:])]) == 6
    assert created_alone([Tables([one, *others])]) == 0


def test_every_module_has_its_caption() -> None:
    assert [name(path) for path, tree in modules() if tree.body and not ast.get_docstring(tree)] == []


def test_a_file_of_300_lines_was_questioned() -> None:
    long = [name(path) for path, _ in modules() if len(path.read_text("utf-8").splitlines()) > 300]
    assert [path for path in long if path not in LONG_FILES] == []


def test_a_function_of_30_lines_was_questioned() -> None:
    long = [
        f"{name(path)}:{node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > 30
    ]
    assert [function for function in long if function not in LONG_FUNCTIONS] == []


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature's end to the function's, the docstring left out."""
    first = function.body[0]
    docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    start = first.end_lineno + 1 if docstring else first.lineno
    return (function.end_lineno or start) - start + 1


def test_no_address_of_a_registry_stands_in_a_file() -> None:
    hosts = [
        "pypi" + ".org",
        "python" + "hosted",
        "npmjs" + ".",
        "npm" + "mirror",
        "registry" + ".",
        "--index" + "-url",
    ]
    found = [
        f"{name(path)}: {host}"
        for path in files()
        if path.suffix in TEXT and path.name not in {"kefu.sqlite3"}
        for host in hosts
        if host in path.read_text("utf-8", errors="ignore").replace("--no-emit" + "-index-url", "")
    ]
    assert found == []


def pins(file: str) -> dict[str, str]:
    """Each requirement's first line: name -> "==version ; marker"; the hashes are counted beside."""
    lines = (HOUSE / "requirements" / file).read_text().splitlines()
    return dict(re.match(r"([\w.\[\],-]+)(==[^\\]+)", line).groups() for line in lines if re.match(r"[\w]", line))


def test_every_requirement_is_pinned_and_hashed() -> None:
    for file in ("base.txt", "dev.txt"):
        blocks = re.split(r"\n(?=\w)", (HOUSE / "requirements" / file).read_text().strip())
        assert [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


def test_tests_run_on_the_very_versions_that_are_shipped() -> None:
    base, dev = pins("base.txt"), pins("dev.txt")
    assert {package: pin for package, pin in base.items() if dev.get(package) != pin} == {}


def test_every_dependency_of_the_project_is_pinned() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    extras = [item for group in project["optional-dependencies"].values() for item in group]
    for file, wanted in (("base.txt", project["dependencies"]), ("dev.txt", extras)):
        named = {re.match(r"[\w.-]+", item).group().lower() for item in wanted}
        assert named - set(pins(file)) == set()


def test_pages_keep_to_the_strict_content_policy() -> None:
    forbidden = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=|\b(src|href)=\"(https?:)?//",
        re.I,
    )
    pages = [path for path in files(HOUSE) if path.suffix == ".html" and not is_test(path)]
    found = [
        f"{name(path)}:{number}"
        for path in pages
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []
