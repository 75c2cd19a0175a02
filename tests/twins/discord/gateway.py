"""The twin's gateway: sessions that are identified, resumed, replayed, closed and spoilt on demand."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.twins.discord.world import Json

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
MESSAGE_CONTENT = 1 << 15


@dataclass
class Session:
    """What Discord keeps of a bot's connection, so that it can be resumed."""

    id: str
    intents: int
    sent: list[Json] = field(default_factory=list)  # every dispatch, in order
    line: Line | None = None

    @property
    def sequence(self) -> int:
        return len(self.sent)


class Line:
    """One connection, compressed as the client asked."""

    def __init__(self, socket: web.WebSocketResponse, compress: str | None) -> None:
        self.socket = socket
        self.frames: asyncio.Queue[Json] = asyncio.Queue()
        self._zlib = zlib.compressobj() if compress == "zlib-stream" else None

    async def write(self) -> None:
        while True:
            await self.send(await self.frames.get())

    async def send(self, frame: Json) -> None:
        text = json.dumps(frame, ensure_ascii=False)
        if self._zlib is None:
            await self.socket.send_str(text)
        else:
            packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(packed)


class GatewayTwin:
    """Sessions by id. `identified` and `resumed` count; `down`: nobody can connect; `silent`: open, but dead."""

    def __init__(self, token: str, ready: Callable[[Session], list[tuple[str, Json]]], changed: Callable[[], None]):
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.down = False
        self.silent = False
        self.content_allowed = False  # the switch in the developer portal
        self.heartbeat_interval = 41.25  # seconds
        self.remaining = 1000  # IDENTIFYs of today
        self.closed_with: list[int | None] = []  # what clients said goodbye with
        self._token = token
        self._ready = ready
        self._changed = changed

    @property
    def online(self) -> bool:
        return any(session.line for session in self.sessions.values())

    def dispatch(self, kind: str, data: object, needs: int = 0, *, blanked: Json | None = None) -> None:
        """Tell every session that asked for it; `blanked` is for those that may not read what people write."""
        for session in self.sessions.values():
            if session.intents & needs == needs:
                reads = blanked is None or session.intents & MESSAGE_CONTENT
                self._push(session, kind, data if reads else blanked)

    def _push(self, session: Session, kind: str, data: object) -> None:
        session.sent.append({"op": DISPATCH, "t": kind, "s": session.sequence + 1, "d": data})
        self._tell(session, session.sent[-1])

    def _tell(self, session: Session, frame: Json) -> None:
        if session.line and not self.silent:
            session.line.frames.put_nowait(frame)

    # ---- what goes wrong ---------------------------------------------------------------------------

    def repeat(self) -> None:
        """The last event arrives a second time."""
        for session in self.sessions.values():
            self._tell(session, session.sent[-1])

    def reconnect(self) -> None:
        """Op 7: please come again."""
        for session in self.sessions.values():
            self._tell(session, {"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self) -> None:
        """Op 9: the session is over, and what happens from now on is not replayed."""
        for session in self.sessions.values():
            self._tell(session, {"op": INVALID_SESSION, "d": False, "s": None, "t": None})
        self.sessions.clear()

    async def close(self, code: int, *, forget: bool = False) -> None:
        """Close every connection; `forget`: the sessions with it."""
        lines = [session.line for session in self.sessions.values() if session.line]
        if forget:
            self.sessions.clear()
        for line in lines:
            await line.socket.close(code=code)

    # ---- serving -----------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=True, max_msg_size=0)
        await socket.prepare(request)
        line = Line(socket, request.query.get("compress"))
        writer = asyncio.create_task(line.write())
        line.frames.put_nowait({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval * 1000}})
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    await self._hear(line, json.loads(message.data))
        finally:
            self.closed_with.append(socket.close_code)
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer
            for session in self.sessions.values():
                session.line = None if session.line is line else session.line
            self._changed()
        return socket

    async def _hear(self, line: Line, frame: Json) -> None:
        match frame["op"]:
            case 1 if not self.silent:
                line.frames.put_nowait({"op": ACK})
            case 2:
                await self._identify(line, frame["d"])
            case 6:
                await self._resume(line, frame["d"])
        self._changed()

    async def _identify(self, line: Line, data: Json) -> None:
        self.identified += 1
        self.remaining -= 1
        if data["token"] != self._token:
            await line.socket.close(code=4004)
        elif data["intents"] & MESSAGE_CONTENT and not self.content_allowed:
            await line.socket.close(code=4014)
        else:
            session = Session(f"session{self.identified}", data["intents"], line=line)
            self.sessions = {session.id: session}  # one bot: a new session replaces the one before
            for kind, payload in self._ready(session):
                self._push(session, kind, payload)

    async def _resume(self, line: Line, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if data["token"] != self._token:
            await line.socket.close(code=4004)
        elif session is None:
            line.frames.put_nowait({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
        else:
            self.resumed += 1
            session.line = line
            for missed in session.sent[data["seq"] :]:
                line.frames.put_nowait(missed)
            self._push(session, "RESUMED", {})
