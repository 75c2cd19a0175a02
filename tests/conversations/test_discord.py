"""What only Discord has: deletions, slash commands, gateways that come and go, words that it hides."""

from __future__ import annotations

from pathlib import Path

from tests.conversations.on_discord import DiscordStage
from tests.conversations.stage import RATE
from tests.stage import Script
from tests.twins import faults
from tests.twins.discord import DiscordTwin


async def test_a_deleted_question_stops_its_answer_and_takes_it_away(discord: DiscordStage) -> None:
    discord.model = Script(lambda said: f"{said} 답")
    async with discord.awake():
        with discord.held():
            question = discord.say("지울 말")
            await discord.until(lambda: discord.texts() == ["지울"])
            discord.twin.delete(question)
            await discord.settled()
            assert discord.model.running == 0
        discord.say("안녕")
        await discord.settled("안녕 답")
    assert discord.asked() == ["안녕"]


async def test_a_question_deleted_while_it_waits_is_not_answered(discord: DiscordStage) -> None:
    discord.model = Script(lambda said: f"{said} 답")
    async with discord.awake():
        with discord.held():
            discord.say("하나")
            await discord.until(lambda: discord.texts() == ["하나"])
            waiting = discord.say("지울 말")
            await discord.become("select count(*) from inbox", (2,))
            discord.twin.delete(waiting)
            await discord.become("select count(*) from inbox", (3,))
        discord.say("둘")
        await discord.settled("하나 답", "둘 답")
    assert discord.asked() == ["하나", "하나 답", "둘"]


async def test_a_deleted_question_is_no_part_of_the_conversation_any_more(discord: DiscordStage) -> None:
    async with discord.awake():
        question = discord.say("비밀이야")
        await discord.settled("답: 비밀이야")
        discord.twin.delete(question)
        discord.say("뭐였지?")
        await discord.settled("답: 비밀이야", "답: 뭐였지?")
    assert discord.asked() == ["뭐였지?"]


async def test_a_slash_command_is_deferred_in_time_and_answered_in_its_place(discord: DiscordStage) -> None:
    async with discord.awake():
        asked = discord.command("time", to=discord.group)
        await discord.until(lambda: asked.post and asked.post.content.startswith("지금은"))
    assert (asked.acknowledged, asked.acknowledged_after < 3) == (5, True)
    assert [post.id for post in discord.twin.answers(discord.group)] == [asked.post.id if asked.post else ""]


async def test_a_slash_command_that_asks_the_model_streams_into_its_place(discord: DiscordStage) -> None:
    answers = iter(("첫째", "둘째 셋째"))
    discord.model = Script(lambda _: next(answers))
    async with discord.awake():
        discord.say("골라 봐")
        await discord.settled("첫째")
        with discord.held():
            again = discord.command("retry")
            await discord.until(lambda: discord.texts() == ["첫째", "둘째"])
        shown = await discord.settled("첫째", "둘째 셋째")
    assert again.post is shown[1].id
    assert shown[1].buttons == RATE


async def test_a_slash_command_with_a_long_answer_goes_on_below_its_place(discord: DiscordStage) -> None:
    whole = "\n\n".join(f"{number}번째 문단입니다. " + "가나다라 " * 60 for number in range(12))
    answers = iter(("짧게", whole))
    discord.model = Script(lambda _: next(answers))
    async with discord.awake():
        discord.say("말해 봐")
        await discord.settled("짧게")
        again = discord.command("retry")
        await discord.until(lambda: len(discord.texts()) > 2 and discord.shown()[-1].buttons == RATE)
        _, *parts = discord.shown()
    assert again.post is parts[0].id
    assert "".join("".join(part.text for part in parts).split()) == "".join(whole.split())


async def test_a_strangers_repeated_slash_command_does_not_think_for_ever(discord: DiscordStage) -> None:
    async with discord.awake(access={"open": False}):
        first = discord.command("help")
        await discord.until(lambda: first.post and "정해진 분들" in first.post.content)
        second = discord.command("help")
        await discord.until(lambda: second.post and second.post.deleted)
        assert len(discord.twin.messages(discord.home)) == 1
        await discord.become("select distinct state from inbox", ("done",))


async def test_a_slash_command_outlives_a_restart(discord: DiscordStage) -> None:
    discord.model = Script(lambda said: f"{said} 답")
    async with discord.awake():
        discord.say("골라 봐")
        await discord.settled("골라 봐 답")
        discord.model.gate.clear()
        again = discord.command("retry")
        await discord.until(lambda: len(discord.texts()) == 2)
    discord.model.gate.set()
    async with discord.awake():
        await discord.settled("골라 봐 답", "골라 봐 답")
    assert again.post is discord.shown()[1].id


async def test_a_button_pressed_in_a_thread_leaves_the_message_and_rates_it(discord: DiscordStage) -> None:
    thread = discord.topic("이야기")
    async with discord.awake():
        discord.say("안녕", to=thread, mention=True)
        (answer,) = await discord.settled("답: 민수: 안녕", to=thread)
        discord.press(answer, "👎", discord.yuna)
        await discord.become("select turn, value, person from ratings", (1, "👎", discord.yuna.id))


async def test_a_reconnect_in_mid_conversation_loses_nothing(discord: DiscordStage) -> None:
    async with discord.awake():
        discord.say("하나")
        await discord.settled("답: 하나")
        discord.twin.gateway.reconnect()
        await discord.until(lambda: not discord.twin.gateway.online)
        discord.say("둘")
        await discord.settled("답: 하나", "답: 둘")
    assert (discord.twin.gateway.identified, discord.twin.gateway.resumed) == (1, 1)


async def test_what_is_said_between_two_sessions_is_read_from_the_channel(discord: DiscordStage) -> None:
    async with discord.awake():
        discord.say("하나", to=discord.group, mention=True)
        await discord.settled("답: 민수: 하나", to=discord.group)
        discord.twin.gateway.invalidate()
        discord.say("둘", to=discord.group, mention=True)
        discord.say("셋", by=discord.yuna, to=discord.group)  # to nobody
        discord.say("넷", by=discord.yuna, to=discord.group, mention=True)
        await discord.settled("답: 민수: 하나", "답: 민수: 둘", "답: 유나: 넷", to=discord.group)
    assert discord.twin.gateway.identified == 2


async def test_close_codes_and_a_dead_gateway_are_survived(discord: DiscordStage) -> None:
    async with discord.awake():
        for number, code in enumerate((4000, 4007, 4009, 1001), 1):
            await discord.twin.gateway.close(code, forget=code == 4007)
            discord.say(f"말 {number}")
            await discord.until(lambda n=number: discord.texts()[n - 1 :] == [f"답: 말 {n}"])  # type: ignore[misc]


async def test_without_the_intent_mentions_and_direct_messages_are_answered(tmp_path: Path) -> None:
    async with DiscordTwin(content_allowed=False) as twin:
        stage = DiscordStage(twin, tmp_path)
        async with stage.awake():
            stage.say("이랑아 안녕", to=stage.group)
            stage.say("안녕", to=stage.group, mention=True)
            await stage.settled("답: 민수: 안녕", to=stage.group)
            stage.say("나야")
            await stage.settled("답: 나야")
        assert twin.violations == []


async def test_what_the_model_writes_calls_nobody(discord: DiscordStage) -> None:
    discord.model = Script(lambda _: f"@everyone <@{discord.yuna.id}> 모여요")
    async with discord.awake():
        discord.say("다 불러", to=discord.group, mention=True)
        await discord.until(lambda: discord.shown(discord.group) and discord.shown(discord.group)[0].buttons == RATE)
    (post,) = discord.twin.answers(discord.group)
    assert post.mentions == []


async def test_an_answer_whose_acceptance_got_lost_is_said_once(discord: DiscordStage) -> None:
    async with discord.awake():
        discord.twin.faults.inject("create_message", faults.answer_lost())
        discord.say("안녕")
        await discord.until(lambda: len(discord.twin.called("create_message")) == 2)
        await discord.settled("답: 안녕")


async def test_the_commands_are_sent_once_and_not_at_every_start(discord: DiscordStage) -> None:
    async with discord.awake():
        await discord.until(lambda: discord.twin.rest.commands)
        discord.say("안녕")
        await discord.settled("답: 안녕")
    async with discord.awake():
        discord.say("또 안녕")
        await discord.settled("답: 안녕", "답: 또 안녕")
    assert len(discord.twin.called("bulk_set_application_commands")) == 1
