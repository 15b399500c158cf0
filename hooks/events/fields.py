"""What a native event's fields are made of, and how a plain object becomes an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec
from msgspec import Meta, Struct

from ..refused import Refused, invalid

# --- texts --------------------------------------------------------------------------------------------------------
# NUL and lone surrogates were refused when the body was read (hooks/strict.py).
NAMES = r"\A[^\x00-\x1f\x7f-\x9f]+\Z"  # one line: a number ends up in headers, file names, addresses
Number = Annotated[str, Meta(min_length=1, max_length=64, pattern=NAMES)]  # the shop's own name of a subject
Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=NAMES)]  # a carrier, a clock, a flow
Short = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=300)]
Words = Annotated[str, Meta(max_length=4000)]  # what somebody wrote
Quantity = Annotated[int, Meta(ge=1, le=1_000_000)]
Version = Annotated[int, Meta(ge=0, le=2**63 - 1)]

# --- amounts, moments, references: by decode_field ------------------------------------------------------------------
MOST_YUAN = 10**12
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,2}))?")  # no sign, no exponent, no full-width digit
_Aware = Annotated[datetime, Meta(tz=True)]


class _Plain(type):
    """msgspec asks whether decode_field gave an instance: what it gives is the plain builtin."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.__mro__[1])


class Fen(int, metaclass=_Plain):
    """An amount: outside a decimal string of yuan, ≥ 0, at most two places, at most 10^12; inside an int of fen."""


class Moment(datetime, metaclass=_Plain):
    """A moment: outside RFC 3339 with an offset, within this century; inside a datetime in UTC."""


class Ref(str, metaclass=_Plain):
    """A line's name within its order: outside a text or a whole number, inside the text."""


def fen(value: object) -> int:
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("Expected an amount, a decimal string of yuan with at most two places, not negative")
    yuan = int(found[1])
    cents = (found[2] or "").ljust(2, "0")
    if yuan > MOST_YUAN or (yuan == MOST_YUAN and cents != "00"):
        raise ValueError("The amount is too large")
    return yuan * 100 + int(cents)


def moment(value: object) -> datetime:
    try:
        at: datetime = msgspec.convert(value, _Aware)
    except msgspec.ValidationError:  # a ValueError gets its path from msgspec, its own error does not
        raise ValueError("Expected a moment, RFC 3339 with an offset") from None
    if not 2000 < at.year < 2100:
        raise ValueError("Expected a moment of this century")
    return at.astimezone(UTC)


def ref(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return str(value)
    try:
        return msgspec.convert(value, Number)
    except msgspec.ValidationError:
        raise ValueError("Expected a line's name, a text or a whole number") from None


_DECODE: dict[type, Callable[[object], Any]] = {Fen: fen, Moment: moment, Ref: ref}


def decode_field(kind: type, value: object) -> Any:
    """msgspec's dec_hook."""
    return _DECODE[kind](value)


# --- events ---------------------------------------------------------------------------------------------------------
class Fact(Struct, frozen=True, kw_only=True):
    """What every event's `data` carries: when it happened at the source, and the source's own version, if it has one.

    `type` is the event's name in the contract; `number` of every fact is what it is parked and searched under.
    """

    type: ClassVar[str]
    by_platform: ClassVar[bool] = False  # the contract's "Who acts": the platform's own doing in every dialect

    occurred_at: Moment | None = None
    version: Version = 0

    @property
    def about(self) -> str:
        """The number of the subject that the event names."""
        raise NotImplementedError

    @property
    def from_platform(self) -> bool:
        return self.by_platform

    def check(self, currency: str) -> None:
        """What the fields together must say. Raises Refused 422."""


class OrderFact(Fact, frozen=True, kw_only=True):
    """A fact of one order."""

    number: Number

    @property
    def about(self) -> str:
        return self.number


F = TypeVar("F", bound=Struct)
_PATH = re.compile(r" - at `(?:key in )?\$(.*)`$")
_MISSING = re.compile(r"missing required field `([^`]*)`")
_VALUE = re.compile(r" '.*'", re.DOTALL)  # a detail repeats no value


def convert(data: Any, into: type[F], at: str = "") -> F:
    """A plain object -> a struct. `at`: its pointer in the body. Raises Refused 422 `validation` with the pointer."""
    try:
        return msgspec.convert(data, into, dec_hook=decode_field)
    except msgspec.ValidationError as error:
        raise _explained(str(error), at) from None


def _explained(words: str, at: str) -> Refused:
    path = _PATH.search(words)
    detail = _PATH.sub("", words)
    missing = _MISSING.search(detail)
    steps = re.findall(r"[^.\[\]]+", path[1]) if path else []
    steps += [missing[1]] if missing else []
    detail = _VALUE.sub("", detail).replace("matching regex", "without control characters")
    return invalid(f"{detail}.", "".join([at, *(f"/{step}" for step in steps)]) or "/")
