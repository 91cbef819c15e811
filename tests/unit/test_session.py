"""One client's conversation, message by message, without a socket, a loop or a clock."""

import json
from typing import Any, Final
from uuid import UUID

import pytest

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
from realtime.protocol import Since
from realtime.session import (
    Greet,
    Join,
    Leave,
    Reply,
    SetVisible,
    Submit,
    error_reply,
    ok_reply,
    outcome_reply,
)
from tests.golden import named
from tests.talk import (
    ANN,
    BOOKING,
    COMMANDS,
    HELLO,
    HOLD,
    TOKEN_ENDS_AT,
    WATCHING,
    Talk,
    greeted,
    refusal,
)

REPLIES: Final = named("replies")
# As the vectors have them.
ERRORS: Final[list[SeatwireError]] = [
    BadMessage("The first message is hello."),
    Unauthorized("This needs a token; without one you may watch."),
    Forbidden("This belongs to somebody else."),
    NotFound("There is no show 42."),
    SeatsTaken([127, 5]),
    HoldGone("This hold has expired, was released, or is booked already."),
    HoldLimit("That is more seats than one may hold for this show."),
    ShowClosed("paused"),
    RateLimited(20),
    Unavailable("The ledger cannot be reached right now; nothing has happened."),
    UnknownOutcome("The answer was lost; ask again with the same id."),
    TooLarge("A message has at most 4096 bytes."),
]


@pytest.fixture
def ann() -> Talk:
    """A buyer who has said hello."""
    return greeted(HELLO)


@pytest.fixture
def nobody() -> Talk:
    """Somebody without a token who has said hello."""
    return greeted({"op": "hello"})


# Hello


@pytest.mark.parametrize("op", COMMANDS | WATCHING)
def test_HE1_before_hello_everything_else_is_refused(op: str) -> None:
    message = (COMMANDS | WATCHING)[op]
    assert refusal(Talk().say({**message, "ref": 7})) == (7, "bad_message")


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
    assert refusal(nobody.say({**COMMANDS[op], "ref": 9})) == (9, "unauthorized")


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
    assert refusal(talk.say({**HELLO, "token": "forged"})) == (1, "unauthorized")
    assert refusal(talk.say({"op": "ping", "ref": 2})) == (2, "bad_message")
    assert isinstance(talk.say(HELLO), Greet)


def test_HE3_a_refused_later_hello_changes_nothing(ann: Talk) -> None:
    assert refusal(ann.say({**HELLO, "token": "forged"})) == (1, "unauthorized")
    step = ann.say(COMMANDS["hold"])
    assert isinstance(step, Submit)
    assert step.command.actor == ANN


@pytest.mark.parametrize("op", COMMANDS)
def test_HE4_commands_end_with_the_tokens_time(op: str, ann: Talk) -> None:
    ann.time_s = TOKEN_ENDS_AT - 0.001
    assert isinstance(ann.say(COMMANDS[op]), Submit)
    ann.time_s = TOKEN_ENDS_AT
    assert refusal(ann.say({**COMMANDS[op], "ref": 3})) == (3, "unauthorized")


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
    assert refusal(ann.say({**COMMANDS["hold"], "ref": 4})) == (4, "unauthorized")


# Messages become steps


def test_CM1_a_hold_is_submitted_with_its_seats_in_order(ann: Talk) -> None:
    assert ann.say({**COMMANDS["hold"], "ref": "h"}) == Submit("h", Hold(42, HOLD, (0, 5), ANN))


def test_CM1_a_seat_named_twice_is_refused(ann: Talk) -> None:
    for op in ("hold", "release"):
        message = {**COMMANDS[op], "seats": [3, 1, 3], "ref": 5}
        assert refusal(ann.say(message)) == (5, "bad_message")


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
def test_MG3_RP1_the_ref_comes_back_as_it_was(ref: int | str | None, ann: Talk) -> None:
    """With yes and with no, and on what somebody else will answer."""
    ponged = ann.say({"op": "ping", "ref": ref})
    assert isinstance(ponged, Reply)
    assert (ponged.message["ref"], ponged.message["ok"]) == (ref, True)
    assert refusal(ann.say({"op": "hello", "token": "forged", "ref": ref}))[0] == ref
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
