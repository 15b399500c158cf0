"""`manage.py flows`, the system checks, and what they say of a faulty flow."""

import json

import pytest
from django.core.management import CommandError, call_command

from flows import checks
from flows.diagram import mermaid, page
from flows.machine import machine
from flows.models import Subject
from flows.printed import as_data
from flows.registry import FLOWS, bind
from flows.table import LATE, Clock, Flow, Step, Who
from tests.errands.models import Job
from tests.errands.tables import CALL, JOB, J


def test_as_data_it_has_every_row_with_its_facts_as_lists():
    said = as_data(JOB)
    assert said["states"]["waiting"] == "待付款"
    assert (said["start"], said["final"]) == (["waiting", "open"], ["done", "gone"])
    assert said["facts"] == ["pay", "pack", "send", "drop", ["sign", "reject"], "finish"]
    sends = [s for s in said["steps"] if s["name"] == "send"]
    assert [(s["from"], s["to"], s["who"], s["fact"]) for s in sends] == [
        (["open", "packed"], ["sent"], ["warehouse", "shop", "platform"], False),
        (["waiting", "aside", "back", "gone"], ["sent"], ["shop", "platform"], True),
    ]
    [sign] = [c for c in said["clocks"] if c["name"] == "sign"]
    assert (sign["during"], sign["held_by"], sign["limit"], sign["then"]) == (
        ["sent"], ["call:asked", "claim", "nowhere"], "auto_sign", "sign",
    )  # fmt: skip
    [send] = [c for c in said["clocks"] if c["name"] == "send"]
    assert (send["pauses"], send["then"], send["tell"]) == (["aside"], "late", ["lead"])


def test_the_command_prints_what_the_contract_says(capsys):
    call_command("flows", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["job"] == as_data(JOB)
    call_command("flows", "--mermaid")
    assert "stateDiagram-v2" in capsys.readouterr().out
    call_command("flows", "--check")
    assert "sound" in capsys.readouterr().out
    call_command("flows")
    assert "job 差事: 9 states" in capsys.readouterr().out


def test_the_diagram_has_every_ordinary_arrow_once():
    drawn = mermaid(CALL)
    assert "asked --> shut: 答复、视为同意、结束" in drawn
    assert "[*] --> open" in drawn
    assert "shut --> [*]" in drawn
    assert "gone --> packed" not in mermaid(JOB)  # a fact


def test_a_page_has_its_states_steps_clocks_and_facts():
    text = page(JOB)
    assert "| `waiting` | 待付款 | 起点 |" in text
    assert "| `send`（事实） | 发出 | 待付款、搁置、已退回、关闭 | 已发出 | 店铺后台、平台 |" in text
    assert "| `note` | 备注 | 待付款、处理中 | 不变 |" in text
    assert "`nothing_claimed`" in text  # an upper floor's need stands in the table as well
    assert "付款 < 打包 < 发出 < 取消 < 签收 ≈ 拒收 < 完成" in text
    assert "`unpaid_close` 72 小时（自然时间）" in text or "`unpaid_close` 3 天（自然时间）" in text


@pytest.fixture
def faulty():
    """A flow with everything wrong that only the whole house can tell."""
    flow = Flow(
        "faulty", "X", J, (J.WAITING,),
        steps=(Step("pay", (J.WAITING,), J.OPEN, Who.AGENT, asks=dict, also=("job.fly",)),),
        clocks=(Clock("c", (J.OPEN,), "no_limit", LATE, since="no_field", held_by=("job:moon", "nowhere:x")),),
    )  # fmt: skip
    bind(flow, Job)
    yield flow
    del FLOWS["faulty"]


def test_the_checks_say_what_the_table_alone_cannot(faulty, capsys):
    found = {m.msg for m in checks.check_flows()}
    assert {
        "faulty: clock c goes by the unknown limit 'no_limit'",
        "faulty: clock c counts by 'no_field', which the model has not",
        "faulty: pay asks by <class 'dict'>, which is no serializer",
        "faulty: its model lacks the constraint faulty_state (only_states)",
        "faulty: pay also takes job.fly, which is no step",
        "faulty: clock c is held by job:moon, which is no state",
    } <= found
    with pytest.raises(CommandError):
        call_command("flows", "--check")
    assert "no_limit" in capsys.readouterr().err


def test_all_flows_of_the_house_are_sound():
    assert checks.check_flows() == []
    assert FLOWS["job"].model is Job


def test_two_flows_of_one_name_are_refused():
    with pytest.raises(LookupError):
        bind(Flow("job", "x", J, (J.OPEN,), ()), Job)


def test_a_machine_is_abstract_so_that_no_migration_names_it():
    base = machine(CALL)
    assert base._meta.abstract
    assert issubclass(Job, Subject)
