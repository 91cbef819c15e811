"""Everything that can go wrong with a request, as one tree.

- SeatwireError: carries a stable `code`, an HTTP status and whether asking again may help
  - BadMessage, TooLarge: the request itself is wrong
  - Unauthorized, Forbidden: who asks
  - NotFound: what is asked for
  - SeatsTaken, HoldGone, HoldLimit, ShowClosed: the state of the sale says no
  - RateLimited, Unavailable: not now
  - UnknownOutcome: it may have happened; ask again with the same id

The codes are part of the wire (docs/PROTOCOL.md) and never change their meaning.
"""

from collections.abc import Iterable
from typing import Any, ClassVar


class SeatwireError(Exception):
    """Base of all errors that a caller is told about.

    `fields` are sent beside `code` and `message`, as in `seats_taken {seats}`.
    """

    code: ClassVar[str]
    http_status: ClassVar[int]
    temporary: ClassVar[bool] = False

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def as_dict(self) -> dict[str, Any]:
        """Return the wire form: code, message, and the error's own fields."""
        return {"code": self.code, "message": self.message, **self.fields}


class BadMessage(SeatwireError):
    """Raised when a request cannot be understood or breaks a rule of form."""

    code = "bad_message"
    http_status = 400


class TooLarge(SeatwireError):
    """Raised when a message or body is longer than its limit."""

    code = "too_large"
    http_status = 413


class Unauthorized(SeatwireError):
    """Raised when a token is missing, malformed, wrongly signed or past its time."""

    code = "unauthorized"
    http_status = 401


class Forbidden(SeatwireError):
    """Raised when the role or the holder may not do this."""

    code = "forbidden"
    http_status = 403


class NotFound(SeatwireError):
    """Raised when a show, plan, hold or booking does not exist."""

    code = "not_found"
    http_status = 404


class SeatsTaken(SeatwireError):
    """Raised when at least one wanted seat is not available; `seats` says which."""

    code = "seats_taken"
    http_status = 409

    def __init__(self, seats: Iterable[int]) -> None:
        taken = sorted(seats)
        super().__init__("Some of these seats are taken; choose others.", seats=taken)
        self.seats = taken


class HoldGone(SeatwireError):
    """Raised when a hold has expired, was released, or is already a booking."""

    code = "hold_gone"
    http_status = 410


class HoldLimit(SeatwireError):
    """Raised when a holder would hold more seats than the show allows."""

    code = "hold_limit"
    http_status = 409


class ShowClosed(SeatwireError):
    """Raised when the show is not on sale; `show_status` says why.

    Not `status`: in problem+json that is the HTTP status.
    """

    code = "show_closed"
    http_status = 409

    def __init__(self, show_status: str) -> None:
        super().__init__(f"The show is not on sale: {show_status}.", show_status=show_status)


class RateLimited(SeatwireError):
    """Raised when one caller, or one show's queue, gets more than it can take."""

    code = "rate_limited"
    http_status = 429
    temporary = True

    def __init__(self, retry_in_ms: int) -> None:
        super().__init__("Too many requests; wait and ask again.", retry_in_ms=retry_in_ms)


class Unavailable(SeatwireError):
    """Raised when the ledger cannot be reached; nothing has happened."""

    code = "unavailable"
    http_status = 503
    temporary = True

    def __init__(self, message: str, *, retry_in_ms: int = 1_000) -> None:
        super().__init__(message, retry_in_ms=retry_in_ms)


class UnknownOutcome(SeatwireError):
    """Raised when a commit was sent and its answer was lost."""

    code = "unknown_outcome"
    http_status = 503
    temporary = True
