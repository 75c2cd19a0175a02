"""What people write on Discord reaches the inbox once and in order, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from adapters.discord import Discord
from bot.command import Command, Reply, Slot
from bot.config import DiscordSettings
from bot.errors import BadToken
from tests.twins import faults
from tests.twins.discord import Channel, DiscordTwin, Post
from tests.twins.inbox import Inbox, running


def bot(
    twin: DiscordTwin, *, content: bool = False, token: str = "", silence: float = 60.0, back: int = 100
) -> Discord:
    settings = DiscordSettings(api=twin.url, message_content=content)
    token = token or twin.token
    return Discord(settings, token, language="ko", backfill=back, backoff=0.01, heartbeat_timeout=silence)


@asynccontextmanager
async def listening(
    twin: DiscordTwin, discord: Discord | None = None, inbox: Inbox | None = None, commands: Sequence[Command] = ()
) -> AsyncIterator[Inbox]:
    inbox = inbox or Inbox()
    async with running(discord or bot(twin), inbox, commands):
        await twin.until(lambda: twin.gateway.online)
        yield inbox
    assert not twin.violations


def key(post: Post) -> str:
    return f"MESSAGE_CREATE:{post.id}"


async def stored(inbox: Inbox, *posts: Post) -> None:
    await inbox.until(lambda: all(key(post) in inbox.rows for post in posts))


def created(inbox: Inbox) -> list[str]:
    return [row for row in inbox.rows if row.startswith("MESSAGE_CREATE")]


def talk(twin: DiscordTwin) -> Channel:
    return twin.dm(twin.person("민지"))


def say(twin: DiscordTwin, channel: Channel, text: str) -> Post:
    return twin.say(channel, channel.people[0], text)


# ---- the end ----------------------------------------------------------------------------------------


async def test_it_ends_when_told_to_even_while_its_session_breaks() -> None:
    async with DiscordTwin() as twin:
        inbox, discord = Inbox(), bot(twin)
        work = asyncio.create_task(discord.run(inbox, ()))
        await inbox.until(lambda: "commands" in inbox.marks)
        await twin.until(lambda: twin.gateway.online)
        inbox.door.clear()
        before, channel = inbox.knocks, talk(twin)
        twin.slash(channel, channel.people[0], "time")
        await inbox.until(lambda: inbox.knocks > before)
        inbox.failures.append(OSError("no space left"))
        inbox.door.set()
        work.cancel()
        done, _ = await asyncio.wait([work], timeout=5)
        work.cancel()
        await discord.close()
        assert work in done


# ---- live --------------------------------------------------------------------------------------------


async def test_messages_are_committed_in_order_with_their_channels_cursor() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        channel = talk(twin)
        posts = [say(twin, channel, f"말 {number}") for number in range(50)]
        await stored(inbox, *posts)
        assert created(inbox) == [key(post) for post in posts]
        assert inbox.marks[f"channel:{channel.id}"] == posts[-1].id


async def test_an_event_that_comes_twice_is_one_row() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        post = say(twin, talk(twin), "안녕")
        twin.gateway.repeat()
        await inbox.until(lambda: inbox.known == 1)
        assert created(inbox) == [key(post)]


async def test_our_own_words_move_no_cursor() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        channel = talk(twin)
        twin.say(channel, twin.me, "안녕하세요")
        post = say(twin, channel, "안녕")
        await stored(inbox, post)
        assert created(inbox) == [key(post)]


async def test_with_the_intent_everything_is_read() -> None:
    async with DiscordTwin(content_allowed=True) as twin, listening(twin, bot(twin, content=True)) as inbox:
        post = twin.say(twin.channel(), twin.person("민지"), "이랑아 안녕")
        await stored(inbox, post)
        assert "이랑아 안녕" in inbox.rows[key(post)].payload


async def test_an_interaction_is_committed_and_then_deferred() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        inbox.door.clear()
        knocked = inbox.knocks
        asked = twin.slash(talk(twin), twin.person("민지"), "time")
        await inbox.until(lambda: inbox.knocks > knocked)
        assert asked.acknowledged is None
        inbox.door.set()
        await twin.until(lambda: asked.acknowledged == 5)
        assert f"INTERACTION_CREATE:{asked.id}" in inbox.rows
        assert asked.acknowledged_after < 3


async def test_a_pressed_button_leaves_its_message_alone() -> None:
    async with DiscordTwin() as twin, listening(twin):
        post = twin.say(talk(twin), twin.me, "맑아요")
        post.components = [
            {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "label": "👍", "custom_id": "up:1"}]}
        ]
        pressed = twin.press(post, "👍", twin.person("민지"))
        await twin.until(lambda: pressed.acknowledged == 6)
        assert post.history == ["맑아요"]


async def test_an_interaction_that_can_not_be_deferred_is_kept_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        twin.faults.inject("create_interaction_response", faults.answers(404))
        asked = twin.slash(talk(twin), twin.person("민지"), "time")
        post = say(twin, talk(twin), "안녕")
        await stored(inbox, post)
        await inbox.until(lambda: f"INTERACTION_CREATE:{asked.id}" in inbox.rows)
        assert twin.gateway.identified == 1


# ---- the connection breaks -----------------------------------------------------------------------------


async def test_a_closed_connection_is_resumed_and_nothing_is_missing() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        channel = talk(twin)
        await twin.gateway.close(4000)
        posts = [say(twin, channel, "하나"), say(twin, channel, "둘")]
        await stored(inbox, *posts)
        assert created(inbox) == [key(post) for post in posts]
        assert (twin.gateway.identified, twin.gateway.resumed) == (1, 1)


async def test_discord_may_ask_us_to_come_again() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        twin.gateway.reconnect()
        post = say(twin, talk(twin), "안녕")
        await stored(inbox, post)
        await twin.until(lambda: twin.gateway.resumed == 1)
        assert twin.gateway.identified == 1


async def test_after_an_invalid_session_the_history_tells_what_was_missed() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        channel = talk(twin)
        before = say(twin, channel, "먼저")
        await stored(inbox, before)
        twin.gateway.invalidate()
        missed = say(twin, channel, "놓친 말")
        await stored(inbox, missed)
        assert twin.gateway.identified == 2
        assert len(created(inbox)) == 2


async def test_a_silent_connection_is_given_up() -> None:
    twin = DiscordTwin(heartbeat_interval=0.05)
    async with twin, listening(twin, bot(twin, silence=0.2)) as inbox:
        twin.gateway.silent = True
        post = say(twin, talk(twin), "안녕")
        await twin.until(lambda: not twin.gateway.online)
        twin.gateway.silent = False
        await stored(inbox, post)


async def test_an_event_that_the_library_can_not_read_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        twin.gateway.dispatch("MESSAGE_CREATE", {"id": "1"})
        twin.gateway.dispatch("GUILD_CREATE", {"nonsense": True})
        post = say(twin, talk(twin), "안녕")
        await stored(inbox, post)
        assert (twin.gateway.identified, twin.gateway.resumed) == (1, 0)
    assert "can't read event" in caplog.text


async def test_an_inbox_that_fails_ends_the_session_and_loses_nothing() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        channel = talk(twin)
        first = say(twin, channel, "먼저")
        await stored(inbox, first)
        inbox.failures.append(OSError("no space left"))
        second = say(twin, channel, "다음")
        await stored(inbox, second)
        assert twin.gateway.identified == 2


async def test_while_discord_is_down_it_is_asked_again() -> None:
    async with DiscordTwin() as twin, listening(twin) as inbox:
        channel = talk(twin)
        await stored(inbox, say(twin, channel, "먼저"))
        twin.faults.inject("get_my_user", *[faults.answers(503)] * 3)
        await twin.gateway.close(4009, forget=True)
        post = say(twin, channel, "안녕")
        await stored(inbox, post)


async def test_no_identify_is_wasted_when_none_is_left() -> None:
    async with DiscordTwin() as twin:
        twin.gateway.remaining = 0
        async with running(bot(twin), Inbox()):
            await twin.until(lambda: len(twin.called("get_bot_gateway")) == 3)
            assert twin.gateway.identified == 0


async def test_a_wrong_token_is_hopeless() -> None:
    async with DiscordTwin() as twin:
        discord = bot(twin, token="MTIz.wrong.token")
        with pytest.raises(BadToken) as raised:
            await discord.run(Inbox(), ())
        await discord.close()
        assert "wrong" not in str(raised.value)


async def test_a_token_that_was_reset_is_hopeless() -> None:
    async with DiscordTwin() as twin:
        discord = bot(twin)
        work = asyncio.create_task(discord.run(Inbox(), ()))
        await twin.until(lambda: twin.gateway.online)
        await twin.gateway.close(4004)
        with pytest.raises(BadToken):
            await work
        await discord.close()


async def test_without_the_intents_switch_it_goes_on_and_says_what_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with DiscordTwin(content_allowed=False) as twin, listening(twin, bot(twin, content=True)) as inbox:
        post = say(twin, talk(twin), "안녕")
        await stored(inbox, post)
        assert twin.gateway.identified == 2
    assert "message content intent is not enabled" in caplog.text
    assert "only mentions and direct messages" in caplog.text


# ---- while we were away ----------------------------------------------------------------------------------


async def test_a_new_process_reads_what_it_missed_oldest_first() -> None:
    async with DiscordTwin() as twin:
        inbox = Inbox()
        private, public = talk(twin), twin.channel()
        minji = private.people[0]
        async with listening(twin, inbox=inbox):
            await stored(inbox, say(twin, private, "먼저"), twin.say(public, minji, "먼저", mention=True))
        missed = [say(twin, private, "하나"), say(twin, private, "둘")]
        others = [twin.say(public, minji, "우리끼리"), twin.say(public, minji, "셋", mention=True)]
        twin.say(public, twin.me, "예전 대답")
        async with listening(twin, inbox=inbox):
            await stored(inbox, *missed, others[1])
        assert key(others[0]) not in inbox.rows
        assert [row for row in created(inbox) if row in map(key, missed)] == [key(post) for post in missed]
        assert bot(twin).parse(inbox.rows[key(others[1])].payload).private is False  # type: ignore[union-attr]
        assert bot(twin).parse(inbox.rows[key(missed[0])].payload).private is True  # type: ignore[union-attr]


async def test_only_so_much_is_read_and_the_newest_of_it(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordTwin() as twin:
        inbox, channel = Inbox(), talk(twin)
        async with listening(twin, inbox=inbox):
            await stored(inbox, say(twin, channel, "먼저"))
        missed = [say(twin, channel, f"말 {number}") for number in range(250)]
        async with listening(twin, bot(twin, back=120), inbox):
            await stored(inbox, missed[-1])
        assert created(inbox)[1:] == [key(post) for post in missed[-120:]]
        assert "more than 120 messages" in caplog.text
        async with listening(twin, bot(twin, back=120), inbox):
            await twin.until(lambda: len(twin.called("get_channel")) == 2)
        assert len(twin.called("list_messages")) == 2  # nothing new: the history was not read again


@pytest.mark.parametrize("limit", [0, 30])
async def test_only_messages_that_are_left_out_are_said_to_be(caplog: pytest.LogCaptureFixture, limit: int) -> None:
    async with DiscordTwin() as twin:
        inbox, channel = Inbox(), talk(twin)
        async with listening(twin, inbox=inbox):
            await stored(inbox, say(twin, channel, "먼저"))
        missed = [say(twin, channel, f"말 {number}") for number in range(30)]
        async with listening(twin, bot(twin, back=limit), inbox):
            await stored(inbox, *missed[:limit])
            await stored(inbox, last := say(twin, channel, "끝"))
        assert created(inbox)[1:] == [key(post) for post in [*missed[:limit], last]]
        assert "messages were missed" not in caplog.text


async def test_a_channel_that_is_closed_to_us_stops_nobody() -> None:
    async with DiscordTwin() as twin:
        inbox, gone, there = Inbox(), twin.channel(), talk(twin)
        async with listening(twin, inbox=inbox):
            await stored(inbox, twin.say(gone, there.people[0], "안녕", mention=True), say(twin, there, "안녕"))
        twin.kick(gone)
        post = say(twin, there, "또 안녕")
        async with listening(twin, inbox=inbox):
            await stored(inbox, post)


async def test_what_is_said_during_the_catching_up_comes_after_it() -> None:
    async with DiscordTwin() as twin:
        inbox, channel = Inbox(), talk(twin)
        async with listening(twin, inbox=inbox):
            await stored(inbox, say(twin, channel, "먼저"))
        missed, door = say(twin, channel, "놓친 말"), asyncio.Event()
        twin.faults.inject("get_channel", faults.held(door))
        async with listening(twin, inbox=inbox):
            await twin.until(lambda: twin.called("get_channel"))
            asked = twin.slash(channel, channel.people[0], "time")
            late = say(twin, channel, "새 말")
            await twin.until(lambda: asked.acknowledged == 5)  # an interaction doesn't wait for the history
            door.set()
            await stored(inbox, missed, late)
        assert created(inbox)[1:] == [key(missed), key(late)]


# ---- the menu ----------------------------------------------------------------------------------------------

TIME = Command(
    "time",
    "시간",
    {"ko": "지금 몇 시인지 알려 줘요.", "en": "Tells the time."},
    lambda scene, call: Reply(""),
    slots=(
        Slot("zone", "시간대", {"ko": "시간대"}),
        Slot("city", "도시 이름", {"ko": "어느 도시", "en": "Which city"}, required=True),
    ),
)


async def test_the_commands_are_published_once_and_again_when_they_change() -> None:
    async with DiscordTwin() as twin:
        inbox = Inbox()
        for commands in ([TIME], [TIME], []):
            async with listening(twin, inbox=inbox, commands=commands):
                await inbox.until(lambda: "commands" in inbox.marks)
                await stored(inbox, say(twin, talk(twin), "안녕"))
            if commands:
                (published,) = twin.rest.commands
        await inbox.until(lambda: len(twin.called("bulk_set_application_commands")) == 2)
        assert published["name_localizations"] == {"ko": "시간"}
        assert published["description"] == "지금 몇 시인지 알려 줘요."
        assert published["description_localizations"]["en-US"] == "Tells the time."
        assert published["contexts"] == [0, 1]
        assert [(each["name"], each["required"]) for each in published["options"]] == [("city", True), ("zone", False)]
        assert published["options"][0]["name_localizations"] == {"ko": "도시_이름"}


async def test_a_menu_that_is_refused_is_offered_again_later(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordTwin() as twin:
        inbox = Inbox()
        twin.faults.inject("bulk_set_application_commands", faults.answers(400))
        async with listening(twin, inbox=inbox, commands=[TIME]):
            await stored(inbox, say(twin, talk(twin), "안녕"))
        assert "commands" not in inbox.marks
        async with listening(twin, inbox=inbox, commands=[TIME]):
            await inbox.until(lambda: "commands" in inbox.marks)
