"""Bad input gets a clear error, and nothing changes."""

import json
import zlib
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import uuid4

import pytest

from app.domain import SEATS_PER_COMMAND_MAX, Role
from app.http.parsing import BODY_BYTES_MAX
from tests.integration.http.conftest import PLAN, Api

BAD: Final = (400, "bad_message")
UNKNOWN: Final = (404, "not_found")
TOO_LARGE: Final = (413, "too_large")
HUGE: Final = 2**63
NIL: Final = str(uuid4())

# Method, path after /api/v1/shows, body, and what comes of it; asked by an admin.
CASES: Final[list[tuple[str, str, Any, tuple[int, str]]]] = [
    ("POST", "/{show}/holds", b"", BAD),
    ("POST", "/{show}/holds", b"hold", BAD),
    ("POST", "/{show}/holds", b'{"seats": [0]', BAD),
    ("POST", "/{show}/holds", b'{"seats": [0]} {}', BAD),
    ("POST", "/{show}/holds", b"\xff\xfe", BAD),
    ("POST", "/{show}/holds", b'{"seats": ["\\ud800"]}', BAD),
    ("POST", "/{show}/holds", b'{"seats": ' + b"[" * 30_000, BAD),
    ("POST", "/{show}/holds", b'{"plan": ' + b"[" * 30_000, BAD),
    ("POST", "/{show}/holds", zlib.compress(bytes(4_000_000), 9), BAD),
    ("POST", "/{show}/holds", b'{"seats": [1e999]}', BAD),
    ("POST", "/{show}/holds", b'{"seats": [NaN]}', BAD),
    ("POST", "/{show}/holds", b'{"seats": [' + b"9" * 30_000 + b"]}", BAD),
    ("POST", "/{show}/holds", [], BAD),
    ("POST", "/{show}/holds", {}, BAD),
    ("POST", "/{show}/holds", {"seats": []}, BAD),
    ("POST", "/{show}/holds", {"seats": 0}, BAD),
    ("POST", "/{show}/holds", {"seats": [12]}, BAD),
    ("POST", "/{show}/holds", {"seats": [-1]}, BAD),
    ("POST", "/{show}/holds", {"seats": [HUGE]}, BAD),
    ("POST", "/{show}/holds", {"seats": [10**30]}, BAD),
    ("POST", "/{show}/holds", {"seats": [1.5]}, BAD),
    ("POST", "/{show}/holds", {"seats": [True]}, BAD),
    ("POST", "/{show}/holds", {"seats": [None]}, BAD),
    ("POST", "/{show}/holds", {"seats": ["3-1"]}, BAD),
    ("POST", "/{show}/holds", {"seats": ["A\0"]}, BAD),
    ("POST", "/{show}/holds", {"seats": [""]}, BAD),
    ("POST", "/{show}/holds", {"seats": ["A" * 1_000]}, BAD),
    ("POST", "/{show}/holds", {"seats": [0, 0]}, BAD),
    ("POST", "/{show}/holds", {"seats": [0, "1-1"]}, BAD),
    ("POST", "/{show}/holds", {"seats": list(range(SEATS_PER_COMMAND_MAX + 1))}, BAD),
    ("POST", "/{show}/holds", {"seats": [0], "hold": "mine"}, BAD),
    ("POST", "/{show}/holds", {"seats": [0], "hold": 7}, BAD),
    ("POST", "/{show}/holds", {"seats": [0], "holder": "bob"}, BAD),
    ("POST", "/{show}/holds", b" " * (BODY_BYTES_MAX + 1), TOO_LARGE),
    ("POST", "/{show}0/holds", {"seats": [0]}, UNKNOWN),
    ("POST", "/0/holds", {"seats": [0]}, UNKNOWN),
    ("POST", f"/{HUGE}/holds", {"seats": [0]}, UNKNOWN),
    ("POST", "/-1/holds", {"seats": [0]}, UNKNOWN),
    ("POST", "/x/holds", {"seats": [0]}, UNKNOWN),
    ("POST", "/\u0661/holds", {"seats": [0]}, UNKNOWN),
    ("GET", "/{show}/holds/{id}", None, UNKNOWN),
    ("GET", "/{show}/holds/mine", None, UNKNOWN),
    ("DELETE", "/{show}/holds/{id}", None, UNKNOWN),
    ("DELETE", "/{show}/holds/mine", None, UNKNOWN),
    ("DELETE", "/{show}/holds/{id}", {"seats": []}, BAD),
    ("DELETE", "/{show}/holds/{id}", {"seats": [99]}, BAD),
    ("DELETE", "/{show}/holds/{id}", {"seat": [0]}, BAD),
    ("DELETE", "/{show}/holds/{id}", b"all", BAD),
    ("POST", "/{show}/holds/{id}/extend", None, UNKNOWN),
    ("POST", "/{show}/bookings", {"hold": NIL}, UNKNOWN),
    ("POST", "/{show}/bookings", {"hold": None}, BAD),
    ("POST", "/{show}/bookings", {}, BAD),
    ("POST", "/{show}/bookings", {"hold": NIL, "contact": "x" * 501}, BAD),
    ("POST", "/{show}/bookings", {"hold": NIL, "contact": "\0"}, BAD),
    ("POST", "/{show}/bookings", {"hold": NIL, "total": 0}, BAD),
    ("GET", "/{show}/bookings/{id}", None, UNKNOWN),
    ("GET", "/{show}/bookings/1", None, UNKNOWN),
    ("DELETE", "/{show}/bookings/{id}", None, UNKNOWN),
    ("POST", "/{show}/blocks", {"seats": [12], "reason": ""}, BAD),
    ("POST", "/{show}/blocks", {"seats": [0], "reason": "\0"}, BAD),
    ("POST", "/{show}/blocks", {"seats": [0], "reason": "x" * 501}, BAD),
    ("POST", "/{show}/blocks", {"seats": [0], "reason": None}, BAD),
    ("DELETE", "/{show}/blocks", {"seats": [0, 0]}, BAD),
    ("DELETE", "/{show}/blocks", b"", BAD),
    ("GET", "/{show}/events?after=-1", None, BAD),
    ("GET", "/{show}/events?after=one", None, BAD),
    ("GET", f"/{{show}}/events?after={HUGE}", None, BAD),
    ("GET", "/{show}0/events", None, UNKNOWN),
    ("GET", "/{show}0/seats", None, UNKNOWN),
    ("GET", "/{show}0", None, UNKNOWN),
    ("GET", "/{show}/", None, (307, "")),
    ("PATCH", "/{show}", {}, BAD),
    ("PATCH", "/{show}", {"venue": 1}, BAD),
    ("PATCH", "/{show}", {"version": 1}, BAD),
    ("PATCH", "/{show}", {"status": "open"}, BAD),
    ("PATCH", "/{show}", {"status": None}, BAD),
    ("PATCH", "/{show}", {"title": ""}, BAD),
    ("PATCH", "/{show}", {"title": " "}, BAD),
    ("PATCH", "/{show}", {"title": "a\nb"}, BAD),
    ("PATCH", "/{show}", {"title": "a\0b"}, BAD),
    ("PATCH", "/{show}", {"title": "x" * 201}, BAD),
    ("PATCH", "/{show}", {"message": "a\0b"}, BAD),
    ("PATCH", "/{show}", {"message": "x" * 1_001}, BAD),
    ("PATCH", "/{show}", {"starts_at": "2031-05-01"}, BAD),
    ("PATCH", "/{show}", {"starts_at": "2031-05-01T20:00:00"}, BAD),
    ("PATCH", "/{show}", {"starts_at": "0001-01-01T00:00:00+23:59"}, BAD),
    ("PATCH", "/{show}", {"starts_at": 1_900_000_000}, BAD),
    ("PATCH", "/{show}", {"currency": "euro"}, BAD),
    ("PATCH", "/{show}", {"currency": "EUR\n"}, BAD),
    ("PATCH", "/{show}", {"prices": {}}, BAD),
    ("PATCH", "/{show}", {"prices": {"Box": 1}}, BAD),
    ("PATCH", "/{show}", {"prices": {"Front": -1}}, BAD),
    ("PATCH", "/{show}", {"prices": {"Front": 9.5}}, BAD),
    ("PATCH", "/{show}", {"prices": {"Front": "1"}}, BAD),
    ("PATCH", "/{show}", {"prices": {"Front": HUGE}}, BAD),
    ("PATCH", "/{show}", {"prices": [1, 2]}, BAD),
    ("PATCH", "/{show}", {"hold_ttl_s": 0}, BAD),
    ("PATCH", "/{show}", {"hold_ttl_s": 7_201}, BAD),
    ("PATCH", "/{show}", {"seats_per_hold_max": 0}, BAD),
    ("PATCH", "/{show}", {"seats_per_hold_max": 501}, BAD),
    ("PATCH", "/{show}0", {"title": "x"}, UNKNOWN),
]


@pytest.mark.parametrize("group", ["holds", "bookings", "blocks", "events", "patch", "others"])
async def test_bad_input_has_its_code_and_changes_nothing(api: Api, show: int, group: str) -> None:
    for method, path, body, expected in CASES:
        if _group(method, path) != group:
            continue
        url = "/shows" + path.format(show=show, id=uuid4())
        response = await api.ask(method, url, body, who=Role.ADMIN)
        code = response.json()["code"] if response.content else ""
        assert (response.status_code, code) == expected, (method, path, body, response.text)
    assert (await api.do("GET", f"/shows/{show}"))["version"] == 0


def _group(method: str, path: str) -> str:
    if method == "PATCH":
        return "patch"
    return next(
        (name for name in ("holds", "bookings", "blocks", "events") if name in path), "others"
    )


async def test_a_refusal_names_the_seat_and_its_place(api: Api, show: int) -> None:
    cases: list[tuple[list[int | str], int | str, str]] = [
        ([0, 12], 12, "$.seats[1]"),
        (["1-1", "3-1"], "3-1", "$.seats[1]"),
        ([3, 4, "1-4"], "1-4", "$.seats[2]"),
    ]
    for seats, seat, where in cases:
        response = await api.ask("POST", f"/shows/{show}/holds", {"seats": seats}, who="ada")
        problem = response.json()
        assert (problem["seat"], problem["where"]) == (seat, where)
        assert str(seat) in problem["detail"]


async def test_a_refusal_names_the_field_and_its_place(api: Api, show: int) -> None:
    for body, where in (
        (b'{"seats": [0], "hold": "x"}', "$.hold"),
        (b'{"seats": [0, null]}', "$.seats[1]"),
        (b'{"seats": x}', "byte 10"),
    ):
        response = await api.ask("POST", f"/shows/{show}/holds", body, who="ada")
        assert response.json()["where"] == where
        assert where in response.json()["detail"]


async def test_a_problem_has_the_members_of_rfc_9457_and_our_code(api: Api) -> None:
    response = await api.ask("GET", "/shows/7")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:seatwire:problem:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no show 7.",
        "code": "not_found",
    }


async def test_a_body_without_an_end_is_not_read_to_its_end(api: Api, show: int) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_024
            yield b" " * 1_024

    response = await api.client.post(
        f"/api/v1/shows/{show}/holds",
        content=endless(),
        headers={"Authorization": f"Bearer {api.token('ada')}"},
    )
    assert (response.status_code, response.json()["code"]) == TOO_LARGE
    assert response.json()["bytes_max"] == BODY_BYTES_MAX
    assert sent <= BODY_BYTES_MAX + 2_048


async def test_who_may_not_ask_is_told_before_the_body_is_read(api: Api) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    response = await api.client.post("/api/v1/venues", content=unread())
    assert response.status_code == 401


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"venue": 99, "title": "x", "starts_at": "2031-05-01T18:00:00Z"}, UNKNOWN),
        ({"venue": HUGE, "title": "x", "starts_at": "2031-05-01T18:00:00Z"}, BAD),
        ({"venue": 1, "title": "x"}, BAD),
        ({"venue": 1, "title": "x", "starts_at": "tomorrow"}, BAD),
        ({"venue": 1, "title": "x", "starts_at": "2031-05-01T18:00:00Z", "epoch": 1}, BAD),
        (
            {
                "venue": 1,
                "title": "x",
                "starts_at": "2031-05-01T18:00:00Z",
                "prices": {"Front": 1},
            },
            BAD,
        ),
    ],
)
async def test_a_bad_show_is_not_made(
    api: Api, show: int, form: dict[str, Any], code: tuple[int, str]
) -> None:
    assert await api.refusal("POST", "/shows", form, who=Role.ADMIN) == code
    assert len((await api.do("GET", "/shows"))["shows"]) == 1


async def test_missing_and_unknown_prices_are_named(api: Api, show: int) -> None:
    form = {"venue": 1, "title": "x", "starts_at": "2031-05-01T18:00:00Z"}
    for prices, names in (({"Front": 1}, ["Back"]), ({"Box": 1, "Pit": 2}, ["Box", "Pit"])):
        response = await api.ask("POST", "/shows", {**form, "prices": prices}, who=Role.ADMIN)
        assert response.json()["categories"] == names


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "House", "plan": {}}, BAD),
        ({"name": "House", "plan": None}, BAD),
        ({"name": "House"}, BAD),
        ({"name": "", "plan": PLAN}, BAD),
        ({"name": "a\0b", "plan": PLAN}, BAD),
        ({"name": "House", "plan": PLAN, "id": 1}, BAD),
        (b'{"name": "House", "plan": ' + b"[" * 100_000, BAD),
        (b'{"name": "House", "plan": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", BAD),
        (b'{"name": "House", "plan": {"name": "\xff"}}', BAD),
        (b'{"name": "House", "plan": {"name": "\\u0000"}}', BAD),
    ],
)
async def test_a_bad_venue_is_not_made(api: Api, body: Any, code: tuple[int, str]) -> None:
    assert await api.refusal("POST", "/venues", body, who=Role.ADMIN) == code
    show = {"venue": 1, "title": "x", "starts_at": "2031-05-01T18:00:00Z"}
    assert await api.refusal("POST", "/shows", show, who=Role.ADMIN) == UNKNOWN


async def test_a_bad_plan_is_answered_with_every_fault_and_its_place(api: Api) -> None:
    plan = json.loads(json.dumps(PLAN))
    seats = plan["zones"][0]["rows"][0]["seats"]
    seats[1]["seat_guid"] = "1-1"
    seats[2]["category"] = "Box"
    response = await api.ask("POST", "/venues", {"name": "House", "plan": plan}, who=Role.ADMIN)
    assert (response.status_code, response.json()["code"]) == BAD
    places = [fault["place"] for fault in response.json()["faults"]]
    assert places[:2] == [
        "zones[0].rows[0].seats[1].seat_guid",
        "zones[0].rows[0].seats[2].category",
    ]


async def test_a_wrong_method_names_the_right_ones(api: Api, show: int) -> None:
    response = await api.ask("PUT", f"/shows/{show}")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "PATCH"}
    assert response.json()["code"] == "bad_message"
