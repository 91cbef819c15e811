"""A booking as a calendar file: as much of iCalendar (RFC 5545) as one event needs. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

# RFC 5545, section 3.1: octets of a line, without its end.
LINE_BYTES_MAX: Final = 75
# Have no place in a text, but for the line feed, which is escaped.
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something to be at.

    uid: the same for the same event, for ever. sequence: grows with every change of it. status:
    CONFIRMED, TENTATIVE or CANCELLED.
    """

    uid: str
    sequence: int
    starts_at: datetime
    made_at: datetime
    title: str
    place: str
    notes: str
    status: str


def calendar_file(event: CalendarEvent) -> bytes:
    """Return the file of one event; it has no end, because nobody knows it beforehand."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Seatwire//Seatwire//EN",
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_moment(event.made_at)}",
        f"DTSTART:{_moment(event.starts_at)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"DESCRIPTION:{_text(event.notes)}",
        f"STATUS:{event.status}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(_fold(line) for line in lines)


def _text(value: str) -> str:
    value = _CONTROLS.sub(" ", value)
    for char in ("\\", ";", ","):
        value = value.replace(char, f"\\{char}")
    return value.replace("\n", "\\n")


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _fold(line: str) -> bytes:
    """Return *line* with its end, broken between characters where it is too long."""
    parts = [b""]
    for char in line:
        data = char.encode()
        if len(parts[-1]) + len(data) > LINE_BYTES_MAX:
            parts.append(b" ")
        parts[-1] += data
    return b"\r\n".join(parts) + b"\r\n"
