"""Definitions are read in two languages, sentence after sentence."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tickets.figures.figure import joined


def test_sentences_of_a_definition_stand_apart_in_english():
    assert str(joined("Replies ÷ all.", "Merged do not count.")) == "Replies ÷ all. Merged do not count."


def test_sentences_of_a_definition_follow_each_other_directly_in_chinese():
    assert str(joined("回复 ÷ 全部。", "被合并的不算。")) == "回复 ÷ 全部。被合并的不算。"


def test_a_definition_is_put_together_in_the_language_of_its_reader():
    both = joined(_("店铺"), _("平台"))
    with override("zh-hans"):
        assert str(both) == "店铺平台"
    with override("en"):
        assert str(both) != "店铺平台"
