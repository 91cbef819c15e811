"""Whatever arrives on a socket: no instance dies, no answer is a fault of ours, nothing is sold."""

import asyncio
import json
import socket
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import msgpack
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain import Role
from realtime.protocol import FRAME_BYTES_MAX
from tests.fuzz.conftest import Target

EXAMPLES: Final = 60
# The server ends every socket whose client has hung up; this is for a busy machine.
END_TIMEOUT_S: Final = 10.0
KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="
CONTINUED, TEXT, BINARY, CLOSE, PING = 0, 1, 2, 8, 9
# As browsers do; the server takes no compressed frames.
OFFER: Final = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
NO_TOKEN: Final = "not a token"
INTERNAL_ERROR: Final = 1011
# Every message is answered, so when this is all before it was, too.
LAST: Final = {"op": "ping", "ref": "that was all"}

# Op -> the fields it needs.
OPS: Final = {
    "hello": (),
    "watch": ("show",),
    "unwatch": ("show",),
    "hold": ("show", "hold", "seats"),
    "release": ("show", "hold"),
    "extend": ("show", "hold"),
    "book": ("show", "hold"),
    "visible": ("value",),
    "ping": (),
}
# Named, because a failing example is shown.
BIG: Final = {
    "deep lists": b"[" * 4_000,
    "deep objects": b'{"op":' * 600,
    "deep packed lists": b"\x91" * 4_000,
    "deep packed maps": b"\x81\xa1a" * 1_300,
    "a list of four billion": b"\xdd\xff\xff\xff\xff",
    "a bomb": zlib.compress(bytes(4_000_000), 9),
    "thousands of digits": b'{"op":"ping","ref":' + b"9" * 4_000 + b"}",
    "a number beyond all": b'{"op":"watch","ref":1,"show":1e999}',
    "no number": b'{"op":"watch","ref":1,"show":NaN}',
    "a packed number beyond all": b"\x82\xa2op\xa5watch\xa4show\xcb\x7f\xf0" + bytes(6),
    "a text that is none": b'{"op":"ping","ref":"\xff\xfe"}',
    "a packed text that is none": b"\x82\xa2op\xa4ping\xa3ref\xa2\xff\xfe",
    "over a message": b'"' + b"a" * 4_097 + b'"',
    "nearly a frame": b'"' + b"a" * 60_000 + b'"',
    "over a frame": b" " * 70_000,
    "wide characters": b'{"op":"ping","ref":"' + "é".encode() * 2_049 + b'"}',
}
FIELDS: Final = ("ref", "token", "visible", "show", "since", "hold", "seats", "value", "x")

numbers = st.one_of(
    st.integers(-3, 60),
    st.sampled_from([2**31, 2**53, 2**53 + 1, 2**63, 2**64 - 1, -(2**63)]),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
texts = st.one_of(st.text(max_size=8), st.sampled_from(["\0", "a" * 70]))
leaves = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)
frames = st.tuples(
    st.sampled_from([TEXT, TEXT, BINARY, BINARY, 0, CLOSE, 9, 10, 3, 7, 11, 15]),
    st.sampled_from([True, True, True, False]),  # final
    st.sampled_from([0, 0, 0, 0, 0x40, 0x20, 0x10, 0x70]),  # reserved bits
    st.sampled_from([True, True, True, True, False]),  # masked
    st.sampled_from(["exact", "exact", "exact", "long form", "too much", "huge"]),  # length
)


chunks = st.integers(1, 4_000)
# Opcode, final, reserved bits, masked, length.
Shape = tuple[int, bool, int, bool, str]


def _messages(target: Target) -> st.SearchStrategy[Any]:
    """Messages that are right, and messages that are nearly: known ops and fields."""
    fitting = {
        "show": st.just(target.show),
        "hold": st.sampled_from([target.hold, target.booking, str(UUID(int=7))]),
        "seats": st.lists(st.integers(0, 40), min_size=1, max_size=6),
        "since": st.fixed_dictionaries({"epoch": numbers, "version": numbers}),
        "value": st.booleans(),
        "visible": st.booleans(),
    }
    right = [
        st.fixed_dictionaries({"op": st.just(op)} | {name: fitting[name] for name in names})
        for op, names in OPS.items()
    ]
    fields = st.fixed_dictionaries(
        {},
        optional={name: st.one_of(fitting.get(name, leaves), values) for name in FIELDS},
    )
    nearly = st.builds(lambda op, rest: {"op": op, **rest}, st.sampled_from(sorted(OPS)), fields)
    return st.one_of(*right, nearly, nearly, nearly)


@dataclass(frozen=True)
class Part:
    """A message, to be said in the codec of its socket, perhaps with *junk* written into it."""

    message: Any
    at: int = 0
    junk: bytes = b""

    def payload(self, *, packed: bool) -> bytes:
        return _spoil(_encode(self.message, packed=packed), self.at, self.junk)


def _parts(target: Target) -> st.SearchStrategy[Part | bytes | str]:
    """Return messages, spoiled messages, bytes that are none, and names of BIG."""
    messages = st.one_of(_messages(target), _messages(target), values)
    return st.one_of(
        st.builds(Part, messages),
        st.builds(Part, messages),
        st.builds(Part, messages, st.integers(0, 200), st.binary(min_size=1, max_size=6)),
        st.binary(max_size=60),
        st.sampled_from(sorted(BIG)),
    )


def _payload(part: Part | bytes | str, *, packed: bool) -> bytes:
    if isinstance(part, Part):
        return part.payload(packed=packed)
    return BIG[part] if isinstance(part, str) else part


def _encode(message: Any, *, packed: bool) -> bytes:
    if not packed:
        return json.dumps(message, ensure_ascii=False).encode(errors="surrogatepass")
    try:
        data: bytes = msgpack.packb(message, unicode_errors="surrogatepass")
    except (OverflowError, ValueError):
        return b"\xc1"
    return data


def _spoil(payload: bytes, at: int, junk: bytes) -> bytes:
    at %= len(payload) + 1
    return payload[:at] + junk + payload[at + len(junk) :]


def _frame(payload: bytes, shape: Shape) -> bytes:
    opcode, is_final, reserved, is_masked, length = shape
    head = bytes([(0x80 if is_final else 0) | reserved | opcode])
    mask_bit = 0x80 if is_masked else 0
    count = len(payload) + (100 if length == "too much" else 0)
    if length == "huge":
        head += struct.pack("!BQ", mask_bit | 127, 2**63 - 1)
    elif length == "long form" or count > 65_535:
        head += struct.pack("!BQ", mask_bit | 127, count)
    elif count > 125:
        head += struct.pack("!BH", mask_bit | 126, count)
    else:
        head += bytes([mask_bit | count])
    if not is_masked:
        return head + payload
    mask = b"\x01\x02\x03\x04"
    keys = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked = int.from_bytes(payload) ^ int.from_bytes(keys)
    return head + mask + masked.to_bytes(len(payload))


# A failing example is shown whole, however long it is.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
async def test_CL2_no_bytes_on_a_socket_hurt_an_instance_or_the_ledger(target: Target) -> None:
    """Both codecs, before hello and after it, frames of every kind, and bytes that are none."""
    before = await target.fleet.version(target.web, target.show)
    for token in (None, NO_TOKEN):
        await asyncio.to_thread(_fuzz_messages, target, token, EXAMPLES)
    await asyncio.to_thread(_say_all_that_is_big, target)
    await asyncio.to_thread(_fuzz_frames, target, EXAMPLES)
    await asyncio.to_thread(_fuzz_handshakes, target)
    assert await target.fleet.version(target.web, target.show) == before
    # Whoever may hold may make holds this way, too; what comes of it is still a sale.
    await asyncio.to_thread(_fuzz_messages, target, target.fleet.token(Role.BUYER), EXAMPLES)
    assert target.defects() == []
    async with target.fleet.buyer(target.web) as client:
        await client.watch(target.show)
        seats = await target.fleet.ask("GET", target.web.url, f"/shows/{target.show}/seats")
        assert client.screens[target.show].position == (seats["epoch"], seats["version"])


def _bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _fuzz_messages(target: Target, token: str | None, examples: int) -> None:
    """Say messages, in one frame or several; each is answered, unless one of them ends the socket.

    Whoever has a token that counts gets some answers later; how many is not looked at then.
    """
    counts_all = token is None or token == NO_TOKEN

    @_bounded(examples)
    @given(
        st.booleans(),
        st.booleans(),
        st.lists(_parts(target), min_size=1, max_size=6),
        st.integers(1, 4),
        chunks,
    )
    def probe(
        packed: bool,
        greets: bool,
        parts: list[Part | bytes | str],
        pieces: int,
        chunk: int,
    ) -> None:
        payloads = [_payload(part, packed=packed) for part in parts]
        if greets:
            hello = {"op": "hello", "ref": 1, "token": token}
            payloads.insert(0, _encode(hello, packed=packed))
        payloads.append(_encode(LAST, packed=packed))
        data = b"".join(_in_pieces(payload, pieces, packed=packed) for payload in payloads)
        ends = any(_ends_socket(payload, packed=packed) for payload in payloads)
        answers = _converse(target, packed, data, chunk, waits=True)
        assert ends or answers == len(payloads) or not counts_all

    probe()


def _in_pieces(payload: bytes, pieces: int, *, packed: bool) -> bytes:
    """Return frames that are one message together, with pings between them."""
    size = len(payload) // pieces + 1
    data = b""
    for at in range(0, max(1, len(payload)), size):
        opcode = CONTINUED if at else BINARY if packed else TEXT
        is_last = at + size >= len(payload)
        data += _frame(payload[at : at + size], (opcode, is_last, 0, True, "exact"))
        data += b"" if is_last else _frame(b"", (PING, True, 0, True, "exact"))
    return data


def _say_all_that_is_big(target: Target) -> None:
    """In one frame, in pieces, and as if it were compressed, which was offered and not agreed."""
    for payload in BIG.values():
        for packed in (False, True):
            opcode = BINARY if packed else TEXT
            compressed = _frame(payload, (opcode, True, 0x40, True, "exact"))
            assert _converse(target, packed, compressed, len(compressed), waits=False) == 0
            for pieces in (1, 3):
                messages = (payload, _encode(LAST, packed=packed))
                data = b"".join(_in_pieces(each, pieces, packed=packed) for each in messages)
                answers = _converse(target, packed, data, len(data), waits=True)
                assert answers == 2 or _ends_socket(payload, packed=packed)


def _ends_socket(payload: bytes, *, packed: bool) -> bool:
    if not packed:
        try:
            payload.decode()
        except UnicodeDecodeError:
            return True
    return len(payload) > FRAME_BYTES_MAX


def _fuzz_frames(target: Target, examples: int) -> None:
    """Say anything in frames of every kind; what cannot be understood ends the socket."""
    conversation = st.lists(st.tuples(_parts(target), frames), min_size=1, max_size=6)

    @_bounded(examples)
    @given(st.booleans(), conversation, chunks)
    def probe(
        packed: bool,
        conversation: list[tuple[Part | bytes | str, Shape]],
        chunk: int,
    ) -> None:
        data = b"".join(
            _frame(_payload(part, packed=packed), shape) for part, shape in conversation
        )
        _converse(target, packed, data, chunk, waits=False)

    probe()


def _converse(target: Target, packed: bool, data: bytes, chunk: int, *, waits: bool) -> int:
    """Say *data* in chunks, hang up, and return how many answers came back, all of them sane.

    waits: until LAST is answered, or the server hangs up; else what it makes of the end is also
    what it makes of a client that is cut off.
    """
    with _connect(target) as client:
        codec = "msgpack" if packed else "json"
        client.sendall(
            _handshake(target, f"Sec-WebSocket-Protocol: seatwire.v1.{codec}\r\n{OFFER}")
        )
        head, _, heard = _read_until(client, b"\r\n\r\n").partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        assert b"deflate" not in head
        _say(client, data, chunk)
        if waits:
            heard += _read_until(client, LAST["ref"].encode())
        _hang_up(client)
        heard += _read_until(client)
    return _check_frames(heard, packed)


def _check_frames(data: bytes, packed: bool) -> int:
    answers = 0
    while len(data) >= 2:
        opcode, length, at = data[0] & 15, data[1], 2
        if length > 125:
            width = 2 if length == 126 else 8
            length, at = int.from_bytes(data[2 : 2 + width]), 2 + width
        payload, data = data[at : at + length], data[at + length :]
        if len(payload) < length:
            break  # cut
        if opcode == CLOSE:
            assert int.from_bytes(payload[:2]) != INTERNAL_ERROR, payload
        elif opcode in (TEXT, BINARY):
            assert opcode == (BINARY if packed else TEXT)
            message = msgpack.unpackb(payload) if packed else json.loads(payload)
            assert "push" in message or "ok" in message, message
            answers += "ok" in message
    return answers


def _fuzz_handshakes(target: Target) -> None:
    lines = st.sampled_from(
        [
            "Sec-WebSocket-Protocol: seatwire.v1.json\r\n",
            "Sec-WebSocket-Protocol: \x01\r\n",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99\r\n",
            "Sec-WebSocket-Version: 99\r\n",
            "Origin: http://[\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Upgrade: h2c\r\n",
            "X: long\r\n",
        ]
    )

    @_bounded(EXAMPLES // 2)
    @given(st.lists(lines, max_size=3), st.binary(max_size=80), st.booleans(), st.integers(0, 300))
    def probe(extra: list[str], junk: bytes, spoils: bool, at: int) -> None:
        data = _handshake(target, "".join(extra).replace("long", "x" * 70_000))
        if spoils:
            data = _spoil(data, at, junk)
        with _connect(target) as client:
            _say(client, data + junk, len(data) + len(junk))
            _hang_up(client)
            status = _read_until(client)[9:12]
        assert not status.startswith(b"5"), status

    probe()


def _connect(target: Target) -> socket.socket:
    parts = urlsplit(target.web.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=END_TIMEOUT_S)


def _handshake(target: Target, more: str) -> bytes:
    return (
        f"GET /ws HTTP/1.1\r\nHost: {urlsplit(target.web.url).netloc}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\n"
        f"Sec-WebSocket-Version: 13\r\n{more}\r\n"
    ).encode("latin-1")


def _say(client: socket.socket, data: bytes, chunk: int) -> None:
    try:
        for at in range(0, len(data), chunk):
            client.sendall(data[at : at + chunk])
    except ConnectionError:
        pass  # closed by the server, as is its right


def _hang_up(client: socket.socket) -> None:
    try:
        client.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it has hung up before us


def _read_until(client: socket.socket, marker: bytes | None = None) -> bytes:
    """Return what comes until *marker*, or until the server hangs up.

    Raises TimeoutError when neither happens.
    """
    heard = bytearray()
    try:
        while data := client.recv(65_536):
            heard += data
            if marker is not None and marker in heard:
                break
    except ConnectionError:
        pass  # cut
    return bytes(heard)
