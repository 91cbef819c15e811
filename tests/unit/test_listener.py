"""What an accepted socket takes over from the listening one."""

import socket
import sys

import pytest

from app.main import TCP_OPTIONS, listen


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have fewer of the options")
def test_DL5_every_accepted_socket_is_bounded_and_found_dead_without_asking() -> None:
    """Asking for it again for each socket would cost every opening some calls to the kernel."""
    with listen("127.0.0.1", 0) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                for name, value in TCP_OPTIONS.items():
                    option = getattr(socket, name)
                    assert accepted.getsockopt(socket.IPPROTO_TCP, option) == value, name
