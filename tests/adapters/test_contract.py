"""What the core may expect of every Platform, whichever it is: Telegram, Discord, the terminal, the stage in memory."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import pytest
from rich.console import Console as Screen

from adapters.console import Console
from adapters.discord import Discord
from adapters.telegram import Telegram
from adapters.web import Web
from bot.config import DiscordSettings, TelegramSettings, WebSettings
from bot.messages import Address, Body, Button, Edited, Incoming, Key, MessageRef, Raw, Span
from bot.ports import Chat, Entry, Outcome, Platform
from tests.adapters.site import KEYS
from tests.stage import HOME, Stage
from tests.twins.discord import DiscordTwin
from tests.twins.inbox import Inbox, running
from tests.twins.telegram import TelegramTwin

HELLO = Body("안녕하세요", (Span("bold", 0, 2),), (Button("👍", "up:1"), Button("👎", "down:1")))
OTHER = Body("다른 말")


@dataclass
class World:
    """A platform at work, and the people on it.

    `speak` does everything there that makes rows, and tells how many; `gone` is a question that is not there any
    more; `seen` are the bot's messages as people see them; `again` is the platform of the next process.
    """

    platform: Platform
    inbox: Inbox
    place: Address
    gone: MessageRef
    speak: Callable[[], int]
    seen: Callable[[], list[str]]
    again: Callable[[], Platform]

    async def heard(self) -> list[Raw]:
        """What everything that people do there left in the inbox."""
        before = len(self.inbox.rows)
        expected = before + self.speak()
        await self.inbox.until(lambda: len(self.inbox.rows) == expected)
        return list(self.inbox.rows.values())[before:]

    async def say(self, body: Body = HELLO, *, key: str = "1", reply_to: MessageRef | None = None) -> MessageRef:
        return await self.platform.send(self.place, body, reply_to=reply_to, key=Key(key))


@asynccontextmanager
async def on_telegram() -> AsyncIterator[World]:
    async with TelegramTwin() as twin:
        settings = TelegramSettings(api=twin.url)
        platform, inbox = Telegram(settings, twin.token, language="ko"), Inbox()
        minsu = twin.person("민수")
        chat, group = twin.private(minsu), twin.group([minsu])
        gone = twin.say(group, minsu, "지울 말")
        twin.vanish(gone)

        def speak() -> int:
            said = twin.say(group, minsu, "안녕", mention=True)
            twin.edit(said, "안녕!")
            twin.say(chat, minsu, "/new@irang_bot 하나")
            twin.react(said, "👍")
            twin.migrate(twin.group([minsu]))
            return 6

        async with running(platform, inbox):
            await twin.until(lambda: twin.called("getUpdates"))
            await inbox.until(lambda: inbox.rows)
            yield World(
                platform,
                inbox,
                Address("telegram", str(group.id)),
                MessageRef("telegram", str(group.id), str(gone)),
                speak,
                lambda: [bubble.text for bubble in twin.answers(group)],
                lambda: Telegram(settings, twin.token, language="ko"),
            )
        await platform.close()
        assert twin.violations == []


@asynccontextmanager
async def on_discord() -> AsyncIterator[World]:
    async with DiscordTwin() as twin:
        settings = DiscordSettings(api=twin.url)
        inbox, minsu = Inbox(), twin.person("민수")
        channel = twin.channel()
        gone = twin.say(channel, minsu, "지울 말", mention=True)
        twin.delete(gone)

        def new() -> Discord:
            return Discord(settings, twin.token, language="ko", backfill=10, backoff=0.01)

        def speak() -> int:
            said = twin.say(channel, minsu, "안녕", mention=True)
            twin.edit(said, f"<@{twin.me.id}> 안녕!")
            twin.react(twin.say(channel, twin.me, "네"), minsu, "👍")
            twin.slash(channel, minsu, "start", {"text": "하나"})
            twin.delete(said)
            return 5

        platform = new()
        async with running(platform, inbox):
            await twin.until(lambda: twin.gateway.online)
            yield World(
                platform,
                inbox,
                Address("discord", channel.id),
                MessageRef("discord", channel.id, gone.id),
                speak,
                lambda: [post.content.replace("**", "") for post in twin.answers(channel) if post.content != "네"],
                new,
            )
        assert twin.violations == []


@asynccontextmanager
async def on_console() -> AsyncIterator[World]:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as source, os.fdopen(writing, "w", encoding="utf-8") as keyboard:
        screen = Screen(file=io.StringIO(), soft_wrap=True)
        platform, inbox = Console(source, screen), Inbox()

        def speak() -> int:
            keyboard.write("안녕\n")
            keyboard.flush()
            return 1

        def seen() -> list[str]:
            assert isinstance(screen.file, io.StringIO)
            return screen.file.getvalue().split("\n")[:-1]

        async with running(platform, inbox):
            await asyncio.sleep(0)
            place = Address("console", "terminal")
            gone = MessageRef("console", "terminal", "gone")
            yield World(platform, inbox, place, gone, speak, seen, lambda: Console(source, screen))
        keyboard.close()
        for thread in (each for each in threading.enumerate() if each.name == "terminal"):
            await asyncio.to_thread(thread.join, 5)


class Nothing:
    """A bot.ports.Transcript of chats in which nothing was ever said."""

    async def outcome(self, platform: str, key: str) -> Outcome | None:
        return None

    async def entries(self, platform: str, chat: str, *, before: int | None, most: int) -> Sequence[Entry]:
        return ()

    async def chats(self, platform: str, most: int) -> Sequence[Chat]:
        return ()

    async def erase(self, platform: str, chat: str) -> None:
        return None

    async def quiet(self, platform: str, chat: str) -> bool:
        return True

    async def answered(self, ref: MessageRef) -> bool:
        return True


@asynccontextmanager
async def on_web() -> AsyncIterator[World]:
    def new() -> Web:
        return Web(WebSettings(listen="127.0.0.1:0"), KEYS, language="ko")

    platform, inbox = new(), Inbox()
    platform.remember(Nothing())
    headers = {"Authorization": f"Bearer {KEYS.web}"}
    seen: dict[str, str] = {}
    posting: list[asyncio.Task[None]] = []

    async def post() -> None:
        async with httpx.AsyncClient(base_url=platform.url, headers=headers, trust_env=False) as client:
            await client.post("/chats/home/messages", json={"text": "안녕"})
            await client.post("/chats/home/stop")
            await client.post("/chats/home/messages/1/press", json={"data": "retry:1"})
            await client.post("/chats/home/messages/1/rating", json={"value": "up"})

    def speak() -> int:
        posting.append(asyncio.create_task(post()))
        return 4

    def shown() -> list[str]:
        while listener._waiting:
            news = listener._waiting.popitem(last=False)[1]
            if news.gone:
                seen.pop(news.id, None)
            elif news.body:
                seen[news.id] = news.body.text
        return list(seen.values())

    restarted: list[Web] = []
    with platform._rooms.listening("home") as listener:
        async with running(platform, inbox):
            gone = MessageRef("web", "home", "gone")

            def again() -> Web:
                restarted.append(new())
                return restarted[-1]

            yield World(platform, inbox, Address("web", "home"), gone, speak, shown, again)
            await asyncio.gather(*posting)
    for each in (platform, *restarted):
        await each.close()


@asynccontextmanager
async def in_memory(*, idempotent: bool) -> AsyncIterator[World]:
    stage, inbox = Stage(idempotent=idempotent), Inbox()
    saying: list[asyncio.Task[MessageRef]] = []

    def speak() -> int:
        saying.append(asyncio.create_task(stage.say("안녕")))
        return 1

    async with running(stage, inbox):
        await stage._running.wait()
        gone = MessageRef("stage", HOME.chat, "gone")
        yield World(stage, inbox, HOME, gone, speak, lambda: stage.texts(HOME.chat), lambda: stage)
        await asyncio.gather(*saying)


WORLDS: dict[str, Callable[[], AbstractAsyncContextManager[World]]] = {
    "telegram": on_telegram,
    "discord": on_discord,
    "console": on_console,
    "web": on_web,
    "memory": lambda: in_memory(idempotent=True),
    "memory, placeholders": lambda: in_memory(idempotent=False),
}


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param]() as world:
        yield world


async def shown(world: World, *refs: MessageRef) -> list[str]:
    """What people see once these are final: a terminal prints nothing before."""
    await world.platform.finish(refs)
    return world.seen()


async def test_its_limits_are_sane(world: World) -> None:
    limits, place = world.platform.limits, world.place
    assert world.platform.name == place.platform
    assert limits.length > 0
    assert limits.measure(Body("")) == 0
    assert limits.measure(Body("가" * limits.length)) == limits.length
    assert limits.edit_every >= 0
    assert limits.typing_every is None or limits.typing_every > 0
    assert limits.spans is None or limits.spans > 0
    assert all(pace.calls > 0 and pace.seconds > 0 for pace in (limits.bot_pace, limits.chat_pace(place)))


async def test_a_row_means_the_same_after_a_restart(world: World) -> None:
    rows = await world.heard()
    events = [world.platform.parse(row.payload) for row in rows]
    assert any(isinstance(event, Incoming) for event in events)
    assert [world.again().parse(row.payload) for row in rows] == events
    assert [world.platform.parse(row.payload) for row in rows] == events


async def test_what_people_say_comes_with_its_place_and_time(world: World) -> None:
    rows = await world.heard()
    said = [event for row in rows if isinstance(event := world.platform.parse(row.payload), Incoming)]
    edited = [event.message for row in rows if isinstance(event := world.platform.parse(row.payload), Edited)]
    for each in said + edited:
        assert each.address.platform == each.ref.platform == each.person.platform == world.platform.name
        assert (each.ref.chat, bool(each.person.id)) == (each.address.chat, True)
        assert abs((datetime.now(UTC) - each.at).total_seconds()) < 60
    assert [each.ref for each in edited] == [said[0].ref for _ in edited]


async def test_every_row_has_a_key_of_its_own(world: World) -> None:
    rows = await world.heard()
    assert len({row.key for row in rows}) == len(rows)


@pytest.mark.parametrize("payload", ["", "nonsense", "null", "[]", "{}", "-1e9", '{"update_id": 1, "message": 5}'])
async def test_a_row_that_it_cannot_read_is_a_value_error(world: World, payload: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 whatever it says: that kind is what the core knows
        world.platform.parse(payload)


async def test_a_message_can_be_edited_and_deleted_by_its_ref(world: World) -> None:
    kept, taken = await world.say(key="1"), await world.say(OTHER, key="2")
    await world.platform.edit(kept, Body("안녕히 가세요"))
    await world.platform.delete(taken)
    assert await shown(world, kept) == ["안녕히 가세요"]


async def test_an_edit_to_what_it_says_already_succeeds(world: World) -> None:
    ref = await world.say()
    await world.platform.edit(ref, HELLO)
    await world.platform.edit(ref, HELLO)
    assert await shown(world, ref) == ["안녕하세요"]


async def test_what_is_gone_can_be_deleted_again(world: World) -> None:
    ref = await world.say()
    await world.platform.delete(ref)
    await world.platform.delete(ref)
    assert await shown(world) == []


async def test_a_repeated_send_is_one_message_where_the_platform_says_so(world: World) -> None:
    first = await world.say(key="irang-1")
    second = await world.platform.send(world.place, HELLO, reply_to=None, key=Key("irang-1", datetime.now(UTC)))
    assert (first == second) == world.platform.limits.idempotent
    assert len(await shown(world, first, second)) == (1 if world.platform.limits.idempotent else 2)


async def test_a_message_as_long_as_the_limit_is_taken(world: World) -> None:
    text = "가" * min(world.platform.limits.length, 10_000)
    ref = await world.say(Body(text, (), HELLO.buttons))
    assert await shown(world, ref) == [text]


async def test_as_many_looks_as_the_limit_allows_are_taken(world: World) -> None:
    most = min(world.platform.limits.spans or 100, 200)
    spans = tuple(Span("bold", 4 * number, 4 * number + 1) for number in range(most))
    ref = await world.say(Body("가 나 " * most, spans))
    assert len(await shown(world, ref)) == 1


async def test_a_question_that_is_gone_is_answered_all_the_same(world: World) -> None:
    ref = await world.say(reply_to=world.gone)
    assert await shown(world, ref) == ["안녕하세요"]


async def test_typing_and_finishing_are_always_welcome(world: World) -> None:
    await world.platform.typing(world.place)
    ref = await world.say()
    await world.platform.finish([ref, ref])
    await world.platform.finish([world.gone])
    await world.platform.finish([])


async def test_buttons_go_when_the_body_has_none(world: World) -> None:
    ref = await world.say()
    await world.platform.edit(ref, replace(HELLO, buttons=()))
    assert await shown(world, ref) == ["안녕하세요"]


@pytest.mark.parametrize("name", WORLDS)
async def test_it_ends_within_seconds_when_it_is_cancelled(name: str) -> None:
    loop = asyncio.get_running_loop()
    async with WORLDS[name]():
        began = loop.time()
    assert loop.time() - began < 3
