"""What a buyer takes away from a booking, and what the door makes of it."""

import xml.etree.ElementTree as ElementTree
from typing import Any, Final
from uuid import uuid4

from app.domain import Role
from app.plans import parse_plan
from tests.integration.http.conftest import PLAN, Api

SVG: Final = "{http://www.w3.org/2000/svg}"


async def book(api: Api, show: int, seats: list[int]) -> dict[str, Any]:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": seats}, who="ada")
    return await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")


async def test_HT9_a_reference_leads_to_its_booking(api: Api, show: int) -> None:
    booked = await book(api, show, [0, 6])
    path = f"/shows/{show}/bookings/{booked['booking']}"
    reference = booked["reference"]
    typed = " - ".join((reference[:10].lower(), reference[10:]))
    for form in (reference, typed):
        found = await api.do("GET", f"/references/{form}", who=Role.STAFF)
        assert found.pop("show") == show
        assert found == await api.do("GET", path, who="ada")
        assert found["status"] == "confirmed"

    await api.do("DELETE", path, who="ada")
    found = await api.do("GET", f"/references/{reference}", who=Role.STAFF)
    assert found["status"] == "cancelled"


async def test_HT9_a_made_up_reference_leads_nowhere(api: Api, show: int) -> None:
    reference = (await book(api, show, [0]))["reference"]
    other = "B" if reference[0] == "A" else "A"
    nobodys = api.services.references.make(show + 1, uuid4())
    for wrong in (other + reference[1:], reference[:-4], reference + "AAAA", "A", "1", nobodys):
        path = f"/references/{wrong}"
        assert await api.refusal("GET", path, who=Role.STAFF) == (404, "not_found"), wrong


async def test_a_qr_code_is_a_drawing_that_fits_any_size(api: Api, show: int) -> None:
    booked = await book(api, show, [0])
    path = f"/shows/{show}/bookings/{booked['booking']}/qr.svg"
    response = await api.ask("GET", path, who="ada")
    assert response.headers["content-type"].startswith("image/svg+xml")
    assert response.headers["cache-control"] == "private, no-cache"
    drawing = ElementTree.fromstring(response.content)
    assert drawing.tag == f"{SVG}svg"
    assert drawing.get("width") is None
    _, _, width, height = (float(number) for number in drawing.attrib["viewBox"].split())
    assert width == height >= 21 + 8
    assert (await api.ask("GET", path, who="ada")).content == response.content


async def test_a_calendar_file_says_what_where_and_when(api: Api, show: int) -> None:
    booked = await book(api, show, [0, 6])
    path = f"/shows/{show}/bookings/{booked['booking']}/calendar.ics"
    response = await api.ask("GET", path, who="ada")
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    text = response.text.replace("\r\n ", "")
    plan = parse_plan(PLAN)
    names = r"\n".join(plan.seat_name(seat).replace(",", r"\,") for seat in (0, 6))
    for line in (
        "SUMMARY:Hamlet",
        "DTSTART:20310501T183000Z",
        "LOCATION:Hall",
        f"UID:{booked['booking']}@seatwire",
        "STATUS:CONFIRMED",
        rf"DESCRIPTION:{names}\n{booked['reference']}",
    ):
        assert f"{line}\r\n" in text

    await api.do("PATCH", f"/shows/{show}", {"status": "postponed"}, who=Role.STAFF)
    assert "STATUS:TENTATIVE\r\n" in (await api.ask("GET", path, who="ada")).text
    await api.do("DELETE", f"/shows/{show}/bookings/{booked['booking']}", who="ada")
    assert "STATUS:CANCELLED\r\n" in (await api.ask("GET", path, who="ada")).text


async def test_I10_a_ticket_is_for_its_holder_and_staff(api: Api, show: int) -> None:
    booked = await book(api, show, [0])
    for name in ("qr.svg", "calendar.ics"):
        path = f"/shows/{show}/bookings/{booked['booking']}/{name}"
        assert await api.refusal("GET", path, who="bob") == (403, "forbidden")
        assert (await api.ask("GET", path, who=Role.STAFF)).status_code == 200
