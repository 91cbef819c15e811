"""Sockets that misbehave, sockets that do not read, and instances that go."""

import asyncio
import json
import signal
import socket
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import msgpack
import pytest
import websockets
from websockets.asyncio.client import connect

from app.client import Client, Refused, open_client
from app.domain import Role
from tests.end_to_end.fleet import Fleet, Process, eventually

MIB = 1 << 20

# What is sent, and the code it is answered with. HOLD stands for a fresh id, SHOW for the show.
FAULTS = [
    ("not json at all", "bad_message"),
    ("[]", "bad_message"),
    ("[" * 4_000, "bad_message"),
    ('{"ref": 5}', "bad_message"),
    ('{"op": "dance", "ref": 5}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD"}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "x", "seats": [1]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": []}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": [-1]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": [50]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": [1e30]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": ["1"]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": [1, 1]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seat": [1]}', "bad_message"),
    ('{"op": "hold", "ref": 5, "show": 999999, "hold": "HOLD", "seats": [1]}', "not_found"),
    ('{"op": "watch", "ref": 5, "show": 999999}', "not_found"),
    ('{"op": "watch", "ref": 5, "show": "1"}', "bad_message"),
    (
        '{"op": "hold", "ref": 5, "show": SHOW, "hold": "HOLD", "seats": [0,1,2,3,4,5,6,7,8,9,10]}',
        "hold_limit",
    ),
    ('{"op": "release", "ref": 5, "show": SHOW, "hold": "HOLD"}', "not_found"),
    ('{"op": "book", "ref": 5, "show": SHOW, "hold": "HOLD"}', "not_found"),
    ('{"op": "hello", "ref": 5, "token": "not a token"}', "unauthorized"),
    ('{"op": "ping", "ref": 5, "pad": "' + "x" * 4_100 + '"}', "too_large"),
]


async def test_bad_messages_get_their_code_change_nothing_and_the_socket_lives_on(
    fleet: Fleet,
) -> None:
    """Every fault is answered with its stable code, with its ref where it has one."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as client:
        for sent, code in FAULTS:
            text = sent.replace("SHOW", str(show)).replace("HOLD", str(uuid4()))
            client.pushes.clear()
            await client.send_raw(text)
            await client.until(lambda: bool(client.pushed("unasked")))
            (reply,) = client.pushed("unasked")
            assert (text, reply["ok"], reply["error"]["code"]) == (text, False, code)
            if '"ref": 5' in text and code != "too_large":
                assert reply["ref"] == 5, text
        await client.ask("ping")
    assert await fleet.version(one, show) == 0


async def test_bad_msgpack_gets_its_code_and_the_socket_lives_on(fleet: Fleet) -> None:
    """A binary codec is no excuse."""
    one = await fleet.start_web()
    async with fleet.buyer(one, codec="msgpack") as client:
        for sent in (b"\xc1", b"", msgpack.packb([1]), msgpack.packb({"op": 1}), "text"):
            client.pushes.clear()
            await client.send_raw(sent)
            await client.until(lambda: bool(client.pushed("unasked")))
            assert client.pushed("unasked")[0]["error"]["code"] == "bad_message"
        await client.ask("ping")


async def test_1000_frames_at_once_are_answered_and_mostly_refused(fleet: Fleet) -> None:
    """Beyond the allowance a message costs its sender a refusal and nobody else anything."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as flood, fleet.buyer(one) as other:
        replies = [await flood.send("ping") for _ in range(1_000)]
        answers = await asyncio.gather(*replies, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert {refusal.code for refusal in refused} == {"rate_limited"}
        assert all(refusal.error["retry_in_ms"] > 0 for refusal in refused)
        assert 500 < len(refused) < 900
        assert (await other.ask("hold", show=show, hold=str(uuid4()), seats=[1]))["seats"] == [1]
        await eventually(lambda: _ping_works(flood))


async def test_RP1_what_comes_behind_a_message_that_waits_does_not_overtake_it(
    fleet: Fleet,
) -> None:
    """To watch a show that nobody watches takes a while; a ping takes none."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with connect(f"{one.url.replace('http', 'ws')}/ws") as socket:
        asked: list[dict[str, Any]] = [{"op": "hello"}, {"op": "watch", "show": show}]
        asked += [{"op": "ping"}] * 20
        for ref, message in enumerate(asked):
            await socket.send(json.dumps({**message, "ref": ref}))
        told = [json.loads(await asyncio.wait_for(socket.recv(), 5)) for _ in range(23)]
    assert [message["ref"] for message in told if "ref" in message] == list(range(22))
    assert [message["push"] for message in told if "push" in message] == ["snapshot"]


async def test_without_a_token_one_may_watch_and_no_more(fleet: Fleet) -> None:
    """Anonymous sockets see everything and change nothing."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with open_client(one.url) as client:
        await client.watch(show)
        for op in ("hold", "release", "extend", "book"):
            fields = {"seats": [1]} if op == "hold" else {}
            with pytest.raises(Refused, match="unauthorized"):
                await client.ask(op, show=show, hold=str(uuid4()), **fields)


async def test_nothing_is_done_before_hello(fleet: Fleet) -> None:
    """The first message is hello; another one is refused and the socket lives on."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with open_client(one.url, greet=False) as client:
        with pytest.raises(Refused, match="bad_message"):
            await client.ask("watch", show=show)
        await client.ask("hello")
        await client.watch(show)


async def test_I10_somebody_elses_hold_cannot_be_touched(fleet: Fleet) -> None:
    """Only its holder, or staff, acts on a hold."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as owner, fleet.buyer(one) as thief:
        held = await owner.ask("hold", show=show, hold=str(uuid4()), seats=[1])
        for op in ("hold", "release", "extend", "book"):
            fields = {"seats": [2]} if op == "hold" else {}
            with pytest.raises(Refused, match="forbidden"):
                await thief.ask(op, show=show, hold=held["hold"], **fields)
        assert await fleet.version(one, show) == 1
        staff = fleet.token(Role.STAFF)
        async with open_client(one.url, token=staff) as box_office:
            assert (await box_office.ask("release", show=show, hold=held["hold"]))["version"] == 2


async def test_a_stale_token_is_refused_and_a_new_one_heals_the_socket(fleet: Fleet) -> None:
    """A token counts as long as it lasts; the socket may outlive it."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with open_client(one.url, token=fleet.token(ttl_s=1)) as client:
        await eventually(lambda: _is_refused(client, "unauthorized", show))
        await client.ask("hello", token=fleet.token())
        assert (await client.ask("hold", show=show, hold=str(uuid4()), seats=[1]))["seats"] == [1]


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("https://tickets.example", True),
        ("https://tickets.example.evil", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
async def test_only_allowed_origins_open_a_socket(fleet: Fleet, origin: str, welcome: bool) -> None:
    """A page of another site cannot use its visitor's browser."""
    one = await fleet.start_web(SEATWIRE_ORIGINS="https://tickets.example")
    url = one.url.replace("http", "ws") + "/ws"
    if welcome:
        async with connect(url, origin=origin):  # type: ignore[arg-type]
            return
    with pytest.raises(websockets.InvalidStatus, match="403"):
        async with connect(url, origin=origin):  # type: ignore[arg-type]
            pass


async def test_a_reader_that_does_not_read_costs_no_memory_and_catches_up(fleet: Fleet) -> None:
    """A stalled socket gets what it missed in one piece, and nobody waits for it."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url, rows=100, seats=200)
    stalled = await _open_stalled(one, show, fleet.token())
    try:
        async with fleet.buyer(one) as buyer:
            await buyer.watch(show)
            before = _memory_bytes(one)
            every_seat = list(range(0, 20_000, 40))
            body = {"seats": every_seat, "reason": "rehearsal"}
            for _ in range(60):
                for method in ("POST", "DELETE"):
                    await fleet.ask(method, one.url, f"/shows/{show}/blocks", body)
            await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[7])
            version = await fleet.version(one, show)
            assert version == 121
            await buyer.until(lambda: buyer.screens[show].position == (_epoch(buyer, show), 121))
            assert _memory_bytes(one) - before < 30 * MIB
        messages = await asyncio.to_thread(_read_until_version, stalled, version)
    finally:
        stalled.close()
    assert messages < 100, "most of the 121 versions were merged"


async def test_HS5_what_comes_too_early_is_told_when_to_come_back(fleet: Fleet) -> None:
    """The answer comes before the handshake; who comes back when told gets in."""
    one = await fleet.start_web(SEATWIRE_SOCKETS_PER_S="1")
    url = one.url.replace("http", "ws") + "/ws"
    async with AsyncExitStack() as stack:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await _open_many(stack, url)
        response = refused.value.response
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) >= 1
    await eventually(lambda: _opens(url))


async def _open_many(stack: AsyncExitStack, url: str) -> None:
    for _ in range(1_000):
        await stack.enter_async_context(connect(url))


async def _opens(url: str) -> bool:
    try:
        async with connect(url):
            return True
    except websockets.InvalidStatus:
        return False


async def test_a_stopped_instance_says_goodbye_then_closes_with_1012(fleet: Fleet) -> None:
    """Clients hear `goaway` first and can move before the socket closes; the process ends well."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as client, connect(one.url.replace("http", "ws") + "/ws") as raw:
        await client.watch(show)
        await raw.send('{"op": "hello"}')
        stopping = asyncio.create_task(one.stop(signal.SIGTERM))
        await client.until(lambda: bool(client.pushed("goaway")))
        assert client.pushed("goaway")[0]["delay_ms"] >= 0
        await raw.wait_closed()
        assert raw.close_code == 1012
        assert await stopping == 0


async def test_a_hidden_socket_gets_nothing_until_it_shows_again(fleet: Fleet) -> None:
    """`visible: false` stops the pushes; coming back brings one merged delta."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as hidden, fleet.buyer(one) as other:
        for client in (hidden, other):
            await client.watch(show)
        await hidden.ask("visible", value=False)
        for seat in range(3):
            await other.ask("hold", show=show, hold=str(uuid4()), seats=[seat])
        await other.until(lambda: bytes(other.screens[show].statuses[:3]) == b"\1\1\1")
        await hidden.ask("ping")
        assert not hidden.pushed("delta")
        await hidden.ask("visible", value=True)
        await hidden.until(lambda: bytes(hidden.screens[show].statuses[:3]) == b"\1\1\1")
        assert len(hidden.pushed("delta")) == 1


async def _ping_works(client: Client) -> bool:
    try:
        await client.ask("ping")
    except Refused:
        return False
    return True


async def _is_refused(client: Client, code: str, show: int) -> bool:
    hold = str(uuid4())
    try:
        await client.ask("hold", show=show, hold=hold, seats=[9])
        await client.ask("release", show=show, hold=hold)
    except Refused as refusal:
        return refusal.code == code
    return False


async def _open_stalled(process: Process, show: int, token: str) -> socket.socket:
    """Open a socket that watches *show* and then reads nothing, with a small receive buffer."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    port = int(process.url.rsplit(":", 1)[1])
    await asyncio.to_thread(raw.connect, ("127.0.0.1", port))
    raw.sendall(
        b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: seatwire.v1.json\r\n\r\n"
    )
    await asyncio.to_thread(raw.recv, 1_024)
    raw.sendall(_masked(json.dumps({"op": "hello", "token": token})))
    raw.sendall(_masked(json.dumps({"op": "watch", "show": show})))
    return raw


def _masked(text: str) -> bytes:
    data = text.encode()
    assert len(data) < 65_536
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
    return b"\x81" + length + bytes(4) + data


def _read_until_version(raw: socket.socket, version: int) -> int:
    """Read seat frames up to *version* and return how many there were."""
    stream = raw.makefile("rb")
    raw.settimeout(10)
    count = 0
    while True:
        _, length = stream.read(2)
        if length == 126:
            length = int.from_bytes(stream.read(2))
        elif length == 127:
            length = int.from_bytes(stream.read(8))
        message = json.loads(stream.read(length))
        count += message.get("push") in ("delta", "snapshot")
        if version in (message.get("to"), message.get("version")):
            return count


def _epoch(client: Client, show: int) -> int:
    position = client.screens[show].position
    assert position is not None
    return position.epoch


def _memory_bytes(process: Process) -> int:
    with open(f"/proc/{process.child.pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4_096
