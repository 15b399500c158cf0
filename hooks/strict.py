"""JSON as we read it: one meaning only.

Two readers of one body must not see two different events, so whatever the RFC leaves open is refused: a byte order
mark, bytes that are no UTF-8, a key that is said twice, NaN and numbers beyond a double, NUL and lone surrogates in
texts (PostgreSQL's jsonb refuses them later), and nesting that would exhaust a recursive reader.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from .refused import invalid, malformed

DEPTH = 32  # levels of arrays and objects, the outermost included

# Possessive and closing over an unterminated text: linear, whatever the body is.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+\\?"?', re.DOTALL)
_ONE_BRACKET = bytes.maketrans(b"{}", b"[]")
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
# Escapes that spell NUL or half a surrogate pair; a pair or `\\u0000` matches as well, the walk decides.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class Twice(str):
    """Stands in the parsed body where an object said this key twice."""

    __slots__ = ()


def read(raw: bytes) -> dict[str, Any]:
    """The body's object. Raises Refused 400 malformed-json, too-deep, duplicate-key, bad-text; 422 where it is none."""
    if _too_deep(raw):
        raise malformed("too-deep", f"The body nests deeper than {DEPTH} levels.")
    body = _parse(raw)
    if _SUSPECT.search(raw):
        _refuse_bad_text(body)
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.", "")
    return body


def _too_deep(raw: bytes) -> bool:
    if raw.count(b"[") + raw.count(b"{") <= DEPTH:  # brackets within texts only make the bound looser
        return False
    brackets = _TEXTS.sub(b"", raw).translate(_ONE_BRACKET, _NO_BRACKET)
    for _ in range(DEPTH):  # each pass takes the innermost level away
        fewer = brackets.replace(b"[]", b"")
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    return brackets.count(b"[") > DEPTH or b"[]" in brackets  # never closed, or closed too deep


def _parse(raw: bytes) -> Any:
    doubled: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            key = _first_twice(pairs)
            found[key] = Twice(key)
            doubled.append(key)
        return found

    try:
        body = json.loads(raw.decode(), object_pairs_hook=once, parse_float=_finite, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise malformed("malformed-json", "The body is not JSON in UTF-8.") from None
    if doubled:
        raise malformed("duplicate-key", "A key stands twice in one object.", _pointer_of_twice(body))
    return body


def _first_twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    return next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond a double")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _pointer_of_twice(body: Any) -> str:
    return next((pointer for pointer, value in _walk(body) if isinstance(value, Twice)), "")


def _refuse_bad_text(body: Any) -> None:
    for pointer, value in _walk(body):
        if isinstance(value, str) and ("\0" in value or not _encodable(value)):
            raise malformed("bad-text", "A text holds NUL or half a surrogate pair.", _encoded(pointer))


def _walk(body: Any) -> Iterator[tuple[str, Any]]:
    """Every value and every key with its pointer, without recursion."""
    todo: list[tuple[str, Any]] = [("", body)]
    while todo:
        pointer, value = todo.pop()
        yield pointer, value
        if isinstance(value, dict):
            inner = [(f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", v) for key, v in value.items()]
            todo += inner + [(p, key) for (p, _), key in zip(inner, value, strict=True)]
        elif isinstance(value, list):
            todo += [(f"{pointer}/{i}", v) for i, v in enumerate(value)]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _encoded(pointer: str) -> str:
    """A pointer through a bad key must not carry the bad text on."""
    return pointer.encode("ascii", "backslashreplace").decode().replace("\0", "\\0")
