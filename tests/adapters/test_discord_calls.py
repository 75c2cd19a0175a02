"""What 이랑 says on Discord, and what becomes of it when something fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import Discord
from bot.config import DiscordSettings
from bot.errors import BadToken, PlatformError, Refused, Throttled, Uncertain, Unreachable
from bot.messages import Address, Body, Button, File, Key, MessageRef, Span
from tests.twins import faults
from tests.twins.discord import Channel, DiscordTwin, Post
from tests.twins.inbox import Inbox, running

HELLO = Body("안녕하세요 <@1> @everyone", (Span("bold", 0, 5),), (Button("👍", "up:1"), Button("👎", "down:1")))


@asynccontextmanager
async def talking(
    twin: DiscordTwin, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[tuple[Discord, Inbox]]:
    """A bot that is signed in to the twin."""
    settings = DiscordSettings(api=twin.url)
    discord = Discord(settings, twin.token, language="ko", backfill=100, backoff=0.01, now=now)
    inbox = Inbox()
    async with running(discord, inbox):
        await twin.until(lambda: twin.gateway.online)
        yield discord, inbox
    assert not twin.violations


def place(channel: Channel) -> Address:
    return Address("discord", channel.id)


def ref(post: Post) -> MessageRef:
    return MessageRef("discord", post.channel.id, post.id)


# ---- saying something ---------------------------------------------------------------------------


async def test_a_message_refers_to_its_question_and_calls_nobody() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        question = twin.say(channel, twin.person("민지"), "안녕", mention=True)
        said = await discord.send(place(channel), HELLO, reply_to=ref(question), key=Key("irang-1"))
        post = twin.messages(channel)[-1]
        assert said == ref(post)
        assert post.content == r"**안녕하세요** \<@1> \@everyone"
        assert post.buttons == [("👍", "up:1"), ("👎", "down:1")]
        assert post.reply_to is question
        assert post.nonce == "irang-1"


async def test_the_same_key_gives_the_same_message() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.dm(twin.person("민지"))
        once = await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1"))
        again = await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1", datetime.now(UTC)))
        assert once == again
        assert len(twin.messages(channel)) == 1


async def test_an_answer_that_got_lost_is_not_said_twice() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.dm(twin.person("민지"))
        twin.faults.inject("create_message", faults.answer_lost())
        with pytest.raises(Uncertain):
            await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1"))
        await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1", datetime.now(UTC)))
        assert len(twin.messages(channel)) == 1


async def test_long_afterwards_the_history_tells_what_was_said() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.dm(twin.person("민지"))
        question = twin.say(channel, channel.people[0], "안녕")
        twin.faults.inject("create_message", faults.answer_lost())
        with pytest.raises(Uncertain):
            await discord.send(place(channel), HELLO, reply_to=ref(question), key=Key("irang-1"))
        twin.rest.forget_nonces()
        key = Key("irang-1", datetime.now(UTC) - timedelta(minutes=3))
        again = await discord.send(place(channel), HELLO, reply_to=ref(question), key=key)
        assert again == ref(twin.messages(channel)[-1])
        assert len(twin.answers(channel)) == 1


async def test_long_afterwards_a_message_that_never_arrived_is_said() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.dm(twin.person("민지"))
        question = twin.say(channel, channel.people[0], "안녕")
        other = Body("다른 말")
        await discord.send(place(channel), other, reply_to=ref(question), key=Key("irang-0"))
        key = Key("irang-1", datetime.now(UTC) - timedelta(minutes=3))
        await discord.send(place(channel), HELLO, reply_to=ref(question), key=key)
        assert len(twin.answers(channel)) == 2


async def test_a_question_that_was_deleted_is_answered_all_the_same() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.dm(twin.person("민지"))
        question = twin.say(channel, channel.people[0], "안녕")
        twin.delete(question)
        await discord.send(place(channel), HELLO, reply_to=ref(question), key=Key("irang-1"))
        assert twin.messages(channel)[-1].reply_to is None


async def test_where_the_history_is_closed_to_us_the_answer_refers_to_nothing() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        channel.history_allowed = False
        question = twin.say(channel, twin.person("민지"), "안녕", mention=True)
        await discord.send(place(channel), HELLO, reply_to=ref(question), key=Key("irang-1"))
        assert len(twin.answers(channel)) == 1


async def test_an_edit_changes_text_and_buttons_and_may_be_repeated() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        said = await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1"))
        for _ in range(2):
            await discord.edit(said, Body("다 썼어요"))
        assert twin.messages(channel)[-1].content == "다 썼어요"
        assert twin.messages(channel)[-1].buttons == []


async def test_deleting_what_is_gone_succeeds() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        said = await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1"))
        await discord.delete(said)
        await discord.delete(said)
        assert twin.messages(channel) == []


async def test_typing_is_shown_in_a_thread() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        thread = twin.thread(twin.channel())
        await discord.typing(place(thread))
        assert twin.rest.typings == [thread.id]


async def test_eight_buttons_take_two_rows() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        buttons = tuple(Button(str(n), f"up:{n}") for n in range(8))
        await discord.send(place(channel), Body("골라요", (), buttons), reply_to=None, key=Key("irang-1"))
        assert [len(row["components"]) for row in twin.messages(channel)[-1].components] == [5, 3]


def test_the_source_is_what_counts() -> None:
    discord = Discord(DiscordSettings(), "a.b.c", language="ko", backfill=0)
    assert discord.limits.measure(Body("a*b", (Span("bold", 0, 1),))) == len(r"**a**\*b")


# ---- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.throttled(31.0), Throttled),
        (faults.html(429), Throttled),
        (faults.answers(503), Unreachable),
        (faults.answers(400), Refused),
        (faults.answers(403), Refused),
        (faults.answers(404), Refused),
        (faults.answers(401), BadToken),
        (faults.cut_before(), Uncertain),
        (faults.answer_lost(), Uncertain),
    ],
)
async def test_what_a_failure_means(fault: faults.Fault, error: type[PlatformError]) -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        twin.faults.inject("create_message", fault)
        with pytest.raises(error) as raised:
            await discord.send(place(twin.channel()), HELLO, reply_to=None, key=Key("irang-1"))
        assert type(raised.value) is error or error is Refused
        assert twin.token not in str(raised.value)


async def test_a_long_wait_is_told_to_the_core() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        twin.faults.inject("create_message", faults.throttled(45.0))
        with pytest.raises(Throttled) as raised:
            await discord.send(place(twin.channel()), HELLO, reply_to=None, key=Key("irang-1"))
        assert raised.value.retry_after == 45.0
        assert not raised.value.everywhere


async def test_a_short_wait_is_discord_pys_own_affair() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        twin.faults.inject("create_message", faults.throttled(0.02))
        await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1"))
        assert len(twin.messages(channel)) == 1


async def test_too_long_a_text_is_refused() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        with pytest.raises(Refused):
            await discord.send(place(twin.channel()), Body("가" * 2001), reply_to=None, key=Key("irang-1"))


async def test_where_we_were_thrown_out_nothing_is_said() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        twin.kick(channel)
        with pytest.raises(Refused):
            await discord.send(place(channel), HELLO, reply_to=None, key=Key("irang-1"))


async def test_nobody_at_the_other_end_is_unreachable() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        await twin.stop()
        with pytest.raises((Uncertain, Unreachable)):  # over the connection that was open, it may have been accepted
            await discord.typing(Address("discord", "1"))
        with pytest.raises(Unreachable):
            await discord.send(Address("discord", "1"), HELLO, reply_to=None, key=Key("irang-1"))


# ---- interactions -----------------------------------------------------------------------------------


async def asked(twin: DiscordTwin, discord: Discord, inbox: Inbox, channel: Channel) -> MessageRef:
    """Somebody's /time as the core sees it, right after the commit."""
    interaction = twin.slash(channel, twin.person("민지"), "time", {"city": "서울"})
    key = f"INTERACTION_CREATE:{interaction.id}"
    await inbox.until(lambda: key in inbox.rows)
    event = discord.parse(inbox.rows[key].payload)
    assert event is not None
    return event.ref  # type: ignore[union-attr]


async def test_an_interaction_is_answered_in_its_place() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        said = await discord.send(place(channel), Body("세 시"), reply_to=question, key=Key("irang-1"))
        await discord.edit(said, Body("세 시예요", (), (Button("👍", "up:1"),)))
        (post,) = twin.messages(channel)
        assert said == ref(post)
        assert post.history == ["세 시", "세 시예요"]
        assert post.buttons == [("👍", "up:1")]
        assert not twin.called("create_message")


async def test_a_repeated_answer_fills_the_same_place() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.dm(twin.person("민지"))
        question = await asked(twin, discord, inbox, channel)
        twin.faults.inject("update_original_webhook_message", faults.answer_lost())
        with pytest.raises(Uncertain):
            await discord.send(place(channel), Body("세 시"), reply_to=question, key=Key("irang-1"))
        key = Key("irang-1", datetime.now(UTC))
        await discord.send(place(channel), Body("세 시"), reply_to=question, key=key)
        assert len(twin.messages(channel)) == 1


async def test_an_answer_waits_until_the_interaction_is_deferred() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        door = asyncio.Event()
        twin.faults.inject("create_interaction_response", faults.held(door))
        question = await asked(twin, discord, inbox, channel)
        send = asyncio.create_task(discord.send(place(channel), Body("응"), reply_to=question, key=Key("irang-1")))
        for _ in range(2):  # time enough for a call
            await discord.typing(place(channel))
        assert not twin.called("update_original_webhook_message")
        door.set()
        await send
        assert [post.content for post in twin.messages(channel)] == ["응"]


async def test_a_finished_answer_is_edited_like_any_other() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        said = await discord.send(place(channel), Body("세 시"), reply_to=question, key=Key("irang-1"))
        await discord.finish([said])
        await discord.edit(said, Body("네 시"))
        assert [call.path["message"] for call in twin.called("update_message")] == [said.id]
        await discord.delete(said)
        assert twin.messages(channel) == []


async def test_a_token_that_has_run_out_leaves_the_channel() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        await twin.until(lambda: twin.messages(channel))
        next(iter(twin.interactions.values())).void = True
        said = await discord.send(place(channel), Body("세 시"), reply_to=question, key=Key("irang-1"))
        assert twin.messages(channel)[-1].id == said.id
        assert twin.messages(channel)[-1].reply_to is None


async def test_after_a_quarter_of_an_hour_nobody_tries_the_token() -> None:
    later = datetime.now(UTC) + timedelta(minutes=15)
    async with DiscordTwin() as twin, talking(twin, now=lambda: later) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        await discord.send(place(channel), Body("세 시"), reply_to=question, key=Key("irang-1"))
        assert not twin.called("update_original_webhook_message")
        assert twin.messages(channel)[-1].content == "세 시"


async def test_an_answer_is_edited_in_the_channel_once_its_token_is_void() -> None:
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        said = await discord.send(place(channel), Body("세 시"), reply_to=question, key=Key("irang-1"))
        next(iter(twin.interactions.values())).void = True
        await discord.edit(said, Body("네 시"))
        assert twin.messages(channel)[-1].content == "네 시"


async def test_no_token_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        twin.faults.inject("update_original_webhook_message", faults.throttled(0.01))
        await discord.send(place(channel), Body("비밀이에요"), reply_to=question, key=Key("irang-1"))
        assert "rate limited" in caplog.text
        for secret in (twin.token, *twin.interactions, "비밀이에요"):
            assert secret not in caplog.text


async def test_a_file_arrives_with_its_name_and_every_letter() -> None:
    file = File("irang-mydata.json", '{"말": "안녕 😀"}')
    async with DiscordTwin() as twin, talking(twin) as (discord, _):
        channel = twin.channel()
        body = Body("여기 있어요", plain=True, file=file)
        first = await discord.send(place(channel), body, reply_to=None, key=Key("irang-7"))
        again = await discord.send(place(channel), body, reply_to=None, key=Key("irang-7"))
        assert first == again
        assert [post.files for post in twin.messages(channel)] == [[(file.name, file.content)]]


async def test_a_file_answers_an_interaction_beside_its_place() -> None:
    body = Body("여기 있어요", plain=True, file=File("irang-mydata.json", "{}"))
    async with DiscordTwin() as twin, talking(twin) as (discord, inbox):
        channel = twin.channel()
        question = await asked(twin, discord, inbox, channel)
        twin.faults.inject("create_message", faults.answer_lost())
        with pytest.raises(Uncertain):
            await discord.send(place(channel), body, reply_to=question, key=Key("irang-7"))
        twin.rest.forget_nonces()
        key = Key("irang-7", datetime.now(UTC) - timedelta(minutes=3))
        said = await discord.send(place(channel), body, reply_to=question, key=key)
        await discord.finish([question, said])
        (post,) = twin.messages(channel)
        assert (ref(post), post.reply_to) == (said, None)
        assert [name for name, _ in post.files] == ["irang-mydata.json"]
