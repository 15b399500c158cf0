"""Why a hook is refused after its signature was found good."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The body cannot be taken.

    `status` 400: it is no JSON that we read, nothing is kept; 422: it is not the event that it says it is, the body is
    kept as rejected. `code` is for programs, `detail` for people; `pointer` is a JSON pointer (RFC 6901) into the
    body. The detail never repeats a value: values are personal data.
    """

    def __init__(self, status: int, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.pointer = status, code, detail, pointer

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [{"pointer": self.pointer, "code": self.code, "detail": self.detail}] if self.pointer else []


def malformed(code: str, detail: str, pointer: str = "") -> Refused:
    return Refused(400, code, detail, pointer)


def invalid(detail: str, pointer: str = "", code: str = "validation") -> Refused:
    return Refused(422, code, detail, pointer)
