"""A <seat-map> on an empty page with a plan of its own: the map without shows and servers."""

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import CDPSession, Page

from app.config import project_root

_PAGE: Final = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Map</title>
<style>body { margin: 0 } seat-map { display: block; height: 100vh }</style>
<seat-map id="map"></seat-map><script type="module" src="/static/js/define.js"></script>"""

# Whoever moves the map is noted, so that a test can ask what it shows.
_WATCH: Final = """async () => {
  const { Viewport } = await import('/static/js/viewport.js');
  for (const name of ['moveTo', 'resize']) {
    const move = Viewport.prototype[name];
    Viewport.prototype[name] = function (...how) {
      window.viewport = this;
      return move.apply(this, how);
    };
  }
  await customElements.whenDefined('seat-map');
}"""

_DRAW: Final = """async (plan) => {
  document.querySelector('#map').showPlan(JSON.parse(plan));
  while (window.viewport === undefined) await new Promise(requestAnimationFrame);
}"""

_PLACE: Final = """() => {
  const { scale, offsetX, offsetY, width, height } = window.viewport;
  return { scale, left: offsetX, top: offsetY, width, height };
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """What a map shows: screen = plan * scale + (left, top), in CSS pixels."""

    scale: float
    left: float
    top: float
    width: float
    height: float

    def to_plan(self, x: float, y: float) -> tuple[float, float]:
        """Return what point of the plan is at a point of the map."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the map a point of the plan is."""
        return x * self.scale + self.left, y * self.scale + self.top


class _Files(http.server.SimpleHTTPRequestHandler):
    """The checkout's files, and the empty page at /."""

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def open_board() -> Iterator[str]:
    """Serve the empty page, and return its address."""
    serve = functools.partial(_Files, directory=str(project_root()))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


async def draw(page: Page, plan: dict[str, Any]) -> Place:
    """Have the map draw *plan*, and return what it shows."""
    await page.evaluate(_WATCH)
    await page.evaluate(_DRAW, json.dumps(plan))
    return await place(page)


async def place(page: Page) -> Place:
    """Return what the map shows now."""
    return Place(**await page.evaluate(_PLACE))


async def touch(devtools: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Put down, move or lift all fingers. kind: `touchStart`, `touchMove` or `touchEnd`."""
    fingers = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
    await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def halls(zones: int, rows: int, seats: int) -> dict[str, Any]:
    """Return a plan of *zones* halls side by side, ten in a row, each *rows* times *seats*."""
    return {
        "name": "Halls",
        "categories": [{"name": "Front", "color": "#336699"}],
        "zones": [
            {
                "name": f"Hall {zone + 1}",
                "position": {
                    "x": zone % 10 * (seats + 4) * 20,
                    "y": zone // 10 * (rows + 4) * 20,
                },
                "areas": [],
                "rows": [
                    {
                        "row_number": str(row + 1),
                        "position": {"x": 0, "y": 20 * row},
                        "seats": [
                            {
                                "seat_guid": f"{zone}-{row}-{seat}",
                                "seat_number": str(seat + 1),
                                "position": {"x": 20 * seat, "y": 0},
                                "category": "Front",
                            }
                            for seat in range(seats)
                        ],
                    }
                    for row in range(rows)
                ],
            }
            for zone in range(zones)
        ],
    }
