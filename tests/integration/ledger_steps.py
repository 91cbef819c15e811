"""Steps that tests of the ledger share."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain import (
    Actor,
    Book,
    ChangeShow,
    Command,
    Hold,
    ShowPatch,
)
from app.errors import (
    SeatwireError,
)
from app.ledger import Ledger
from tests.integration.conftest import (
    ANN,
    SAM,
    do,
)

TTL_S = 600
TTL_MS = TTL_S * 1000
# How far a deadline may be off because the test itself takes time.
SLACK_MS = 20_000


async def held(
    ledger: Ledger, show: int, *seats: int, actor: Actor = ANN, hold: UUID | None = None
) -> UUID:
    """Hold *seats* and return the id of the hold."""
    hold = hold or uuid4()
    await do(ledger, Hold(show, hold, seats, actor))
    return hold


async def booked(ledger: Ledger, show: int, *seats: int, actor: Actor = ANN) -> UUID:
    """Book *seats* and return the id of the booking."""
    hold = await held(ledger, show, *seats, actor=actor)
    outcome = await do(ledger, Book(show, hold, uuid4(), None, actor))
    assert outcome.booking is not None
    return outcome.booking


async def patch(ledger: Ledger, show: int, **fields: Any) -> int:
    """Change the show and return the version of that."""
    return (await do(ledger, ChangeShow(show, ShowPatch(**fields), SAM))).version


async def refuses(ledger: Ledger, command: Command, error: type[SeatwireError]) -> SeatwireError:
    """Return the refusal of *command*, after a check that nothing has happened."""
    before = await ledger.board_state(command.show)
    with pytest.raises(error) as caught:
        await do(ledger, command)
    after = await ledger.board_state(command.show)
    assert before is not None
    assert after is not None
    assert (before.position, before.statuses) == (after.position, after.statuses)
    return caught.value


def is_about(milliseconds: int | None, expected: int) -> bool:
    """Tell whether a deadline is what was expected, a little of it gone."""
    return milliseconds is not None and expected - SLACK_MS < milliseconds <= expected
