"""Buying over HTTP: hold, extend, release, book, cancel; and who is told what."""

import asyncio
import base64
from datetime import UTC, datetime
from uuid import UUID, uuid4

from app.changes import unpack_statuses
from app.domain import Role, SeatStatus
from tests.integration.http.conftest import Api


async def statuses(api: Api, show: int) -> list[int]:
    """Return the status of every seat, as a screen sees it."""
    seats = await api.do("GET", f"/shows/{show}/seats")
    return list(unpack_statuses(base64.b64decode(seats["seats"]), seats["count"]))


async def test_a_hold_answers_its_seats_time_and_total(api: Api, show: int) -> None:
    hold = str(uuid4())
    response = await api.ask(
        "POST", f"/shows/{show}/holds", {"hold": hold, "seats": [6, 0]}, who="ada"
    )

    assert response.status_code == 201
    answer = response.json()
    assert 0 < answer.pop("expires_in_ms") <= 60_000
    assert answer == {"hold": hold, "seats": [0, 6], "total": 8000, "version": 1}
    assert (await statuses(api, show))[:7] == [1, 0, 0, 0, 0, 0, 1]


async def test_seats_go_by_index_or_by_label(api: Api, show: int) -> None:
    answer = await api.do("POST", f"/shows/{show}/holds", {"seats": ["2-1", 0, "1-2"]}, who="ada")
    assert answer["seats"] == [0, 1, 6]


async def test_the_server_makes_the_id_of_a_hold_that_has_none(api: Api, show: int) -> None:
    first = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    second = await api.do("POST", f"/shows/{show}/holds", {"seats": [1]}, who="ada")
    assert first["hold"] != second["hold"]


async def test_I8_the_same_hold_again_answers_the_same_and_changes_nothing(
    api: Api, show: int
) -> None:
    body = {"hold": str(uuid4()), "seats": [0, 1]}
    first = await api.ask("POST", f"/shows/{show}/holds", body, who="ada")
    again = await api.ask("POST", f"/shows/{show}/holds", body, who="ada")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["version"] == first.json()["version"]
    assert again.json()["seats"] == [0, 1]
    assert (await api.do("GET", f"/shows/{show}"))["version"] == 1


async def test_a_hold_grows_by_asking_for_more_seats_with_its_id(api: Api, show: int) -> None:
    hold = str(uuid4())
    await api.do("POST", f"/shows/{show}/holds", {"hold": hold, "seats": [0]}, who="ada")
    grown = await api.do("POST", f"/shows/{show}/holds", {"hold": hold, "seats": [7]}, who="ada")
    assert sorted(grown["seats"]) == [0, 7]
    assert grown["total"] == 8000


async def test_I1_one_of_many_gets_the_seat_and_the_others_learn_why(api: Api, show: int) -> None:
    responses = await asyncio.gather(
        *(
            api.ask("POST", f"/shows/{show}/holds", {"seats": [3]}, who=f"buyer-{number}")
            for number in range(20)
        )
    )
    refused = [response.json() for response in responses if response.status_code == 409]
    assert len(refused) == 19
    assert {(problem["code"], tuple(problem["seats"])) for problem in refused} == {
        ("seats_taken", (3,))
    }


async def test_I2_a_hold_has_all_its_seats_or_none(api: Api, show: int) -> None:
    await api.do("POST", f"/shows/{show}/holds", {"seats": [1]}, who="ada")
    assert await api.refusal("POST", f"/shows/{show}/holds", {"seats": [0, 1, 2]}, who="bob") == (
        409,
        "seats_taken",
    )
    assert (await statuses(api, show))[:3] == [0, 1, 0]


async def test_no_hold_is_larger_than_the_show_allows(api: Api, show: int) -> None:
    assert await api.refusal(
        "POST", f"/shows/{show}/holds", {"seats": [0, 1, 2, 3, 4]}, who="ada"
    ) == (409, "hold_limit")


async def test_a_hold_can_be_read_extended_and_released_in_parts(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0, 1, 2]}, who="ada")
    path = f"/shows/{show}/holds/{held['hold']}"

    read = await api.do("GET", path, who="ada")
    assert 0 < read.pop("expires_in_ms") <= 60_000
    assert read == {
        "hold": held["hold"],
        "seats": [0, 1, 2],
        "total": 15000,
        "version": 1,
        "status": "held",
    }
    extended = await api.do("POST", f"{path}/extend", who="ada")
    assert list(extended) == ["expires_in_ms"]
    assert await api.do("DELETE", path, {"seats": ["1-2"]}, who="ada") == {"version": 3}
    assert (await api.do("GET", path, who="ada"))["seats"] == [0, 2]
    assert await api.do("DELETE", path, who="ada") == {"version": 4}
    assert await statuses(api, show) == [SeatStatus.AVAILABLE] * 12


async def test_a_hold_that_is_gone_says_what_became_of_it(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    path = f"/shows/{show}/holds/{held['hold']}"
    await api.do("DELETE", path, who="ada")

    response = await api.ask("GET", path, who="ada")
    assert response.status_code == 410
    problem = response.json()
    assert (problem["code"], problem["hold_status"]) == ("hold_gone", "released")
    assert await api.refusal(
        "POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada"
    ) == (410, "hold_gone")


async def test_a_booking_takes_the_whole_hold(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0, 6]}, who="ada")
    response = await api.ask(
        "POST",
        f"/shows/{show}/bookings",
        {"hold": held["hold"], "contact": "ada@example.com"},
        who="ada",
    )
    assert response.status_code == 201
    booked = response.json()
    assert booked == {
        "booking": booked["booking"],
        "reference": api.services.references.make(show, UUID(booked["booking"])),
        "seats": [0, 6],
        "total": 8000,
        "version": 2,
    }

    read = await api.do("GET", f"/shows/{show}/bookings/{booked['booking']}", who="ada")
    created_at = datetime.fromisoformat(read.pop("created_at"))
    assert abs((datetime.now(UTC) - created_at).total_seconds()) < 60
    assert read == {
        "booking": booked["booking"],
        "reference": booked["reference"],
        "hold": held["hold"],
        "holder": "ada",
        "seats": [0, 6],
        "total": 8000,
        "status": "confirmed",
        "version": 2,
        "contact": "ada@example.com",
    }


async def test_booking_again_answers_the_booking_there_is(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    first = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")
    again = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")
    assert again == first


async def test_whoever_lost_the_answer_finds_the_booking_at_the_hold(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    booked = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")

    read = await api.do("GET", f"/shows/{show}/holds/{held['hold']}", who="ada")
    assert (read["status"], read["booking"], read["expires_in_ms"]) == (
        "booked",
        booked["booking"],
        None,
    )


async def test_cancelling_a_booking_gives_its_seats_back(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    booked = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")
    path = f"/shows/{show}/bookings/{booked['booking']}"

    assert await api.do("DELETE", path, who="ada") == {"version": 3}
    assert (await api.do("GET", path, who="ada"))["status"] == "cancelled"
    assert (await statuses(api, show))[0] == SeatStatus.AVAILABLE


async def test_I10_what_belongs_to_somebody_else_is_out_of_reach(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    hold = f"/shows/{show}/holds/{held['hold']}"
    forbidden = (403, "forbidden")

    assert await api.refusal("GET", hold, who="bob") == forbidden
    assert await api.refusal("POST", f"{hold}/extend", who="bob") == forbidden
    assert await api.refusal("DELETE", hold, who="bob") == forbidden
    body = {"hold": held["hold"]}
    assert await api.refusal("POST", f"/shows/{show}/bookings", body, who="bob") == forbidden

    booked = await api.do("POST", f"/shows/{show}/bookings", body, who="ada")
    booking = f"/shows/{show}/bookings/{booked['booking']}"
    assert await api.refusal("GET", booking, who="bob") == forbidden
    assert await api.refusal("DELETE", booking, who="bob") == forbidden


async def test_staff_act_on_anybodys_hold_and_booking(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    hold = f"/shows/{show}/holds/{held['hold']}"

    await api.do("GET", hold, who=Role.STAFF)
    await api.do("POST", f"{hold}/extend", who=Role.STAFF)
    booked = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who=Role.STAFF)
    booking = f"/shows/{show}/bookings/{booked['booking']}"
    await api.do("GET", booking, who=Role.STAFF)
    await api.do("DELETE", booking, who=Role.STAFF)


async def test_a_session_is_a_buyer_who_can_buy(api: Api, show: int) -> None:
    response = await api.ask("POST", "/sessions")
    assert response.status_code == 201
    session = response.json()
    assert list(session) == ["token", "holder", "expires_in"]
    assert session["expires_in"] == api.services.settings.session_ttl_s

    headers = {"Authorization": f"Bearer {session['token']}"}
    held = await api.ask("POST", f"/shows/{show}/holds", {"seats": [0]}, headers=headers)
    assert held.status_code == 201


async def test_a_session_is_given_to_whoever_holds_a_stale_token(api: Api) -> None:
    response = await api.ask("POST", "/sessions", headers={"Authorization": "Bearer stale"})
    assert response.status_code == 201
