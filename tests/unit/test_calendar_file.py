"""Calendar files: lines, escapes, folds."""

from datetime import UTC, datetime, timedelta, timezone

from app.calendar_file import LINE_BYTES_MAX, CalendarEvent, calendar_file


def event(title: str = "Hamlet", notes: str = "") -> CalendarEvent:
    return CalendarEvent(
        uid="1@seatwire",
        sequence=7,
        starts_at=datetime(2031, 5, 1, 20, 30, tzinfo=timezone(timedelta(hours=2))),
        made_at=datetime(2031, 4, 1, 8, 0, 5, tzinfo=UTC),
        title=title,
        place="House",
        notes=notes,
        status="CONFIRMED",
    )


def lines(event: CalendarEvent) -> list[str]:
    """Return the lines of the file, unfolded."""
    text = calendar_file(event).decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_a_file_has_one_event_with_its_times_in_utc() -> None:
    assert lines(event()) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Seatwire//Seatwire//EN",
        "BEGIN:VEVENT",
        "UID:1@seatwire",
        "SEQUENCE:7",
        "DTSTAMP:20310401T080005Z",
        "DTSTART:20310501T183000Z",
        "SUMMARY:Hamlet",
        "LOCATION:House",
        "DESCRIPTION:",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_what_has_a_meaning_is_escaped_and_controls_are_blanked() -> None:
    made = lines(event("Much Ado, or: a;b\\n", "Row 1\nSeat\r2\0\u00a0x"))
    assert "SUMMARY:Much Ado\\, or: a\\;b\\\\n" in made
    assert "DESCRIPTION:Row 1\\nSeat 2 \u00a0x" in made


def test_no_line_is_longer_than_it_may_be_and_no_letter_is_cut() -> None:
    for length in range(55, 90):
        title = "x" * length + "Zauberflöte 🎭 " * 20
        parts = calendar_file(event(title)).split(b"\r\n")
        assert max(map(len, parts)) <= LINE_BYTES_MAX
        assert all(part.decode() is not None for part in parts)
        assert f"SUMMARY:{title}" in lines(event(title))
