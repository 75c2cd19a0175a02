"""The twin refuses, hides, replays and fails as Discord does."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.twins import faults
from tests.twins.discord import DiscordTwin, check
from tests.twins.discord.gateway import MESSAGE_CONTENT

QUIET: dict[str, list[str]] = {"parse": []}
ALL = 0xFFFF & ~MESSAGE_CONTENT


class Client:
    """A bot of few words."""

    def __init__(self, twin: DiscordTwin, http: aiohttp.ClientSession) -> None:
        self.twin = twin
        self.http = http
        self.token = twin.token

    async def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self.token}"}
        async with self.http.request(verb, self.twin.url + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def say(self, channel: str, content: str, **more: Any) -> tuple[int, Any]:
        body = {"content": content, "allowed_mentions": QUIET, **more}
        return await self.call("POST", f"/channels/{channel}/messages", body)


class Wire:
    """A gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, packed: bool) -> None:
        self.socket = socket
        self._zlib = zlib.decompressobj() if packed else None

    async def hear(self) -> Any:
        message = await self.socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.CLOSE:
            return self.socket.close_code
        return json.loads(self._zlib.decompress(message.data) if self._zlib else message.data)

    async def hear_of(self, kind: str) -> Any:
        while (frame := await self.hear())["t"] != kind:
            pass
        return frame["d"]

    async def tell(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})


@asynccontextmanager
async def client(twin: DiscordTwin) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(twin, http)


@asynccontextmanager
async def wire(bot: Client, *, packed: bool = False) -> AsyncIterator[Wire]:
    _, where = await bot.call("GET", "/gateway/bot")
    async with bot.http.ws_connect(where["url"] + ("?compress=zlib-stream" if packed else "")) as socket:
        line = Wire(socket, packed=packed)
        assert (await line.hear())["op"] == 10
        yield line


async def identified(line: Wire, bot: Client, intents: int = ALL) -> Any:
    await line.tell(2, {"token": bot.token, "intents": intents, "properties": {}})
    return await line.hear()


# ---- REST ----------------------------------------------------------------------------------------------


async def test_a_stranger_is_turned_away() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        bot.token = "x.y.z"
        assert (await bot.call("GET", "/users/@me"))[0] == 401


@pytest.mark.parametrize(
    ("content", "more", "code"),
    [
        ("", {}, 50006),
        ("   ", {}, 50006),
        ("가" * 2001, {}, 50035),
        ("x", {"components": [{"type": 1, "components": []}]}, 50035),
        ("x", {"nonce": "n" * 26}, 50035),
        ("x", {"message_reference": {"message_id": "5"}}, 50035),
    ],
)
async def test_what_a_message_may_not_be(content: str, more: Any, code: int) -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        status, answer = await bot.say(twin.channel().id, content, **more)
        assert (status, answer["code"]) == (400, code)


@pytest.mark.parametrize("names", [["x" * 101], ["same", "same"], [str(n) for n in range(6)], [""]])
async def test_what_buttons_may_not_be(names: list[str]) -> None:
    buttons = [{"type": 2, "style": 2, "label": "x", "custom_id": name} for name in names]
    async with DiscordTwin() as twin, client(twin) as bot:
        status, answer = await bot.say(twin.channel().id, "x", components=[{"type": 1, "components": buttons}])
        assert (status, answer["code"]) == (400, 50035)


async def test_unknown_places_and_others_messages() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        channel = twin.channel()
        theirs = twin.say(channel, twin.person("민지"), "안녕")
        path = f"/channels/{channel.id}/messages/"
        edit = {"content": "x", "allowed_mentions": QUIET}
        assert (await bot.say("5", "x"))[1]["code"] == 10003
        assert (await bot.call("PATCH", path + theirs.id, edit))[1]["code"] == 50005
        assert (await bot.call("DELETE", path + "5"))[1]["code"] == 10008
        twin.kick(channel)
        assert (await bot.say(channel.id, "x"))[1]["code"] == 50001


async def test_a_nonce_holds_when_it_is_enforced() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        channel = twin.channel()
        for enforced in (True, True, False):
            await bot.say(channel.id, "x", nonce="n", enforce_nonce=enforced)
        assert len(twin.messages(channel)) == 2


async def test_whoever_may_call_people_is_reported() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        channel = twin.channel()
        await bot.call("POST", f"/channels/{channel.id}/messages", {"content": "@everyone"})
        await bot.say(channel.id, "x", allowed_mentions={"parse": [], "replied_user": True})
        assert len(twin.violations) == 2


@pytest.mark.skipif(not check.available(), reason="../shared/specs/discord-openapi.json is not here")
async def test_what_the_specification_forbids_is_reported() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        await bot.say(twin.channel().id, "x", nonce="n" * 26)
        await bot.say(twin.channel().id, "x", surprise=1)
        assert len(twin.violations) == 2


async def test_haste_is_refused_with_a_via_header() -> None:
    async with DiscordTwin(refuses_haste=True) as twin, client(twin) as bot:
        channel = twin.channel()
        answers = [await bot.say(channel.id, "x") for _ in range(6)]
        assert [status for status, _ in answers] == [200] * 5 + [429]
        assert 0 < answers[-1][1]["retry_after"] <= 5
        assert "more than 5" in twin.violations[0]


async def test_answers_are_json_and_nothing_else() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        twin.faults.inject("create_message", faults.throttled(0.5))
        headers = {"Authorization": f"Bot {twin.token}"}
        async with bot.http.post(f"{twin.url}/channels/1/messages", json={"content": "x"}, headers=headers) as answer:
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.headers["Via"]


async def test_the_history_comes_newest_first_and_hides_what_was_not_said_to_the_bot() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        channel, minji = twin.channel(), twin.person("민지")
        posts = [twin.say(channel, minji, f"{n}", mention=n == 2) for n in range(4)]
        path = f"/channels/{channel.id}/messages"
        _, everything = await bot.call("GET", path)
        assert [message["id"] for message in everything] == [post.id for post in reversed(posts)]
        assert [bool(message["content"]) for message in everything] == [False, True, False, False]
        _, after = await bot.call("GET", f"{path}?after={posts[0].id}&limit=2")
        assert [message["id"] for message in after] == [posts[2].id, posts[1].id]


# ---- interactions ------------------------------------------------------------------------------------------


async def test_an_interaction_is_acknowledged_once_and_then_edited() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        channel = twin.channel()
        asked = twin.slash(channel, twin.person("민지"), "time")
        callback = f"/interactions/{asked.id}/{asked.token}/callback"
        original = f"/webhooks/{twin.application}/{asked.token}/messages/@original"
        edit = {"content": "세 시", "allowed_mentions": QUIET}
        assert (await bot.call("PATCH", original, edit))[1]["code"] == 10015
        assert (await bot.call("POST", callback, {"type": 5}))[0] == 204
        assert (await bot.call("POST", callback, {"type": 5}))[1]["code"] == 40060
        assert twin.answers(channel) == []
        assert (await bot.call("PATCH", original, edit))[0] == 200
        assert [post.history for post in twin.answers(channel)] == [["세 시"]]
        follow_up = f"/webhooks/{twin.application}/{asked.token}"
        assert (await bot.call("POST", follow_up, {"content": "더", "allowed_mentions": QUIET}))[0] == 200
        assert [post.content for post in twin.answers(channel)] == ["세 시", "더"]
        asked.void = True
        assert (await bot.call("PATCH", original, edit))[1]["code"] == 50027


async def test_three_seconds_are_all_an_interaction_waits() -> None:
    now = 1_760_000_000.0
    async with DiscordTwin(clock=lambda: now) as twin, client(twin) as bot:
        asked = twin.slash(twin.channel(), twin.person("민지"), "time")
        now += 3.1
        status, answer = await bot.call("POST", f"/interactions/{asked.id}/{asked.token}/callback", {"type": 5})
        assert (status, answer["code"]) == (404, 10062)


# ---- the gateway ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [True, False])
async def test_what_people_say_arrives_packed_or_not(packed: bool) -> None:
    async with DiscordTwin() as twin, client(twin) as bot, wire(bot, packed=packed) as line:
        assert (await identified(line, bot))["t"] == "READY"
        twin.say(twin.dm(twin.person("민지")), twin.person("민지"), "안녕")
        assert (await line.hear_of("MESSAGE_CREATE"))["content"] == "안녕"


async def test_content_is_blank_unless_the_intent_or_a_mention_gives_it() -> None:
    async with DiscordTwin(content_allowed=True) as twin, client(twin) as bot:
        channel, minji = twin.channel(), twin.person("민지")
        for intents, shown in [(ALL, ["", "<@1111111111111111111> 안녕"]), (ALL | MESSAGE_CONTENT, ["안녕"])]:
            async with wire(bot) as line:
                await identified(line, bot, intents)
                twin.say(channel, minji, "안녕")
                twin.say(channel, minji, "안녕", mention=True)
                assert [(await line.hear_of("MESSAGE_CREATE"))["content"] for _ in shown] == shown


async def test_events_that_were_not_asked_for_do_not_come() -> None:
    async with DiscordTwin() as twin, client(twin) as bot, wire(bot) as line:
        await identified(line, bot, intents=1 << 12)
        post = twin.say(twin.channel(), twin.person("민지"), "안녕", mention=True)
        twin.react(post, twin.person("준호"), "👍")
        twin.say(twin.dm(twin.person("민지")), twin.person("민지"), "나야")
        assert (await line.hear())["d"]["content"] == "나야"


@pytest.mark.parametrize(("token", "intents", "code"), [("x.y.z", ALL, 4004), ("", ALL | MESSAGE_CONTENT, 4014)])
async def test_who_is_closed_out(token: str, intents: int, code: int) -> None:
    async with DiscordTwin() as twin, client(twin) as bot, wire(bot) as line:
        bot.token = token or bot.token
        assert await identified(line, bot, intents) == code


async def test_a_heartbeat_is_answered_unless_the_twin_plays_dead() -> None:
    async with DiscordTwin() as twin, client(twin) as bot, wire(bot) as line:
        await line.tell(1, None)
        assert (await line.hear())["op"] == 11
        twin.gateway.silent = True
        await line.tell(1, None)
        with pytest.raises(TimeoutError):
            await line.socket.receive(timeout=0.05)


async def test_a_resumed_session_hears_what_it_missed() -> None:
    async with DiscordTwin() as twin, client(twin) as bot:
        async with wire(bot) as line:
            ready = await identified(line, bot)
        await twin.until(lambda: not twin.gateway.online)
        twin.say(twin.dm(twin.person("민지")), twin.person("민지"), "놓친 말")
        async with wire(bot) as line:
            await line.tell(6, {"token": bot.token, "session_id": ready["d"]["session_id"], "seq": ready["s"]})
            assert [(await line.hear())["t"] for _ in range(2)] == ["MESSAGE_CREATE", "RESUMED"]


async def test_a_session_that_is_over_can_not_be_resumed() -> None:
    async with DiscordTwin() as twin, client(twin) as bot, wire(bot) as line:
        await line.tell(6, {"token": bot.token, "session_id": "gone", "seq": 1})
        assert await line.hear() == {"op": 9, "d": False, "s": None, "t": None}


async def test_a_bot_in_another_process_is_served() -> None:
    program = """
        import sys, urllib.request
        call = urllib.request.Request(sys.argv[1] + "/users/@me", headers={"Authorization": "Bot " + sys.argv[2]})
        print(urllib.request.urlopen(call).status)
    """
    async with DiscordTwin() as twin:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", textwrap.dedent(program), twin.url, twin.token, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert said.strip() == b"200"
