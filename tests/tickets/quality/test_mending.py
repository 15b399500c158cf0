"""A better wording stands where the passage stood, marks and stickers and all."""

import pytest

from tickets.quality import Scene, check
from tickets.quality.mending import mending


def mended(words: str, rule: str) -> str:
    """As a browser does it, in UTF-16 units."""
    finding = next(one for one in check(words, Scene()) if one.rule == rule)
    place = mending(words, finding, of_the_whole=rule in ("greeting", "apology"))
    units = words.encode("utf-16-le")
    return (units[: 2 * place.start] + place.text.encode("utf-16-le") + units[2 * place.end :]).decode("utf-16-le")


@pytest.mark.parametrize(
    ("words", "rule", "then"),
    [
        ("您好，木有问题哦", "dialect", "您好，没有问题哦"),
        ("😊亲，加微信聊，方便。", "contact", "😊亲，您直接在这里发给我就可以，聊天记录平台会保留，您更有保障，方便。"),
        ("您好。根治失眠。祝好", "medical", "您好。这款是日用品，不能代替药物和治疗，身体不舒服请您及时就医。祝好"),
        ("在，有货", "greeting", "您好，很高兴为您服务。在，有货"),
    ],
)
def test_the_clause_gives_way_and_the_rest_stays(words, rule, then) -> None:
    assert mended(words, rule) == then


def test_what_was_mended_is_found_no_more() -> None:
    assert check(mended("您好，五星好评返5元", "reward"), Scene()) == []
