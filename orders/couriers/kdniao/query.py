"""The query: RequestData, signed, as a form. Answers a refusal in words only, so the words are looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..canonical import in_order, listed, meaning, point, read_object, text
from ..contract import Account, Answer, Request, Track, Unreadable, Wanted
from ..outcomes import Outcome
from .codes import COMPANIES, STATES, told
from .signature import sign

BASE = "https://api.kdniao.com"
PATH = "/Ebusiness/EbusinessOrderHandle.aspx"
QUERY, SUBSCRIBE = "1002", "1008"
# Words of a refusal, the more telling first.
REFUSALS = (
    (("频繁", "次数过多", "锁"), Outcome.TOO_OFTEN),
    (("余额", "套餐", "次数", "超限", "欠费", "过期"), Outcome.QUOTA),
    (("验签", "签名", "DataSign", "商户", "用户ID", "EBusinessID", "未开通", "权限", "IP"), Outcome.BAD_KEY),
    (("手机", "电话", "CustomerName"), Outcome.BAD_PHONE),
    (("快递公司", "ShipperCode", "不支持"), Outcome.UNSERVED),
    (("无轨迹", "没有物流", "暂无", "无物流"), Outcome.NO_RECORD),  # 此单号暂无轨迹信息 names the number too
    (("单号", "LogisticCode"), Outcome.BAD_NUMBER),
    (("系统", "繁忙", "超时", "异常"), Outcome.AWAY),
)


def worded(wanted: Wanted, **more: str) -> str:
    """The text that is signed, and sent as it was signed."""
    data = {"OrderCode": "", "ShipperCode": wanted.carrier, "LogisticCode": wanted.number, **more}
    if wanted.phone:
        data["CustomerName"] = wanted.phone
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def asked(account: Account, data: str, kind: str) -> Request:
    form = {
        "RequestData": data,
        "EBusinessID": account.customer,
        "RequestType": kind,
        "DataSign": sign(data, account.key),
        "DataType": "2",
    }
    return Request(f"{account.base or BASE}{PATH}", urlencode(form).encode())


def query(account: Account, wanted: Wanted) -> Request:
    return asked(account, worded(wanted), QUERY)


def answered(raw: bytes) -> Answer:
    """Raises Unreadable."""
    found = read_object(raw)
    words = text(found.get("Reason"), 200)
    if not is_well(found):
        return refused(words)
    track = track_of(found)
    return Answer(Outcome.TRACKED if track.points else Outcome.NO_RECORD, words, track)


def is_well(found: Mapping[str, Any]) -> bool:
    """Raises Unreadable where it does not say so either way."""
    if "Success" not in found:
        raise Unreadable("no Success")
    return found["Success"] is True or text(found["Success"]).lower() == "true"


def refused(words: str) -> Answer:
    outcome = next((o for signs, o in REFUSALS if any(sign in words for sign in signs)), Outcome.MALFORMED)
    return Answer(outcome, words, later=outcome == Outcome.AWAY)


def track_of(found: Mapping[str, Any]) -> Track:
    """Of an answer, or of one part of a push. Raises Unreadable where it names no number."""
    number, rows = text(found.get("LogisticCode"), 64), listed(found.get("Traces"))
    if not number:
        raise Unreadable("no LogisticCode")
    dated = [(point(row.get("AcceptTime"), row.get("AcceptStation")), row) for row in rows]
    known = [(p, row) for p, row in dated if p is not None]
    last = max(known, key=lambda pair: pair[0].at)[1] if known else {}
    codes = told(text(found.get("State"), 20), text(found.get("StateEx"), 20), text(last.get("Action"), 20))
    state, flag = meaning(STATES, codes, moving=bool(known))
    names = {code: name for name, code in COMPANIES.items()}
    carrier = text(found.get("ShipperCode"), 40)
    return Track(number, names.get(carrier, carrier), state, in_order(p for p, _row in known), flag)
