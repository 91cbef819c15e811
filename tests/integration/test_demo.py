"""The demo shows of a first start."""

from typing import Final

import pytest

from app import demo
from app.services import Services
from tests.integration.conftest import MakeShow
from tests.small_plan import small_plan

TITLES: Final = ["One", "Two", "Three"]


@pytest.fixture(autouse=True)
def _small_halls(monkeypatch: pytest.MonkeyPatch) -> None:
    shows = [(title, lambda: small_plan(1, 4), 14, 19, 8_900) for title in TITLES]
    monkeypatch.setattr(demo, "_SHOWS", shows)


async def _titles(services: Services) -> list[str]:
    return [show.title for show in await demo.load_demo(services.catalog)]


async def test_a_start_that_was_stopped_is_made_good_by_the_next(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as stopped:
        stopped.setattr(demo, "_SHOWS", demo._SHOWS[:1])
        assert await _titles(services) == TITLES[:1]
    assert await _titles(services) == TITLES
    assert sorted(await _titles(services)) == sorted(TITLES)


async def test_a_ledger_with_shows_of_its_own_is_left_as_it_is(
    services: Services, make_show: MakeShow
) -> None:
    await make_show()
    assert not set(await _titles(services)) & set(TITLES)
