"""A session to talk to, message by message, without a socket, a loop or a clock."""

import json
from typing import Any, Final
from uuid import UUID

from app.auth import Identity
from app.domain import Actor, Role
from app.errors import Unauthorized
from realtime.protocol import Codec
from realtime.session import Greet, Reply, Session, Step

HOLD: Final = UUID("0b9f6a1e-3c1d-4f5a-9b51-2d1f0c7e8a42")
BOOKING: Final = UUID("7c1e5d0a-88f3-4a0e-a6f4-5b9d3e2f1a60")
ANN: Final = Actor("ann", Role.BUYER)
TOKEN_ENDS_AT: Final = 2_000_000_000
NOW: Final = TOKEN_ENDS_AT - 60
IDENTITIES: Final = {
    "token.of.ann": Identity(ANN, TOKEN_ENDS_AT),
    "newer.token.of.ann": Identity(ANN, TOKEN_ENDS_AT + 600),
    **{f"token.of.{role}": Identity(Actor(f"a-{role}", role), TOKEN_ENDS_AT) for role in Role},
}
MESSAGES_PER_S: Final = 10
MESSAGES_BURST: Final = 20

HELLO: Final = {"op": "hello", "ref": 1, "token": "token.of.ann"}
COMMANDS: Final[dict[str, dict[str, Any]]] = {
    "hold": {"op": "hold", "show": 42, "hold": str(HOLD), "seats": [5, 0]},
    "release": {"op": "release", "show": 42, "hold": str(HOLD)},
    "extend": {"op": "extend", "show": 42, "hold": str(HOLD)},
    "book": {"op": "book", "show": 42, "hold": str(HOLD)},
}
WATCHING: Final[dict[str, dict[str, Any]]] = {
    "watch": {"op": "watch", "show": 42},
    "unwatch": {"op": "unwatch", "show": 42},
    "visible": {"op": "visible", "value": False},
    "ping": {"op": "ping"},
}


class Talk:
    """A session and the time in it."""

    def __init__(self, codec: Codec = Codec.JSON, *, messages_burst: int = 10_000) -> None:
        self.session = Session(
            session_id="5f0c9a7be21d",
            codec=codec,
            verify=_verify,
            new_id=lambda: BOOKING,
            pulse_ms=5_000,
            messages_per_s=MESSAGES_PER_S,
            messages_burst=messages_burst,
        )
        self.now_s = 0.0
        self.time_s = float(NOW)

    def say(self, message: dict[str, Any]) -> Step:
        return self.send(json.dumps(message))

    def send(self, data: str | bytes) -> Step:
        return self.session.receive(data, now_s=self.now_s, time_s=self.time_s)


def greeted(hello: dict[str, Any]) -> Talk:
    """Return a talk in which *hello* was accepted."""
    talk = Talk()
    assert isinstance(talk.say(hello), Greet)
    return talk


def refusal(step: Step) -> tuple[int | str | None, str]:
    """Return the ref and the code of a reply that says no; any other step fails the test."""
    assert isinstance(step, Reply)
    assert step.message["ok"] is False
    assert step.message["error"]["message"]
    return step.message["ref"], step.message["error"]["code"]


def _verify(token: str) -> Identity:
    identity = IDENTITIES.get(token)
    if identity is None or identity.actor.role is Role.ANONYMOUS:
        raise Unauthorized("The token is not valid.")
    return identity
