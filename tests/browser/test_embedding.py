import asyncio
from contextlib import suppress

from playwright.async_api import WebSocket, expect

from tests.browser.visitors import Visitors, at_seat, in_list, is_live, open_list
from tests.end_to_end.fleet import Fleet


async def test_a_map_on_another_site_is_live_and_sells(fleet: Fleet, visitors: Visitors) -> None:
    html = policy = ""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A browser may open a connection that it then does not use.
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n{policy}\r\n\r\n"
            writer.write((head + html).encode())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        site = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        web = await fleet.start_web(SEATWIRE_ORIGINS=site)
        show = await fleet.add_show(web.url)
        # What EMBEDDING.md asks for, and nothing more.
        sockets = web.url.replace("http:", "ws:")
        policy = (
            "Content-Security-Policy: default-src 'none'; "
            f"script-src {web.url}; style-src {web.url}; connect-src {web.url} {sockets}"
        )
        html = f"""<!doctype html><title>A theatre</title>
            <script type="module" src="{web.url}/static/embed.js"></script>
            <seat-map id="map" show="{show}"></seat-map>"""
        buyer = await visitors.come(f"{web.url}/shows/{show}")
        await is_live(buyer)
        await open_list(buyer, 0)

        page = await visitors.come("about:blank")
        opened: list[WebSocket] = []
        page.on("websocket", lambda socket: opened.append(socket))
        await page.goto(site)
        await is_live(page)
        await page.mouse.click(*await at_seat(page, 3))
        await expect(in_list(buyer, 3)).to_contain_text("Held by others")
        assert len(opened) == 1
