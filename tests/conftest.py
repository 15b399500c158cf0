"""What every test shares: which tests this run can carry, and time that is passed in."""

import os

import pytest
from django.conf import settings

POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
# What a marked test needs, and whether this run has it. Tests are deselected, never skipped: what a machine lacks is
# said once by tests/run.py, not by a row of s's that nobody reads.
CARRIES = {
    "postgres": POSTGRES,
    "sqlite": not POSTGRES,
    "redis": bool(os.environ.get("KEFU_TEST_REDIS_URL")),
    "browser": bool(os.environ.get("KEFU_TEST_BROWSER")),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lacking = [item for item in items if any(item.get_closest_marker(name) for name, has in CARRIES.items() if not has)]
    if lacking:
        config.hook.pytest_deselected(items=lacking)
        items[:] = [item for item in items if item not in set(lacking)]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The system's Chromium instead of a downloaded one."""
    return {**browser_type_launch_args, "executable_path": os.environ["KEFU_TEST_BROWSER"], "args": ["--no-sandbox"]}


@pytest.fixture(autouse=True)
def _rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Afresh for every test, whose shop may have the key of an earlier test's; and not again within it, however slow
    the machine is, so that statements can be counted."""
    from orders.couriers import contracts
    from shops import policy

    policy.forget()
    contracts._forget()
    for memory in (policy, contracts):
        monkeypatch.setattr(memory, "FRESH", 600.0)
