"""What a show's queue lets go next."""

import asyncio
from uuid import uuid4

from app.box_office import _Desk, _keys, _Ticket
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


def _ticket(command: Command) -> _Ticket:
    return _Ticket(command, _keys(command), asyncio.get_running_loop().create_future(), 0.0)
