"""`make demo` as a visitor sees it: started, watched for half a minute, ended, started again."""

import json
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import answers, end, free_port, manage, of_folder, output, soon, sweep_up

Seen = dict[str, Any]


def ask(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{folder / 'kefu.sqlite3'}?mode=ro", uri=True, timeout=10) as db:
        return db.execute(query).fetchall()


def closed_by_the_clock(folder: Path) -> int:
    return int(ask(folder, "SELECT count(*) FROM flows_move WHERE step = 'close_unpaid' AND who = 'clock'")[0][0])


def enough(folder: Path) -> bool:
    states = ask(folder, "SELECT DISTINCT state FROM orders_order")
    return closed_by_the_clock(folder) > 0 and len(states) >= 4 and "：200，" in output(folder)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """One run, and a second one in the same folder; the tests look at what was seen."""
    folder, seen = tmp_path_factory.mktemp("demo"), Seen()
    pace = ("--pace", "8", "--hurry", "8")
    try:
        port = free_port()
        demo = manage(folder, "demo", "--port", str(port), *pace)
        seen["healthy"] = soon(lambda: answers(port), 60)
        seen["went on"] = seen["healthy"] and soon(lambda: enough(folder), 60)
        seen["second"] = manage(folder, "demo", "--port", str(free_port())).wait(timeout=30)
        seen["code"], seen["seconds"] = end(demo)
        seen["left"] = [] if soon(lambda: not of_folder(folder), 5) else of_folder(folder)
        seen["output"], seen["orders"] = output(folder), ask(folder, "SELECT number, state FROM orders_order")
        seen["outcomes"] = Counter(row[0] for row in ask(folder, "SELECT outcome FROM hooks_inbox"))
        seen["failures"] = ask(folder, "SELECT type, failure FROM hooks_inbox WHERE failure <> ''")
        seen["closed"] = closed_by_the_clock(folder)
        again = manage(folder, "demo", "--port", str(free_port()), *pace)
        count = len(seen["orders"])
        seen["more"] = soon(lambda: ask(folder, "SELECT count(*) FROM orders_order")[0][0] > count + 5, 60)
        seen["code again"], _seconds = end(again, signal.SIGTERM)
        seen["numbers"] = [row[0] for row in ask(folder, "SELECT number FROM orders_order")]
        seen["state"] = json.loads((folder / "demo.json").read_text())
        yield seen
    finally:
        sweep_up(folder)


def test_it_answers_and_orders_stand_in_several_states(seen: Seen) -> None:
    assert seen["healthy"], seen["output"]
    assert seen["went on"], seen["output"]
    assert len({state for _number, state in seen["orders"]}) >= 4


def test_the_clock_has_closed_an_order_that_nobody_paid(seen: Seen) -> None:
    assert seen["closed"] >= 1


def test_a_message_that_came_twice_was_answered_200(seen: Seen) -> None:
    assert "重复推送" in seen["output"]
    assert "：200，没有变化" in seen["output"]


def test_no_message_failed_and_none_was_refused(seen: Seen) -> None:
    assert seen["failures"] == []
    assert seen["outcomes"]["rejected"] == 0
    assert "未被接受" not in seen["output"]


def test_it_prints_where_to_look_and_who_may_log_in(seen: Seen) -> None:
    for word in ("http://127.0.0.1:", "agent", "auditor", "warehouse", "lead", "demo", "Ctrl-C"):
        assert word in seen["output"]


def test_without_a_terminal_there_is_no_colour_and_no_noise(seen: Seen) -> None:
    assert "\x1b" not in seen["output"]
    assert "Traceback" not in seen["output"]
    assert "HTTP Request" not in seen["output"]


def test_ctrl_c_ends_it_with_0_and_a_summary_and_leaves_no_process(seen: Seen) -> None:
    assert seen["code"] == 0
    assert seen["seconds"] < 12
    assert seen["left"] == []
    assert "已结束" in seen["output"]


def test_a_second_one_in_the_same_folder_is_refused(seen: Seen) -> None:
    assert seen["second"] == 1
    assert "已有服务在运行" in seen["output"]


def test_a_second_start_goes_on_with_new_orders(seen: Seen) -> None:
    assert seen["more"]
    assert seen["code again"] == 0
    assert len(set(seen["numbers"])) == len(seen["numbers"])
    assert seen["state"]["next"] > len(seen["orders"])
