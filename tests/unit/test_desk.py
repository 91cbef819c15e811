"""What a show's queue lets go next."""

import asyncio
from uuid import uuid4

import pytest

from app.box_office import BATCH_COMMANDS_MAX, GATHER_S, _Desk, _keys, _Ticket
from app.domain import Actor, Block, Command, Hold, Role

ANN = Actor("ann", Role.BUYER)
BOB = Actor("bob", Role.BUYER)
SAM = Actor("sam", Role.STAFF)


async def test_a_seat_stays_noted_while_any_batch_that_claimed_it_is_under_way() -> None:
    """The ledger refused it to the first, whose claim is over before the first is answered."""
    desk = _Desk()
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
    """One alone never waits; nobody does longer than GATHER_S, or when a batch is full."""
    desk = _Desk()
    desk.queue.append(_ticket(Hold(1, uuid4(), (1,), ANN)))
    assert desk.gather_s(0.0) <= 0
    batch, _ = desk.next_batch()
    desk.enter(batch)
    began_at = desk.began_at
    assert desk.gather_s(began_at) == pytest.approx(GATHER_S)
    assert desk.gather_s(began_at + GATHER_S) == pytest.approx(0)
    desk.queue.extend(
        _ticket(Block(1, (seat,), "camera", SAM)) for seat in range(BATCH_COMMANDS_MAX)
    )
    assert desk.gather_s(began_at) <= 0
    desk.queue.pop()
    assert desk.gather_s(began_at) > 0
    desk.leave_ledger()
    desk.leave(batch)
    assert desk.gather_s(began_at) <= 0


def _ticket(command: Command) -> _Ticket:
    return _Ticket(command, _keys(command), asyncio.get_running_loop().create_future(), 0.0)
