"""Every folder here is a service; found by being there."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from . import __path__ as folders
from .contract import Courier

COURIERS: dict[str, Courier] = {}
for _folder in iter_modules(folders):
    if _folder.ispkg:
        _courier: Courier = import_module(f"{__package__}.{_folder.name}").COURIER
        COURIERS[_courier.name] = _courier
