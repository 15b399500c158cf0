"""The addresses of a flow: its list, a subject, its history, and one for every step, alone and on many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import URLPattern, path, register_converter
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from rest_framework.request import Request

from flows.models import LONGEST, Move
from flows.words import step_label
from shops.access import Caller

from .inputs import schema_of
from .openapi import TEXT, WHOLE, Op, Schema, a_page, an_object, many, nullable, ref
from .pages import DUE, NEWEST, OLDEST, page_of, page_params
from .problems import Problem, answer
from .queries import WHICH_SHOP
from .subjects import Resource, etag, when
from .taking import MOST_ITEMS, read_match, take_all, take_one
from .views import Address

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class NumberConverter:
    """A subject's own number: the shop's, so nearly any text of one line, and what hangs on it (-H1, -Q2)."""

    regex = rf"[^\x00-\x1f\x7f-\x9f]{{1,{LONGEST}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "number")
NUMBER: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[^\x00-\x1f\x7f-\x9f/]+$"}
ORDERS = (NEWEST, OLDEST, DUE)


@dataclass(frozen=True)
class Starting:
    """How a subject is started. begin: (caller, data, shop code, trigger) -> the started subject; raises Problem."""

    begin: Callable[[Caller, Any, str | None, str], Any]
    schema: Callable[[], Schema]
    words: str | _StrPromise = ""


def addresses(res: Resource, starting: Starting | None = None) -> list[URLPattern]:
    """All of a resource's addresses; `name` of each: {path}-list, -detail, -history, -step, -steps."""
    name = res.path
    found = [path(f"{name}/", list_of(res, starting), name=f"{name}-list")]
    for step in res.flow.rows:
        found.append(path(f"{name}/steps/{step}/", steps_of(res, step)))
        found.append(path(f"{name}/<number:number>/steps/{step}/", step_of(res, step)))
    return [
        *found,
        path(f"{name}/<number:number>/history/", history_of(res), name=f"{name}-history"),
        path(f"{name}/steps/<slug:step>/", no_step, name=f"{name}-steps"),
        path(f"{name}/<number:number>/steps/<slug:step>/", no_step, name=f"{name}-step"),
        path(f"{name}/<number:number>/", detail_of(res), name=f"{name}-detail"),
    ]


class NoStep(Address):
    """A step that is not in the table."""

    schema = None  # type: ignore[assignment]

    def post(self, request: Request, **_kwargs: Any) -> HttpResponse:
        raise Problem(404, "no-step", _("没有这个步骤"))


no_step = NoStep.as_view()


named = lazy(step_label, str)


def about(res: Resource, *words: str | _StrPromise) -> _StrPromise:
    """Order: list; in the language of who reads it."""
    return format_lazy("{}: " + "{}" * len(words), res.flow.label, *words)


def list_of(res: Resource, starting: Starting | None) -> Any:
    class List(Address):
        docs = {
            "get": Op(
                f"{res.ident}_list", about(res, "list"), {200: a_page(ref(res.name))}, res.path,
                params=(*res.filters(), *page_params(*ORDERS)),
                words="`ordering=due`: those with a running clock, by the earliest one.",
            )
        }  # fmt: skip

        def get(self, request: Request) -> HttpResponse:
            asked, caller = self.query(), self.caller()
            rows = res.filtered(caller, asked)
            if asked["ordering"] == DUE.name:
                page = page_of(request, res.by_due(caller, rows), asked, ORDERS)
                found = {s.pk: s for s in res.rows(caller).filter(pk__in=[d.subject for d in page.rows])}
                subjects = [found[d.subject] for d in page.rows if d.subject in found]
            else:
                page = page_of(request, rows, asked, ORDERS)
                subjects = page.rows
            return answer({"results": res.shown(subjects, caller), "next": page.next})

    return List.as_view() if starting is None else starting_too(res, starting, List)


def starting_too(res: Resource, starting: Starting, base: Any) -> Any:
    """The list's address, which a POST starts a subject at."""

    class ListAndStart(base):  # type: ignore[misc]
        docs = {
            **base.docs,
            "post": Op(
                f"{res.ident}_start", about(res, "start"), {201: ref(res.name)}, res.path,
                body=starting.schema, params=(WHICH_SHOP,), errors=(400, 403, 404, 409), words=starting.words,
                etag=True,
            ),
        }  # fmt: skip

        def post(self, request: Request) -> HttpResponse:
            shop, caller = self.query()["shop"], self.caller()

            def act(trigger: str) -> HttpResponse:
                subject = starting.begin(caller, request.data, shop, trigger)
                body = res.one(subject.pk, caller)
                return answer(body, 201, headers={"ETag": etag(body["version"])})

            told: HttpResponse = self.once(act)
            return told

    return ListAndStart.as_view()


def detail_of(res: Resource) -> Any:
    class Detail(Address):
        docs = {
            "get": Op(
                f"{res.ident}_detail", about(res, "one"), {200: ref(res.name)}, res.path,
                params=(WHICH_SHOP,), errors=(404, 409), etag=True, path={"number": NUMBER},
            )
        }  # fmt: skip

        def get(self, request: Request, number: str) -> HttpResponse:
            subject = res.located(self.caller(), number, self.query()["shop"])
            body = res.shown([subject], self.caller())[0]
            return answer(body, headers={"ETag": etag(body["version"])})

    return Detail.as_view()


def history_of(res: Resource) -> Any:
    class History(Address):
        docs = {
            "get": Op(
                f"{res.ident}_history", about(res, "every step it took, oldest first"),
                {200: an_object({"results": many(ref("Passage"))})}, res.path,
                params=(WHICH_SHOP,), errors=(404, 409), path={"number": NUMBER},
            )
        }  # fmt: skip

        def get(self, request: Request, number: str) -> HttpResponse:
            subject = res.located(self.caller(), number, self.query()["shop"])
            moves = Move.objects.filter(flow=res.flow.name, subject=subject.pk).order_by("seq")
            return answer({"results": [passage(m) for m in moves]})

    return History.as_view()


def passage(m: Move) -> dict[str, Any]:
    return {
        "seq": m.seq, "step": m.step, "from": m.source or None, "to": m.target, "who": m.who, "by": m.by, "why": m.why,
        "at": when(m.at), "passed": list(m.passed),
    }  # fmt: skip


def step_of(res: Resource, step: str) -> Any:
    class OneStep(Address):
        docs = {
            "post": Op(
                f"{res.ident}_step_{step}", about(res, named(res.flow, step)), {200: ref(res.name)},
                res.path, body=partial(schema_of, res.flow, step), params=(WHICH_SHOP,), errors=(400, 403, 404, 409),
                words=may_take(res, step), if_match=True, etag=True, path={"number": NUMBER},
            )
        }  # fmt: skip

        def post(self, request: Request, number: str) -> HttpResponse:
            shop, caller, data = self.query()["shop"], self.caller(), request.data
            version = read_match(request.META.get("HTTP_IF_MATCH"))

            def act(trigger: str) -> HttpResponse:
                subject = res.located(caller, number, shop)
                return take_one(res, caller, subject, step, data, version=version, trigger=trigger)

            return self.once(act)

    return OneStep.as_view()


def steps_of(res: Resource, step: str) -> Any:
    class ManySteps(Address):
        docs = {
            "post": Op(
                f"{res.ident}_steps_{step}", about(res, named(res.flow, step), " (many)"),
                {200: an_object({"results": many(ref("StepResult"))})}, res.path, body=batch_schema(res, step),
                words=may_take(res, step),
            )
        }  # fmt: skip

        def post(self, request: Request) -> HttpResponse:
            self.query()
            return self.once(
                lambda trigger: take_all(res, self.caller(), step, request.data, trigger=trigger, instance=request.path)
            )

    return ManySteps.as_view()


def may_take(res: Resource, step: str) -> str:
    """Who may, for the schema's reader."""
    who = [word for row in res.flow.rows[step] for word in row.who.words]
    return f"Who: {', '.join(dict.fromkeys(who))}."


def batch_schema(res: Resource, step: str) -> Schema:
    """An item's inputs stand beside its number; what is wrong with them is told in the item's own result."""
    named = {
        "number": {**TEXT, "minLength": 1, "maxLength": LONGEST},
        "shop": nullable(TEXT),
        "version": nullable({**WHOLE, "minimum": 1, "maximum": 2**31 - 1}),
    }
    words = f"Further members: the inputs of {res.ident}_step_{step}. More than {MOST_ITEMS} items: 413."
    item = {"type": "object", "properties": named, "required": ["number"], "description": words}
    return an_object({"items": {"type": "array", "items": item, "minItems": 1}})
