"""Logs: one JSON object a line on standard output, without secrets.

Our own events (structlog) and those of libraries (logging: uvicorn, asyncio) take the same steps:

    event -> level, logger, timestamp, request id -> traceback as text -> secrets masked -> JSON
"""

import logging
import re
import sys
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK: Final = "[hidden]"

# Any key that has one of these in its name.
_SECRET_KEYS: Final = re.compile(
    r"token|authorization|secret|password|cookie|database_url|redis_url", re.IGNORECASE
)
# A JWT wherever it stands; the signature may have been cut off.
_JWT: Final = re.compile(r"eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?")
_BEARER: Final = re.compile(r"\bbearer\s+\S+", re.IGNORECASE)
_URL_PASSWORD: Final = re.compile(r"(?<=://)([^\s:@/]*):[^\s@/]+@")


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process from *level* up to *stream* (standard output)."""
    number = logging.getLevelNamesMapping()[level.upper()]
    lines = stream or sys.stdout
    structlog.configure(
        processors=[*_shared(), *_last()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=partial(_named_logger, lines),
    )
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last()],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(number)
    _adopt_uvicorn(number)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask what must not be read in a log: values of secret keys, tokens and passwords in texts."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _last() -> list[Processor]:
    return [
        structlog.processors.format_exc_info,
        hide_secrets,
        structlog.processors.JSONRenderer(serializer=_to_json),
    ]


def _named_logger(stream: TextIO, name: str = "root") -> structlog.WriteLogger:
    """Return what writes our own events; by way of `logging` a line took twice as long."""
    logger = structlog.WriteLogger(stream)
    logger.name = name  # type: ignore[attr-defined]  # what add_logger_name reads
    return logger


def _hidden(key: str, value: Any) -> Any:
    if _is_secret(key):
        return MASK
    if isinstance(value, str):  # nearly all are
        return _masked(value)
    match value:
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(name): _hidden(str(name), item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_hidden("", item) for item in value]
    return _masked(repr(value))


@lru_cache(1_024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEYS.search(key) is not None


def _masked(text: str) -> str:
    # Each look first for what its pattern needs: three times as fast for a text without it.
    if "eyJ" in text:
        text = _JWT.sub(MASK, text)
    if "bearer" in text.lower():
        text = _BEARER.sub(f"Bearer {MASK}", text)
    if "://" in text:
        text = _URL_PASSWORD.sub(rf"\1:{MASK}@", text)
    return text


def _to_json(event: EventDict, **_: Any) -> str:
    try:
        return msgspec.json.encode(event).decode()
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError):
        # A text that is no valid Unicode, or a number beyond 64 bits: readable is enough.
        return msgspec.json.encode({key: ascii(value) for key, value in event.items()}).decode()


def _adopt_uvicorn(number: int) -> None:
    """Let uvicorn's loggers speak through ours, except for its lines per request and per socket.

    Those of a socket are written while it opens, which thousands do at once after a restart.
    """
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    access.disabled = True
    logging.getLogger("uvicorn.error").setLevel(max(number, logging.WARNING))
