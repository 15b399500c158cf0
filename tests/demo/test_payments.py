"""The payment provider to practise with: what it pays, what it says, and that a key pays once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kefu.demo.payments import MODES, Ledger, carry_out, differences

SEND = {"key": "A1:cancel", "amount": "12.30", "order": "A1", "attempt": 1}


@pytest.mark.parametrize("mode", MODES)
def test_a_key_pays_at_most_once_however_often_it_is_sent(mode: str) -> None:
    ledger = Ledger()
    for attempt in (1, 2, 3):
        carry_out(ledger, {**SEND, "attempt": attempt}, mode)
    assert len(ledger.paid()) == (0 if mode in ("lost", "fails") else 1)
    assert ledger.asked() == {"A1:cancel": 3}


def test_a_hundred_threads_that_send_one_key_pay_once() -> None:
    ledger = Ledger()
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _n: carry_out(ledger, SEND)[0].data["voucher"], range(100)))
    assert len(set(told)) == 1
    assert ledger.paid() == {"A1:cancel": 1230}


def test_it_says_what_it_pays_and_for_whom() -> None:
    [told] = carry_out(Ledger(), SEND)
    assert (told.type, told.data["amount"], told.data["order"]) == ("refund.succeeded", "12.30", "A1")


def test_the_same_success_comes_again_under_another_id() -> None:
    first, second = carry_out(Ledger(), SEND, "twice")
    assert first.data == second.data
    assert first.name != second.name


def test_a_wrong_amount_is_told_and_then_put_right() -> None:
    ledger = Ledger()
    wrong, right = carry_out(ledger, SEND, "wrong_then_right")
    assert (wrong.data["amount"], right.data["amount"]) == ("13.30", "12.30")
    assert ledger.paid() == {"A1:cancel": 1230}


def test_what_failed_is_paid_when_the_same_key_comes_again() -> None:
    ledger = Ledger()
    assert carry_out(ledger, SEND, "fails_then_pays")[0].type == "refund.failed"
    assert carry_out(ledger, {**SEND, "attempt": 2}, "fails_then_pays")[0].type == "refund.succeeded"


def test_two_ledgers_are_held_against_each_other() -> None:
    ledger = Ledger()
    carry_out(ledger, SEND)
    assert differences(ledger, [("A1:cancel", 1230)]) == []
    assert differences(ledger, [("A1:cancel", 1000), ("A2:cancel", 5)]) == [
        "A1:cancel: paid 1230, settled here with 1000",
        "A2:cancel: settled here with 5, never paid",
    ]
    assert differences(ledger, []) == ["A1:cancel: paid 1230, not known here"]


def test_the_ledger_outlives_its_process(tmp_path) -> None:
    path = str(tmp_path / "payments.sqlite3")
    first = Ledger(path)
    carry_out(first, SEND)
    first.close()
    assert Ledger(path).paid() == {"A1:cancel": 1230}
