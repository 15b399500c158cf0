"""The native events that speak of a parcel or of a deadline, whatever subject they belong to."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from .fields import Code, Fact, Moment, Number, Text


class Point(Struct, frozen=True, kw_only=True):
    """One line of a parcel's track."""

    at: Moment
    text: Text = ""


class ParcelFact(Fact, frozen=True, kw_only=True):
    """Of a parcel, an order's or a return's: its tracking number finds it."""

    carrier: Code
    tracking_number: Number

    @property
    def about(self) -> str:
        return self.tracking_number


class ParcelUnwatched(ParcelFact, frozen=True, kw_only=True):
    """A courier service has given it up: no track for days. Said by services alone, so no native event."""

    type: ClassVar = "parcel.unwatched"
    service: Code


class ParcelTracked(ParcelFact, frozen=True, kw_only=True):
    """Where a parcel is; `order` where the source knows it."""

    type: ClassVar = "parcel.tracked"
    state: Literal[
        "picked_up", "in_transit", "out_for_delivery", "locker", "signed",
        "refused", "returning", "returned", "problem", "lost",
    ]  # fmt: skip
    points: Annotated[list[Point], Meta(max_length=500)] = []
    order: Number | None = None


class DeadlineChanged(Fact, frozen=True, kw_only=True):
    """The platform's own deadline: wins over the policy, is never held, is kept if it comes before its clock runs."""

    type: ClassVar = "deadline.changed"
    flow: Code
    number: Number
    clock: Code
    due_at: Moment
    tracking_number: Number | None = None  # where the clock is a parcel's

    @property
    def about(self) -> str:
        return self.number
