"""What a show's queue lets go next."""

import asyncio
from uuid import uuid4

import pytest

from app.desk import (
    BATCH_COMMANDS_ENOUGH,
    BATCH_COMMANDS_MAX,
    GATHER_S,
    Desk,
    Ticket,
    keys_of,
    seats_to_take,
)
from app.domain import Actor, Block, Command, Hold, Role
from tests.driven_clock import driven_loop, run_driven

ANN = Actor("ann", Role.BUYER)
BOB = Actor("bob", Role.BUYER)
SAM = Actor("sam", Role.STAFF)


async def test_a_seat_stays_noted_while_any_batch_that_claimed_it_is_under_way() -> None:
    """The ledger refused it to the first, whose claim is over before the first is answered."""
    desk = Desk()
    refused, claimed = (
        [_ticket(Hold(1, uuid4(), (5,), ANN))],
        [_ticket(Hold(1, uuid4(), (5,), BOB))],
    )
    block = _ticket(Block(1, (5,), "camera", SAM))
    for batch in (refused, claimed):
        desk.enter(batch)
        desk.leave_ledger()
    desk.queue.append(block)
    desk.leave(refused)
    assert desk.next_batch() == ([], [])
    desk.leave(claimed)
    assert desk.next_batch() == ([block], [])


async def test_who_comes_while_a_batch_is_under_way_waits_for_company() -> None:
    """One alone never waits; nobody does longer than GATHER_S, or when enough have come."""
    desk = Desk()
    desk.queue.append(_ticket(Hold(1, uuid4(), (1,), ANN)))
    assert desk.gather_s(0.0) <= 0
    batch, _ = desk.next_batch()
    desk.enter(batch)
    began_at = desk.began_at
    assert desk.gather_s(began_at) == pytest.approx(GATHER_S)
    assert desk.gather_s(began_at + GATHER_S) == pytest.approx(0)
    desk.queue.extend(
        _ticket(Block(1, (seat,), "camera", SAM)) for seat in range(BATCH_COMMANDS_ENOUGH)
    )
    assert desk.gather_s(began_at) <= 0
    desk.queue.pop()
    assert desk.gather_s(began_at) > 0
    desk.leave_ledger()
    desk.leave(batch)
    assert desk.gather_s(began_at) <= 0


def test_who_waits_for_company_waits_no_longer_than_until_enough_have_come() -> None:
    async def play() -> None:
        desk, loop = Desk(), driven_loop()
        for seat in range(BATCH_COMMANDS_ENOUGH - 1):
            desk.add(_ticket(Block(1, (seat,), "camera", SAM)))
        loop.call_later(1, desk.add, _ticket(Block(1, (BATCH_COMMANDS_ENOUGH,), "camera", SAM)))
        await desk.gather(5)
        assert loop.time() == pytest.approx(1)
        await desk.gather(5)
        assert loop.time() == pytest.approx(1)
        desk.queue.pop()
        await desk.gather(5)
        assert loop.time() == pytest.approx(6)

    run_driven(play())


@pytest.mark.parametrize(
    ("queued", "taken"),
    [
        (BATCH_COMMANDS_ENOUGH - 1, BATCH_COMMANDS_ENOUGH - 1),
        (BATCH_COMMANDS_ENOUGH + 1, BATCH_COMMANDS_ENOUGH),
        (3 * BATCH_COMMANDS_ENOUGH, 3 * BATCH_COMMANDS_ENOUGH // 2),
        (3 * BATCH_COMMANDS_MAX, BATCH_COMMANDS_MAX),
    ],
)
async def test_of_a_long_queue_a_batch_takes_half(queued: int, taken: int) -> None:
    desk = Desk()
    desk.queue.extend(_ticket(Block(1, (seat,), "camera", SAM)) for seat in range(queued))
    batch, rivals = desk.next_batch()
    assert (len(batch), rivals) == (taken, [])
    assert len(desk.queue) == queued - taken


def _ticket(command: Command) -> Ticket:
    answer = asyncio.get_running_loop().create_future()
    return Ticket(command, keys_of(command), seats_to_take(command), answer, 0.0)
