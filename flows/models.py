"""What moves, how it moved, and what the outside has reported of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .table import NOBODY, Flow, Who


class OneDoor(TypeError):
    """A subject is written only through flows.start, take and take_many."""


LONGEST = 80  # characters of a number


class Subject(models.Model):
    """Whatever moves through a flow.

    number: a shop's own has at most 64 characters; what hangs on it (-H1, -Q2) adds some.
    version: the number of its moves = the last Move's `seq` = its ETag = the fence.
    fact: the last reported fact that moved it. struck: {fact: RFC 3339}: reports up to then have lost their force.
    dues: {clock or clock/part: [due, said at]}: moments that the platform itself named.
    root: the name of the foreign key to its order; "" for an order. It may be empty: a conversation before anything
    was bought; then nothing of a case holds its clocks.
    family: of an order, the name of the foreign key to the first one of its family, which is locked with it.
    """

    flow: ClassVar[Flow]
    root: ClassVar[str] = ""
    family: ClassVar[str] = ""
    caller: Who = NOBODY  # the role in which the step that is under way is taken
    actor: str = ""  # and by whom
    moment: datetime  # when the step that is under way happened
    now: datetime  # when it is being written here

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False, verbose_name=_("店铺"))
    number = models.CharField(_("编号"), max_length=LONGEST)
    version = models.PositiveIntegerField(_("版本"), default=0, editable=False)
    fact = models.CharField(max_length=30, blank=True, default="", editable=False)
    struck = models.JSONField(default=dict, blank=True, editable=False)
    dues = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("创建时间"), editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise OneDoor(f"{self._meta.label} is written through flows.start and flows.take only")

    @property
    def columns(self) -> frozenset[str]:
        return columns_of(type(self))

    @property
    def order_pk(self) -> int:
        """The order whose case this belongs to; 0 where it belongs to none (yet)."""
        pk: int | None = getattr(self, f"{self.root}_id") if self.root else self.pk
        return pk or 0

    def cases(self) -> frozenset[str]:
        """The names under which a limit's `acts` may list this subject: its payment, kind, kind:reason."""
        return frozenset()

    def traits(self) -> list[dict[str, str]]:
        """What a limit may depend on, a dict for each part: {"category": …, "colour": …, "channel": …}.

        Of several parts the one with the longest limit counts.
        """
        return [{}]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise OneDoor(f"{self._meta.label} is never deleted")

    def refresh_from_db(
        self, using: Any = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Safe replacement of django-fsm-2's: it unprotects the class-level field while it reads, for all threads."""
        kept = self.__dict__.pop("state", None) if fields is None or "state" in fields else None
        try:
            super().refresh_from_db(using, fields, from_queryset)
        except BaseException:
            if kept is not None:
                self.__dict__.setdefault("state", kept)
            raise


@cache
def columns_of(model: type[Subject]) -> frozenset[str]:
    """The columns that a step may set."""
    return frozenset(f.attname for f in model._meta.concrete_fields) - {"id"}


def only_states(flow: Flow) -> models.CheckConstraint:
    """The database refuses a state that is not in the table."""
    return models.CheckConstraint(condition=Q(state__in=list(flow.states.values)), name=f"{flow.name}_state")


class InsertOnly(models.Model):
    """A log: rows are never changed, never deleted (on PostgreSQL a trigger says so too)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise OneDoor(f"{self._meta.label} is written by the flows only")

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise OneDoor(f"{self._meta.label} is never deleted")


class Followed(models.Model):
    """Up to which row of another floor's log this floor has drawn its consequences. name: of the log."""

    name = models.CharField(max_length=20, primary_key=True)
    upto = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.upto}"


class Move(InsertOnly):
    """One step that was taken. seq: 1, 2, 3 … of its subject; row 1 is its start. inputs: without personal data.

    at: when it happened; noted_at: when it was written here. passed: steps that a fact went over.
    trigger: what caused it (inbox row, deadline row, request key): at most one move of a subject each.
    """

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    flow = models.CharField(_("流程"), max_length=20)
    subject = models.BigIntegerField(_("对象"))
    seq = models.PositiveIntegerField(_("序号"))
    step = models.CharField(_("步骤"), max_length=30)
    source = models.CharField(_("从"), max_length=30, blank=True)
    target = models.CharField(_("到"), max_length=30)
    who = models.CharField(_("角色"), max_length=10)
    by = models.CharField(_("操作人"), max_length=80)
    why = models.CharField(_("原因"), max_length=300, blank=True)
    inputs = models.JSONField(_("内容"), default=dict)
    passed = models.JSONField(_("越过的步骤"), default=list)
    trigger = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(_("时间"))
    noted_at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("步骤记录"), pgettext_lazy("plural", "步骤记录")
        constraints = [
            models.UniqueConstraint(fields=["subject", "flow", "seq"], name="move_seq"),
            models.UniqueConstraint(
                fields=["trigger", "flow", "subject"], condition=~Q(trigger=""), name="move_once_per_trigger"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.subject} {self.seq}: {self.step}"


class Reported(InsertOnly):
    """A fact as it was reported: every one is kept, also where it moved nothing. at: when it happened at its source."""

    flow = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    step = models.CharField(max_length=30)
    at = models.DateTimeField()
    version = models.CharField(max_length=40, blank=True)
    who = models.CharField(max_length=10)
    by = models.CharField(max_length=80)
    trigger = models.CharField(max_length=80, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("外部事实"), pgettext_lazy("plural", "外部事实")
        indexes = [models.Index(fields=["subject", "flow"], name="reported_of")]

    def __str__(self) -> str:
        return f"{self.flow} {self.subject}: {self.step} {self.at:%F %T}"
