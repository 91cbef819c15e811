"""The board's scripts on a real Valkey, without a ledger behind them (app/board.py, board.lua)."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app import board as board_module
from app.board import Board, BoardAway, PostReply
from app.changes import Change, ChangeBatch, Position, Snapshot
from app.domain import TRANSITIONS, EventKind, ShowStatus
from app.errors import SeatsTaken, ShowClosed
from app.ledger import BoardState
from tests.integration.boards import BoardKeys, Listener
from tests.integration.conftest import eventually

SHOW: Final = 42
SEATS: Final = 12
EPOCH: Final = 1_700_000_000
MINUTE_MS: Final = 60_000
A, B, C = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)


@pytest.fixture
async def board(valkey: Redis, redis_prefix: str) -> AsyncIterator[Board]:
    board = Board(valkey, prefix=redis_prefix)
    yield board
    await board.close()


@pytest.fixture
def keys(valkey: Redis, redis_prefix: str) -> BoardKeys:
    return BoardKeys(valkey, redis_prefix)


@pytest.fixture
async def show(board: Board) -> int:
    """A show whose board is up, at version 0, all seats available."""
    await board.load(SHOW, BoardState(Position(EPOCH, 0), bytes(SEATS), []), ShowStatus.ON_SALE)
    return SHOW


@pytest.fixture
async def listener(board: Board, valkey: Redis, show: int) -> AsyncIterator[Listener]:
    async with Listener(valkey, board.channel(show)) as listener:
        yield listener


def hold(
    version: int, id_: UUID, *seats: int, ms: int = MINUTE_MS, has: Sequence[int] = ()
) -> Change:
    """Return the event of a hold on *seats* that had the seats *has* before."""
    return Change(version, EventKind.HOLD, seats, str(id_), "ann", (*has, *seats), ms)


def change(version: int, kind: EventKind, *seats: int, id_: UUID | None = None) -> Change:
    """Return an event after which the hold, if it is about one, has no deadline."""
    name = None if id_ is None else str(id_)
    return Change(version, kind, seats, name, None if id_ is None else "ann")


def show_change(
    version: int, status: ShowStatus, *seats: int, released: Sequence[UUID] = ()
) -> Change:
    detail: dict[str, Any] = {
        "show": {"status": status.value},
        "released": [[str(id_), "ann", []] for id_ in released],
    }
    return Change(version, EventKind.SHOW, seats, detail=detail)


def batch(*changes: Change, epoch: int = EPOCH) -> ChangeBatch:
    return ChangeBatch(epoch, changes)


async def taken(board: Board, show: int, id_: UUID, *seats: int) -> list[int]:
    """Claim *seats* for a hold; return those that are not to be had."""
    refusals = await board.claim(show, [(id_, seats)])
    assert refusals is not None
    (refusal,) = refusals
    assert refusal is None or isinstance(refusal, SeatsTaken)
    return [] if refusal is None else refusal.seats


async def seats_of(board: Board, show: int) -> list[int]:
    snapshot = await board.read(show)
    assert snapshot is not None
    return list(snapshot.statuses)


async def test_claim_without_a_board_says_so(board: Board) -> None:
    """Where there is no board nothing is refused and nothing is claimed."""
    assert await board.claim(SHOW, [(A, (1,))]) is None
    assert await board.read(SHOW) is None
    assert await board.positions([SHOW]) == {}


async def test_I2_claim_takes_all_seats_of_a_hold_or_none(
    board: Board, keys: BoardKeys, show: int
) -> None:
    """A take with one seat that is not to be had claims nothing; the answer names all such."""
    await board.post(
        show, batch(change(1, EventKind.BLOCK, 3), hold(2, B, 5), change(3, EventKind.BOOK, 5))
    )
    assert await taken(board, show, A, 2, 3, 4, 5) == [3, 5]
    assert await keys.claims(show) == set()
    assert await taken(board, show, A, 2, 4) == []
    assert await keys.claims(show) == {2, 4}


async def test_claim_lets_the_first_of_several_rivals_through(
    board: Board, keys: BoardKeys, show: int
) -> None:
    """Takes of one call are decided in order; a refused one leaves its other seats to the next."""
    refusals = await board.claim(show, [(A, (1, 2)), (B, (2, 3)), (C, (3,))])
    assert refusals is not None
    first, second, third = refusals
    assert first is None
    assert isinstance(second, SeatsTaken)
    assert second.seats == [2]
    assert third is None
    assert await keys.claims(show) == {1, 2, 3}


async def test_I8_a_hold_may_claim_again_what_it_has_claimed(board: Board, show: int) -> None:
    """A claim is in the way of others, not of the hold asked again."""
    assert await taken(board, show, A, 1, 2) == []
    assert await taken(board, show, B, 2) == [2]
    assert await taken(board, show, A, 1, 2, 3) == []


async def test_claims_end_by_themselves(
    board: Board, keys: BoardKeys, show: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim whose process died keeps its seat from others for CLAIM_TTL_MS only."""
    monkeypatch.setattr(board_module, "CLAIM_TTL_MS", 30)
    assert await taken(board, show, A, 1) == []
    monkeypatch.undo()
    assert await taken(board, show, B, 2) == []

    async def is_over() -> bool:
        return await taken(board, show, B, 1) == []

    await eventually(is_over)
    # The whole table ends a little later, so that a show nobody asks for leaves none.
    ttl_ms = await keys.client.pttl(keys.key(show, "claims"))
    assert 0 < ttl_ms <= board_module.CLAIM_TTL_MS


async def test_I8_seats_of_a_hold_are_free_to_that_hold_alone(board: Board, show: int) -> None:
    """A hold asked again, or with more seats, passes; another one does not."""
    await board.post(show, batch(hold(1, A, 1, 2)))
    assert await taken(board, show, B, 2, 3) == [2]
    assert await taken(board, show, A, 1, 2, 3) == []
    await board.post(show, batch(change(2, EventKind.BOOK, 1, 2, id_=A)))
    assert await taken(board, show, A, 1) == [1]


async def test_I7_seats_of_a_lapsed_hold_pass(board: Board, show: int) -> None:
    """The board does not keep a hold longer than its time; the ledger has the last word."""
    await board.post(show, batch(hold(1, A, 1, ms=MINUTE_MS), hold(2, B, 2, ms=20)))

    async def has_lapsed() -> bool:
        return await taken(board, show, C, 2) == []

    await eventually(has_lapsed)
    assert await taken(board, show, C, 1) == [1]
    assert await seats_of(board, show) == [0, 1, 1] + [0] * 9


async def test_claim_refuses_a_show_that_is_not_on_sale(board: Board, show: int) -> None:
    """Why is in the answer; what is about a hold that is known goes on to the ledger."""
    await board.post(show, batch(hold(1, A, 1), show_change(2, ShowStatus.PAUSED)))
    refusals = await board.claim(show, [(B, (2,)), (B, (1,)), (A, (1,)), (A, (1, 3))])
    assert refusals is not None
    closed, closed_too, again, more = refusals
    assert isinstance(closed, ShowClosed)
    assert isinstance(closed_too, ShowClosed)
    assert closed.fields == {"show_status": "paused"}
    assert (again, more) == (None, None)
    await board.post(show, batch(show_change(3, ShowStatus.ON_SALE)))
    assert await taken(board, show, B, 2) == []


async def test_post_applies_every_kind_of_change(board: Board, keys: BoardKeys, show: int) -> None:
    """Seats, deadlines and holds follow each event; claims on changed seats are over."""
    assert await taken(board, show, A, 1, 2, 3) == []
    assert await taken(board, show, B, 5) == []
    partly = Change(2, EventKind.RELEASE, (2,), str(A), "ann", (1, 3), MINUTE_MS)
    steps: list[tuple[Change, list[int], set[UUID]]] = [
        (hold(1, A, 1, 2, 3), [0, 1, 1, 1, 0, 0], {A}),
        (partly, [0, 1, 0, 1, 0, 0], {A}),
        (Change(3, EventKind.EXTEND, (), str(A), "ann", (1, 3), 9), [0, 1, 0, 1, 0, 0], {A}),
        (change(4, EventKind.BOOK, 1, 3, id_=A), [0, 2, 0, 2, 0, 0], set()),
        (change(5, EventKind.CANCEL, 1, 3, id_=A), [0, 0, 0, 0, 0, 0], set()),
        (change(6, EventKind.BLOCK, 0, 1), [3, 3, 0, 0, 0, 0], set()),
        (change(7, EventKind.UNBLOCK, 1), [3, 0, 0, 0, 0, 0], set()),
        (hold(8, B, 4, 5), [3, 0, 0, 0, 1, 1], {B}),
        (change(9, EventKind.EXPIRE, 4, 5, id_=B), [3, 0, 0, 0, 0, 0], set()),
        (hold(10, C, 2), [3, 0, 1, 0, 0, 0], {C}),
        (show_change(11, ShowStatus.CANCELLED, 2, released=[C]), [3, 0, 0, 0, 0, 0], set()),
    ]
    for step, seats, holds in steps:
        assert await board.post(show, batch(step)) == (PostReply.OK, step.version)
        image = await keys.image(show)
        assert image is not None
        assert image.position == Position(EPOCH, step.version)
        assert list(image.statuses[:6]) == seats
        assert set(image.holds) == holds
        assert await keys.claims(show) == ({5} if step.version < 8 else set())
    last = await keys.image(show)
    assert last is not None
    assert last.status == "cancelled"


async def test_I5_post_moves_forward_one_version_at_a_time(
    board: Board, show: int, listener: Listener
) -> None:
    """What is known is ignored, what overlaps is applied from where it is new, a gap is refused."""
    first, second, third = hold(1, A, 1), hold(2, B, 2), change(3, EventKind.RELEASE, 1, id_=A)
    assert await board.post(show, batch(second)) == (PostReply.GAP, 0)
    assert await board.post(show, batch(second, third)) == (PostReply.GAP, 0)
    assert await seats_of(board, show) == [0] * SEATS
    assert await board.post(show, batch(first)) == (PostReply.OK, 1)
    assert await board.post(show, batch(first)) == (PostReply.OK, 1)
    assert await board.post(show, batch(first, second, third)) == (PostReply.OK, 3)
    assert await board.post(show, batch(second, third)) == (PostReply.OK, 3)
    assert await seats_of(board, show) == [0, 0, 1] + [0] * 9
    assert await listener.heard() == [batch(first), batch(first, second, third)]
    assert await board.log_after(show, 0) == [batch(first), batch(first, second, third)]


async def test_post_ignores_another_epoch(board: Board, show: int, listener: Listener) -> None:
    """Changes of another history, older or newer, are not applied to this one."""
    for epoch in (EPOCH - 1, EPOCH + 1):
        reply = await board.post(show, batch(hold(1, A, 1), epoch=epoch))
        assert reply == (PostReply.NONE, 0)
    assert await board.read(show) == Snapshot(Position(EPOCH, 0), bytes(SEATS))
    assert await listener.heard() == []


async def test_post_without_a_board_says_so(board: Board, keys: BoardKeys) -> None:
    """Nothing is half made: a show without a board stays without."""
    assert await board.post(SHOW, batch(hold(1, A, 1))) == (PostReply.NONE, 0)
    assert await keys.all() == []


@pytest.mark.parametrize("lost", ["meta", "seats", "until"])
async def test_a_board_that_lost_a_part_counts_as_lost(
    board: Board, keys: BoardKeys, show: int, lost: str
) -> None:
    """What Redis kept of a board is not trusted; a load puts up a whole one again."""
    await board.post(show, batch(hold(1, A, 1)))
    await keys.client.delete(keys.key(show, lost))
    assert await board.claim(show, [(B, (2,))]) is None
    assert await board.read(show) is None
    assert await board.post(show, batch(hold(2, B, 2))) == (PostReply.NONE, 0)
    state = BoardState(Position(EPOCH, 1), b"\0\1" + bytes(10), [(str(A), "ann", (1,), 1_000)])
    assert await board.load(show, state, ShowStatus.ON_SALE)
    assert await taken(board, show, B, 1, 2) == [1]


async def test_post_ends_claims_whatever_becomes_of_its_changes(
    board: Board, keys: BoardKeys, show: int
) -> None:
    """Seats of refused takes are free for others at once, with a gap or without any change."""
    assert await taken(board, show, A, 1, 2, 3) == []
    assert await board.post(show, None, [(A, (1,))]) == (PostReply.OK, 0)
    assert await keys.claims(show) == {2, 3}
    assert await board.post(show, batch(hold(2, B, 5)), [(A, (2,))]) == (PostReply.GAP, 0)
    assert await keys.claims(show) == {3}
    await keys.client.delete(keys.key(show, "meta"))
    assert await board.post(show, None, [(A, (3,))]) == (PostReply.NONE, 0)
    assert await keys.claims(show) == set()


async def test_I9_a_claim_ends_with_its_own_hold_and_no_other(
    board: Board, keys: BoardKeys, show: int
) -> None:
    """A refusal that comes late, and a hold that has lapsed, leave the next one's claim alone."""
    assert await taken(board, show, B, 1, 2) == []
    await board.post(show, None, [(A, (1, 2)), (B, (2,))])
    assert await keys.claims(show) == {1}
    await board.post(show, batch(hold(1, A, 5, ms=-1)))
    assert await taken(board, show, C, 5) == []
    await board.post(show, batch(change(2, EventKind.EXPIRE, 5, id_=A)))
    assert await taken(board, show, A, 5) == [5]
    await board.post(show, batch(hold(3, C, 5)))
    assert await keys.claims(show) == {1}


async def test_I5_whatever_the_order_of_posts_the_feed_tells_each_version_once(
    board: Board, keys: BoardKeys, show: int, listener: Listener
) -> None:
    """Instances that post late, twice or overlapping make one history, for the feed as well."""
    for seed in range(5):
        dice = random.Random(seed)
        await keys.lose_all()
        await board.load(show, BoardState(Position(EPOCH, 0), bytes(SEATS), []), ShowStatus.ON_SALE)
        assert await listener.heard() == [Position(EPOCH, 0)]
        story, seats = _story(dice, 60)
        reached = 0
        while reached < len(story):
            start = dice.randint(max(0, reached - 10), min(len(story) - 1, reached + 3))
            part = story[start : start + dice.randint(1, 12)]
            reply, version = await board.post(show, batch(*part))
            assert (reply is PostReply.GAP) == (start > reached)
            reached = version
        at = 0
        for message in await listener.heard():
            assert isinstance(message, ChangeBatch)
            assert message.first <= at + 1 <= message.last, "told too early or for nothing"
            at = message.last
        assert at == reached
        image = await keys.image(show)
        assert image is not None
        assert list(image.statuses) == seats


def _story(dice: random.Random, length: int) -> tuple[list[Change], list[int]]:
    """Return random changes, each of which the one before allows, and where they lead."""
    seats = [0] * SEATS
    holds: dict[int, UUID] = {}
    story: list[Change] = []
    while len(story) < length:
        kind = dice.choice([k for k in EventKind if k not in (EventKind.SHOW, EventKind.EXTEND)])
        transition = TRANSITIONS[kind]
        assert transition is not None
        fit = [seat for seat in range(SEATS) if seats[seat] == transition[0]]
        if not fit:
            continue
        seat, version = dice.choice(fit), len(story) + 1
        seats[seat] = transition[1]
        if kind is EventKind.HOLD:
            holds[seat] = UUID(int=dice.getrandbits(128))
            story.append(hold(version, holds[seat], seat))
        else:
            is_free = kind in (EventKind.BLOCK, EventKind.UNBLOCK)
            story.append(change(version, kind, seat, id_=None if is_free else holds[seat]))
    return story, seats


async def test_load_puts_up_what_the_ledger_has(
    board: Board, keys: BoardKeys, show: int, listener: Listener
) -> None:
    """A newer state replaces everything but claims, and tells the feed its position."""
    await board.post(show, batch(hold(1, A, 1)))
    assert await taken(board, show, C, 7) == []
    statuses = bytes([0, 0, 1, 1, 2, 3]) + bytes(6)
    state = BoardState(Position(EPOCH, 9), statuses, [(str(B), "bob", (2, 3), MINUTE_MS)])
    await listener.heard()
    assert await board.load(show, state, ShowStatus.PAUSED)
    assert await board.read(show) == Snapshot(state.position, statuses)
    image = await keys.image(show)
    assert image is not None
    assert (image.status, image.holds) == ("paused", {B: ("bob", (2, 3))})
    assert await keys.claims(show) == {7}
    assert await board.log_after(show, 0) == []
    assert await listener.heard() == [state.position]


async def test_load_only_moves_forward_within_an_epoch(
    board: Board, show: int, listener: Listener
) -> None:
    """A rebuild that was overtaken by posts changes nothing; a new epoch replaces any version."""
    await board.post(show, batch(hold(1, A, 1), hold(2, B, 2)))
    await listener.heard()
    for epoch, version in ((EPOCH, 1), (EPOCH, 2), (EPOCH - 1, 9)):
        stale = BoardState(Position(epoch, version), bytes(SEATS), [])
        assert not await board.load(show, stale, ShowStatus.ON_SALE)
    assert (await seats_of(board, show))[:3] == [0, 1, 1]
    assert await listener.heard() == []
    restored = BoardState(Position(EPOCH + 1, 1), bytes([3]) + bytes(SEATS - 1), [])
    assert await board.load(show, restored, ShowStatus.ON_SALE)
    assert await board.read(show) == Snapshot(restored.position, restored.statuses)
    assert await taken(board, show, C, 1, 2) == []


async def test_load_keeps_lapsed_holds_from_nobody(board: Board, keys: BoardKeys) -> None:
    """A hold that lapsed before the rebuild is there, with a deadline in the past."""
    state = BoardState(Position(EPOCH, 1), b"\1" + bytes(SEATS - 1), [(str(A), "ann", (0,), -900)])
    assert await board.load(SHOW, state, ShowStatus.ON_SALE)
    assert await taken(board, SHOW, B, 0) == []
    image = await keys.image(SHOW)
    assert image is not None
    assert set(image.holds) == {A}


async def test_the_log_is_bounded_and_says_so(
    board: Board, show: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old messages go; what is left leads to the present without a hole, and its start shows."""
    monkeypatch.setattr(board_module, "LOG_LENGTH", 10)
    for version in range(1, 300, 2):
        pair = hold(version, A, 1), change(version + 1, EventKind.RELEASE, 1, id_=A)
        await board.post(show, batch(*pair))
    left = await board.log_after(show, 0)
    assert 10 <= len(left) < 150
    assert left[0].first > 1
    assert left[-1].last == 300
    assert all(a.last + 1 == b.first for a, b in zip(left, left[1:], strict=False))
    assert await board.log_after(show, 296) == left[-2:]
    assert await board.log_after(show, 300) == []
    assert await board.recent_log(show, 3) == left[-3:]


async def test_a_show_lives_in_one_slot_under_its_prefix(
    board: Board, keys: BoardKeys, show: int
) -> None:
    """Every key of a show has its hash tag, and shows do not touch one another."""
    await board.post(show, batch(hold(1, A, 1)))
    await taken(board, show, B, 2)
    names = await keys.all()
    assert len(names) == 6
    assert all(name.startswith(f"{keys.prefix}{{show:{SHOW}}}:") for name in names)
    assert board.channel(show).startswith(f"{keys.prefix}{{show:{SHOW}}}:")
    await board.load(7, BoardState(Position(EPOCH, 5), bytes(SEATS), []), ShowStatus.ON_SALE)
    assert await board.positions([show, 7, 8]) == {
        show: Position(EPOCH, 1),
        7: Position(EPOCH, 5),
    }


async def test_the_largest_hold_and_the_largest_block_pass(board: Board) -> None:
    """500 seats are claimed, and 10,000 blocked and unclaimed, each in one call."""
    count = 12_000
    await board.load(SHOW, BoardState(Position(EPOCH, 0), bytes(count), []), ShowStatus.ON_SALE)
    assert await taken(board, SHOW, A, *range(500)) == []
    unclaimed = [(B, tuple(range(at, at + 500))) for at in range(0, 2_500, 500)]
    await board.post(SHOW, batch(hold(1, A, *range(500))), unclaimed)
    assert await taken(board, SHOW, A, *range(500)) == []
    assert await taken(board, SHOW, B, *range(490, 510)) == list(range(490, 500))
    await board.post(SHOW, batch(change(2, EventKind.BLOCK, *range(1_000, 11_000))))
    assert (await seats_of(board, SHOW))[999:1_001] == [0, 3]


async def test_a_board_that_does_not_answer_is_left_alone_for_a_while(tmp_path: Path) -> None:
    """After a failure the next questions are answered at once, without another try."""
    tries = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tries.append(writer)
        writer.close()

    path = str(tmp_path / "socket")
    server = await asyncio.start_unix_server(hang_up, path)
    client = Redis(unix_socket_path=path, retry=Retry(NoBackoff(), 0))
    async with server, client:
        away = Board(client)
        with pytest.raises(BoardAway):
            await away.ping()
        made = len(tries)
        assert made > 0
        for question in (
            away.claim(SHOW, [(uuid4(), (1,))]),
            away.post(SHOW, None, [(A, (1,))]),
            away.read(SHOW),
            away.positions([SHOW]),
            away.log_after(SHOW, 0),
        ):
            with pytest.raises(BoardAway):
                await question
        assert len(tries) == made
