"""Tokens, and who may do what."""

import base64
import json
import time
from typing import Any, Final

import jwt
import pytest

from app.auth import (
    ANONYMOUS,
    CLOCK_SKEW_S,
    HOLDER_CHARS_MAX,
    ROLES,
    Action,
    Tokens,
    require,
    require_own,
)
from app.domain import Actor, Role
from app.errors import Forbidden, Unauthorized

SECRET: Final = "a secret of the tests, long enough"
SELLING: Final = {
    Action.HOLD,
    Action.RELEASE,
    Action.EXTEND,
    Action.BOOK,
    Action.CANCEL,
    Action.READ_SALE,
}
RUNNING_THE_SHOW: Final = {
    Action.BLOCK,
    Action.READ_EVENTS,
    Action.OVERSEE,
    Action.CHANGE_SHOW,
}


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a valid token; None takes one away."""
    now = int(time.time())
    valid = {
        "sub": "ada",
        "role": "buyer",
        "iat": now,
        "exp": now + 60,
        "iss": "seatwire",
        "aud": "seatwire",
    }
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET, session_ttl_s=600)


@pytest.mark.parametrize("role", [Role.BUYER, Role.KIOSK, Role.STAFF, Role.ADMIN])
def test_a_token_says_who_and_in_what_role(tokens: Tokens, role: Role) -> None:
    token, holder, expires_in = tokens.issue(role, "ada", ttl_s=60)
    identity = tokens.verify(token)
    assert (holder, expires_in) == ("ada", 60)
    assert identity.actor == Actor("ada", role)
    assert 55 <= identity.expires_at - time.time() <= 60


def test_a_token_for_nobody_in_particular_makes_a_new_holder(tokens: Tokens) -> None:
    first, second = tokens.issue(Role.BUYER), tokens.issue(Role.BUYER)
    assert first.holder != second.holder
    assert first.holder.startswith("buyer-")
    assert first.expires_in == 600
    assert tokens.verify(first.token).actor.holder == first.holder


def test_there_is_no_token_for_the_anonymous_or_for_a_bad_name(tokens: Tokens) -> None:
    with pytest.raises(ValueError, match="anonymous"):
        tokens.issue(Role.ANONYMOUS)
    for holder in ("a\nb", "x" * (HOLDER_CHARS_MAX + 1)):
        with pytest.raises(ValueError, match="no token"):
            tokens.issue(Role.BUYER, holder)


def test_a_token_ends_at_its_time(tokens: Tokens) -> None:
    with pytest.raises(Unauthorized, match="time is over"):
        tokens.verify(tokens.issue(Role.BUYER, ttl_s=-CLOCK_SKEW_S - 1).token)


def test_a_token_that_was_accepted_ends_at_its_time_too(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.issue(Role.BUYER, ttl_s=60).token
    ends_at = tokens.verify(token).expires_at + CLOCK_SKEW_S
    monkeypatch.setattr(time, "time", lambda: ends_at - 1.0)
    tokens.verify(token)
    monkeypatch.setattr(time, "time", lambda: float(ends_at))
    with pytest.raises(Unauthorized, match="time is over"):
        tokens.verify(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"role": None},
        {"iat": None},
        {"exp": None},
        {"iss": None},
        {"aud": None},
        {"sub": ""},
        {"sub": "a\0b"},
        {"sub": "x" * (HOLDER_CHARS_MAX + 1)},
        {"sub": 7},
        {"role": "anonymous"},
        {"role": "owner"},
        {"role": ["admin"]},
        {"iat": time.time() + 600},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"iss": "elsewhere"},
        {"aud": "elsewhere"},
        {"aud": ["seatwire", "elsewhere"]},
    ],
)
def test_every_claim_must_be_there_and_right(tokens: Tokens, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        tokens.verify(jwt.encode(claims(**changes), SECRET, "HS256"))


def test_the_claims_of_these_tests_are_otherwise_valid(tokens: Tokens) -> None:
    assert tokens.verify(jwt.encode(claims(), SECRET, "HS256")).actor.holder == "ada"


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "HS384", "HS512", "RS256"])
def test_no_other_algorithm_counts(tokens: Tokens, algorithm: str) -> None:
    head, body, signature = jwt.encode(claims(), SECRET, "HS256").split(".")
    head = part({"alg": algorithm, "typ": "JWT"})
    for forged in (f"{head}.{body}.{signature}", f"{head}.{body}."):
        with pytest.raises(Unauthorized):
            tokens.verify(forged)
    if algorithm.startswith("HS"):
        with pytest.raises(Unauthorized):
            tokens.verify(jwt.encode(claims(), SECRET.ljust(64, "x"), algorithm))


@pytest.mark.parametrize(
    "token", ["", ".", "..", "x.y.z", "\0", "t\u00f6ken.\ud800.x", "e30.e30.e30", "x" * 100_000]
)
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(Unauthorized):
        tokens.verify(token)


def test_a_changed_token_is_refused(tokens: Tokens) -> None:
    head, _, signature = tokens.issue(Role.BUYER, "ada").token.split(".")
    with pytest.raises(Unauthorized):
        tokens.verify(f"{head}.{part(claims(role='admin'))}.{signature}")


def test_another_installation_s_token_is_refused(tokens: Tokens) -> None:
    with pytest.raises(Unauthorized):
        tokens.verify(Tokens("another secret, also long enough", 600).issue(Role.ADMIN).token)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ANONYMOUS, {Action.WATCH}),
        (Role.BUYER, {Action.WATCH, *SELLING}),
        (Role.KIOSK, {Action.WATCH, *SELLING}),
        (Role.STAFF, {Action.WATCH, *SELLING, *RUNNING_THE_SHOW}),
        (Role.ADMIN, set(Action)),
    ],
)
def test_each_role_may_do_this_and_nothing_else(role: Role, allowed: set[Action]) -> None:
    actor = ANONYMOUS if role is Role.ANONYMOUS else Actor("ada", role)
    refusal = Unauthorized if role is Role.ANONYMOUS else Forbidden
    for action in Action:
        if action in allowed:
            require(actor, action)
        else:
            with pytest.raises(refusal):
                require(actor, action)


def test_every_action_is_somebodys() -> None:
    assert ROLES.keys() == set(Action)


def test_I10_only_the_holder_or_staff_reach_what_is_held() -> None:
    require_own(Actor("ada", Role.BUYER), "ada")
    require_own(Actor("sam", Role.STAFF), "ada")
    require_own(Actor("eve", Role.ADMIN), "ada")
    for other in (Actor("bob", Role.BUYER), Actor("bob", Role.KIOSK)):
        with pytest.raises(Forbidden):
            require_own(other, "ada")


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
