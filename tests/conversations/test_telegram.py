"""What only Telegram has: groups that move, webhooks, commands for other bots, a crowd of entities."""

from __future__ import annotations

import socket

from tests.conversations.on_telegram import Spot, TelegramStage
from tests.conversations.stage import RATE
from tests.stage import Script
from tests.twins import faults


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_group_that_becomes_a_supergroup_takes_its_conversation_along(telegram: TelegramStage) -> None:
    group = Spot(telegram.twin.group([telegram.minsu, telegram.yuna]))
    async with telegram.awake():
        telegram.say("국수 좋아", to=group, mention=True)
        await telegram.settled("답: 민수: 국수 좋아", to=group)
        moved = Spot(telegram.twin.migrate(group.chat))
        telegram.say("뭐가 좋다고?", to=moved, mention=True)
        await telegram.settled("답: 민수: 뭐가 좋다고?", to=moved)
    assert telegram.asked() == ["민수: 국수 좋아", "답: 민수: 국수 좋아", "민수: 뭐가 좋다고?"]


async def test_a_group_that_moves_while_it_is_answered_gets_the_answer_in_its_new_place(
    telegram: TelegramStage,
) -> None:
    group = Spot(telegram.twin.group([telegram.minsu, telegram.yuna]))
    telegram.model = Script(lambda _: "하나 둘 셋")
    async with telegram.awake():
        with telegram.held():
            telegram.say("세어 봐", to=group, mention=True)
            await telegram.until(lambda: telegram.texts(group) == ["하나"])
            moved = Spot(telegram.twin.migrate(group.chat))
        (answer,) = await telegram.settled("하나 둘 셋", to=moved)
        assert answer.buttons == RATE
        await telegram.become("select distinct state from inbox", ("done",))


async def test_a_webhook_carries_the_same_conversation(telegram: TelegramStage) -> None:
    port = free_port()
    telegram.secret = "s3cret_of-the-test"
    telegram.webhook = {"webhook_url": f"http://127.0.0.1:{port}/hook", "webhook_listen": f"127.0.0.1:{port}"}
    async with telegram.awake():
        telegram.say("안녕")
        (answer,) = await telegram.settled("답: 안녕")
        telegram.press(answer, "👍")
        await telegram.become("select turn, value from ratings", (1, "👍"))
    telegram.say("자니?")
    async with telegram.awake():
        await telegram.settled("답: 안녕", "답: 자니?")
    assert set(telegram.twin.webhook_answers) <= {200, 0}  # 0: nobody was there


async def test_in_a_group_a_command_for_another_bot_is_not_ours(telegram: TelegramStage) -> None:
    async with telegram.awake():
        telegram.say("/help@other_bot", to=telegram.group)
        telegram.say("/time@irang_bot", to=telegram.group)
        await telegram.until(lambda: "지금은" in "".join(telegram.texts(telegram.group)))
        (answer,) = telegram.shown(telegram.group)
        telegram.say("/help@other_bot", to=telegram.group, reply_to=answer)
        telegram.say("/help", to=telegram.group)  # bare: with privacy mode on it comes to whoever it may be for
        await telegram.until(lambda: "/retry" in telegram.texts(telegram.group)[-1])
    assert len(telegram.texts(telegram.group)) == 2


async def test_a_command_for_another_bot_is_not_ours_even_where_bare_commands_are(telegram: TelegramStage) -> None:
    async with telegram.awake(groups={"bare_commands": True}):
        telegram.say("/ask@other_bot 안녕", to=telegram.group)
        telegram.say("안녕", to=telegram.group, mention=True)
        await telegram.settled("답: 민수: 안녕", to=telegram.group)
    assert len(telegram.model.prompts) == 1


async def test_more_looks_than_a_message_can_have_take_two_messages(telegram: TelegramStage) -> None:
    telegram.model = Script(lambda _: "\n".join(f"- **{number}번** 말" for number in range(150)))
    async with telegram.awake():
        telegram.say("굵게 많이")
        await telegram.until(lambda: telegram.shown() and telegram.shown()[-1].buttons == RATE)
        bubbles = telegram.twin.answers(telegram.home.chat)
    assert [len(bubble.entities) <= 100 for bubble in bubbles] == [True, True]
    assert sum(len(bubble.entities) for bubble in bubbles) == 150


async def test_a_button_stops_spinning_even_when_it_came_late(telegram: TelegramStage) -> None:
    async with telegram.awake():
        telegram.say("안녕")
        (answer,) = await telegram.settled("답: 안녕")
    telegram.press(answer, "👍")
    async with telegram.awake():
        await telegram.until(lambda: not telegram.twin.spinning)
        await telegram.become("select turn, value from ratings", (1, "👍"))


async def test_another_program_with_our_token_is_survived(telegram: TelegramStage) -> None:
    async with telegram.awake():
        telegram.twin.faults.inject("getUpdates", faults.answers(409), faults.html(), faults.cut_before())
        telegram.say("안녕")
        await telegram.settled("답: 안녕")


async def test_an_answer_whose_acceptance_got_lost_leaves_an_orphan_bubble_at_worst(telegram: TelegramStage) -> None:
    async with telegram.awake():
        telegram.twin.faults.inject("sendMessage", faults.answer_lost())
        telegram.say("안녕")
        await telegram.settled("…", "답: 안녕")
        telegram.twin.faults.inject("editMessageText", faults.answer_lost())
        telegram.say("또 안녕")
        await telegram.settled("…", "답: 안녕", "답: 또 안녕")


async def test_the_menu_is_sent_once_and_not_at_every_start(telegram: TelegramStage) -> None:
    async with telegram.awake():
        menus = dict(telegram.twin.menus)
    calls = len(telegram.twin.called("setMyCommands"))
    async with telegram.awake():
        telegram.say("안녕")
        await telegram.settled("답: 안녕")
    assert len(telegram.twin.called("setMyCommands")) == calls > 0
    assert telegram.twin.menus == menus
