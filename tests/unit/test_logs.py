"""Logs are JSON lines, and no secret gets into them."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any, Final

import pytest
import structlog

from app.auth import Tokens
from app.domain import Role
from app.logs import MASK, configure_logs

TOKEN: Final = Tokens("a secret of the tests, long enough", 600).issue(Role.ADMIN, "ada").token
DATABASE_URL: Final = "postgresql://seatwire:canary@db.example:5432/seatwire"


@pytest.fixture
def stream() -> Iterator[StringIO]:
    handlers = logging.root.handlers[:]
    level = logging.root.level
    stream = StringIO()
    configure_logs("info", stream)
    yield stream
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_with_time_level_and_logger(stream: StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="r1")
    structlog.get_logger("app.box").info("batch.done", seats=[1, 2], hold=None, took_ms=1.5)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "batch.done",
        "level": "info",
        "logger": "app.box",
        "request_id": "r1",
        "seats": [1, 2],
        "hold": None,
        "took_ms": 1.5,
    }


def test_what_is_below_the_level_is_left_out(stream: StringIO) -> None:
    structlog.get_logger("app").debug("noise")
    logging.getLogger("asyncio").debug("noise")
    assert lines(stream) == []


def test_libraries_speak_the_same_way(stream: StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="r1")
    logging.getLogger("uvicorn.error").warning("Listening on %s", "port 8000")
    (line,) = lines(stream)
    assert (line["event"], line["logger"], line["level"], line["request_id"]) == (
        "Listening on port 8000",
        "uvicorn.error",
        "warning",
        "r1",
    )


def test_a_line_per_request_and_per_socket_is_left_out(stream: StringIO) -> None:
    logging.getLogger("uvicorn.access").info('%s - "GET %s"', "client", f"/?token={TOKEN}")
    logging.getLogger("uvicorn.error").info(
        '%s - "WebSocket %s" [accepted]', "client", f"/ws?token={TOKEN}"
    )
    assert lines(stream) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"token": "canary"},
        {"Authorization": "canary"},
        {"session_token": ["canary"]},
        {"secret": b"canary"},
        {"SEATWIRE_SECRET": "canary"},
        {"password": "canary"},
        {"database_url": "canary"},
        {"headers": {"authorization": "canary", "cookie": "canary"}},
        {"settings": [{"redis_url": "canary"}]},
        {"url": DATABASE_URL},
        {"error": f"cannot connect to {DATABASE_URL}: refused"},
        {"error": ValueError(DATABASE_URL)},
        {"header": "Bearer canary"},
        {"header": ("authorization", "bearer canary")},
    ],
)
def test_secrets_are_masked_wherever_they_stand(stream: StringIO, fields: dict[str, Any]) -> None:
    structlog.get_logger("app").warning("config.odd", **fields)
    assert "canary" not in stream.getvalue()
    assert MASK in stream.getvalue()


def test_a_token_is_masked_in_any_text(stream: StringIO) -> None:
    logger = structlog.get_logger("app")
    logger.info(f"asked with {TOKEN}.")
    logger.info("asked", path=f"/shows?t={TOKEN}&x=1", parts=[{"deep": (TOKEN,)}])
    logger.info("asked", cut=TOKEN.rsplit(".", 1)[0])
    logging.getLogger("library").warning("odd header: %s", f"Bearer {TOKEN}")
    text = stream.getvalue()
    for piece in TOKEN.split("."):
        assert piece not in text


def test_a_token_is_masked_in_a_traceback(stream: StringIO) -> None:
    try:
        raise ValueError(f"bad token {TOKEN}")
    except ValueError:
        structlog.get_logger("app").exception("failed")
        logging.getLogger("library").exception("failed")
    first, second = lines(stream)
    for line in (first, second):
        assert "ValueError: bad token" in line["exception"]
        assert TOKEN not in line["exception"]


def test_anything_can_be_logged(stream: StringIO) -> None:
    structlog.get_logger("app").info("odd", text="\ud800", number=10**30, thing=object(), s={1})
    structlog.get_logger("app").info("even", text="“ü”", nested={1: {"a": (1, True)}})
    first, second = lines(stream)
    assert "ud800" in first["text"]
    assert (second["text"], second["nested"]) == ("“ü”", {"1": {"a": [1, True]}})
