"""Messages of the wire, both codecs. Pure: bytes in, values out, and back.

docs/PROTOCOL.md has the rules; tests/vectors has examples that every client can check itself
against.
"""

import struct
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from app.errors import BadMessage, TooLarge

# A hold of 500 seats fits with room to spare; a larger message is a mistake or an attack.
MESSAGE_BYTES_MAX: Final = 4_096
# The transport reads up to this much, so that a message over the limit gets an answer and not a
# cut.
FRAME_BYTES_MAX: Final = 65_536

Ref = Annotated[int, Meta(ge=-(2**53), le=2**53)] | Annotated[str, Meta(max_length=64)] | None
ShowId = Annotated[int, Meta(ge=1, le=2**53)]
SeatIndex = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Seats = Annotated[list[SeatIndex], Meta(min_length=1, max_length=500)]


class Codec(Enum):
    """How messages travel; the value is the WebSocket subprotocol."""

    JSON = "seatwire.v1.json"
    MSGPACK = "seatwire.v1.msgpack"

    # Members are compared by identity; Enum's own hash is a call in Python for every frame looked
    # up.
    __hash__ = object.__hash__


class _Message(Struct, tag_field="op", forbid_unknown_fields=True, kw_only=True, frozen=True):
    ref: Ref = None


class Since(Struct, forbid_unknown_fields=True, frozen=True):
    """A position the client has."""

    epoch: Annotated[int, Meta(ge=0, le=2**53)]
    version: Annotated[int, Meta(ge=0, le=2**53)]


class Hello(_Message, tag="hello", frozen=True):
    token: Annotated[str, Meta(max_length=2_048)] | None = None
    visible: bool = True


class Watch(_Message, tag="watch", frozen=True):
    show: ShowId
    since: Since | None = None


class Unwatch(_Message, tag="unwatch", frozen=True):
    show: ShowId


class HoldSeats(_Message, tag="hold", frozen=True):
    show: ShowId
    hold: UUID
    seats: Seats


class ReleaseSeats(_Message, tag="release", frozen=True):
    show: ShowId
    hold: UUID
    seats: Seats | None = None


class ExtendHold(_Message, tag="extend", frozen=True):
    show: ShowId
    hold: UUID


class BookHold(_Message, tag="book", frozen=True):
    show: ShowId
    hold: UUID


class Visible(_Message, tag="visible", frozen=True):
    value: bool


class Ping(_Message, tag="ping", frozen=True):
    pass


Message = (
    Hello | Watch | Unwatch | HoldSeats | ReleaseSeats | ExtendHold | BookHold | Visible | Ping
)


class Malformed(BadMessage):
    """Raised for a message that cannot be understood; *ref* is the message's, when it has one."""

    def __init__(self, message: str, ref: Ref) -> None:
        super().__init__(message)
        self.ref = ref


class Frame(Struct, frozen=True):
    """A message ready to send: its payload, and the whole WebSocket frame around it.

    One object is shared by every watcher it goes to.
    """

    payload: bytes
    is_text: bool
    wire: bytes


class _Loose(Struct):
    ref: Any = None


_ENCODERS: Final = {Codec.JSON: msgspec.json.encode, Codec.MSGPACK: msgspec.msgpack.encode}
_DECODERS: Final[dict[Codec, Callable[[bytes], Message]]] = {
    Codec.JSON: msgspec.json.Decoder(Message).decode,
    Codec.MSGPACK: msgspec.msgpack.Decoder(Message).decode,
}
_LOOSE_DECODERS: Final[dict[Codec, Callable[[bytes], _Loose]]] = {
    Codec.JSON: msgspec.json.Decoder(_Loose).decode,
    Codec.MSGPACK: msgspec.msgpack.Decoder(_Loose).decode,
}


def choose_codec(subprotocols: list[str]) -> Codec:
    """Return the first codec the client offers that we speak; JSON when it offers none.

    Raises ValueError when it offers only others.
    """
    known = {codec.value: codec for codec in Codec}
    for name in subprotocols:
        if name in known:
            return known[name]
    if subprotocols:
        raise ValueError("no subprotocol in common")
    return Codec.JSON


def decode(data: str | bytes, codec: Codec) -> Message:
    """Return the message in *data*.

    Raises TooLarge over MESSAGE_BYTES_MAX and Malformed for anything that is not a message; a text
    frame on a binary codec, or the reverse, is malformed.
    """
    if (codec is Codec.JSON) is not isinstance(data, str):
        raise Malformed(f"{codec.value} has {_frame_kind(codec)} frames.", None)
    # A lone surrogate is no character; the decoder says so.
    raw = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    if len(raw) > MESSAGE_BYTES_MAX:
        raise TooLarge(f"A message has at most {MESSAGE_BYTES_MAX} bytes.")
    try:
        return _DECODERS[codec](raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error) or "Not a message.", _find_ref(raw, codec)) from None


def encode(message: dict[str, Any], codec: Codec) -> Frame:
    """Return the frame of a reply or a push. bytes are bin in msgpack and base64 in JSON."""
    return make_frame(_ENCODERS[codec](message), is_text=codec is Codec.JSON)


def make_frame(payload: bytes, *, is_text: bool) -> Frame:
    """Return the frame of a message that is encoded already."""
    return Frame(payload, is_text, _header(len(payload), is_text=is_text) + payload)


def _header(length: int, *, is_text: bool) -> bytes:
    """Return the header of an unmasked, unfragmented frame (RFC 6455, section 5.2)."""
    first = 0x81 if is_text else 0x82
    if length < 126:
        return struct.pack("!BB", first, length)
    if length < 65_536:
        return struct.pack("!BBH", first, 126, length)
    return struct.pack("!BBQ", first, 127, length)


def _find_ref(raw: bytes, codec: Codec) -> Ref:
    """Return the ref of a message that is wrong elsewhere, so that its sender can tell which."""
    try:
        ref: Ref = msgspec.convert(_LOOSE_DECODERS[codec](raw).ref, Ref)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return ref


def _frame_kind(codec: Codec) -> str:
    return "text" if codec is Codec.JSON else "binary"
