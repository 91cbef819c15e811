"""What is wrong with a seating plan, and where. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from app.errors import BadMessage

FAULTS_LISTED_MAX: Final = 100
SHOWN_CHARS_MAX: Final = 80

# Where a piece stands: keys and list indexes from the root.
Place = tuple[str | int, ...]

# In place of pydantic's own words, where those speak of Python or of patterns.
_MESSAGES = {
    "missing": "This key is missing",
    "extra_forbidden": "The format has no such key",
    "dict_type": "Input should be an object",
    "list_type": "Input should be an array",
    "multiple_of": "Input should be a whole number",
    "string_pattern_mismatch": "String should not contain the character NUL",
    "string_unicode": "Strings and keys should be valid Unicode",
}


class PlanFaults(BadMessage):
    """Raised when a document is no valid seating plan.

    `faults` lists the first FAULTS_LISTED_MAX, each
    {"place": "zones[0].rows[3].seats[2].seat_guid", "message": …, "code": …, "values": {…}};
    `more` counts the rest. A code never changes its meaning, and values are what its message says.
    """

    def __init__(self, faults: Sequence[Mapping[str, Any]], count: int) -> None:
        first = faults[0]
        super().__init__(
            f"The seating plan has {count:,} fault{'s' if count > 1 else ''}; "
            f"the first, at {first['place']}: {first['message']}.",
            faults=[dict(fault) for fault in faults],
            more=count - len(faults),
        )


class FaultList:
    """Counts all faults and keeps the first FAULTS_LISTED_MAX."""

    def __init__(self) -> None:
        self._listed: list[dict[str, Any]] = []
        self._count = 0

    def add(
        self, place: Place, code: str, message: str, **values: str | int | float
    ) -> dict[str, Any]:
        """Return the fault as it will be told, for whoever learns more about it later."""
        fault = one_fault(path(place), code, message, **values)
        self._count += 1
        if len(self._listed) < FAULTS_LISTED_MAX:
            self._listed.append(fault)
        return fault

    def check(self, piece: TypeAdapter[Any], raw: object, place: Place) -> dict[str, Any]:
        """Return the canonical piece, or an empty one when it has faults."""
        try:
            checked: dict[str, Any] = piece.validate_python(raw)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                code = fault["type"]
                message = _MESSAGES.get(code, fault["msg"])
                self.add((*place, *fault["loc"]), code, message, **_plain(fault.get("ctx", {})))
            return {}
        return checked

    def raise_if_any(self) -> None:
        if self._listed:
            raise PlanFaults(self._listed, self._count)


def one_fault(place: str, code: str, message: str, **values: str | int | float) -> dict[str, Any]:
    """Return a fault as PlanFaults lists it."""
    return {"place": place, "message": message, "code": code, "values": values}


def path(place: Place) -> str:
    """Return a place as text: `zones[0].rows[3]`; the root is called `plan`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{printable(part)}" for part in place)
    return "".join(parts).removeprefix(".") or "plan"


def quoted(text: str) -> str:
    """Return *text* as it may stand in a message."""
    return f'"{printable(text)}"'


def _plain(context: Mapping[str, Any]) -> dict[str, str | int | float]:
    """Return what of pydantic's context can stand in an answer."""
    return {name: value for name, value in context.items() if isinstance(value, str | int | float)}


def printable(text: str) -> str:
    """Return *text* as it may stand in an answer: not too long, and possible to encode."""
    # A lone surrogate would make the answer impossible to encode.
    short = text if len(text) <= SHOWN_CHARS_MAX else text[:SHOWN_CHARS_MAX] + "…"
    return short.encode("utf-8", "backslashreplace").decode()
