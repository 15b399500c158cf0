"""What a browser's pages say on their console: errors, warnings, breaches of the content policy."""

from typing import Any

# A question that its page drops, because the page is left or a newer question replaces it, is an error to htmx.
DROPPED = ("htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")


class Console:
    """`expected`: parts of the lines that a test wants, such as the status of a refusal."""

    def __init__(self, *expected: str) -> None:
        self.said: list[str] = []
        self.expected = [*DROPPED, *expected]

    def listens(self, page: Any) -> None:
        page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    @property
    def complaints(self) -> list[str]:
        return [line for line in self.said if not any(words in line for words in self.expected)]
