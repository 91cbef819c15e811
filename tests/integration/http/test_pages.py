"""The pages and their files, as browsers and embedding sites fetch them."""

import gzip
import re
from typing import Final
from uuid import UUID

import pytest

from app.http.pages import STATIC_FOLDER
from tests.integration.http.conftest import ORIGIN, Api

# The file of each page; `{show}` stands for a show that there is.
PAGES: Final = {
    "/": "index.html",
    "/shows/{show}": "show.html",
    f"/shows/{{show}}/bookings/{UUID(int=1)}": "booking.html",
    "/kiosk/{show}": "kiosk.html",
    "/admin": "admin.html",
}
EMBEDDABLE: Final = ("index.html", "show.html", "booking.html")
SCRIPT: Final = "js/define.js"
VERSIONED: Final = re.compile(r"/static/v/[0-9a-f]{16}/")
FOR_EVER: Final = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_names_versioned_files_that_are_there(api: Api, show: int, path: str) -> None:
    response = await api.client.get(path.format(show=show))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', response.text)
    assert files
    for file in files:
        assert VERSIONED.match(file)
        answer = await api.client.get(file)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, FOR_EVER), file


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_comes_with_a_policy_and_is_revalidated(
    api: Api, show: int, path: str
) -> None:
    url = path.format(show=show)
    response = await api.client.get(url)
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-content-type-options"] == "nosniff"
    policy = response.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self' ws://seats.example wss://seats.example" in policy
    embedders = f"'self' {ORIGIN}" if PAGES[path] in EMBEDDABLE else "'none'"
    assert f"frame-ancestors {embedders}" in policy
    unchanged = await api.client.get(url, headers={"If-None-Match": response.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_every_page_that_is_there_is_answered() -> None:
    files = {file.name for file in STATIC_FOLDER.glob("*.html")}
    assert files == {*PAGES.values(), "missing.html"}


async def test_a_host_that_is_no_host_is_not_repeated(api: Api) -> None:
    response = await api.client.get("/", headers={"Host": "x; script-src *"})
    policy = response.headers["content-security-policy"]
    assert "connect-src 'self';" in policy
    assert "*" not in policy


async def test_a_file_is_compressed_for_whoever_takes_it(api: Api) -> None:
    plain = await api.client.get(f"/static/{SCRIPT}", headers={"Accept-Encoding": "identity"})
    assert plain.content == (STATIC_FOLDER / SCRIPT).read_bytes()
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "content-encoding" not in plain.headers

    text = max((STATIC_FOLDER / "js").glob("*.js"), key=lambda path: path.stat().st_size)
    url = f"/static/js/{text.name}"
    async with api.client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as coded:
        body = b"".join([part async for part in coded.aiter_raw()])
    assert coded.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in coded.headers["vary"]
    assert len(body) == int(coded.headers["content-length"]) < text.stat().st_size / 2
    assert gzip.decompress(body) == text.read_bytes()
    for coding in ("gzip", "identity"):
        known = {"Accept-Encoding": coding, "If-None-Match": coded.headers["etag"]}
        status = (await api.client.get(url, headers=known)).status_code
        assert status == (304 if coding == "gzip" else 200)


async def test_a_file_without_its_version_is_revalidated(api: Api) -> None:
    response = await api.client.get(f"/static/{SCRIPT}")
    assert response.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": response.headers["etag"]}
    assert (await api.client.get(f"/static/{SCRIPT}", headers=known)).status_code == 304


async def test_another_release_s_version_is_answered_but_not_kept(api: Api) -> None:
    response = await api.client.get(f"/static/v/{'0' * 16}/{SCRIPT}")
    assert response.content == (STATIC_FOLDER / SCRIPT).read_bytes()
    assert response.headers["cache-control"] == "no-cache"


async def test_head_answers_what_get_would_without_the_body(api: Api) -> None:
    for url in ("/", f"/static/{SCRIPT}"):
        get = await api.client.get(url)
        head = await api.client.head(url)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "cache-control"):
            assert head.headers[name] == get.headers[name]


async def test_files_and_plans_may_be_loaded_by_origins_that_are_allowed(
    api: Api, show: int
) -> None:
    plan_hash = (await api.do("GET", f"/shows/{show}"))["plan_hash"]
    for url in (f"/static/{SCRIPT}", f"/api/v1/plans/{plan_hash}"):
        allowed = await api.client.get(url, headers={"Origin": ORIGIN})
        assert allowed.headers["access-control-allow-origin"] == ORIGIN
        stranger = await api.client.get(url, headers={"Origin": "https://elsewhere.example"})
        assert "access-control-allow-origin" not in stranger.headers
        assert "Origin" in stranger.headers["vary"]


@pytest.mark.parametrize(
    "url",
    [
        "/shows/x",
        "/shows/",
        "/shows/1/bookings/x",
        "/kiosk/x",
        "/static/",
        "/static/js",
        "/static/js/",
        "/static/index.html",
        "/static/v/0/js/define.js",
        "/static/../pyproject.toml",
        "/static/%2e%2e/Makefile",
        "/static/js/..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/%00",
    ],
)
async def test_there_is_nothing_else(api: Api, url: str) -> None:
    response = await api.client.get(url, follow_redirects=True)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "url", ["/shows/x", "/shows/999999999", "/kiosk/999999999", "/shows/1/bookings/x", "/nowhere"]
)
async def test_a_browser_is_answered_a_page_where_there_is_nothing(api: Api, url: str) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    response = await api.client.get(url, headers=accept)
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "There is no such page" in response.text
    assert "Diese Seite gibt es nicht" in response.text
    assert VERSIONED.search(response.text)


@pytest.mark.parametrize("url", ["/api/v1/shows/999999999", "/static/nothing.js"])
async def test_what_is_no_page_is_answered_a_problem_whoever_asks(api: Api, url: str) -> None:
    response = await api.client.get(url, headers={"Accept": "text/html"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_file_is_only_read(api: Api) -> None:
    response = await api.client.post(f"/static/{SCRIPT}")
    assert (response.status_code, response.json()["code"]) == (405, "bad_message")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}
