"""How rivals are served: uvicorn as Seatwire has it, but with uvicorn's own WebSocket class."""

import os
from typing import Any

import uvicorn

from app.open_files import raise_open_files


def serve(app: Any) -> None:
    """Serve an ASGI application on RIVAL_PORT until killed."""
    raise_open_files()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["RIVAL_PORT"]),
        loop="uvloop",
        log_level="warning",
        access_log=False,
        backlog=4_096,
        # Watchers here never ping; without this uvicorn would, and cut those that do not answer.
        ws_ping_interval=None,
    )
