"""Shows, their changes, seats off sale and the history, over HTTP."""

import asyncio
from typing import Any

import pytest

from app.domain import Role
from tests.integration.conftest import PRICES
from tests.integration.http.conftest import Api


async def patch(api: Api, show: int, body: dict[str, Any]) -> dict[str, Any]:
    return await api.do("PATCH", f"/shows/{show}", body, who=Role.STAFF)


async def test_a_show_reads_back_as_it_was_made(api: Api, show: int) -> None:
    venue = (await api.do("GET", f"/shows/{show}"))["venue"]
    form = {
        "venue": venue,
        "title": "Hamlet",
        "starts_at": "2031-06-01T20:30:00+02:00",
        "currency": "CHF",
        "prices": {"Back": 1, "Front": 2},
        "status": "on_sale",
        "hold_ttl_s": 5,
        "seats_per_hold_max": 500,
        "message": "Doors open at eight.",
    }
    response = await api.ask("POST", "/shows", form, who=Role.ADMIN)
    assert response.status_code == 201
    made = response.json()
    assert made == await api.do("GET", f"/shows/{made['show']}")
    assert made == {
        **form,
        "starts_at": "2031-06-01T18:30:00Z",
        "show": made["show"],
        "plan_hash": made["plan_hash"],
        "count": 12,
        "epoch": made["epoch"],
        "version": 0,
    }


async def test_a_show_needs_only_a_venue_a_title_and_a_time(api: Api, show: int) -> None:
    venue = (await api.do("GET", f"/shows/{show}"))["venue"]
    form = {"venue": venue, "title": "Hamlet", "starts_at": "2031-06-01T20:30:00Z"}
    made = await api.do("POST", "/shows", form, who=Role.ADMIN)
    assert made["prices"] == {"Front": 0, "Back": 0}
    assert (made["currency"], made["status"], made["message"]) == ("EUR", "scheduled", None)
    assert (made["hold_ttl_s"], made["seats_per_hold_max"]) == (600, 10)


async def test_the_list_has_every_show_in_the_same_form(api: Api, show: int) -> None:
    listed = await api.do("GET", "/shows")
    assert listed == {"shows": [await api.do("GET", f"/shows/{show}")]}


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"title": "King Lear"}, {"title": "King Lear"}),
        (
            {"starts_at": "2032-01-01T01:00:00+01:00", "status": "postponed"},
            {"starts_at": "2032-01-01T00:00:00Z", "status": "postponed"},
        ),
        ({"prices": {"Back": 100}}, {"prices": {"Front": 5000, "Back": 100}}),
        ({"message": "Ten minutes late."}, {"message": "Ten minutes late."}),
        ({"currency": "USD", "hold_ttl_s": 1}, {"currency": "USD", "hold_ttl_s": 1}),
        ({"seats_per_hold_max": 2}, {"seats_per_hold_max": 2}),
    ],
)
async def test_a_patch_changes_what_it_names_and_nothing_else(
    api: Api, show: int, change: dict[str, Any], after: dict[str, Any]
) -> None:
    before = await api.do("GET", f"/shows/{show}")
    patched = await patch(api, show, change)
    assert patched.pop("reached") == 0
    assert patched == {**before, **after, "version": 1}
    assert patched == await api.do("GET", f"/shows/{show}")


async def test_a_message_is_taken_away_by_null_or_by_an_empty_one(api: Api, show: int) -> None:
    for nothing in (None, ""):
        assert (await patch(api, show, {"message": "Late."}))["message"] == "Late."
        assert (await patch(api, show, {"message": nothing}))["message"] is None


async def test_two_who_change_different_prices_at_once_lose_nothing(api: Api, show: int) -> None:
    await asyncio.gather(
        patch(api, show, {"prices": {"Front": 1}}), patch(api, show, {"prices": {"Back": 2}})
    )
    assert (await api.do("GET", f"/shows/{show}"))["prices"] == {"Front": 1, "Back": 2}


@pytest.mark.parametrize("status", ["scheduled", "paused", "postponed", "cancelled", "closed"])
async def test_a_show_that_is_not_on_sale_refuses_holds_and_says_why(
    api: Api, show: int, status: str
) -> None:
    await patch(api, show, {"status": status})
    response = await api.ask("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    problem = response.json()
    assert response.status_code == problem["status"] == 409
    assert (problem["code"], problem["show_status"]) == ("show_closed", status)


async def test_open_holds_survive_a_pause(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    await patch(api, show, {"status": "paused"})
    booked = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")
    assert booked["seats"] == [0]


async def test_open_holds_end_at_a_cancellation(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    await patch(api, show, {"status": "cancelled"})
    assert await api.refusal("GET", f"/shows/{show}/holds/{held['hold']}", who="ada") == (
        410,
        "hold_gone",
    )


async def test_the_price_of_a_held_seat_does_not_change(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    await patch(api, show, {"prices": {"Front": 9900}})
    booked = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")
    assert booked["total"] == PRICES["Front"]


async def test_staff_take_seats_off_sale_and_put_them_back(api: Api, show: int) -> None:
    blocks = f"/shows/{show}/blocks"
    body = {"seats": ["1-1", 1], "reason": "Camera"}
    response = await api.ask("POST", blocks, body, who=Role.STAFF)
    assert (response.status_code, response.json()) == (201, {"version": 1})
    taken = (409, "seats_taken")
    assert (
        await api.refusal("POST", f"/shows/{show}/holds", {"seats": [0]}, who=Role.STAFF) == taken
    )

    assert await api.do("DELETE", blocks, body, who=Role.STAFF) == {"version": 2}
    await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    assert await api.refusal("POST", blocks, body, who=Role.STAFF) == taken


async def test_the_seats_have_a_tag_that_spares_sending_them_again(api: Api, show: int) -> None:
    path = f"/shows/{show}/seats"
    response = await api.ask("GET", path)
    seats = response.json()
    assert list(seats) == ["epoch", "version", "count", "seats"]
    assert response.headers["etag"] == f'"{seats["epoch"]}.{seats["version"]}"'
    for known in (response.headers["etag"], f'"old", W/{response.headers["etag"]}', "*"):
        unchanged = await api.ask("GET", path, headers={"If-None-Match": known})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == response.headers["etag"]

    await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    changed = await api.ask("GET", path, headers={"If-None-Match": response.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["version"] == 1


@pytest.mark.parametrize("path", ["/shows", "/shows/{show}"])
async def test_a_show_and_the_list_are_sent_again_only_when_they_changed(
    api: Api, show: int, path: str
) -> None:
    path = path.format(show=show)
    tag = (await api.ask("GET", path)).headers["etag"]
    unchanged = await api.ask("GET", path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    changed = await api.ask("GET", path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_the_history_tells_every_change_in_order(api: Api, show: int) -> None:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": [0]}, who="ada")
    booked = await api.do("POST", f"/shows/{show}/bookings", {"hold": held["hold"]}, who="ada")
    block = {"seats": [5], "reason": "Camera"}
    await api.do("POST", f"/shows/{show}/blocks", block, who=Role.STAFF)
    await patch(api, show, {"title": "King Lear"})

    history = await api.do("GET", f"/shows/{show}/events", who=Role.STAFF)
    assert history["version"] == 4
    events = history["events"]
    assert [event["version"] for event in events] == [1, 2, 3, 4]
    assert [event["kind"] for event in events] == ["hold", "book", "block", "show"]
    at = events[1].pop("at")
    assert at.endswith("Z")
    assert events[1] == {
        "version": 2,
        "kind": "book",
        "actor": "ada",
        "holder": "ada",
        "hold": held["hold"],
        "booking": booked["booking"],
        "seats": [0],
        "detail": None,
    }
    assert events[2]["detail"] == {"reason": "Camera"}
    assert events[3]["detail"]["show"]["title"] == "King Lear"
    later = await api.do("GET", f"/shows/{show}/events?after=3", who=Role.STAFF)
    assert later["events"] == events[3:]
    nothing = await api.do("GET", f"/shows/{show}/events?after=4", who=Role.STAFF)
    assert nothing == {"events": [], "version": 4}
