"""`make demo` as a visitor sees it: started, watched until much has happened, ended, started again."""

import json
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import answers, end, free_port, manage, of_folder, output, soon, sweep_up

pytestmark = pytest.mark.sqlite  # the demo brings its own, whatever the tests run on

Seen = dict[str, Any]


def ask(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{folder / 'kefu.sqlite3'}?mode=ro", uri=True, timeout=10) as db:
        return db.execute(query).fetchall()


def closed_by_the_clock(folder: Path) -> int:
    return int(ask(folder, "SELECT count(*) FROM flows_move WHERE step = 'close_unpaid' AND who = 'clock'")[0][0])


# What must have been seen of returns, among a hundred and more: how they begin, go on and end.
SEEN = {
    "a return is asked for": "flow = 'return' AND step = 'start'",
    "an agent agrees": "flow = 'return' AND step = 'approve' AND who = 'agent'",
    "goods are sent back": "flow = 'return' AND step = 'send_back'",
    "the warehouse receives": "flow = 'return' AND step = 'receive'",
    "the warehouse judges": "flow = 'return' AND step = 'inspect' AND who = 'warehouse'",
    "money settles a return": "flow = 'return' AND step = 'settle'",
    "the customer gives up": "flow = 'return' AND step = 'withdraw'",
    "the clock ends one": "flow = 'return' AND step = 'expire' AND who = 'clock'",
    "proof is asked for": "flow = 'return' AND step = 'ask_evidence'",
    "a lead approves money": "flow = 'refund' AND step = 'approve' AND who = 'lead'",
    "money fails at first": "flow = 'refund' AND step = 'fail'",
    "a parcel is looked for before anybody asks": "flow = 'logistics_query' AND step = 'start' AND who = 'system'",
    "an agent says where a parcel is": "flow = 'logistics_query' AND step = 'answer' AND who = 'agent'",
    "a customer acts on the page": "flow = 'return' AND by = 'customer:page'",
}


USUAL = {"return_refund", "refund_only", "exchange", "reship"}  # repairs are rare; the stories have them


def unseen(folder: Path) -> list[str]:
    found = (name for name, where in SEEN.items() if not ask(folder, f"SELECT 1 FROM flows_move WHERE {where} LIMIT 1"))
    return list(found)


def kinds(folder: Path) -> set[str]:
    return {kind for (kind,) in ask(folder, "SELECT DISTINCT kind FROM returns_return")}


def enough(folder: Path) -> bool:
    states = ask(folder, "SELECT DISTINCT state FROM orders_order")
    if not (closed_by_the_clock(folder) > 0 and len(states) >= 4 and "：200，" in output(folder)):
        return False
    return not unseen(folder) and kinds(folder) >= USUAL


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """One run, and a second one in the same folder; the tests look at what was seen."""
    folder, seen = tmp_path_factory.mktemp("demo"), Seen()
    pace = ("--pace", "8", "--hurry", "8")
    try:
        port = free_port()
        demo = manage(folder, "demo", "--port", str(port), *pace)
        seen["healthy"] = soon(lambda: answers(port), 60)
        seen["went on"] = seen["healthy"] and soon(lambda: enough(folder), 240)
        seen["second"] = manage(folder, "demo", "--port", str(free_port())).wait(timeout=30)
        seen["code"], seen["seconds"] = end(demo)
        seen["left"] = [] if soon(lambda: not of_folder(folder), 5) else of_folder(folder)
        seen["output"], seen["orders"] = output(folder), ask(folder, "SELECT number, state FROM orders_order")
        seen["outcomes"] = Counter(row[0] for row in ask(folder, "SELECT outcome FROM hooks_inbox"))
        seen["failures"] = ask(folder, "SELECT type, failure FROM hooks_inbox WHERE failure <> ''")
        seen["closed"], seen["unseen"], seen["kinds"] = closed_by_the_clock(folder), unseen(folder), kinds(folder)
        seen["refused"] = ask(folder, "SELECT type, number, why FROM hooks_inbox WHERE outcome = 'rejected'")
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
    assert seen["refused"] == []
    assert "未被接受" not in seen["output"]


def test_returns_of_the_usual_kinds_went_many_ways(seen: Seen) -> None:
    assert seen["unseen"] == []
    assert seen["kinds"] >= USUAL


def test_the_two_ledgers_agree(seen: Seen) -> None:
    assert "与支付方账本逐笔一致" in seen["output"]
    assert "不一致" not in seen["output"]


def test_it_prints_where_to_look_and_who_may_log_in(seen: Seen) -> None:
    for word in (
        "http://127.0.0.1:",
        "agent",
        "auditor",
        "warehouse",
        "lead",
        "demo",
        "Ctrl-C",
        "/admin/warehouse/",
        "待处理售后",
        "/c/",
    ):
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
