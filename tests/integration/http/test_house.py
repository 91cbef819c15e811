"""A show as those see it who sell it: holds, bookings, seats, sales, what a change would touch."""

import json
from datetime import timedelta
from typing import Any, Final

from app.demo_plans import stadium
from app.domain import Role
from app.plans import parse_plan
from app.sales import MINUTES_SHOWN
from tests.integration.conftest import Connect, PassTime
from tests.integration.http.conftest import PLAN, Api
from tests.small_plan import small_plan

SHIFT_BOOKING: Final = "UPDATE bookings SET created_at = created_at - $2::interval WHERE id = $1"


async def hold(api: Api, show: int, seats: list[int], who: str) -> str:
    held = await api.do("POST", f"/shows/{show}/holds", {"seats": seats}, who=who)
    return str(held["hold"])


async def book(api: Api, show: int, seats: list[int], who: str) -> dict[str, Any]:
    form = {"hold": await hold(api, show, seats, who), "contact": f"{who}@example.com"}
    return await api.do("POST", f"/shows/{show}/bookings", form, who=who)


async def ask(api: Api, path: str) -> dict[str, Any]:
    return await api.do("GET", path, who=Role.STAFF)


async def test_live_holds_are_listed_soonest_to_lapse_first(
    api: Api, show: int, pass_time: PassTime
) -> None:
    lapsed = await hold(api, show, [0], "ada")
    await pass_time(show, 60)
    first = await hold(api, show, [1, 6], "bob")
    await pass_time(show, 10)
    second = await hold(api, show, [2], "cleo")
    await book(api, show, [3], "dan")

    holds = (await ask(api, f"/shows/{show}/holds"))["holds"]
    assert lapsed not in {held["hold"] for held in holds}
    assert [held["hold"] for held in holds] == [first, second]
    assert 40_000 < holds[0].pop("expires_in_ms") <= 50_000 < holds[1]["expires_in_ms"] <= 60_000
    assert holds[0] == {
        "hold": first,
        "holder": "bob",
        "seats": [1, 6],
        "total": 8000,
        "version": 2,
    }


async def test_bookings_are_listed_newest_first_cancelled_ones_too(api: Api, show: int) -> None:
    first = await book(api, show, [0, 6], "ada")
    second = await book(api, show, [1], "bob")
    await api.do("DELETE", f"/shows/{show}/bookings/{second['booking']}", who="bob")

    bookings = (await ask(api, f"/shows/{show}/bookings"))["bookings"]
    assert [booking["booking"] for booking in bookings] == [second["booking"], first["booking"]]
    assert [booking["status"] for booking in bookings] == ["cancelled", "confirmed"]
    assert bookings[1] == await ask(api, f"/shows/{show}/bookings/{first['booking']}")
    assert (bookings[1]["holder"], bookings[1]["contact"]) == ("ada", "ada@example.com")

    (latest,) = (await ask(api, f"/shows/{show}/bookings?limit=1"))["bookings"]
    assert latest == bookings[0]
    for limit in ("0", "501", "x", "-1"):
        path = f"/shows/{show}/bookings?limit={limit}"
        assert await api.refusal("GET", path, who=Role.STAFF) == (400, "bad_message")


async def test_a_seat_says_who_has_it_and_why(api: Api, show: int) -> None:
    held = await hold(api, show, [0], "ada")
    booked = await book(api, show, [1], "bob")
    await api.do("POST", f"/shows/{show}/blocks", {"seats": [2], "reason": "wet"}, who=Role.STAFF)
    await api.do("PATCH", f"/shows/{show}", {"prices": {"Front": 100}}, who=Role.STAFF)

    seat = await ask(api, f"/shows/{show}/seats/0")
    assert 0 < seat.pop("expires_in_ms") <= 60_000
    assert seat == {
        "seat": 0,
        "label": "1-1",
        "name": parse_plan(PLAN).seat_name(0),
        "category": "Front",
        "price": 5000,  # as it was when it was held
        "status": 1,
        "hold": held,
        "holder": "ada",
    }
    seat = await ask(api, f"/shows/{show}/seats/1-2")
    assert (seat["seat"], seat["status"], seat["price"]) == (1, 2, 5000)
    assert (seat["booking"], seat["holder"]) == (booked["booking"], "bob")
    seat = await ask(api, f"/shows/{show}/seats/2")
    assert (seat["status"], seat["price"], seat["reason"]) == (3, 100, "wet")
    seat = await ask(api, f"/shows/{show}/seats/11")
    assert seat.keys() == {"seat", "label", "name", "category", "price", "status"}
    assert (seat["status"], seat["category"]) == (0, "Back")

    for unknown in ("12", "3-1", "x" * 300, "%00", "-1"):
        path = f"/shows/{show}/seats/{unknown}"
        assert await api.refusal("GET", path, who=Role.STAFF) == (404, "not_found")


async def test_a_seat_s_label_may_have_a_slash(api: Api) -> None:
    plan = small_plan(2, 2)
    balcony = json.loads(json.dumps(plan["zones"][0])) | {"name": "Balcony"}
    plan["zones"].append(balcony)
    venue = await api.do("POST", "/venues", {"name": "House", "plan": plan}, who=Role.ADMIN)
    form = {"venue": venue["venue"], "title": "Lear", "starts_at": "2031-05-01T18:00:00Z"}
    show = (await api.do("POST", "/shows", form, who=Role.ADMIN))["show"]
    for label in ("Balcony/2-1", "Balcony%2F2-1"):
        seat = await ask(api, f"/shows/{show}/seats/{label}")
        assert (seat["seat"], seat["label"]) == (6, "Balcony/2-1")


async def test_HT10_sales_count_seats_and_money_by_category(api: Api, show: int) -> None:
    await hold(api, show, [0, 1], "ada")
    await book(api, show, [2, 6], "bob")
    cancelled = await book(api, show, [3], "cleo")
    await api.do("DELETE", f"/shows/{show}/bookings/{cancelled['booking']}", who="cleo")
    await api.do("POST", f"/shows/{show}/blocks", {"seats": [10, 11]}, who=Role.STAFF)
    change = {"prices": {"Front": 6000}}
    version = (await api.do("PATCH", f"/shows/{show}", change, who=Role.STAFF))["version"]

    sales = await ask(api, f"/shows/{show}/sales")
    assert sales["version"] == version
    assert sales["categories"] == [
        {
            "name": "Front",
            "price": 6000,
            "available": 3,
            "held": 2,
            "booked": 1,
            "blocked": 0,
            "revenue": 5000,
        },
        {
            "name": "Back",
            "price": 3000,
            "available": 3,
            "held": 0,
            "booked": 1,
            "blocked": 2,
            "revenue": 3000,
        },
    ]


async def test_HT10_sales_count_bookings_by_minute(api: Api, show: int, connect: Connect) -> None:
    connection = await connect()
    for seat, minutes in ((0, 0), (1, 5), (2, 5), (3, 59), (4, 60)):
        booked = await book(api, show, [seat], "ada")
        await connection.execute(SHIFT_BOOKING, booked["booking"], timedelta(minutes=minutes))

    counts = (await ask(api, f"/shows/{show}/sales"))["bookings_by_minute"]
    assert len(counts) == MINUTES_SHOWN
    assert sum(counts) == 4
    assert {59 - place: count for place, count in enumerate(counts) if count} == {0: 1, 5: 2, 59: 1}


async def test_HT10_sales_name_what_lapses_next_and_what_was_refused(api: Api, show: int) -> None:
    for seat in range(12):
        await hold(api, show, [seat], f"buyer-{seat}")
    taken = await api.refusal("POST", f"/shows/{show}/holds", {"seats": [0]}, who="bob")
    assert taken == (409, "seats_taken")

    sales = await ask(api, f"/shows/{show}/sales")
    assert [held["holder"] for held in sales["lapsing"]] == [f"buyer-{n}" for n in range(10)]
    assert sales["lapsing"][0].keys() == {"hold", "holder", "seats", "expires_in_ms"}
    assert sales["refusals"] == {"seats_taken": 1}
    assert sales["instances"] == [{"instance": api.services.instance, "watchers": 0}]
    assert sales["watchers"] == 0


async def test_HT11_a_preview_says_what_a_change_would_touch(api: Api, show: int) -> None:
    await hold(api, show, [0, 1], "ada")
    await hold(api, show, [2], "bob")
    await book(api, show, [3], "cleo")
    cancelled = await book(api, show, [4], "dan")
    await api.do("DELETE", f"/shows/{show}/bookings/{cancelled['booking']}", who="dan")

    touched = {"open_holds": 2, "held_seats": 3, "bookings": 1, "watchers": 0}
    path = f"/shows/{show}/change-preview"
    assert await ask(api, f"{path}?status=cancelled") == {**touched, "holds_end": True}
    assert await ask(api, f"{path}?status=paused") == {**touched, "holds_end": False}
    assert await ask(api, path) == {**touched, "holds_end": False}
    wrong = await api.refusal("GET", f"{path}?status=gone", who=Role.STAFF)
    assert wrong == (400, "bad_message")


async def test_there_is_no_view_of_a_show_that_is_not_there(api: Api, show: int) -> None:
    for view in ("holds", "bookings", "seats/0", "sales", "change-preview"):
        for unknown in (f"{show}0", "x", "0", "99999999999999999999"):
            path = f"/shows/{unknown}/{view}"
            assert await api.refusal("GET", path, who=Role.STAFF) == (404, "not_found")


async def test_a_plan_is_checked_without_being_kept(api: Api) -> None:
    checked = await api.do("POST", "/plans/check", PLAN, who=Role.ADMIN)
    assert checked == {
        "name": "Hall",
        "count": 12,
        "hash": parse_plan(PLAN).hash,
        "categories": [
            {"name": "Front", "color": "#336699", "count": 6},
            {"name": "Back", "color": "#996633", "count": 6},
        ],
    }
    assert await api.refusal("GET", f"/plans/{checked['hash']}") == (404, "not_found")

    bad = small_plan(2, 6)
    bad["zones"][0]["rows"][1]["seats"][2]["category"] = "Box"
    response = await api.ask("POST", "/plans/check", bad, who=Role.ADMIN)
    assert response.status_code == 400
    kept = await api.ask("POST", "/venues", {"name": "House", "plan": bad}, who=Role.ADMIN)
    assert response.json()["faults"] == kept.json()["faults"] != []
    for body in (b"", b"{", b"\xff"):
        assert await api.refusal("POST", "/plans/check", body, who=Role.ADMIN) == (
            400,
            "bad_message",
        )


async def test_a_stadium_s_sales_are_counted(api: Api) -> None:
    body = json.dumps({"name": "Stadium", "plan": stadium()}).encode()
    venue = await api.do("POST", "/venues", body, who=Role.ADMIN)
    form = {
        "venue": venue["venue"],
        "title": "Final",
        "starts_at": "2031-05-01T18:00:00Z",
        "status": "on_sale",
    }
    show = (await api.do("POST", "/shows", form, who=Role.ADMIN))["show"]
    await book(api, show, [0, 1], "ada")
    categories = (await ask(api, f"/shows/{show}/sales"))["categories"]
    assert sum(category["booked"] for category in categories) == 2
    assert sum(category["available"] for category in categories) == venue["count"] - 2
