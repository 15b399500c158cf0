"""How the two courier services speak, from their own side: signatures checked, answers and pushes worded.

Written apart from what Kefu itself says and reads: what the two agree on is tried, not copied.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
WANTS_PHONE = {"kuaidi100": ("shunfeng", "zhongtong"), "kdniao": ("SF",)}
# {canonical state: (快递100's code, its basic one, 快递鸟's code, its basic one)}
CODES = {
    "picked_up": ("103", "1", "1", "1"), "in_transit": ("1002", "0", "204", "2"),
    "out_for_delivery": ("5", "5", "202", "2"), "locker": ("501", "5", "211", "2"), "signed": ("301", "3", "301", "3"),
    "problem": ("206", "2", "416", "4"), "lost": ("202", "2", "403", "4"), "refused": ("14", "14", "404", "4"),
    "returning": ("6", "6", "407", "4"), "returned": ("4", "4", "406", "4"),
}  # fmt: skip
COMPANIES = {
    "kuaidi100": {"SF": "shunfeng", "ZTO": "zhongtong", "YTO": "yuantong", "STO": "shentong", "JD": "jd",
                  "顺丰": "shunfeng", "中通": "zhongtong", "圆通": "yuantong", "申通": "shentong", "京东": "jd"},
    "kdniao": {"SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "JD": "JD",
               "顺丰": "SF", "中通": "ZTO", "圆通": "YTO", "申通": "STO", "京东": "JD"},
}  # fmt: skip


class Happened(NamedTuple):
    """One point of a parcel's way."""

    at: datetime
    state: str
    text: str


class Question(NamedTuple):
    """What a form asks for. `refusal`: the body that it is answered with instead."""

    service: str
    kind: str  # query, subscribe
    customer: str = ""
    company: str = ""
    number: str = ""
    phone: str = ""
    address: str = ""
    salt: str = ""
    refusal: bytes = b""


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def said(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def clock(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


# ---- 快递100
def hundred_asked(path: str, form: Mapping[str, str], keys: Mapping[str, str]) -> Question:
    """keys: {customer: key}. A subscription names the key instead of a customer."""
    param = form.get("param", "")
    try:
        asked = json.loads(param)
    except ValueError:
        return Question("kuaidi100", "query", refusal=hundred_no("400", "提交的数据不完整"))
    if path.endswith("query.do"):
        customer = form.get("customer", "")
        if form.get("sign") != md5(f"{param}{keys.get(customer, '?')}{customer}").upper():
            return Question("kuaidi100", "query", refusal=hundred_no("503", "验证签名失败"))
        return Question("kuaidi100", "query", customer, asked["com"], asked["num"], asked.get("phone", ""))
    customer = next((c for c, key in keys.items() if key == asked.get("key")), "")
    if form.get("schema") != "json" or not customer:
        return Question("kuaidi100", "subscribe", refusal=hundred_no("600", "您不是合法的订阅者"))
    more = asked["parameters"]
    return Question(
        "kuaidi100", "subscribe", customer, asked["company"], asked["number"], more.get("phone", ""),
        more["callbackurl"], more.get("salt", ""),
    )  # fmt: skip


def hundred_no(code: str, words: str) -> bytes:
    return said({"result": False, "returnCode": code, "message": words})


def hundred_track(number: str, company: str, way: Sequence[Happened], *, advanced: bool = True) -> dict[str, Any]:
    """What it answers, and what its pushes carry as lastResult: newest first."""
    rows = [
        {"time": clock(h.at), "ftime": clock(h.at), "context": h.text,
         **({"statusCode": CODES[h.state][0], "status": h.state} if advanced else {})}
        for h in sorted(way, reverse=True)
    ]  # fmt: skip
    newest = max(way).state
    state = CODES[newest][0 if advanced else 1]
    ended = "1" if newest == "signed" else "0"
    return {"message": "ok", "state": state, "status": "200", "condition": "00", "ischeck": ended, "com": company,
            "nu": number, "data": rows}  # fmt: skip


def hundred_push(number: str, company: str, way: Sequence[Happened], salt: str, status: str = "") -> bytes:
    """status "": polling, or shutdown once it is signed; abort: given up."""
    if way:
        last = hundred_track(number, company, way)
    else:
        last = {"message": "3天查询无记录", "state": "0", "status": "201", "ischeck": "0", "com": company,
                "nu": number, "data": []}  # fmt: skip
    status = status or ("shutdown" if last["ischeck"] == "1" else "polling")
    words = "3天查询无记录" if status == "abort" else ""
    whole = {"status": status, "billstatus": "got", "message": words, "autoCheck": "0", "comOld": "", "comNew": "",
             "lastResult": last}  # fmt: skip
    param = said(whole).decode()
    return urlencode({"sign": md5(f"{param}{salt}").upper(), "param": param}).encode()


# ---- 快递鸟
def bird_asked(form: Mapping[str, str], keys: Mapping[str, str]) -> Question:
    data, customer = form.get("RequestData", ""), form.get("EBusinessID", "")
    signed = base64.b64encode(md5(f"{data}{keys.get(customer, '?')}").encode()).decode()
    kind = {"1002": "query", "8001": "query", "1008": "subscribe", "8008": "subscribe"}.get(form.get("RequestType", ""))
    if form.get("DataSign") != signed or form.get("DataType") != "2" or kind is None:
        return Question("kdniao", "query", refusal=bird_no(customer, "数据验签失败"))
    asked = json.loads(data)
    return Question(
        "kdniao", kind, customer, asked["ShipperCode"], asked["LogisticCode"], asked.get("CustomerName", "")
    )  # fmt: skip


def bird_no(customer: str, words: str) -> bytes:
    return said({"EBusinessID": customer, "Success": False, "Reason": words, "Traces": []})


def bird_track(customer: str, number: str, company: str, way: Sequence[Happened]) -> dict[str, Any]:
    """What it answers, and what its pushes carry as a part: oldest first."""
    traces = [
        {"AcceptTime": clock(h.at), "AcceptStation": h.text, "Action": CODES[h.state][2]} for h in sorted(way)
    ]  # fmt: skip
    newest = CODES[max(way).state] if way else ("", "", "0", "0")
    return {"EBusinessID": customer, "ShipperCode": company, "LogisticCode": number, "Success": True, "Reason": "",
            "State": newest[3], "StateEx": newest[2], "Traces": traces}  # fmt: skip


def bird_push(customer: str, parts: Sequence[Mapping[str, Any]], key: str, now: datetime) -> bytes:
    whole = {"EBusinessID": customer, "PushTime": clock(now), "Count": str(len(parts)), "Data": list(parts)}
    data = said(whole).decode()
    signed = base64.b64encode(md5(f"{data}{key}").encode()).decode()
    return urlencode({"RequestData": data, "RequestType": "101", "DataSign": signed}).encode()
