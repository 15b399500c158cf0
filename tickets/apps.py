"""Registers the desk itself: conversations as tickets."""

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import pgettext_lazy


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = pgettext_lazy("plural", "工单")

    def ready(self) -> None:
        """What stands beside the table: effects, reactions, and what listens to the floors below."""
        from . import accounting, figures, listens, reactions, steps  # noqa: F401
        from .assign import bell, seats  # noqa: F401
        from .judging import admin as _judging  # noqa: F401
        from .judging import after, before, composing  # noqa: F401
        from .load import queue_admin, seat_admin, shift_admin  # noqa: F401
        from .page import beside  # noqa: F401
        from .replies import begun, used  # noqa: F401

        post_save.connect(seats.beside, sender="shops.Member", dispatch_uid="tickets.seats")
