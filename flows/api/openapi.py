"""The schema (OpenAPI 3.1) from the same declarations that the views read: nothing is told twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema

from .queries import Param

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Schema = dict[str, Any]
COMPONENTS: dict[str, Schema] = {}  # every resource adds its own


@dataclass(frozen=True)
class Op:
    """One method of one address. answers: {status: schema or None}; errors: statuses that are problems. Words, and a
    body that has some, may be lazy: the schema is drawn in its reader's language."""

    ident: str
    summary: str | _StrPromise
    answers: Mapping[int, Schema | None]
    tag: str
    body: Schema | Callable[[], Schema] | None = None
    params: tuple[Param, ...] = ()
    errors: tuple[int, ...] = ()
    words: str | _StrPromise = ""
    if_match: bool = False
    etag: bool = False
    path: Mapping[str, Schema] = field(default_factory=dict)
    takes: str = "application/json"  # the media type of the body
    gives: str = "application/json"  # and of the answers


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def an_object(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object of exactly these members, all there but the optional ones."""
    required = [name for name in properties if name not in optional]
    found = {"type": "object", "properties": dict(properties), "additionalProperties": False, **more}
    return {**found, "required": required} if required else found


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def nullable(kind: Schema) -> Schema:
    return {"anyOf": [kind, {"type": "null"}]} if "type" not in kind else {**kind, "type": [kind["type"], "null"]}


def a_page(item: Schema) -> Schema:
    return an_object({"results": many(item), "next": nullable({"type": "string", "format": "uri"})})


TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MONEY: Schema = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$", "description": "Yuan."}
FREE: Schema = {"type": "object"}

COMPONENTS["Problem"] = {
    "type": "object",
    "description": "RFC 9457.",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "instance": TEXT,
        "code": {**TEXT, "description": "What a program goes by."},
        "errors": many(
            an_object({"pointer": TEXT, "parameter": TEXT, "code": TEXT, "detail": TEXT}, optional=("parameter",))
        ),
        "state": {**TEXT, "description": "409: where the subject stands."},
        "steps": many(ref("Step")),
        "shops": many(TEXT),
    },
    "required": ["type", "title", "status", "detail", "instance", "code"],
}
COMPONENTS["Step"] = an_object(
    {
        "name": TEXT,
        "label": TEXT,
        "tone": {"type": "string", "enum": ["", "main", "harm"]},
        "who": {**TEXT, "description": "The role in which the caller would take it."},
        "refused": {**nullable(TEXT), "description": "Why it has to wait; null where it can be taken."},
        "input": {**FREE, "description": "JSON Schema of the body."},
    }
)
COMPONENTS["Clock"] = an_object(
    {
        "clock": TEXT,
        "label": TEXT,
        "part": {**TEXT, "description": "The parcel, where the clock is a parcel's."},
        "started": MOMENT,
        "due": nullable(MOMENT),
        "held": nullable(MOMENT),
        "left": {**nullable(WHOLE), "description": "Seconds of its own hours that are left, while it is held."},
        "late": FLAG,
        "why": TEXT,
    }
)
COMPONENTS["Passage"] = an_object(
    {
        "seq": WHOLE,
        "step": TEXT,
        "from": nullable(TEXT),
        "to": TEXT,
        "who": TEXT,
        "by": TEXT,
        "why": TEXT,
        "at": MOMENT,
        "passed": {**many(TEXT), "description": "Steps that a fact went over."},
    }
)

COMPONENTS["StepResult"] = an_object(
    {
        "number": TEXT,
        "shop": TEXT,
        "status": {**WHOLE, "description": "What the step alone would have answered."},
        "state": TEXT,
        "version": WHOLE,
        "problem": ref("Problem"),
    },
    optional=("shop", "state", "version", "problem"),
)

KEY_HEADER = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Same key and same request, same answer.",
}  # fmt: skip
MATCH_HEADER = {
    "name": "If-Match", "in": "header", "required": False,
    "schema": {"type": "string", "pattern": r'^("[0-9]{1,9}"|\*)$'},
    "description": "The ETag that was seen: where the subject has moved since, 409.",
}  # fmt: skip
ALWAYS = (401, 405, 413, 500, 503)
MEANT = {
    400: "The request is wrong; `errors` says where.", 401: "No valid key and no session.",
    403: "Not for this caller.", 404: "Not there, or not in the caller's shops.", 405: "Not this method.",
    409: "Not from this state, refused by a need, or moved meanwhile; `code` says which.", 411: "Length required.",
    413: "Too large.", 415: "Not JSON.", 422: "The Idempotency-Key belongs to another request.", 500: "Our fault.",
    503: "The database is away.",
}  # fmt: skip


class ViewSchema(AutoSchema):
    """Words a view's `docs`; what has none is left to drf-spectacular."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        op: Op | None = getattr(self.view, "docs", {}).get(method.lower())
        if op is None:
            return super().get_operation(path, path_regex, path_prefix, method, registry)
        self.method, self.path = method, path
        told: dict[str, Any] = {
            "operationId": op.ident, "summary": str(op.summary), "tags": [op.tag],
            "parameters": _parameters(path, method, op), "responses": _responses(op, method),
            "security": [{"key": []}, {"session": []}],
        }  # fmt: skip
        if op.words:
            told["description"] = str(op.words)
        if op.body is not None:
            body = op.body() if callable(op.body) else op.body
            required = bool(body.get("required"))
            told["requestBody"] = {"content": {op.takes: {"schema": body}}, "required": required}
        return told


def _parameters(path: str, method: str, op: Op) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": op.path.get(name, {"type": "string", "minLength": 1})}
        for name in re.findall(r"{(\w+)}", path)
    ]
    found += [p.documented() for p in op.params]
    found += [{"$ref": "#/components/parameters/Match"}] if op.if_match else []
    return found + ([{"$ref": "#/components/parameters/Key"}] if method == "POST" else [])


def _responses(op: Op, method: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, schema in op.answers.items():
        told: dict[str, Any] = {"description": str(op.summary)}
        if schema is not None:
            told["content"] = {op.gives: {"schema": schema}}
        if op.etag:
            told["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, quoted."}}
        found[str(status)] = told
    more = (400, 411, 415, 422) if method == "POST" else (411, 415) if method in ("PUT", "PATCH") else ()
    for status in sorted({*ALWAYS, *op.errors, *more, *((400,) if op.params else ())}):
        found[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return found


def _refusals() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": ref("Problem")}}
    found: dict[str, Any] = {str(s): {"description": words, "content": content} for s, words in MEANT.items()}
    found["401"]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular's: the components that the operations speak of, and how to prove who calls."""
    from .callers import KeyScheme, SessionScheme

    components = result.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **dict(sorted(COMPONENTS.items()))}
    components["responses"] = _refusals()
    components["parameters"] = {"Key": KEY_HEADER, "Match": MATCH_HEADER}
    schemes = {s.name: s(None).get_security_definition(None) for s in (KeyScheme, SessionScheme)}
    components["securitySchemes"] = {**components.get("securitySchemes", {}), **schemes}
    return result
