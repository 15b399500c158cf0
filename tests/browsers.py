"""What is asked of every page in a browser: what it says on its console (errors, warnings, breaches of the content
policy), and whether it fits."""

from typing import Any

from playwright.sync_api import Error

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


FITS = "document.readyState === 'complete' && document.documentElement.scrollWidth <= window.innerWidth"


def fits(page: Any) -> None:
    """No horizontal scroll. Asked again for a while: a click may still be on its way to the page that it leads to."""
    for _try in range(100):
        try:
            if page.evaluate(FITS):
                return
        except Error:  # the page was just left
            pass
        page.wait_for_timeout(50)
    raise AssertionError(f"wider than the window: {page.url}")
