"""What a session does with messages that make no sense, are too large, or too many."""

import json
from typing import Any, Final

import msgpack
import pytest

from app.domain import Extend
from app.errors import RateLimited
from realtime.close_codes import CloseCode
from realtime.protocol import MESSAGE_BYTES_MAX, Codec
from realtime.session import (
    FAULTS_MAX,
    Close,
    Reply,
    Step,
    Submit,
    error_reply,
    ok_reply,
)
from tests.golden import Vector, names, vectors
from tests.talk import (
    ANN,
    COMMANDS,
    HELLO,
    HOLD,
    MESSAGES_BURST,
    MESSAGES_PER_S,
    WATCHING,
    Talk,
    greeted,
    refusal,
)

INVALID: Final = vectors("invalid")


@pytest.fixture
def ann() -> Talk:
    """A buyer who has said hello."""
    return greeted(HELLO)


@pytest.fixture
def nobody() -> Talk:
    """Somebody without a token who has said hello."""
    return greeted({"op": "hello"})


# Messages that make no sense


@pytest.mark.parametrize("vector", INVALID, ids=names(INVALID))
def test_MG2_RP3_CL2_an_invalid_message_has_its_code_and_ref_and_changes_nothing(
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
        talk.send(packed(HELLO, codec))
        assert refusal(talk.send(data)) == (vector["ref"], vector["code"])
        after = talk.send(packed(COMMANDS["extend"], codec))
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
    assert refusal(Talk(codec).send(data)) == (None, "bad_message")


def test_MG1_bytes_that_are_not_utf8_are_a_bad_message() -> None:
    packed = msgpack.packb({"op": "hello", "token": "\ud800"}, unicode_errors="surrogatepass")
    assert refusal(Talk(Codec.MSGPACK).send(packed)) == (None, "bad_message")


def test_RL1_a_message_too_large_is_refused_and_the_socket_lives_on(ann: Talk) -> None:
    too_large = '{"op":"ping","ref":1}'.ljust(MESSAGE_BYTES_MAX + 1)
    for _ in range(FAULTS_MAX + 1):
        assert refusal(ann.send(too_large)) == (None, "too_large")
    assert isinstance(ann.say(COMMANDS["hold"]), Submit)


def test_RL7_a_thousand_faults_are_answered_and_one_more_closes_for_good(ann: Talk) -> None:
    for _ in range(1_000):
        assert refusal(ann.send("nonsense")) == (None, "bad_message")
    step = ann.send("nonsense")
    assert step == Close(CloseCode.TOO_MANY_FAULTS)
    assert step.code == 4500


def test_RL7_refusals_of_messages_that_make_sense_are_no_faults(nobody: Talk) -> None:
    for _ in range(FAULTS_MAX + 1):
        assert refusal(nobody.say(COMMANDS["hold"]))[1] == "unauthorized"
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
        assert refusal(talk.send("nonsense")) == (None, "bad_message")
    _retry_in_ms(talk.say(HELLO))


def _exhausted() -> Talk:
    talk = Talk(messages_burst=MESSAGES_BURST)
    for _ in range(MESSAGES_BURST):
        talk.say(HELLO)
    return talk


def _retry_in_ms(step: Step) -> int:
    assert refusal(step)[1] == "rate_limited"
    assert isinstance(step, Reply)
    retry_in_ms: int = step.message["error"]["retry_in_ms"]
    assert retry_in_ms >= 1
    return retry_in_ms


def packed(message: dict[str, Any], codec: Codec) -> str | bytes:
    if codec is Codec.JSON:
        return json.dumps(message)
    packed: bytes = msgpack.packb(message)
    return packed
