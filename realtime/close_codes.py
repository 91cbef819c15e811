"""Why a socket is closed. 4000–4499: come back; 4500–4999: do not. docs/PROTOCOL.md lists each."""

from enum import IntEnum


class CloseCode(IntEnum):
    """A close code and the reason sent with it."""

    reason: str

    def __new__(cls, value: int, reason: str) -> "CloseCode":
        member = int.__new__(cls, value)
        member._value_ = value
        member.reason = reason
        return member

    RESTART = 1012, "the server restarts, come back"
    TRY_LATER = 1013, "too many sockets, come back later"
    NO_HELLO = 4000, "no hello in time"
    NOT_DRAINING = 4001, "nothing was read for too long"
    TOO_MANY_FAULTS = 4500, "too many messages that make no sense"
