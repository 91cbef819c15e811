"""WebSocket frames as a client sees them, each parsed once however many watchers receive it."""

import base64
import json
from array import array
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

# More different frames than a run has; a table that is full is emptied.
FRAMES_MAX: Final = 50_000
STATUSES_OF: Final = [bytes((byte >> shift) & 3 for shift in (0, 2, 4, 6)) for byte in range(256)]


class Kind(Enum):
    """What a frame means to a watcher."""

    DELTA = auto()
    SNAPSHOT = auto()
    GOAWAY = auto()
    CLOSE = auto()
    OTHER = auto()


@dataclass(slots=True, eq=False)
class Seen:
    """A frame, parsed, with the times at which watchers got it (seconds since 1970).

    leads_to: the map a watcher has after it, by the map it had before; ids of a `Maps`.
    """

    kind: Kind
    from_version: int = -1
    to_version: int = -1
    message: dict[str, Any] = field(default_factory=dict)
    close_code: int = 0
    arrivals: "array[float]" = field(default_factory=lambda: array("d"))
    leads_to: dict[int, int] = field(default_factory=dict)


class Maps:
    """Every different seat map that some watcher has had, once; maps are named by number."""

    def __init__(self) -> None:
        self._maps: list[bytes] = [b""]
        self._ids: dict[bytes, int] = {b"": 0}

    def __getitem__(self, map_id: int) -> bytes:
        return self._maps[map_id]

    def after(self, map_id: int, seen: Seen) -> int:
        """Return the id of the map that *seen* makes of *map_id*."""
        after = seen.leads_to.get(map_id)
        if after is None:
            statuses = self._apply(self._maps[map_id], seen)
            after = self._ids.setdefault(statuses, len(self._maps))
            if after == len(self._maps):
                self._maps.append(statuses)
            seen.leads_to[map_id] = after
        return after

    @staticmethod
    def _apply(statuses: bytes, seen: Seen) -> bytes:
        if seen.kind is Kind.SNAPSHOT:
            packed = base64.b64decode(seen.message["seats"])
            return b"".join(STATUSES_OF[byte] for byte in packed)[: seen.message["count"]]
        changed = bytearray(statuses)
        for seat, status in seen.message["seats"]:
            changed[seat] = status
        return bytes(changed)


class FrameTable:
    """Frames by their bytes. parse: whether payloads are Seatwire's JSON; else all are OTHER."""

    def __init__(self, *, parse: bool) -> None:
        self._parse = parse
        self.seen: dict[bytes, Seen] = {}

    def split(self, data: bytes) -> tuple[list[Seen], bytes]:
        """Return the frames in *data* and what is left of an unfinished one."""
        found = []
        start = 0
        while (end := _frame_end(data, start)) is not None:
            frame = data[start:end]
            seen = self.seen.get(frame)
            if seen is None:
                if len(self.seen) >= FRAMES_MAX:
                    self.seen.clear()
                seen = self.seen[frame] = self._read(frame)
            found.append(seen)
            start = end
        return found, data[start:]

    def _read(self, frame: bytes) -> Seen:
        opcode = frame[0] & 15
        payload = frame[_head_bytes(frame) :]
        if opcode == 8:
            return Seen(Kind.CLOSE, close_code=int.from_bytes(payload[:2]) if payload else 1005)
        if opcode != 1 or not self._parse:
            return Seen(Kind.OTHER, message={"text": payload[:64]})
        message = json.loads(payload)
        match message.get("push"):
            case "delta":
                return Seen(Kind.DELTA, message["from"], message["to"], message)
            case "snapshot":
                return Seen(Kind.SNAPSHOT, -1, message["version"], message)
            case "goaway":
                return Seen(Kind.GOAWAY, message=message)
        return Seen(Kind.OTHER, message=message)


def masked(text: str) -> bytes:
    """Return a client's text frame around *text*, masked with zeros."""
    data = text.encode()
    size = len(data)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2)
    return b"\x81" + length + bytes(4) + data


def _head_bytes(frame: bytes) -> int:
    return {126: 4, 127: 10}.get(frame[1] & 127, 2)


def _frame_end(data: bytes, start: int) -> int | None:
    """Return where the frame that begins at *start* ends, or None while it is not all there."""
    if len(data) - start < 2:
        return None
    length = data[start + 1] & 127
    head = start + 2
    if length > 125:
        wide = 2 if length == 126 else 8
        if len(data) - head < wide:
            return None
        length = int.from_bytes(data[head : head + wide])
        head += wide
    end = head + length
    return end if end <= len(data) else None
