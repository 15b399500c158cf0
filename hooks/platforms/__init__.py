"""Every folder here is a platform's dialect."""

from importlib import import_module
from pkgutil import iter_modules

from ..platform import Dialect, Endpoint, Headers, Told

DIALECTS: dict[str, Dialect] = {}
for _folder in iter_modules(__path__):
    if _folder.ispkg:
        _dialect: Dialect = import_module(f"{__name__}.{_folder.name}").DIALECT
        DIALECTS[_dialect.name] = _dialect


def decode(dialect: str, raw: bytes, headers: Headers, endpoint: Endpoint) -> Told:
    """A message's bytes -> what it says; in the view and again, from the stored bytes, when it is applied.

    Raises Refused 400 or 422.
    """
    return decoded(DIALECTS[dialect], raw, headers, endpoint)


def decoded(dialect: Dialect, raw: bytes, headers: Headers, endpoint: Endpoint) -> Told:
    return dialect.translate(dialect.read(raw), headers, endpoint)


__all__ = ["DIALECTS", "decode", "decoded"]
