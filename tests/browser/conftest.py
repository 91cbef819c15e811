"""One Chromium for all tests of this folder, and contexts of it that must stay without errors.

The tests and their fixtures share one event loop, because the browser belongs to the loop that
started it. SEATWIRE_TEST_CHROMIUM names another Chromium than Debian's.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.visitors import Visitors
from tests.conftest import Servers
from tests.end_to_end.fleet import Fleet, open_fleet

CHROMIUM: Final = Path(os.environ.get("SEATWIRE_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A machine that runs other tests at the same time is slow, not wrong.
PATIENCE_MS: Final = 30_000
# The product's own. At the pulse of the other tests a page that gets no processor for a second
# calls its map stale and opens a new socket; a click meanwhile is refused, with a word.
PULSE_MS: Final = "5000"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one browser; without Chromium every test that asks for it is skipped."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(browser: Browser) -> AsyncIterator[Visitors]:
    """Whoever opens pages in this test. None of their pages may have failed at its end."""
    visitors = Visitors(browser, PATIENCE_MS)
    try:
        yield visitors
    finally:
        await visitors.leave()
    assert visitors.faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def fleet(
    browser: Browser, servers: Servers, database_url: str, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    """Processes of this test alone; none is running yet."""
    async with open_fleet(database_url, servers.redis_url, redis_prefix, tmp_path) as fleet:
        fleet.environment["SEATWIRE_PULSE_MS"] = PULSE_MS
        yield fleet
