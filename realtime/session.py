"""One client's conversation. Sans-I/O: messages in, steps out.

Rule 1: nothing here waits, or reads a clock; time comes in as an argument.
Rule 2: every message gets exactly one reply, from here (Reply) or from whoever carries out the
step.
Rule 3: the first message is `hello`; until then nothing else is done.
Rule 4: a token counts as long as it lasts, not as long as the socket does.

    new --hello--> greeted; too many faults end either: the caller closes and asks no more
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from app.auth import ANONYMOUS, Action, Identity, require
from app.domain import Actor, Book, Command, Extend, Hold, Outcome, Release
from app.errors import BadMessage, RateLimited, SeatwireError, Unauthorized
from realtime.close_codes import CloseCode
from realtime.protocol import (
    BookHold,
    Codec,
    ExtendHold,
    Hello,
    HoldSeats,
    Malformed,
    Message,
    Ping,
    Ref,
    ReleaseSeats,
    Since,
    Unwatch,
    Visible,
    Watch,
    decode,
)

# A client that has sent this many messages we could not understand will not start to make sense.
FAULTS_MAX: Final = 1_000

_Ordered = HoldSeats | ReleaseSeats | ExtendHold | BookHold
_ACTIONS: Final[dict[type[_Ordered], Action]] = {
    HoldSeats: Action.HOLD,
    ReleaseSeats: Action.RELEASE,
    ExtendHold: Action.EXTEND,
    BookHold: Action.BOOK,
}


class Reply(Struct, frozen=True):
    """Send *message*; nothing else is to be done."""

    message: dict[str, Any]


class Greet(Struct, frozen=True):
    """Send *message*; from now on the socket belongs to *actor*."""

    message: dict[str, Any]
    actor: Actor
    visible: bool


class Join(Struct, frozen=True):
    """Start to watch a show, from a position when the client has one."""

    ref: Ref
    show: int
    since: Since | None


class Leave(Struct, frozen=True):
    """Stop to watch a show."""

    ref: Ref
    show: int


class Submit(Struct, frozen=True):
    """Hand *command* to the box office and reply with `outcome_reply`."""

    ref: Ref
    command: Command


class SetVisible(Struct, frozen=True):
    """Say *message*; send nothing more while not visible."""

    message: dict[str, Any]
    value: bool


class Close(Struct, frozen=True):
    """Close the socket."""

    code: CloseCode


Step = Reply | Greet | Join | Leave | Submit | SetVisible | Close


class Session:
    """What one socket's client may do, and what it asked for."""

    def __init__(
        self,
        *,
        session_id: str,
        codec: Codec,
        verify: Callable[[str], Identity],
        new_id: Callable[[], UUID],
        pulse_ms: int,
        messages_per_s: int,
        messages_burst: int,
    ) -> None:
        self._session_id = session_id
        self._codec = codec
        self._verify = verify
        self._new_id = new_id
        self._pulse_ms = pulse_ms
        self._messages_per_s = messages_per_s
        self._messages_burst = messages_burst
        self._allowance = float(messages_burst)
        self._refilled_at: float | None = None
        self._faults = 0
        self._greeted = False
        self._identity: Identity | None = None

    def receive(self, data: str | bytes, *, now_s: float, time_s: float) -> Step:
        """Return what to do about one message.

        now_s: a steady clock, for the rate limit. time_s: the time of day in seconds since 1970.
        """
        retry_in_ms = self._spend(now_s)
        ref: Ref = None
        try:
            message = decode(data, self._codec)
            ref = message.ref
            if retry_in_ms:
                raise RateLimited(retry_in_ms)
            return self._step(message, time_s)
        except Malformed as error:
            self._faults += 1
            if self._faults > FAULTS_MAX:
                return Close(CloseCode.TOO_MANY_FAULTS)
            return Reply(error_reply(error.ref, error))
        except SeatwireError as error:
            return Reply(error_reply(ref, error))

    def _step(self, message: Message, time_s: float) -> Step:
        if isinstance(message, Hello):
            return self._greet(message)
        if not self._greeted:
            raise BadMessage("The first message is hello.")
        match message:
            case Ping(ref=ref):
                return Reply(ok_reply(ref, time_ms=int(time_s * 1000)))
            case Visible(ref=ref, value=value):
                return SetVisible(ok_reply(ref), value)
            case Watch(ref=ref, show=show, since=since):
                return Join(ref, show, since)
            case Unwatch(ref=ref, show=show):
                return Leave(ref, show)
            case HoldSeats() | ReleaseSeats() | ExtendHold() | BookHold():
                return Submit(
                    message.ref, _command(message, self._actor_of(message, time_s), self._new_id)
                )
        raise BadMessage("Unknown op.")

    def _greet(self, message: Hello) -> Step:
        identity = None if message.token is None else self._verify(message.token)
        self._greeted = True
        self._identity = identity
        actor = ANONYMOUS if identity is None else identity.actor
        holder = {} if identity is None else {"holder": actor.holder}
        reply = ok_reply(
            message.ref,
            session=self._session_id,
            **holder,
            role=actor.role.value,
            pulse_ms=self._pulse_ms,
        )
        return Greet(reply, actor, message.visible)

    def _actor_of(self, message: _Ordered, time_s: float) -> Actor:
        actor = ANONYMOUS if self._identity is None else self._identity.actor
        if self._identity is not None and self._identity.expires_at <= time_s:
            raise Unauthorized("The token's time is over; say hello with a new one.")
        require(actor, _ACTIONS[type(message)])
        return actor

    def _spend(self, now_s: float) -> int:
        """Take one message from the allowance; return how long to wait in ms when there is none."""
        if self._refilled_at is not None:
            earned = (now_s - self._refilled_at) * self._messages_per_s
            self._allowance = min(self._messages_burst, self._allowance + earned)
        self._refilled_at = now_s
        if self._allowance < 1:
            return max(1, round((1 - self._allowance) * 1000 / self._messages_per_s))
        self._allowance -= 1
        return 0


def ok_reply(ref: Ref, **fields: Any) -> dict[str, Any]:
    """Return the reply to a message that was carried out."""
    return {"ref": ref, "ok": True, **fields}


def error_reply(ref: Ref, error: SeatwireError) -> dict[str, Any]:
    """Return the reply to a message that was refused."""
    return {"ref": ref, "ok": False, "error": error.as_dict()}


def outcome_reply(ref: Ref, command: Command, outcome: Outcome) -> dict[str, Any]:
    """Return the reply to a command that was carried out, with the fields of its op."""
    match command:
        case Hold():
            return ok_reply(
                ref,
                hold=str(outcome.hold),
                seats=outcome.seats,
                expires_in_ms=outcome.expires_in_ms,
                total=outcome.total,
                version=outcome.version,
            )
        case Extend():
            return ok_reply(ref, expires_in_ms=outcome.expires_in_ms)
        case Book():
            return ok_reply(
                ref,
                booking=str(outcome.booking),
                seats=outcome.seats,
                total=outcome.total,
                version=outcome.version,
            )
    return ok_reply(ref, version=outcome.version)


def _command(message: _Ordered, actor: Actor, new_id: Callable[[], UUID]) -> Command:
    match message:
        case HoldSeats(show=show, hold=hold, seats=seats):
            return Hold(show, hold, _distinct(seats), actor)
        case ReleaseSeats(show=show, hold=hold, seats=seats):
            return Release(show, hold, None if seats is None else _distinct(seats), actor)
        case ExtendHold(show=show, hold=hold):
            return Extend(show, hold, actor)
        case BookHold(show=show, hold=hold):
            return Book(show, hold, new_id(), None, actor)


def _distinct(seats: list[int]) -> tuple[int, ...]:
    if len(set(seats)) != len(seats):
        raise BadMessage("A seat stands twice in `seats`.")
    return tuple(sorted(seats))
