"""Why a socket is closed: every code has its place in the ranges and in the document."""

import re

import pytest

from app.config import project_root
from realtime.close_codes import CloseCode

# A close frame's payload is at most 125 bytes, two of them the code (RFC 6455, section 5.5).
REASON_BYTES_MAX = 123
FINAL_CODES = range(4500, 5000)


def test_CL1_codes_of_our_own_are_in_the_ranges_that_tell_whether_to_come_back() -> None:
    standard = {CloseCode.RESTART, CloseCode.TRY_LATER}
    assert {int(code) for code in standard} == {1012, 1013}
    assert all(code in range(4000, 5000) for code in set(CloseCode) - standard)


def test_CL1_only_a_client_that_makes_no_sense_is_told_to_stay_away() -> None:
    """Whoever else is told so would never see another change."""
    assert {code for code in CloseCode if code in FINAL_CODES} == {CloseCode.TOO_MANY_FAULTS}


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name)
def test_CL1_a_reason_fits_into_a_close_frame(code: CloseCode) -> None:
    assert 0 < len(code.reason.encode()) <= REASON_BYTES_MAX


def test_CL1_no_two_codes_or_reasons_are_the_same() -> None:
    """An IntEnum would quietly make the second one another name of the first."""
    assert len(CloseCode.__members__) == len(CloseCode)
    assert len({code.reason for code in CloseCode}) == len(CloseCode)


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name)
def test_CL1_every_code_has_its_line_in_the_document(code: CloseCode) -> None:
    document = (project_root() / "docs" / "PROTOCOL.md").read_text()
    line = re.search(rf"^\| {int(code)} \| (.+) \|$", document, re.MULTILINE)
    assert line
    # The line begins with the reason, up to its first number or comma.
    start, _, _ = code.reason.partition(",")
    assert line[1].startswith(start.removesuffix(" for too long"))


def test_CL1_the_document_has_no_code_of_our_own_that_is_not_sent() -> None:
    document = (project_root() / "docs" / "PROTOCOL.md").read_text()
    listed = {int(code) for code in re.findall(r"^\| (4\d{3}) \|", document, re.MULTILINE)}
    assert listed == {int(code) for code in CloseCode if code >= 4000}


def test_CL1_the_browser_knows_the_same_range() -> None:
    script = (project_root() / "static" / "js" / "protocol.js").read_text()
    assert f"FINAL_CLOSE_CODE_MIN = {FINAL_CODES.start};" in script
    assert f"FINAL_CLOSE_CODE_MAX = {FINAL_CODES.stop - 1};" in script
