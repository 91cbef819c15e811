"""How a board differs from the ledger; nothing here asks either."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from app.board import DEADLINE_BYTES, BoardImage, HoldEntry
from app.changes import Change
from app.domain import HoldStatus, SeatStatus
from app.ledger import BoardState
from app.replay import Fault

# A deadline travels as an interval and may be late by the trip; the ledger's own is what counts.
LATE_MS_MAX: Final = 5_000


def board_faults(
    image: BoardImage, state: BoardState, changes: Sequence[Change], show_status: str | None
) -> Iterator[Fault]:
    """Yield how *image* differs from *state*, which *changes* lead to from it.

    show_status: the show's at *state*; None when it is not known.
    """
    if len(image.until) != DEADLINE_BYTES * len(image.statuses) or (
        len(image.statuses) != len(state.statuses)
    ):
        yield Fault("board", "it is not whole")
        return
    yield from _own_faults(image)
    statuses, holds = bytearray(image.statuses), dict(image.holds)
    status: object = image.status
    touched: set[UUID] = set()
    for change in changes:
        if change.status is not None:
            for seat in change.seats:
                statuses[seat] = change.status
        touched |= _advance_holds(holds, change)
        if change.detail is not None and "show" in change.detail:
            status = change.detail["show"]["status"]
    if show_status not in (None, status):
        yield Fault("board", f"the show is {status}; the ledger has it {show_status}")
    pairs = zip(statuses, state.statuses, strict=True)
    for seat, (here, true) in enumerate(pairs if statuses != state.statuses else ()):
        if here != true:
            yield Fault(
                "board", f"seat {seat} is {_name(here)}; the ledger has it {_name(true)}", seat=seat
            )
    yield from _hold_faults(holds, state, image.now_ms, touched)


def _own_faults(image: BoardImage) -> Iterator[Fault]:
    """Yield the seats whose deadline is not that of their hold."""
    deadlines = dict.fromkeys(range(len(image.statuses)), 0)
    for entry in image.holds.values():
        deadlines |= dict.fromkeys(entry.seats, entry.deadline_ms)
    for seat, deadline_ms in deadlines.items():
        at = DEADLINE_BYTES * seat
        if int.from_bytes(image.until[at : at + DEADLINE_BYTES]) != deadline_ms:
            yield Fault("board", f"seat {seat} has another deadline than its hold", seat=seat)


def _advance_holds(holds: dict[UUID, HoldEntry], change: Change) -> set[UUID]:
    """Apply *change* to *holds*, deadlines apart, and return the holds it is about."""
    released = change.detail.get("released", ()) if change.detail else ()
    ended = {UUID(row[0]) for row in released}
    about = set(ended)
    if change.hold is not None:
        hold = UUID(change.hold)
        about.add(hold)
        if change.hold_status is HoldStatus.HELD:
            holds[hold] = HoldEntry(change.holder or "", 0, tuple(sorted(change.hold_seats)))
        else:
            ended.add(hold)
    for hold in ended:
        holds.pop(hold, None)
    return about


def _hold_faults(
    holds: dict[UUID, HoldEntry], state: BoardState, now_ms: int, touched: set[UUID]
) -> Iterator[Fault]:
    missing = {UUID(id_): (holder, seats, ms) for id_, holder, seats, ms in state.holds}
    for hold, entry in holds.items():
        true = missing.pop(hold, None)
        if true is None:
            yield Fault("board", f"hold {hold} is there; the ledger has it ended")
        elif (entry.holder, entry.seats) != (true[0], tuple(sorted(true[1]))):
            yield Fault(
                "board", f"hold {hold} has another holder or other seats than in the ledger"
            )
        elif hold not in touched and abs(entry.deadline_ms - now_ms - true[2]) > LATE_MS_MAX:
            late_ms = entry.deadline_ms - now_ms - true[2]
            yield Fault("board", f"hold {hold} ends {late_ms} ms later than in the ledger")
    for hold in missing:
        yield Fault("board", f"hold {hold} is not there; the ledger has it")


def _name(status: int) -> str:
    return SeatStatus(status).name.lower() if status in list(SeatStatus) else f"{status}, no status"
