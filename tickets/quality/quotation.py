"""Whether words are somebody else's: 您看到的“加V返5元”, 您说我们是骗子. Whoever repeats a word has not said it."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import clauses

_QUOTED = re.compile(
    r"“([^”\n]{1,80})”|「([^」\n]{1,80})」|『([^』\n]{1,80})』|\"([^\"\n]{1,80})\"|'([^'\n]{1,80})'|‘([^’\n]{1,80})’"
)
# Before a quotation: it is reported. Told to write or to look it up, it is not.
_REPORTED = re.compile(
    r"(说|写|讲|提到|提|称|问|看到|看见|收到|所谓|关于|出现|叫|标题|卡片|显示|反馈|反映|打出|发来|发|这种|这类|类似|那种|什么|评价|留言|的|了|是|用|像)[:：,，]?$"
)
_TOLD_TO = re.compile(r"(搜|搜索|回复|回|备注|填|填写|输入|写上|发送|请写|帮忙写|麻烦写)(一?下)?[:：]?$")
_AFTER = re.compile(
    r"^(这|那|的(说法|做法|字样|卡|短信|人|账号|消息)|字样|[一二两三四五六七八九十]个字|之类|什么的|是(假|骗|别|他|不))"
)
_WHO = r"(您|你|客户|买家|顾客|亲|他|她|他们|对方|骗子|别人|有人|同行|快递|卡片|评价里?|买主|平台)"
_SAYS = (
    r"(之前|刚才|刚刚|上面|昨天|前面|那边)?(.{0,4})(说到?|讲|提到|提的|反映|反馈|问|写的|写了|写着|担心|怀疑|以为|骂|嫌|表示|看到|收到|听说)"
    r"(的|过|到|了|着)*(?!一?下|个|清|明)"
)
Heard = Callable[[str], bool]  # whether the customer has said these plain words
_SPEECH = re.compile(_WHO + _SAYS)
_OUR_OWN = re.compile(r"(我|我们|咱)(这边)?(就|也|可以|给|帮|直接|马上|立刻)|(加|联系)(我|我们)")


def foreign(text: str, start: int, end: int, heard: Heard) -> bool:
    """Whether [start, end) repeats somebody."""
    return _in_quotes(text, start, end, heard) or _reported(text, start, end)


def _in_quotes(text: str, start: int, end: int, heard: Heard) -> bool:
    for quote in _QUOTED.finditer(text):
        if quote.start() > start:
            return False
        if quote.end() >= end and quote.start() < start:
            return _is_reported_quote(text, quote, heard)
    return False


def _is_reported_quote(text: str, quote: re.Match[str], heard: Heard) -> bool:
    before = text[max(0, quote.start() - 10) : quote.start()]
    if _TOLD_TO.search(before):
        return False
    inside = next(part for part in quote.groups() if part)
    return bool(_REPORTED.search(before) or _AFTER.match(text[quote.end() :]) or (len(inside) > 1 and heard(inside)))


def _reported(text: str, start: int, end: int) -> bool:
    begins, _ends = clauses.clause(text, start, end)
    before = text[begins:start]
    speech = _SPEECH.search(before)
    return bool(speech and not _OUR_OWN.search(before[speech.end() :]) and len(before) - speech.end() <= 8)
