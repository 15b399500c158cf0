"""Whether a "not" takes back what was said: 我们不能好评返现 does; 没有好评就不返现 says it all the same.

Two nots make a yes. A not reaches to the end of its clause unless a word such as 就 or 可以 begins anew. Words that
only look like a not (不好意思, 不过, 要不要) are left out first.
"""

from __future__ import annotations

import re

from . import clauses

_NOT = re.compile(
    r"不|没|别|勿|禁止|严禁|无法|拒绝|杜绝|莫|甭|未|并非|怎么可能|怎么会|哪能|谈不上|从来无|绝无|防止|避免|举报|取消了|停了"
)
# Words with one of those characters in which nothing is denied.
_IDIOMS = re.compile(
    "不好意思|对不起|对不住|不错|不过|不仅|不但|不光|不管|不论|不然|不如|不妨|不少|不久|不一会|不客气|不用谢|不谢|不要紧|不愧"
    "|不单|不只|差不多|了不起|受不了|来不及|忍不住|不得不|不由得|说不定|不瞒|要不然|要不|不知不觉|不用(担心|客气|着急|管|等|退|寄)"
    "|不要(担心|急|着急)|别(担心|着急|急|生气|管)|没问题|没关系|没事|没错|没准|别的|别人|别家|特别|区别|级别|性别|分别|个别|别墅|告别|识别"
    "|未来|未必|从未有过|不锈钢|不粘|不满意|不喜欢|不合适|不放心|不想要|不明白|不舒服|不见不散|不限|不断|不止|不同|不便|没几天|没多久|巴不得"
    "|(?P<same>.)不(?P=same)|(能|会|可|有|没)(不|没)(能|会|可以|可|有)|是不是|有没有|不信"
)
_ANEW = re.compile(r"的话|就|那么|所以|因此|而是|但是|但|(?<!不)(?<!没)可以|麻烦|我给|我帮|我们给|我$")
_ALSO = re.compile("也|又|更|和|或|、")
_TAKEN_BACK = re.compile(
    r"^.{0,6}?(不允许|不可以|不可能|不行|不能|不会|不做|不搞|不支持|不给|不提供|不合规|不合法|不存在|不需要|是?违规|是?违法|被?禁止|严禁"
    r"|取消|停了|没有这|没有了|没有的|是假|都是骗|骗人|我们没有|无法)"
)
_AFTERWARDS = re.compile(
    r"^(这|那|它|都|也|平台|属于|因为).{0,6}?(不允许|不可以|不行|不能|不会|不做|不搞|不支持|不合规|违规|违法|禁止|严禁|不存在|骗)"
    r"|^(我们|咱们?|店里|小店|本店)(从来|一直|这边|是|都)?(不允许|不可以|不做|不搞|不支持|不能|不会|没有这)|^(是)?(违规|违法|不允许|平台禁止|平台不让)"
)


def negated(text: str, start: int, end: int, gaps: str = "") -> bool:
    """Whether what [start, end) says is denied. gaps: what stood in the gaps of the pattern that found it."""
    begins, ends = clauses.clause(text, start, end)
    before = _ANEW.split(_bare(text[begins:start]))[-1]
    denials = len(_NOT.findall(_ALSO.split(before)[-1])) or len(_NOT.findall(before))
    denials += len(_NOT.findall(_bare(gaps)))
    if denials:
        # 不能防近视也不能治近视 denies each; 没有好评就不返现 denies the denial.
        return denials % 2 == 1 or _ALSO.search(gaps) is not None
    rest = _bare(text[end:ends])
    return bool(_TAKEN_BACK.match(rest) or (len(rest) <= 3 and _AFTERWARDS.match(clauses.next_clause(text, ends))))


def _bare(text: str) -> str:
    return _IDIOMS.sub("", text)
