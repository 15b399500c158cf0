"""Addresses of rows that no flow moves: a list with filters, one row by its key, an act on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request

from shops.access import Caller

from .openapi import COMPONENTS, Op, Schema, a_page, an_object, ref
from .pages import NEWEST, Order, page_of, page_params
from .problems import Problem, answer, not_found
from .queries import Param
from .views import Address

WHOLE_KEY: Schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}


@dataclass(frozen=True)
class Act:
    """POST …/{id}/{name}/: `run(caller, row)` does it under the row's own rules; raises Problem."""

    name: str
    summary: str
    run: Callable[[Caller, Any], None]


@dataclass(frozen=True)
class Rows:
    """rows(caller): the caller's own. filtered(rows, asked). shown(rows, caller) -> bodies, set-wise."""

    path: str
    name: str
    summary: str
    rows: Callable[[Caller], QuerySet[Any]]
    shown: Callable[[Sequence[Any], Caller], list[dict[str, Any]]]
    schema: Mapping[str, Schema]
    params: tuple[Param, ...] = ()
    filtered: Callable[[QuerySet[Any], Mapping[str, Any]], QuerySet[Any]] = lambda rows, _asked: rows
    orders: tuple[Order, ...] = (NEWEST,)
    acts: tuple[Act, ...] = ()
    detailed: Callable[[Any, Caller], dict[str, Any]] | None = None  # more of one row than of many
    detail_schema: Mapping[str, Schema] | None = None

    def located(self, caller: Caller, pk: int) -> Any:
        found = self.rows(caller).filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise not_found()
        return found

    def one(self, caller: Caller, pk: int) -> dict[str, Any]:
        row = self.located(caller, pk)
        body = self.shown([row], caller)[0]
        return {**body, **self.detailed(row, caller)} if self.detailed else body


def plain_addresses(res: Rows) -> list[URLPattern]:
    COMPONENTS[res.name] = an_object(res.schema)
    detail = res.name
    if res.detail_schema:
        detail = f"{res.name}Detail"
        COMPONENTS[detail] = an_object({**res.schema, **res.detail_schema})
    return [
        path(f"{res.path}/", _list(res), name=f"{res.path}-list"),
        path(f"{res.path}/<int:id>/", _detail(res, detail), name=f"{res.path}-detail"),
        *(path(f"{res.path}/<int:id>/{a.name}/", _act(res, a, detail), name=f"{res.path}-{a.name}") for a in res.acts),
    ]


def _list(res: Rows) -> Any:
    class List(Address):
        docs = {
            "get": Op(
                f"{res.path}_list", f"{res.summary}: list", {200: a_page(ref(res.name))}, res.path,
                params=(*res.params, *page_params(*res.orders)),
            )
        }  # fmt: skip

        def get(self, request: Request) -> HttpResponse:
            asked, caller = self.query(), self.caller()
            page = page_of(request, res.filtered(res.rows(caller), asked), asked, res.orders)
            return answer({"results": res.shown(page.rows, caller), "next": page.next})

    return List.as_view()


def _detail(res: Rows, component: str) -> Any:
    class Detail(Address):
        docs = {
            "get": Op(
                f"{res.path}_detail", f"{res.summary}: one", {200: ref(component)}, res.path, errors=(400, 404),
                path={"id": WHOLE_KEY},
            )
        }  # fmt: skip

        def get(self, request: Request, id: int) -> HttpResponse:  # noqa: A002
            self.query()
            return answer(res.one(self.caller(), id))

    return Detail.as_view()


def _act(res: Rows, act: Act, component: str) -> Any:
    class Acting(Address):
        docs = {
            "post": Op(
                f"{res.path}_{act.name}", act.summary, {200: ref(component)}, res.path, errors=(403, 404, 409),
                path={"id": WHOLE_KEY}, body=NOTHING,
            )
        }  # fmt: skip

        def post(self, request: Request, id: int) -> HttpResponse:  # noqa: A002
            self.query()
            caller, data = self.caller(), request.data

            def run(_trigger: str) -> HttpResponse:
                refuse_fields(data)
                act.run(caller, res.located(caller, id))
                return answer(res.one(caller, id))

            return self.once(run)

    return Acting.as_view()


NOTHING: Schema = {"type": "object", "additionalProperties": False}


def refuse_fields(data: Any) -> None:
    """For an act that asks for nothing. Raises Problem 400."""
    from django.utils.translation import gettext as _

    from .bodies import an_object as an_object_of
    from .bodies import refused_field

    errors = [refused_field(name, f"/{name}") for name in an_object_of(data)]
    if errors:
        raise Problem(400, "validation", _("输入有误"), errors=errors)
