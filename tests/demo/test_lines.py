"""What the demo's screen says of an answer: a refusal is one thing, silence under load another."""

import pytest

from kefu.demo.lines import of_answer
from kefu.demo.traffic import word_of


def test_what_was_not_heard_is_said_again_and_no_refusal():
    unheard, refused = (of_answer(word, "dispute.opened", "D1", status, {}) for word, status in
                        (("unheard", 0), ("refused", 409)))  # fmt: skip
    assert unheard.text == "推送 dispute.opened 没有得到回答（0），稍后重推"
    assert refused.text == "推送 dispute.opened 未被接受：409"


@pytest.mark.parametrize(("status", "word"), [
    (0, "unheard"), (429, "unheard"), (503, "unheard"), (202, "sent"), (409, "refused"), (422, "refused"),
    (200, "sent"),  # said again after silence: it had been heard
])  # fmt: skip
def test_each_answer_has_its_word(status, word):
    assert word_of(status) == word
