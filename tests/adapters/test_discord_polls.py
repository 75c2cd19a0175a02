"""Polls in Discord's own form: as a message, and in the place of a deferred command."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import Discord
from adapters.discord.parse import Handle
from bot.config import DiscordSettings
from bot.errors import Uncertain
from bot.messages import Address, Attachment, Body, Incoming, Key, MessageRef, Poll
from tests.twins import faults
from tests.twins.discord import DiscordTwin
from tests.twins.inbox import Inbox, running

LUNCH = Body("📊 점심 뭐 먹지?", poll=Poll("점심 뭐 먹지?", ("김밥", "라면")), plain=True)


@asynccontextmanager
async def talking(twin: DiscordTwin) -> AsyncIterator[Discord]:
    discord = Discord(DiscordSettings(api=twin.url), twin.token, language="ko", backfill=100, backoff=0.01)
    async with running(discord, Inbox()):
        await twin.until(lambda: twin.gateway.online)
        yield discord
    assert twin.violations == []


async def test_a_poll_takes_the_place_of_the_text() -> None:
    async with DiscordTwin() as twin, talking(twin) as discord:
        channel = twin.channel()
        ref = await discord.send(Address("discord", channel.id), LUNCH, reply_to=None, key=Key("irang-1"))
        (post,) = twin.messages(channel)
    assert (ref.id, post.content) == (post.id, "")
    assert post.json()["poll"]["question"] == {"text": "점심 뭐 먹지?"}
    assert [answer["poll_media"]["text"] for answer in post.json()["poll"]["answers"]] == ["김밥", "라면"]


async def test_several_answers_are_allowed_only_where_that_was_said() -> None:
    async with DiscordTwin() as twin, talking(twin) as discord:
        here = Address("discord", twin.channel().id)
        for number, several in enumerate((False, True)):
            body = Body("", poll=Poll("무엇?", ("하나", "둘"), several=several))
            await discord.send(here, body, reply_to=None, key=Key(f"irang-{number}"))
        sent = [call.body["poll"]["allow_multiselect"] for call in twin.called("create_message")]
    assert sent == [False, True]


async def test_what_is_too_long_for_discord_is_cut() -> None:
    long = Body("", poll=Poll("물" * 400, tuple(f"{number}{'답' * 90}" for number in range(12))))
    async with DiscordTwin() as twin, talking(twin) as discord:
        channel = twin.channel()
        await discord.send(Address("discord", channel.id), long, reply_to=None, key=Key("irang-1"))
        poll = twin.messages(channel)[0].json()["poll"]
    assert len(poll["question"]["text"]) == 300
    assert [len(answer["poll_media"]["text"]) for answer in poll["answers"]] == [55] * 10


async def test_a_deferred_command_is_answered_by_the_poll_in_its_place() -> None:
    async with DiscordTwin() as twin, talking(twin) as discord:
        channel = twin.channel()
        asked = twin.slash(channel, twin.person("민지"), "poll", {"text": "점심 뭐 먹지?", "options": "김밥, 라면"})
        await twin.until(lambda: asked.acknowledged)
        handle = Handle(twin.application, asked.token, asked.id)
        place = MessageRef("discord", channel.id, str(handle))
        ref = await discord.send(Address("discord", channel.id), LUNCH, reply_to=place, key=Key("irang-1"))
        await discord.finish([ref])
        (post,) = twin.messages(channel)
    assert asked.post is post
    assert (ref.id, post.poll is not None) == (post.id, True)
    assert len(twin.called("update_original_webhook_message")) == 1


@pytest.mark.parametrize("question", ["점심 뭐 먹지?", "저녁 뭐 먹지?"])
async def test_long_afterwards_the_history_tells_whether_it_was_posted(question: str) -> None:
    async with DiscordTwin() as twin, talking(twin) as discord:
        channel = twin.dm(twin.person("민지"))
        here = Address("discord", channel.id)
        twin.faults.inject("create_message", faults.answer_lost())
        with pytest.raises(Uncertain):
            await discord.send(here, LUNCH, reply_to=None, key=Key("irang-1"))
        twin.rest.forget_nonces()
        body = Body("", poll=Poll(question, ("김밥", "라면")))
        key = Key("irang-2", datetime.now(UTC) - timedelta(minutes=3))
        await discord.send(here, body, reply_to=None, key=key)
        posted = [post.json()["poll"]["question"]["text"] for post in twin.messages(channel)]
    assert posted == list(dict.fromkeys(["점심 뭐 먹지?", question]))


async def test_a_poll_that_people_post_is_an_attachment() -> None:
    async with DiscordTwin() as twin, talking(twin) as discord:
        channel = twin.dm(twin.person("민지"))
        post = twin.say(channel, channel.people[0], "")
        post.poll = {"question": {"text": "갈까?"}, "answers": [{"poll_media": {"text": "응"}}]}
        frame = {"t": "MESSAGE_CREATE", "d": post.json()}
    event = discord.parse(json.dumps(frame))
    assert isinstance(event, Incoming)
    assert event.attachments == (Attachment("poll"),)
