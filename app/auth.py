"""Who asks, and who may do what.

A bearer token is a JWT signed with HS256 and the installation's secret. It names a holder and a
role and lasts until its time; there is nothing to look up and nothing to revoke but the secret.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

import jwt

from app.domain import Actor, Role
from app.errors import Forbidden, Unauthorized

ALGORITHM: Final = "HS256"
ISSUER: Final = "seatwire"
AUDIENCE: Final = "seatwire"
_CLAIMS: Final = ("sub", "role", "iat", "exp", "iss", "aud")
# Ours have about 250; a longer one is not worth decoding.
TOKEN_CHARS_MAX: Final = 2_048
HOLDER_CHARS_MAX: Final = 128
# Tokens known to be ours: a buyer sends the same one with every request, and checking it took a
# sixth of the time of a request.
TOKENS_KNOWN_MAX: Final = 8_192
# How far the clocks of two instances may be apart.
CLOCK_SKEW_S: Final = 5

ANONYMOUS: Final = Actor("", Role.ANONYMOUS)


class Action(StrEnum):
    """What can be asked for. What belongs to a holder, staff may do for anybody."""

    WATCH = "watch"  # and read shows, plans, seats
    HOLD = "hold"
    RELEASE = "release"
    EXTEND = "extend"
    BOOK = "book"
    CANCEL = "cancel"
    READ_SALE = "read_sale"  # a hold, a booking
    BLOCK = "block"  # and unblock
    READ_EVENTS = "read_events"
    OVERSEE = "oversee"  # everybody's holds and bookings, and how the sale goes
    CHANGE_SHOW = "change_show"
    ADD_VENUE = "add_venue"
    ADD_SHOW = "add_show"


_EVERYBODY: Final = frozenset(Role)
_SELLERS: Final = _EVERYBODY - {Role.ANONYMOUS}
_STAFF: Final = frozenset({Role.STAFF, Role.ADMIN})
_ADMIN: Final = frozenset({Role.ADMIN})

ROLES: Final[Mapping[Action, frozenset[Role]]] = {
    Action.WATCH: _EVERYBODY,
    Action.HOLD: _SELLERS,
    Action.RELEASE: _SELLERS,
    Action.EXTEND: _SELLERS,
    Action.BOOK: _SELLERS,
    Action.CANCEL: _SELLERS,
    Action.READ_SALE: _SELLERS,
    Action.BLOCK: _STAFF,
    Action.READ_EVENTS: _STAFF,
    Action.OVERSEE: _STAFF,
    Action.CHANGE_SHOW: _STAFF,
    Action.ADD_VENUE: _ADMIN,
    Action.ADD_SHOW: _ADMIN,
}


def require(actor: Actor, action: Action) -> None:
    """Return when the role of *actor* may do *action*.

    Raises Unauthorized when a token is wanted, Forbidden when the token's role is not enough.
    """
    if actor.role in ROLES[action]:
        return
    if actor.role is Role.ANONYMOUS:
        raise Unauthorized("This needs a token; without one you may watch.")
    raise Forbidden(f"The role {actor.role} may not do this.")


def require_own(actor: Actor, holder: str) -> None:
    """Return when what *holder* has is the actor's own, or the actor is staff. Raises Forbidden."""
    if actor.holder != holder and not actor.is_staff:
        raise Forbidden("This belongs to somebody else.")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says. expires_at: seconds since 1970."""

    actor: Actor
    expires_at: int


class IssuedToken(NamedTuple):
    """A new token, for whom, and how long it lasts in seconds."""

    token: str
    holder: str
    expires_in: int


class Tokens:
    """Issues and verifies tokens. session_ttl_s: how long they last when nobody says."""

    def __init__(self, secret: str, session_ttl_s: int) -> None:
        self._secret = secret
        self._session_ttl_s = session_ttl_s
        self._decode = lru_cache(TOKENS_KNOWN_MAX)(self._decode_unknown)

    def issue(self, role: Role, holder: str | None = None, ttl_s: int | None = None) -> IssuedToken:
        """Return a token for *holder*, or for a new one.

        Raises ValueError for the role anonymous, which is the lack of a token, and for a holder
        that `verify` would refuse.
        """
        holder = holder or f"{role}-{secrets.token_hex(12)}"
        if role is Role.ANONYMOUS or not _is_holder(holder):
            raise ValueError(f"no token for {role} {holder!r}")
        expires_in = self._session_ttl_s if ttl_s is None else ttl_s
        now = int(time.time())
        claims = {
            "sub": holder,
            "role": role.value,
            "iat": now,
            "exp": now + expires_in,
            "iss": ISSUER,
            "aud": AUDIENCE,
        }
        return IssuedToken(jwt.encode(claims, self._secret, ALGORITHM), holder, expires_in)

    def verify(self, token: str) -> Identity:
        """Return what *token* says. Raises Unauthorized when it is not ours or past its time."""
        if len(token) > TOKEN_CHARS_MAX:
            raise Unauthorized("The token is not valid.")
        identity = self._decode(token)
        if identity.expires_at + CLOCK_SKEW_S <= time.time():
            raise _expired()
        return identity

    def _decode_unknown(self, token: str) -> Identity:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                leeway=CLOCK_SKEW_S,
                options={"require": list(_CLAIMS), "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise _expired() from None
        except (jwt.InvalidTokenError, ValueError):
            raise Unauthorized("The token is not valid.") from None
        holder, role = claims["sub"], claims["role"]
        if not _is_holder(holder) or not isinstance(role, str) or role not in _SELLERS:
            raise Unauthorized("The token is not valid.")
        return Identity(Actor(holder, Role(role)), int(claims["exp"]))


def _expired() -> Unauthorized:
    return Unauthorized("The token's time is over.")


def _is_holder(holder: object) -> bool:
    return isinstance(holder, str) and holder.isprintable() and 0 < len(holder) <= HOLDER_CHARS_MAX
