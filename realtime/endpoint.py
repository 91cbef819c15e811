"""The ASGI end of a socket: takes messages in, has the session decide, carries its steps out.

Messages of one socket are taken one after another, so commands are submitted in the order they
came; their replies come as each is answered and may overtake one another (`ref` tells them apart).
Most need nothing to be waited for and are taken in as they arrive; when one does, it and those
behind it are received by the socket's task.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope, Send

from app.domain import Command, Outcome
from app.errors import BadMessage, RateLimited, SeatwireError, Unavailable
from app.services import Services
from realtime.close_codes import CloseCode
from realtime.connection import Connection
from realtime.hub import Hub
from realtime.protocol import Codec, Ref, choose_codec, encode
from realtime.session import (
    Close,
    Greet,
    Join,
    Leave,
    Reply,
    Session,
    SetVisible,
    Step,
    Submit,
    error_reply,
    ok_reply,
    outcome_reply,
)
from realtime.socket import EXTENSION, QueuedSocket, Socket

# Commands of one socket on their way; a person clicks slower, a program waits.
UNANSWERED_MAX: Final = 64
UNANSWERED_RETRY_MS: Final = 100
SHOWS_PER_SOCKET_MAX: Final = 32
CLOSE_TIMEOUT_S: Final = 1.0

# A function within a function evaluates the types it names each time it is made.
_Answer = asyncio.Future[Outcome]

log = structlog.get_logger(__name__)


class Endpoint:
    """`GET /ws`."""

    def __init__(self, services: Services, hub: Hub) -> None:
        self._services = services
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes."""
        await receive()  # websocket.connect
        if not self._origin_is_allowed(scope):
            await send({"type": "websocket.close", "code": 1008})  # before accept: HTTP 403
            return
        try:
            codec = choose_codec(scope["subprotocols"])
        except ValueError:
            await send({"type": "websocket.close", "code": 1002})
            return
        chosen = codec.value if codec.value in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": chosen})
        extension = scope.get("extensions", {}).get(EXTENSION)
        if extension is not None:  # then its HTTP protocol has asked the hub already
            await self._converse(extension["socket"], codec, receive)
            return
        retry_in_s = self._hub.admit()
        if retry_in_s is not None:
            code, reason = int(CloseCode.TRY_LATER), f"retry_in_ms={round(retry_in_s * 1000)}"
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return
        await self._converse_queued(QueuedSocket(send), codec, receive)

    async def _converse_queued(self, queued: QueuedSocket, codec: Codec, receive: Receive) -> None:
        """Converse until either end stops: the sender after a close frame or when it was cut."""
        sender = asyncio.create_task(queued.run(), name="socket sender")
        reader = asyncio.create_task(self._converse(queued, codec, receive), name="socket reader")
        try:
            await asyncio.wait({sender, reader}, return_when=asyncio.FIRST_COMPLETED)
            if queued.is_closing:
                await asyncio.wait({sender}, timeout=CLOSE_TIMEOUT_S)
        finally:
            sender.cancel()
            reader.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)
        if not reader.cancelled():
            reader.result()  # a defect is the server's to report

    async def _converse(self, socket: Socket, codec: Codec, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        settings = self._services.settings
        session = Session(
            session_id=uuid4().hex[:12],
            codec=codec,
            verify=self._services.tokens.verify,
            new_id=uuid4,
            pulse_ms=settings.pulse_ms,
            messages_per_s=settings.messages_per_s,
            messages_burst=settings.messages_burst,
        )
        connection = Connection(socket, codec, loop.time())
        conversation = Conversation(session, connection, self._services, self._hub)
        socket.on_message(conversation.take_at_once)
        self._hub.add(connection)
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if not await conversation.take(_content(message)):
                    return
                # Whoever does not read their replies is not listened to either.
                await socket.drained()
        finally:
            self._hub.remove(connection)

    def _origin_is_allowed(self, scope: Scope) -> bool:
        """Browsers always send Origin; other clients may, and are let in without."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        if origin is None:
            return True
        try:
            same = urlsplit(origin).netloc == headers.get(b"host")
        except ValueError:
            return False  # not even a URL
        return same or origin in self._services.settings.origins


class Conversation:
    """Has one socket's session decide about its messages, and carries out the steps."""

    def __init__(
        self, session: Session, connection: Connection, services: Services, hub: Hub
    ) -> None:
        self._session = session
        self._connection = connection
        self._services = services
        self._hub = hub
        self._unanswered = 0
        self._is_waiting = False
        # What is to be done about the message that `take_at_once` has declined last.
        self._declined: Step | None = None

    def take_at_once(self, data: str | bytes) -> bool:
        """Take a message in, unless something has to be waited for: then it is to come by `take`,
        before any other."""
        if self._is_waiting or self._connection.socket.is_congested:
            return False
        step = self._decide(data)
        if self._carry_out(step):
            return True
        self._declined = step
        return False

    async def take(self, data: str | bytes) -> bool:
        """Take a message in; its reply is written now or, for a command, when it is answered.

        Returns whether the conversation goes on.
        """
        step, self._declined = self._declined or self._decide(data), None
        self._is_waiting = True
        try:
            if not self._carry_out(step):
                await self._wait_for(step)
        finally:
            self._is_waiting = False
        return not isinstance(step, Close)

    def _decide(self, data: str | bytes) -> Step:
        now_s = asyncio.get_running_loop().time()
        return self._session.receive(data, now_s=now_s, time_s=time.time())

    def _carry_out(self, step: Step) -> bool:
        """Carry out *step*; False when that takes waiting."""
        match step:
            case Submit(ref=ref, command=command):
                return self._submit_at_once(ref, command)
            case Reply(message=message):
                self._reply(message)
            case Greet(message=message, actor=actor, visible=visible):
                self._hub.greet(self._connection, actor, visible=visible)
                self._reply(message)
            case SetVisible(message=message, value=value):
                self._reply(message)
                self._hub.set_visible(self._connection, value)
            case Close(code=code):
                self._connection.socket.close(code)
            case Join() | Leave():
                return False
        return True

    async def _wait_for(self, step: Step) -> None:
        match step:
            case Submit(ref=ref, command=command):
                await self._guard(ref, self._learn_seats(ref, command))
            case Join(ref=ref):
                await self._guard(ref, self._join(step))
            case Leave(ref=ref, show=show):
                await self._guard(ref, self._leave(ref, show))

    async def _guard(self, ref: Ref, work: Any) -> None:
        try:
            await work
        except SeatwireError as error:
            self._reply(error_reply(ref, error))

    async def _join(self, step: Join) -> None:
        watching = self._connection.watching
        if len(watching) >= SHOWS_PER_SOCKET_MAX and step.show not in watching:
            raise BadMessage(f"One socket watches at most {SHOWS_PER_SOCKET_MAX} shows.")
        audience = await self._hub.audience(step.show)
        reply = ok_reply(step.ref, show=audience.show_fields)
        audience.join(self._connection, step.since, encode(reply, self._connection.codec))

    async def _leave(self, ref: Ref, show: int) -> None:
        if show in self._connection.watching:
            audience = await self._hub.audience(show)
            audience.leave(self._connection, asyncio.get_running_loop().time())
        self._reply(ok_reply(ref))

    async def _learn_seats(self, ref: Ref, command: Command) -> None:
        """Submit a command on a show that has not been asked about lately."""
        self._submit(ref, command, await self._services.catalog.seat_count(command.show))

    def _submit_at_once(self, ref: Ref, command: Command) -> bool:
        count = self._services.catalog.known_seat_count(command.show)
        if count is None and getattr(command, "seats", None):
            return False
        try:
            self._submit(ref, command, count or 0)
        except SeatwireError as error:
            self._reply(error_reply(ref, error))
        return True

    def _submit(self, ref: Ref, command: Command, seat_count: int) -> None:
        if self._unanswered >= UNANSWERED_MAX:
            raise RateLimited(UNANSWERED_RETRY_MS)
        seats = getattr(command, "seats", None)
        if seats and seats[-1] >= seat_count:
            raise BadMessage(f"This show has seats 0 to {seat_count - 1}.")
        answer = self._services.box_office.submit(command)
        self._unanswered += 1
        answer.add_done_callback(self._answered(ref, command))

    def _answered(self, ref: Ref, command: Command) -> Callable[[_Answer], None]:
        def reply(answer: _Answer) -> None:
            self._unanswered -= 1
            if answer.cancelled():
                error: BaseException | None = Unavailable("This instance is shutting down.")
            else:
                error = answer.exception()
            if isinstance(error, SeatwireError):
                self._reply(error_reply(ref, error))
            else:
                self._reply(outcome_reply(ref, command, answer.result()))

        return reply

    def _reply(self, message: dict[str, Any]) -> None:
        self._connection.socket.write(encode(message, self._connection.codec))


def _content(message: AsgiMessage) -> str | bytes:
    text: str | None = message.get("text")
    data: bytes | None = message.get("bytes")
    return text if text is not None else (data or b"")
