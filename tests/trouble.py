"""A world of trouble for the whole bot: both platforms' twins and a model's host, failing in every way they can."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from adapters.discord import Discord
from adapters.telegram import Telegram
from bot import app, backends
from bot.config import Settings
from bot.ports import Platform
from tests.twins import faults
from tests.twins.discord import TOKEN as DISCORD
from tests.twins.discord import DiscordTwin
from tests.twins.inbox import Naps
from tests.twins.telegram import TOKEN as TELEGRAM
from tests.twins.telegram import TelegramTwin

HOOK = "whsec_0123456789-of-nobody_ABCDEF"  # the webhook's secret
KEY = "sk-nobodys+key/0123456789-abcdefghij"  # the model's
WORD = "둥실둥실고래"  # what people write, the same
PATIENCE = 60.0  # seconds; on an idle machine it takes 5


@dataclass
class Traces:
    """What a run leaves: its data folder with logs and database, stderr and stdout, replies, errors."""

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)

    def written(self) -> dict[str, bytes]:
        """Every byte of every file, and all the rest."""
        files = {str(path.relative_to(self.folder)): path.read_bytes() for path in _files(self.folder)}
        return files | {name: text.encode() for name, text in self.texts.items()}

    def logged(self) -> dict[str, bytes]:
        """Of these, what an operator may read and pass on."""
        public = ("irang.log", "stderr", "stdout", "error")
        return {name: content for name, content in self.written().items() if name.endswith(public)}

    def note(self, error: BaseException) -> None:
        self.texts["error"] = self.texts.get("error", "") + "".join(traceback.format_exception(error))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Endpoint:
    """An OpenAI-compatible host that meets each request with the next of `troubles`, and tells people's keys aloud."""

    def __init__(self) -> None:
        self.troubles: deque[str] = deque()
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        server = web.Application()
        server.router.add_post("/v1/chat/completions", self._answer)
        runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        key = request.headers["Authorization"]
        match self.troubles.popleft() if self.troubles else "":
            case "401":
                said = {"error": {"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"}}
                return web.json_response(said, status=401)
            case "500":
                return web.Response(status=500, text=f"<html>{key} {await request.text()}</html>")
            case "cut":
                return faults.cut(request)
            case "garbage":
                return await self._stream(request, f"data: {key} is no JSON\n\n")
            case "broken":
                return await self._stream(request, _chunk("네"))
            case _:
                return await self._stream(request, _chunk("네, "), _chunk("들었어요", "stop"), "data: [DONE]\n\n")

    async def _stream(self, request: web.Request, *events: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in events:
            await response.write(event.encode())
        return response


def _chunk(text: str, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({'model': 'm', 'choices': [choice]})}\n\n"


@dataclass
class World:
    """Both twins, a model's host, and the settings that lead there."""

    telegram: TelegramTwin
    discord: DiscordTwin
    endpoint: Endpoint
    traces: Traces
    settings: Settings
    bot: app.Bot = field(init=False)

    def platforms(self) -> list[Platform]:
        """As app.platforms makes them, but with pauses that take no time."""
        return [
            Telegram(self.settings.telegram, TELEGRAM, language="ko", secret=HOOK, rest=Naps()),
            Discord(self.settings.discord, DISCORD, language="ko", backfill=50, backoff=0.01),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        """The whole bot; what it dies of is noted, as `irang run` would print it."""
        platforms = self.platforms()
        root = self.traces.folder
        async with (
            backends.model(self.settings, root) as (backend, _),
            app.running(self.settings, root, platforms, backend) as self.bot,
        ):
            work = asyncio.create_task(self.bot.run(platforms))
            try:
                yield work
            finally:
                work.cancel()
                await asyncio.wait([work])
                if not work.cancelled() and (error := work.exception()):
                    self.traces.note(error)
                telegram = platforms[0]
                assert isinstance(telegram, Telegram)
                await telegram.close()

    def note_replies(self) -> None:
        bubbles = [text for bubble in self.telegram.bubbles.values() if bubble.mine for text in bubble.history]
        posts = [text for posts in self.discord.posts.values() for post in posts if post.mine for text in post.history]
        self.traces.texts["replies"] = "\n".join(bubbles + posts)


@asynccontextmanager
async def a_world(folder: Path, **telegram: object) -> AsyncIterator[World]:
    endpoint = Endpoint()
    async with TelegramTwin() as twin, DiscordTwin() as other, endpoint.serving():
        settings = Settings.model_validate(
            {
                "access": {"open": True},
                "delivery": {"notice_after": 0.05},
                "model": {"url": endpoint.url, "name": "m", "patience": 1.0},
                "telegram": {"api": twin.url, **telegram},
                "discord": {"api": other.url},
                "log": {"level": "DEBUG"},
            }
        )
        world = World(twin, other, endpoint, Traces(folder), settings)
        yield world
        world.note_replies()


def all_that_fails(*statuses: int) -> list[faults.Fault]:
    """What a platform's servers and the way to them can do wrong, once each."""
    broken = [faults.html(), faults.cut_before(), faults.answer_lost()]
    return [faults.throttled(0), *(faults.answers(status) for status in statuses), *broken]


def spread(troubles: Sequence[faults.Fault]) -> list[faults.Fault]:
    """With a call between them that goes well, so that no pause grows long."""
    return [fault for trouble in troubles for fault in (trouble, faults.Fault())]


def spoil(world: World) -> None:
    """Every call that the bot makes will meet every fault."""
    for method in ("getMe", "deleteWebhook", "setMyCommands", "getUpdates"):
        world.telegram.faults.inject(method, *all_that_fails(409, 400, 500, 502), faults.html(200))
    for method in ("sendMessage", "editMessageText", "sendChatAction", "answerCallbackQuery"):
        refused = (faults.answers(403), faults.answers(401), faults.answers(404))
        world.telegram.faults.inject(method, *spread([*all_that_fails(500, 502), faults.html(200), *refused]))
    for operation in ("get_my_user", "get_bot_gateway", "bulk_set_application_commands"):
        world.discord.faults.inject(operation, faults.html(404), faults.answers(403), faults.cut_before())
    for operation in ("create_interaction_response", "update_original_webhook_message", "trigger_typing_indicator"):
        world.discord.faults.inject(operation, faults.throttled(0.01), faults.html(404), faults.answers(403))
    for operation in ("create_message", "update_message"):
        troubles = [faults.throttled(0.01), faults.html(), faults.answer_lost(), faults.answers(403)]
        world.discord.faults.inject(operation, *spread([*troubles, faults.answers(401)]))
    world.endpoint.troubles.extend(["401", "500", "cut", "garbage", "broken"])


async def live_through_it(world: World) -> None:
    """Conversations, nonsense and dying connections, until both platforms answer as if nothing had been."""
    telegram, discord = world.telegram, world.discord
    minsu, minji, stranger = telegram.person("민수"), discord.person("민지"), telegram.person("길손")
    chat, channel, room = telegram.private(minsu), discord.dm(minji), discord.channel()
    await discord.until(lambda: discord.gateway.online, within=PATIENCE)
    for nonsense in ({"update_id": telegram.next_update_id, "message": {"text": WORD}}, WORD, None, {"update_id": "x"}):
        telegram.push(nonsense)
    for number in range(6):
        telegram.say(chat, minsu, f"{WORD} {number}")
        discord.say(channel, minji, f"{WORD} {number}")
    telegram.say(telegram.private(stranger), stranger, WORD)
    telegram.block(stranger)
    for broken in ({"content": WORD}, {"id": "1", "author": None, "content": WORD}, [WORD], None):
        discord.gateway.dispatch("MESSAGE_CREATE", broken)
        discord.gateway.dispatch("INTERACTION_CREATE", broken)
    for name in ("help", "time", "retry", "nonsense"):
        discord.slash(room, minji, name, {"text": WORD})
    await telegram.until(lambda: not telegram.queue, within=PATIENCE)
    for code in (4000, 4009, 1001):
        await discord.gateway.close(code)
        await discord.until(lambda: discord.gateway.online, within=PATIENCE)
    discord.gateway.invalidate()
    await discord.until(lambda: discord.gateway.online, within=PATIENCE)
    telegram.say(chat, minsu, "/time")
    discord.slash(room, minji, "time")
    await telegram.until(lambda: any("지금은" in bubble.text for bubble in telegram.answers(chat)), PATIENCE)
    await discord.until(lambda: any("지금은" in post.content for post in discord.answers(room)), PATIENCE)


async def all_is_said(world: World) -> None:
    """Wait until nothing is left to answer or to deliver."""
    query = (
        "select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state = 'ready')"
    )
    async with asyncio.timeout(PATIENCE):
        while await world.bot.core.store.run(lambda db: db.execute(query).fetchone()[0]):  # noqa: ASYNC110 a database
            await asyncio.sleep(0.02)
