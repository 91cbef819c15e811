"""Venues and their plans over HTTP."""

import hashlib
import json
from typing import Final

from app.demo_plans import stadium
from app.domain import Role
from app.plans import parse_plan
from tests.integration.http.conftest import PLAN, Api

FOR_EVER: Final = "public, max-age=31536000, immutable"


async def test_a_venue_answers_its_plan_s_hash_and_count(api: Api) -> None:
    response = await api.ask("POST", "/venues", {"name": "House", "plan": PLAN}, who=Role.ADMIN)
    assert response.status_code == 201
    assert response.json() == {"venue": 1, "plan_hash": parse_plan(PLAN).hash, "count": 12}


async def test_a_venue_is_read_by_its_number(api: Api) -> None:
    added = await api.do("POST", "/venues", {"name": "House", "plan": PLAN}, who=Role.ADMIN)
    path = f"/venues/{added['venue']}"
    response = await api.ask("GET", path)
    assert response.json() == {**added, "name": "House"}
    unchanged = await api.ask("GET", path, headers={"If-None-Match": response.headers["etag"]})
    assert unchanged.status_code == 304
    for unknown in (added["venue"] + 1, 0, "x", -1, 2**63):
        assert await api.refusal("GET", f"/venues/{unknown}") == (404, "not_found")


async def test_the_hash_of_a_plan_is_the_hash_of_what_is_sent(api: Api, show: int) -> None:
    plan_hash = (await api.do("GET", f"/shows/{show}"))["plan_hash"]
    response = await api.ask("GET", f"/plans/{plan_hash}", headers={"Accept-Encoding": "identity"})
    assert response.headers["content-type"] == "application/json"
    assert hashlib.sha256(response.content).hexdigest() == plan_hash
    assert response.json() == parse_plan(PLAN).document


async def test_a_plan_is_cached_for_ever_in_either_coding(api: Api, show: int) -> None:
    path = f"/plans/{(await api.do('GET', f'/shows/{show}'))['plan_hash']}"
    for offered, coding in (
        ("identity", None),
        ("gzip;q=0, br", None),
        ("br, GZIP;q=0.5", "gzip"),
        ("*", "gzip"),
    ):
        response = await api.ask("GET", path, headers={"Accept-Encoding": offered})
        assert response.headers.get("content-encoding") == coding
        assert response.headers["cache-control"] == FOR_EVER
        assert "Accept-Encoding" in response.headers["vary"]
        assert response.json()["name"] == PLAN["name"]

        known = {"Accept-Encoding": offered, "If-None-Match": response.headers["etag"]}
        unchanged = await api.ask("GET", path, headers=known)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["cache-control"] == FOR_EVER


async def test_an_unknown_plan_is_not_found(api: Api, show: int) -> None:
    plan_hash: str = (await api.do("GET", f"/shows/{show}"))["plan_hash"]
    for unknown in ("0" * 64, plan_hash[:-1], plan_hash.upper() + "0", "%00", "x"):
        assert await api.refusal("GET", f"/plans/{unknown}") == (404, "not_found")


async def test_a_stadium_is_loaded_opened_and_read_over_http(api: Api) -> None:
    body = json.dumps({"name": "Stadium", "plan": stadium()}).encode()
    venue = await api.do("POST", "/venues", body, who=Role.ADMIN)
    form = {"venue": venue["venue"], "title": "Final", "starts_at": "2031-05-01T18:00:00Z"}
    show = await api.do("POST", "/shows", form, who=Role.ADMIN)
    seats = await api.do("GET", f"/shows/{show['show']}/seats")
    plan = await api.ask("GET", f"/plans/{venue['plan_hash']}")

    assert show["count"] == seats["count"] == venue["count"] > 35_000
    assert hashlib.sha256(plan.content).hexdigest() == venue["plan_hash"]
    assert int(plan.headers["content-length"]) < len(plan.content) / 5
