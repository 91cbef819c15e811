"""One client's conversation, message by message, without a socket, a loop or a clock."""

import json
from typing import Any, Final
from uuid import UUID

import msgpack  # type: ignore[import-untyped]
import pytest

from app.auth import Identity
from app.domain import Actor, Book, Command, Extend, Hold, Outcome, Release, Role
from app.errors import (
    BadMessage,
    Forbidden,
    HoldGone,
    HoldLimit,
    NotFound,
    RateLimited,
    SeatsTaken,
    SeatwireError,
    ShowClosed,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
)
from realtime.close_codes import CloseCode
from realtime.protocol import MESSAGE_BYTES_MAX, Codec, Since
from realtime.session import (
    FAULTS_MAX,
    Close,
    Greet,
    Join,
    Leave,
    Reply,
    Session,
    SetVisible,
    Step,
    Submit,
    error_reply,
    ok_reply,
    outcome_reply,
)
from tests.golden import Vector, named, names, vectors

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
REPLIES: Final = named("replies")
INVALID: Final = vectors("invalid")
# As the vectors have them.
ERRORS: Final[list[SeatwireError]] = [
    BadMessage("The first message is hello."),
    Unauthorized("This needs a token; without one you may watch."),
    Forbidden("This belongs to somebody else."),
    NotFound("There is no show 42."),
    SeatsTaken([127, 5]),
    HoldGone("This hold has expired, was released, or is booked already."),
    HoldLimit("That is more seats than one may hold for this show."),
    ShowClosed("The show is not on sale: paused.", show_status="paused"),
    RateLimited(20),
    Unavailable("The ledger cannot be reached right now; nothing has happened."),
    UnknownOutcome("The answer was lost; ask again with the same id."),
    TooLarge("A message has at most 4096 bytes."),
]


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


def _verify(token: str) -> Identity:
    identity = IDENTITIES.get(token)
    if identity is None or identity.actor.role is Role.ANONYMOUS:
        raise Unauthorized("The token is not valid.")
    return identity


@pytest.fixture
def ann() -> Talk:
    """A buyer who has said hello."""
    talk = Talk()
    assert isinstance(talk.say(HELLO), Greet)
    return talk


@pytest.fixture
def nobody() -> Talk:
    """Somebody without a token who has said hello."""
    talk = Talk()
    assert isinstance(talk.say({"op": "hello"}), Greet)
    return talk


# Hello


@pytest.mark.parametrize("op", COMMANDS | WATCHING)
def test_HE1_before_hello_everything_else_is_refused(op: str) -> None:
    message = (COMMANDS | WATCHING)[op]
    assert _refusal(Talk().say({**message, "ref": 7})) == (7, "bad_message")


def test_HE1_hello_is_accepted_after_a_message_that_came_too_early() -> None:
    talk = Talk()
    talk.say(WATCHING["ping"])
    assert isinstance(talk.say(HELLO), Greet)
    assert isinstance(talk.say(WATCHING["ping"]), Reply)


@pytest.mark.parametrize(
    ("message", "name", "actor"),
    [
        (HELLO, "hello with a token", ANN),
        ({"op": "hello", "ref": 1}, "hello without a token", Actor("", Role.ANONYMOUS)),
    ],
    ids=["with a token", "without"],
)
def test_HE2_hello_answers_the_session_the_holder_and_the_role(
    message: dict[str, Any], name: str, actor: Actor
) -> None:
    assert Talk().say(message) == Greet(REPLIES[name]["message"], actor, visible=True)


def test_HE2_hello_may_come_from_a_hidden_page() -> None:
    step = Talk().say({**HELLO, "visible": False})
    assert isinstance(step, Greet)
    assert step.visible is False


@pytest.mark.parametrize("op", WATCHING)
def test_HE2_without_a_token_one_may_watch(op: str, nobody: Talk) -> None:
    step = nobody.say(WATCHING[op])
    assert isinstance(step, Join | Leave | SetVisible | Reply)
    assert not isinstance(step, Reply) or step.message["ok"]


@pytest.mark.parametrize("op", COMMANDS)
def test_HE2_without_a_token_every_command_is_unauthorized(op: str, nobody: Talk) -> None:
    assert _refusal(nobody.say({**COMMANDS[op], "ref": 9})) == (9, "unauthorized")


@pytest.mark.parametrize("role", [Role.BUYER, Role.KIOSK, Role.STAFF, Role.ADMIN])
@pytest.mark.parametrize("op", COMMANDS)
def test_HE2_every_role_with_a_token_may_command(op: str, role: Role) -> None:
    talk = Talk()
    talk.say({"op": "hello", "token": f"token.of.{role}"})
    step = talk.say(COMMANDS[op])
    assert isinstance(step, Submit)
    assert step.command.actor == Actor(f"a-{role}", role)


def test_HE3_a_refused_first_hello_leaves_the_socket_ungreeted() -> None:
    talk = Talk()
    assert _refusal(talk.say({**HELLO, "token": "forged"})) == (1, "unauthorized")
    assert _refusal(talk.say({"op": "ping", "ref": 2})) == (2, "bad_message")
    assert isinstance(talk.say(HELLO), Greet)


def test_HE3_a_refused_later_hello_changes_nothing(ann: Talk) -> None:
    assert _refusal(ann.say({**HELLO, "token": "forged"})) == (1, "unauthorized")
    step = ann.say(COMMANDS["hold"])
    assert isinstance(step, Submit)
    assert step.command.actor == ANN


@pytest.mark.parametrize("op", COMMANDS)
def test_HE4_commands_end_with_the_tokens_time(op: str, ann: Talk) -> None:
    ann.time_s = TOKEN_ENDS_AT - 0.001
    assert isinstance(ann.say(COMMANDS[op]), Submit)
    ann.time_s = TOKEN_ENDS_AT
    assert _refusal(ann.say({**COMMANDS[op], "ref": 3})) == (3, "unauthorized")


@pytest.mark.parametrize("op", WATCHING)
def test_HE4_watching_outlives_the_token(op: str, ann: Talk) -> None:
    before = ann.say(WATCHING[op])
    ann.time_s = TOKEN_ENDS_AT + 3_600
    assert type(ann.say(WATCHING[op])) is type(before)
    assert not isinstance(before, Reply) or before.message["ok"]


def test_HE4_a_new_token_lets_commands_through_again(ann: Talk) -> None:
    ann.time_s = TOKEN_ENDS_AT + 1
    ann.say({"op": "hello", "token": "newer.token.of.ann"})
    assert isinstance(ann.say(COMMANDS["hold"]), Submit)


def test_HE5_a_later_hello_replaces_the_holder(ann: Talk) -> None:
    step = ann.say({"op": "hello", "token": "token.of.kiosk", "visible": False})
    kiosk = Actor("a-kiosk", Role.KIOSK)
    assert isinstance(step, Greet)
    assert (step.actor, step.visible) == (kiosk, False)
    submitted = ann.say(COMMANDS["book"])
    assert isinstance(submitted, Submit)
    assert submitted.command.actor == kiosk


def test_HE5_a_later_hello_without_a_token_gives_it_up(ann: Talk) -> None:
    ann.say({"op": "hello"})
    assert _refusal(ann.say({**COMMANDS["hold"], "ref": 4})) == (4, "unauthorized")


# Messages become steps


def test_CM1_a_hold_is_submitted_with_its_seats_in_order(ann: Talk) -> None:
    assert ann.say({**COMMANDS["hold"], "ref": "h"}) == Submit("h", Hold(42, HOLD, (0, 5), ANN))


def test_CM1_a_seat_named_twice_is_refused(ann: Talk) -> None:
    for op in ("hold", "release"):
        message = {**COMMANDS[op], "seats": [3, 1, 3], "ref": 5}
        assert _refusal(ann.say(message)) == (5, "bad_message")


def test_CM5_a_release_is_of_all_seats_or_of_some(ann: Talk) -> None:
    assert ann.say(COMMANDS["release"]) == Submit(None, Release(42, HOLD, None, ANN))
    some = {**COMMANDS["release"], "seats": [9, 2]}
    assert ann.say(some) == Submit(None, Release(42, HOLD, (2, 9), ANN))


def test_CM6_an_extension_is_submitted(ann: Talk) -> None:
    assert ann.say({**COMMANDS["extend"], "ref": 6}) == Submit(6, Extend(42, HOLD, ANN))


def test_CM7_a_booking_is_submitted_with_an_id_of_its_own(ann: Talk) -> None:
    assert ann.say(COMMANDS["book"]) == Submit(None, Book(42, HOLD, BOOKING, None, ANN))


def test_WA1_a_watch_joins_the_show(ann: Talk) -> None:
    assert ann.say({"op": "watch", "ref": 2, "show": 42}) == Join(2, 42, None)


def test_WA2_a_watch_may_name_the_position_the_client_has(ann: Talk) -> None:
    since = {"epoch": 7, "version": 128}
    step = ann.say({"op": "watch", "ref": 2, "show": 42, "since": since})
    assert step == Join(2, 42, Since(7, 128))


def test_WA4_an_unwatch_leaves_the_show(ann: Talk) -> None:
    assert ann.say({"op": "unwatch", "ref": 3, "show": 42}) == Leave(3, 42)


def test_VI1_visible_is_answered_and_passed_on(ann: Talk) -> None:
    reply = REPLIES["visible"]["message"]
    for value in (False, True):
        step = ann.say({"op": "visible", "ref": 10, "value": value})
        assert step == SetVisible(reply, value)


def test_RP1_a_ping_answers_the_time_of_day(ann: Talk) -> None:
    ann.time_s = 1_767_225_600.0009
    assert ann.say({"op": "ping", "ref": 12}) == Reply(REPLIES["ping"]["message"])


# Replies


@pytest.mark.parametrize("ref", [0, -1, 2**53, "", "a-1", "x" * 64, None])
def test_RP1_the_ref_comes_back_as_it_was(ref: int | str | None, ann: Talk) -> None:
    """With yes and with no, and on what somebody else will answer."""
    ponged = ann.say({"op": "ping", "ref": ref})
    assert isinstance(ponged, Reply)
    assert (ponged.message["ref"], ponged.message["ok"]) == (ref, True)
    assert _refusal(ann.say({"op": "hello", "token": "forged", "ref": ref}))[0] == ref
    submitted = ann.say({**COMMANDS["book"], "ref": ref})
    assert isinstance(submitted, Submit)
    assert submitted.ref == ref


def test_RP1_a_message_without_a_ref_is_answered_with_null(ann: Talk) -> None:
    step = ann.say({"op": "ping"})
    assert isinstance(step, Reply)
    assert step.message["ref"] is None


@pytest.mark.parametrize(
    ("name", "ref", "command", "outcome"),
    [
        (
            "hold",
            4,
            Hold(42, HOLD, (0, 5), ANN),
            Outcome(129, (0, 5), hold=HOLD, expires_in_ms=600_000, total=9_000),
        ),
        ("release", 6, Release(42, HOLD, None, ANN), Outcome(130, (0, 5), hold=HOLD)),
        (
            "extend",
            8,
            Extend(42, HOLD, ANN),
            Outcome(130, (0, 5), hold=HOLD, expires_in_ms=599_999, total=9_000),
        ),
        (
            "book",
            9,
            Book(42, HOLD, UUID(int=1), None, ANN),
            Outcome(131, (0, 5), hold=HOLD, booking=BOOKING, total=9_000),
        ),
    ],
)
def test_RP1_an_outcome_becomes_the_reply_of_its_op(
    name: str, ref: int, command: Command, outcome: Outcome
) -> None:
    reply = outcome_reply(ref, command, outcome)
    assert json.loads(json.dumps(reply)) == REPLIES[name]["message"]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_RP2_every_error_is_refused_with_its_code_and_fields(error: SeatwireError) -> None:
    expected = REPLIES[error.code]["message"]
    assert error_reply(expected["ref"], error) == expected


def test_RP2_every_error_has_a_vector() -> None:
    codes = {kind.code for kind in SeatwireError.__subclasses__()}
    assert codes == {error.code for error in ERRORS}
    assert codes <= set(REPLIES)


def test_RP1_a_plain_yes_has_a_ref_and_nothing_else() -> None:
    assert ok_reply(3) == REPLIES["unwatch"]["message"]


# Messages that make no sense


@pytest.mark.parametrize("vector", INVALID, ids=names(INVALID))
def test_MG2_RP3_an_invalid_message_has_its_code_and_ref_and_changes_nothing(
    vector: Vector,
) -> None:
    sent: list[tuple[Codec, str | bytes]] = []
    if "json" in vector:
        sent.append((Codec.JSON, vector["json"]))
    if "msgpack" in vector:
        sent.append((Codec.MSGPACK, bytes.fromhex(vector["msgpack"])))
    assert sent
    for codec, data in sent:
        talk = Talk(codec)
        talk.send(_packed(HELLO, codec))
        assert _refusal(talk.send(data)) == (vector["ref"], vector["code"])
        after = talk.send(_packed(COMMANDS["extend"], codec))
        assert after == Submit(None, Extend(42, HOLD, ANN))


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (Codec.JSON, b'{"op":"ping","ref":1}'),
        (Codec.MSGPACK, '{"op":"ping","ref":1}'),
    ],
    ids=["bytes on JSON", "text on msgpack"],
)
def test_MG1_the_wrong_kind_of_frame_is_a_bad_message(codec: Codec, data: str | bytes) -> None:
    assert _refusal(Talk(codec).send(data)) == (None, "bad_message")


def test_MG1_bytes_that_are_not_utf8_are_a_bad_message() -> None:
    packed = msgpack.packb({"op": "hello", "token": "\ud800"}, unicode_errors="surrogatepass")
    assert _refusal(Talk(Codec.MSGPACK).send(packed)) == (None, "bad_message")


def test_RL1_a_message_too_large_is_refused_and_the_socket_lives_on(ann: Talk) -> None:
    too_large = '{"op":"ping","ref":1}'.ljust(MESSAGE_BYTES_MAX + 1)
    for _ in range(FAULTS_MAX + 1):
        assert _refusal(ann.send(too_large)) == (None, "too_large")
    assert isinstance(ann.say(COMMANDS["hold"]), Submit)


def test_RL7_a_thousand_faults_are_answered_and_one_more_closes_for_good(ann: Talk) -> None:
    for _ in range(1_000):
        assert _refusal(ann.send("nonsense")) == (None, "bad_message")
    step = ann.send("nonsense")
    assert step == Close(CloseCode.TOO_MANY_FAULTS)
    assert step.code == 4500


def test_RL7_refusals_of_messages_that_make_sense_are_no_faults(nobody: Talk) -> None:
    for _ in range(FAULTS_MAX + 1):
        assert _refusal(nobody.say(COMMANDS["hold"]))[1] == "unauthorized"
    assert isinstance(nobody.say(WATCHING["ping"]), Reply)


# The rate


def test_RL3_a_burst_is_carried_out_and_one_more_is_not() -> None:
    talk = Talk(messages_burst=MESSAGES_BURST)
    talk.say(HELLO)
    for _ in range(MESSAGES_BURST - 1):
        assert isinstance(talk.say(COMMANDS["hold"]), Submit)
    assert talk.say({**COMMANDS["hold"], "ref": 8}) == Reply(error_reply(8, RateLimited(100)))


def test_RL3_after_retry_in_ms_the_next_message_is_carried_out() -> None:
    talk = _exhausted()
    for _ in range(5):
        retry_in_ms = _retry_in_ms(talk.say(WATCHING["ping"]))
        talk.now_s += (retry_in_ms - 1) / 1000
        _retry_in_ms(talk.say(WATCHING["ping"]))
        talk.now_s += 0.001
        assert talk.say({"op": "ping", "ref": 1}) == Reply(
            ok_reply(1, time_ms=int(talk.time_s * 1000))
        )


def test_RL3_the_average_holds_over_a_long_time() -> None:
    talk = Talk(messages_burst=MESSAGES_BURST)
    talk.say(HELLO)
    carried_out = 1
    for _ in range(10_000):
        talk.now_s += 0.001
        step = talk.say(WATCHING["ping"])
        assert isinstance(step, Reply)
        carried_out += step.message["ok"]
    assert carried_out == pytest.approx(MESSAGES_BURST + MESSAGES_PER_S * 10, abs=1)


def test_RL3_a_long_silence_saves_no_more_than_a_burst() -> None:
    talk = _exhausted()
    talk.now_s += 3_600
    for _ in range(MESSAGES_BURST):
        assert isinstance(talk.say(COMMANDS["hold"]), Submit)
    _retry_in_ms(talk.say(COMMANDS["hold"]))


def test_RL3_messages_that_make_no_sense_count_and_keep_their_own_code() -> None:
    talk = Talk(messages_burst=MESSAGES_BURST)
    for _ in range(2 * MESSAGES_BURST):
        assert _refusal(talk.send("nonsense")) == (None, "bad_message")
    _retry_in_ms(talk.say(HELLO))


def _exhausted() -> Talk:
    talk = Talk(messages_burst=MESSAGES_BURST)
    for _ in range(MESSAGES_BURST):
        talk.say(HELLO)
    return talk


def _retry_in_ms(step: Step) -> int:
    assert _refusal(step)[1] == "rate_limited"
    assert isinstance(step, Reply)
    retry_in_ms: int = step.message["error"]["retry_in_ms"]
    assert retry_in_ms >= 1
    return retry_in_ms


def _refusal(step: Step) -> tuple[int | str | None, str]:
    assert isinstance(step, Reply)
    assert step.message["ok"] is False
    assert step.message["error"]["message"]
    return step.message["ref"], step.message["error"]["code"]


def _packed(message: dict[str, Any], codec: Codec) -> str | bytes:
    if codec is Codec.JSON:
        return json.dumps(message)
    packed: bytes = msgpack.packb(message)
    return packed
