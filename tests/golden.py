"""The golden vectors of tests/vectors; docs/PROTOCOL.md says what they hold."""

import base64
import json
from pathlib import Path
from typing import Any, Final

from realtime.protocol import Codec

Vector = dict[str, Any]

FOLDER: Final = Path(__file__).parent / "vectors"


def vectors(name: str) -> list[Vector]:
    """Return the vectors of `tests/vectors/<name>.json`."""
    found: list[Vector] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def named(name: str) -> dict[str, Vector]:
    """Return the vectors of a file by their names."""
    return {vector["name"]: vector for vector in vectors(name)}


def names(found: list[Vector]) -> list[str]:
    """Return what the tests of these vectors are called."""
    return [vector["name"] for vector in found]


def with_bytes(message: dict[str, Any]) -> dict[str, Any]:
    """Return a vector's message with its byte strings as bytes."""
    if not isinstance(message.get("seats"), str):
        return message
    return {**message, "seats": base64.b64decode(message["seats"], validate=True)}


def exactly(vector: dict[str, Any], codec: Codec) -> bytes:
    """Return a vector's message as it travels."""
    text: str = vector["json"]
    return text.encode() if codec is Codec.JSON else bytes.fromhex(vector["msgpack"])
