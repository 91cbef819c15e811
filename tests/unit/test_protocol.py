"""Messages in both codecs: the golden vectors, the limits, the frame around a payload."""

import json
from collections.abc import Generator
from typing import Any, Final, get_args
from uuid import UUID

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from app.errors import SeatwireError, TooLarge
from realtime.protocol import (
    FRAME_BYTES_MAX,
    MESSAGE_BYTES_MAX,
    BookHold,
    Codec,
    ExtendHold,
    Hello,
    HoldSeats,
    Malformed,
    Message,
    Ping,
    ReleaseSeats,
    Since,
    Unwatch,
    Visible,
    Watch,
    choose_codec,
    decode,
    encode,
)
from tests.golden import Vector, names, vectors, with_bytes

HOLD: Final = UUID("0b9f6a1e-3c1d-4f5a-9b51-2d1f0c7e8a42")
SHOW_MAX: Final = 2**53

CLIENT: Final = vectors("client")
SERVER: Final = vectors("replies") + vectors("pushes")

# What each client vector means, by its name.
MEANINGS: Final[dict[str, Message]] = {
    "hello without a token": Hello(ref=1),
    "hello with a token, hidden": Hello(ref=1, token="token.of.ann", visible=False),
    "hello without a ref": Hello(token="token.of.ann"),
    "watch": Watch(ref=2, show=42),
    "watch from a position": Watch(ref=2, show=42, since=Since(1_750_000_000, 128)),
    "unwatch": Unwatch(ref=3, show=42),
    "hold one seat": HoldSeats(ref=4, show=42, hold=HOLD, seats=[0]),
    "hold several seats in any order": HoldSeats(
        ref=5, show=SHOW_MAX, hold=HOLD, seats=[39_416, 127, 128, 65_536]
    ),
    "release all": ReleaseSeats(ref=6, show=42, hold=HOLD),
    "release some": ReleaseSeats(ref=7, show=42, hold=HOLD, seats=[127]),
    "extend": ExtendHold(ref=8, show=42, hold=HOLD),
    "book": BookHold(ref=9, show=42, hold=HOLD),
    "visible": Visible(ref=10, value=True),
    "not visible": Visible(ref=11, value=False),
    "ping": Ping(ref=12),
    "a ref of text": Ping(ref="Reihe 7 – ✓"),
    "a ref of null": Ping(),
    "the largest ref": Ping(ref=2**53),
    "the smallest ref": Ping(ref=-(2**53)),
    "op last": Ping(ref=13),
}
PUSHES: Final = {"snapshot", "delta", "show", "hold", "pulse", "goaway"}


@pytest.mark.parametrize("vector", CLIENT + SERVER, ids=names(CLIENT + SERVER))
def test_a_vector_is_one_message_in_two_codecs(vector: Vector) -> None:
    """Read by two libraries that are not the server's."""
    assert json.loads(vector["json"]) == vector["message"]
    unpacked = msgpack.unpackb(bytes.fromhex(vector["msgpack"]))
    assert unpacked == with_bytes(vector["message"])


@pytest.mark.parametrize("vector", CLIENT, ids=names(CLIENT))
def test_MG2_a_clients_message_is_understood_in_both_codecs(vector: Vector) -> None:
    expected = MEANINGS[vector["name"]]
    assert decode(vector["json"], Codec.JSON) == expected
    assert decode(bytes.fromhex(vector["msgpack"]), Codec.MSGPACK) == expected


@pytest.mark.parametrize("vector", SERVER, ids=names(SERVER))
def test_MG4_a_servers_message_is_written_exactly_so_in_both_codecs(vector: Vector) -> None:
    message = with_bytes(vector["message"])
    text, binary = encode(message, Codec.JSON), encode(message, Codec.MSGPACK)
    assert text.payload.decode() == vector["json"]
    assert binary.payload.hex() == vector["msgpack"]
    assert (text.is_text, binary.is_text) == (True, False)


def test_the_vectors_have_every_op_and_every_push() -> None:
    tags = {kind.__struct_config__.tag for kind in get_args(Message)}
    assert {vector["message"]["op"] for vector in CLIENT} == tags
    assert {vector["message"]["push"] for vector in vectors("pushes")} == PUSHES
    assert set(MEANINGS) == set(names(CLIENT))


@pytest.mark.parametrize("name", ["client", "replies", "pushes", "invalid", "seats"])
def test_the_vectors_of_a_file_have_names_of_their_own(name: str) -> None:
    found = names(vectors(name))
    assert len(set(found)) == len(found) > 0


def test_MG1_a_frame_of_the_other_kind_is_malformed() -> None:
    with pytest.raises(Malformed, match="text frames"):
        decode(b'{"op":"ping"}', Codec.JSON)
    with pytest.raises(Malformed, match="binary frames"):
        decode('{"op":"ping"}', Codec.MSGPACK)


def test_MG1_a_lone_surrogate_is_malformed() -> None:
    """Not every server refuses text that is not UTF-8 before we see it."""
    with pytest.raises(Malformed):
        decode('{"op":"ping","ref":"\ud800"}', Codec.JSON)


def test_RL1_a_message_of_the_largest_size_is_read() -> None:
    text = _padded(MESSAGE_BYTES_MAX)
    assert decode(text, Codec.JSON) == Ping(ref=1)
    binary = msgpack.packb({"op": "hello", "token": "x" * 2_000})
    assert decode(binary, Codec.MSGPACK) == Hello(token="x" * 2_000)


@pytest.mark.parametrize("bytes_over", [1, FRAME_BYTES_MAX - MESSAGE_BYTES_MAX])
def test_RL1_a_larger_message_is_too_large_in_both_codecs(bytes_over: int) -> None:
    text = _padded(MESSAGE_BYTES_MAX + bytes_over)
    with pytest.raises(TooLarge):
        decode(text, Codec.JSON)
    with pytest.raises(TooLarge):
        decode(text.encode(), Codec.MSGPACK)


def test_RL1_the_size_counts_bytes_not_characters() -> None:
    token = "é" * (MESSAGE_BYTES_MAX // 2)
    assert len(token) < MESSAGE_BYTES_MAX
    with pytest.raises(TooLarge):
        decode(json.dumps({"op": "hello", "token": token}, ensure_ascii=False), Codec.JSON)


def test_RL8_the_largest_hold_fits_into_a_message() -> None:
    """Otherwise the limit on seats could never be reached."""
    seats = list(range(39_417 - 500, 39_417))
    message = {"op": "hold", "ref": "r" * 64, "show": SHOW_MAX, "hold": str(HOLD), "seats": seats}
    decoded = decode(json.dumps(message), Codec.JSON)
    assert isinstance(decoded, HoldSeats)
    assert decoded.seats == seats


def test_RL9_a_token_has_a_largest_length() -> None:
    longest = "x" * 2_048
    assert decode(json.dumps({"op": "hello", "token": longest}), Codec.JSON) == Hello(token=longest)
    with pytest.raises(Malformed):
        decode(json.dumps({"op": "hello", "token": longest + "x"}), Codec.JSON)


def test_HS2_the_first_codec_that_both_speak_is_chosen() -> None:
    assert choose_codec(["seatwire.v1.msgpack", "seatwire.v1.json"]) is Codec.MSGPACK
    assert choose_codec(["seatwire.v2.json", "seatwire.v1.json"]) is Codec.JSON


def test_HS2_without_an_offer_it_is_json() -> None:
    assert choose_codec([]) is Codec.JSON


def test_HS2_only_other_codecs_are_refused() -> None:
    with pytest.raises(ValueError, match="no subprotocol"):
        choose_codec(["graphql-ws"])


@pytest.mark.parametrize("length", [8, 125, 126, 127, 65_535, 65_536, 100_000])
@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_a_frame_is_what_another_library_reads_as_one(codec: Codec, length: int) -> None:
    """The header of every length class: 7, 16 and 64 bits."""
    frame = encode({"a": "x" * (length - _overhead(codec, length))}, codec)
    assert len(frame.payload) == length
    read = _read_frame(frame.wire)
    assert read.opcode is (Opcode.TEXT if codec is Codec.JSON else Opcode.BINARY)
    assert (bytes(read.data), read.fin) == (frame.payload, True)


@settings(deadline=None)
@given(st.text(max_size=200) | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_RP1_whatever_text_comes_it_is_a_message_or_an_error(text: str) -> None:
    _decode_or_refuse(text, Codec.JSON)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_RP1_whatever_bytes_come_they_are_a_message_or_an_error(data: bytes) -> None:
    _decode_or_refuse(data, Codec.MSGPACK)


@settings(deadline=None)
@given(
    st.sampled_from(CLIENT),
    st.dictionaries(
        st.sampled_from(["op", "ref", "show", "hold", "seats", "since", "token", "value"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()),
        min_size=1,
        max_size=3,
    ),
)
def test_RP1_a_message_with_other_values_is_a_message_or_an_error(
    vector: Vector, changed: dict[str, Any]
) -> None:
    message = vector["message"] | changed
    _decode_or_refuse(json.dumps(message), Codec.JSON)
    try:
        packed = msgpack.packb(message)
    except (OverflowError, UnicodeEncodeError):
        return  # not even msgpack
    _decode_or_refuse(packed, Codec.MSGPACK)


def _decode_or_refuse(data: str | bytes, codec: Codec) -> None:
    """Any exception but ours fails the test."""
    try:
        answer: object = decode(data, codec)
    except SeatwireError as error:
        answer = error
    assert isinstance(answer, Message | Malformed | TooLarge)


def _padded(length: int) -> str:
    return '{"op":"ping","ref":1}'.ljust(length)


def _overhead(codec: Codec, length: int) -> int:
    """How many bytes a map with one long string has beside the string's own."""
    if codec is Codec.JSON:
        return len('{"a":""}')
    header_bytes = 1 if length < 36 else 2 if length < 261 else 3 if length < 65_542 else 5
    return len(b"\x81\xa1a") + header_bytes


def _read_frame(wire: bytes) -> WebSocketFrame:
    reader = StreamReader()
    reader.feed_data(wire)
    parser: Generator[None, None, WebSocketFrame] = WebSocketFrame.parse(
        reader.read_exact, mask=False
    )
    with pytest.raises(StopIteration) as done:
        next(parser)
    assert reader.buffer == b""
    frame: WebSocketFrame = done.value.value
    return frame
