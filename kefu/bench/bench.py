"""What every measurement is given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Bench:
    """address: of the database of this run, filled. quick: a smaller run, for looking rather than for quoting."""

    address: str
    quick: bool

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @staticmethod
    def ready() -> None:
        """In every further process, before it touches a model."""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kefu.settings")
        import django

        django.setup()


def work(place: str, *given: Any) -> Any:
    """What a fresh process is started with: `place` is module:function of this package, imported when models can be."""
    Bench.ready()
    module, _, function = place.partition(":")
    return getattr(import_module(f"kefu.bench.{module}"), function)(*given)
