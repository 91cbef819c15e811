"""How long the seat map's script runs in each frame, in a real browser.

    python -m benchmarks.map_frames [plan.json]

The plan is a file in the pretix format; without one it is the stadium of the demo. For the whole
view with live changes, for zooming, and for panning among dots and among numbered seats it prints
the median, the 95th percentile and the longest script time of a frame (the handlers of its input
and its drawing), the median and the 95th percentile of the time between frames, and how many tasks
took longer than 50 ms: on this machine as it is, and four times slowed down. Before that: how long
the first picture took from the plan's text on.

Needs Playwright and a Chromium (`CHROMIUM` names it, /usr/bin/chromium by default); neither is
needed for anything else here. Without a GPU the time between frames is the rasterizer's.
"""

import argparse
import functools
import http.server
import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, Final

from app.config import project_root
from app.demo_plans import stadium

_CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_SLOWDOWNS: Final = (1, 4)
_WIDTH_PX, _HEIGHT_PX = 1280, 800
_PAGE: Final = Path(__file__).with_name("map_frames.html")


class _Files(http.server.SimpleHTTPRequestHandler):
    """Serves the checkout, the page and one plan to this process's own browser."""

    plan = b""

    def do_GET(self) -> None:
        if self.path == "/plan.json":
            self._answer(self.plan, "application/json")
        elif self.path == "/":
            self._answer(_PAGE.read_bytes(), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("plan", nargs="?", type=Path, help="a seating plan; the demo stadium")
    path = parser.parse_args().plan
    plan = path.read_bytes() if path else json.dumps(stadium()).encode()
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError:
        sys.exit("This needs Playwright: pip install playwright")
    files = type("_PlanFiles", (_Files,), {"plan": plan})
    serve = functools.partial(files, directory=str(project_root()))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            for slowdown in _SLOWDOWNS:
                _measure(browser, f"http://127.0.0.1:{server.server_port}/", slowdown)
            browser.close()
        server.shutdown()


def _measure(browser: Any, address: str, slowdown: int) -> None:
    """Print one table, from a page of its own."""
    page = browser.new_page(viewport={"width": _WIDTH_PX, "height": _HEIGHT_PX})
    page.on("pageerror", lambda error: sys.exit(f"The page failed: {error}"))
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(address)
    first = page.wait_for_function("() => window.firstPicture").json_value()
    print(f"\n{first['seats']:,} seats, {_WIDTH_PX} x {_HEIGHT_PX}, CPU {slowdown}x slowed down")
    print(
        f"first picture after {first['total']:.0f} ms: parse {first['parse']:.0f}, "
        f"plan {first['plan']:.0f}, map {first['map']:.0f}, frame {first['frame']:.0f}"
    )
    print(
        f"{'script ms a frame':<22}{'median':>8}{'p95':>8}{'max':>8}"
        f"{'interval':>10}{'p95':>8}{'long':>6}"
    )
    for name in page.evaluate("() => window.scenes"):
        scene = page.evaluate("(name) => window.play(name)", name)
        script, between = sorted(scene["script"]), sorted(scene["between"])
        print(
            f"{name:<22}{_share(script, 0.5):>8.2f}{_share(script, 0.95):>8.2f}"
            f"{script[-1]:>8.2f}{_share(between, 0.5):>10.1f}{_share(between, 0.95):>8.1f}"
            f"{scene['longTasks']:>6}"
        )
    page.close()


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


if __name__ == "__main__":
    main()
