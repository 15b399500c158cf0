"""A step through the API: of one subject, or of many in one request. The one door decides; here it is worded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from flows import engine, words
from flows.effects import Refused
from flows.engine import Taken, Want
from flows.models import LONGEST
from flows.table import Flow, Who
from shops.access import Caller

from .bodies import an_object, validated
from .callers import roles_of
from .inputs import MOST_WHY, asks_of
from .problems import Problem, answer, invalid, not_found, problem_of
from .subjects import Resource, ambiguous, etag, open_steps, taker

MOST_ITEMS = 500
MATCH = re.compile(r'(?:W/)?"(\d{1,9})"|(\d{1,9})', re.ASCII)


@dataclass
class Asked:
    """One subject's share of a request: what is sent for it (`given`, there in the body), checked."""

    subject: Any
    who: Who
    inputs: dict[str, Any]
    why: str
    version: int | None
    given: dict[str, Any]
    pointer: str


def read_match(header: str | None) -> int | None:
    """If-Match -> the version that the caller saw; None where it does not matter. Raises Problem 400."""
    if header is None or header.strip() == "*":
        return None
    found = MATCH.fullmatch(header.strip())
    if found is None:
        raise Problem(400, "if-match", _('If-Match 须是一个带引号的版本号，例如 "3"'))
    return int(found[1] or found[2])


# ---- one
def take_one(
    res: Resource, caller: Caller, subject: Any, step: str, data: Any, *, version: int | None, trigger: str
) -> HttpResponse:
    """200 with the subject as it is then. Raises Problem 400, 403, 409."""
    asked = checked(res, caller, subject, step, an_object(data), version)
    try:
        engine.take(
            subject, step, who=asked.who, by=caller.by[:80], at=timezone.now(), why=asked.why, version=version,
            trigger=trigger, inputs=asked.inputs,
        )  # fmt: skip
    except Refused as refused:
        raise worded(res, caller, subject.pk, refused) from None
    except IntegrityError as clash:
        raise clashed(res, step, asked, clash) from None
    body = res.one(subject.pk, caller)
    return answer(body, headers={"ETag": etag(body["version"])})


def checked(
    res: Resource, caller: Caller, subject: Any, step: str, data: dict[str, Any], version: int | None, pointer: str = ""
) -> Asked:
    """What can be said before the door: the role, the state, the needs, then the inputs. Raises Problem."""
    who = taker(res.flow, step, str(subject.state), roles_of(caller, subject.shop_id))
    if who is None:
        raise forbidden(res.flow, step, caller, subject.shop_id)
    try:
        engine.permit(res.flow, subject, step, who, version)
    except Refused as refused:
        raise worded(res, caller, subject.pk, refused) from None
    inputs, why = read_inputs(res.flow, step, data, subject, pointer)
    return Asked(subject, who, inputs, why, version, data, pointer)


def read_inputs(flow: Flow, step: str, data: dict[str, Any], subject: Any, pointer: str) -> tuple[dict[str, Any], str]:
    """-> the step's inputs, and why. Raises Problem 400."""
    kind = asks_of(flow, step)
    own = "why" in kind().fields
    why = data.get("why", "")
    if not isinstance(why, str) or len(why) > MOST_WHY:
        raise invalid(_("原因须是不超过 %(most)s 字的文字") % {"most": MOST_WHY}, f"{pointer}/why")
    plain = data if own else {k: v for k, v in data.items() if k != "why"}
    return validated(kind(data=plain, context={"subject": subject}), plain, pointer), why.strip()


def clashed(res: Resource, step: str, asked: Asked, error: Exception) -> Exception:
    """Somebody has written the same thing after the inputs were looked at: they are looked at once more, and say so."""
    try:
        read_inputs(res.flow, step, asked.given, asked.subject, asked.pointer)
    except Problem as problem:
        return problem
    return error


def forbidden(flow: Flow, step: str, caller: Caller, shop_id: int) -> Problem:
    role = next(iter(roles_of(caller, shop_id)), None)
    detail = words.not_for(flow, step, role) if role else _("您在这个店铺没有角色")
    return Problem(403, "forbidden", detail)


def worded(res: Resource, caller: Caller, pk: int, refused: Refused) -> Problem:
    """The door's refusal as a problem; a conflict shows where the subject stands and what is open."""
    if refused.code == "role":
        return Problem(403, "forbidden", refused.why)
    if refused.code == "gone":
        return not_found()
    if refused.code == "input":
        return Problem(400, "input", refused.why)
    if refused.code == "moved":
        body = res.one(pk, caller)
        more = {name: body[name] for name in ("state", "state_label", "version", "steps")}
        return Problem(409, "moved", refused.why, subject=body, headers={"ETag": etag(body["version"])}, **more)
    subject = res.rows(caller).get(pk=pk)
    steps = open_steps(res.flow, subject, roles_of(caller, subject.shop_id))
    return Problem(409, refused.code, refused.why, state=str(subject.state), version=subject.version, steps=steps)


# ---- many
def take_all(res: Resource, caller: Caller, step: str, data: Any, *, trigger: str, instance: str) -> HttpResponse:
    """200 with one result an item, in their order. Raises Problem 400, 413 for what is wrong with the whole."""
    items = read_items(data)
    results: list[dict[str, Any] | None] = [None] * len(items)
    asked: dict[int, Asked] = {}
    places: dict[int, int] = {}
    known = find_all(res, caller, step, items)
    for i, item in enumerate(items):
        try:
            one = _checked_item(res, caller, step, item, known, f"/items/{i}")
            if one.subject.pk in asked:
                raise invalid(_("同一个对象在一次请求里只能出现一次"), f"/items/{i}/number", "repeated")
            asked[one.subject.pk], places[one.subject.pk] = one, i
        except Exception as error:
            results[i] = _failed(item, problem_of(error), instance)
    for taken in _take_by_role(res, caller, step, asked, trigger):
        i = places[taken.subject.pk]
        results[i] = _result(res, caller, items[i], taken, asked[taken.subject.pk], instance)
    return answer({"results": [r or _failed(items[i], not_found(), instance) for i, r in enumerate(results)]})


def read_items(data: Any) -> list[dict[str, Any]]:
    body = an_object(data)
    if unknown := [name for name in body if name != "items"]:
        raise invalid(_("没有这个字段"), f"/{unknown[0]}", "unknown-field")
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise invalid(_("须是非空的列表"), "/items", "required")
    if len(items) > MOST_ITEMS:
        raise Problem(413, "too-large", _("一次最多 %(most)s 项") % {"most": MOST_ITEMS})
    for i, item in enumerate(items):
        named(an_object(item, f"/items/{i}"), f"/items/{i}")
    return items


def named(item: dict[str, Any], pointer: str) -> None:
    """What every item says of its subject. Raises Problem 400, for the whole request."""
    number, shop, version = (item.get(name) for name in ("number", "shop", "version"))
    if not isinstance(number, str) or not 0 < len(number) <= LONGEST:
        raise invalid(_("长度须在 1 到 %(most)s 之间") % {"most": LONGEST}, f"{pointer}/number")
    if shop is not None and not isinstance(shop, str):
        raise invalid(_("须是店铺代码"), f"{pointer}/shop")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31):
        raise invalid(_("须是正整数"), f"{pointer}/version")


def find_all(res: Resource, caller: Caller, step: str, items: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """number -> the caller's subjects of that number, with what the step's needs look at: a statement each."""
    subjects = list(res.rows(caller).filter(number__in=sorted({item["number"] for item in items})))
    for load in dict.fromkeys(res.flow.loaders_of(step)):
        load(subjects)
    found: dict[str, list[Any]] = {}
    for subject in subjects:
        found.setdefault(subject.number, []).append(subject)
    return found


def _checked_item(
    res: Resource, caller: Caller, step: str, item: dict[str, Any], known: dict[str, list[Any]], pointer: str
) -> Asked:
    inputs = dict(item)
    number, shop, version = (inputs.pop(name, None) for name in ("number", "shop", "version"))
    found = [s for s in known.get(str(number), []) if shop in (None, s.shop.code)]
    if not found:
        raise not_found()
    if len(found) > 1:
        raise ambiguous(found)
    return checked(res, caller, found[0], step, inputs, version, pointer)


def _take_by_role(res: Resource, caller: Caller, step: str, asked: dict[int, Asked], trigger: str) -> list[Taken]:
    """One passage through the door for each role that is recorded."""
    taken: list[Taken] = []
    for who in dict.fromkeys(one.who for one in asked.values()):
        wants = [
            Want(pk, one.inputs, version=one.version, trigger=trigger, why=one.why)
            for pk, one in asked.items() if one.who == who
        ]  # fmt: skip
        taken += engine.take_many(res.flow, step, wants, who=who, by=caller.by[:80], at=timezone.now())
    return taken


def _result(res: Resource, caller: Caller, item: Any, taken: Taken, asked: Asked, instance: str) -> dict[str, Any]:
    seen = asked.subject
    if taken.moved:
        now = taken.subject
        return {
            "number": seen.number, "shop": seen.shop.code, "status": 200, "state": str(now.state),
            "version": now.version,
        }  # fmt: skip
    error = taken.error or worded(res, caller, taken.subject.pk, Refused(taken.why, taken.code))
    if isinstance(error, IntegrityError):
        error = clashed(res, taken.step, asked, error)
    return _failed(item, problem_of(error), instance)


def _failed(item: dict[str, Any], problem: Problem, instance: str) -> dict[str, Any]:
    return {"number": item["number"], "status": problem.status, "problem": problem.body(instance)}
