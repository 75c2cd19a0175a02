"""On Telegram, what there is besides text: polls, rows of buttons, places that people send."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from adapters.telegram import Telegram
from bot.config import TelegramSettings
from bot.errors import Refused
from bot.messages import Address, Attachment, Body, Button, Incoming, Key, MessageRef, Poll
from tests.twins.telegram import Chat, TelegramTwin

KEY = Key("1")
LUNCH = Body("📊 점심 뭐 먹지?", poll=Poll("점심 뭐 먹지?", ("김밥", "라면")), plain=True)


@pytest.fixture
async def twin() -> AsyncIterator[TelegramTwin]:
    async with TelegramTwin() as twin:
        yield twin
        assert twin.violations == []


@pytest.fixture
async def telegram(twin: TelegramTwin) -> AsyncIterator[Telegram]:
    platform = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko")
    yield platform
    await platform.close()


@pytest.fixture
def chat(twin: TelegramTwin) -> Chat:
    return twin.private(twin.person("민수"))


def at(chat: Chat, thread: int | None = None) -> Address:
    return Address("telegram", str(chat.id), str(thread or ""))


# ---- polls ---------------------------------------------------------------------------------------


async def test_a_poll_is_telegram_s_own_and_open_about_who_votes(
    twin: TelegramTwin, telegram: Telegram, chat: Chat
) -> None:
    ref = await telegram.send(at(chat), LUNCH, reply_to=None, key=KEY)
    (bubble,) = twin.messages(chat)
    assert (ref.id, bubble.poll) == (str(bubble.id), ("점심 뭐 먹지?", ["김밥", "라면"]))
    (sent,) = twin.called("sendPoll")
    assert (sent["is_anonymous"], sent["allows_multiple_answers"]) == (False, False)
    assert twin.called("sendMessage") == []


async def test_a_poll_goes_to_its_topic_and_refers_to_what_asked_for_it(twin: TelegramTwin, telegram: Telegram) -> None:
    minsu = twin.person("민수")
    group = twin.group([minsu], supergroup=True)
    topic = twin.topic(group, "점심")
    asked = twin.say(group, minsu, "투표", topic=topic)
    question = MessageRef("telegram", str(group.id), str(asked))
    await telegram.send(at(group, topic), LUNCH, reply_to=question, key=KEY)
    poll = twin.messages(group)[-1]
    assert (poll.thread, poll.reply_to) == (topic, asked)


async def test_what_is_too_long_for_a_poll_is_cut(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    poll = Poll("물" * 400, tuple(f"{number}{'답' * 120}" for number in range(12)), several=True)
    await telegram.send(at(chat), Body("", poll=poll), reply_to=None, key=KEY)
    (sent,) = twin.called("sendPoll")
    assert (len(sent["question"]), len(sent["options"])) == (300, 10)
    assert {len(option["text"]) for option in sent["options"]} == {100}
    assert sent["allows_multiple_answers"] is True


async def test_a_chat_that_takes_no_polls_refuses(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    twin.block(chat.people[0])
    with pytest.raises(Refused):
        await telegram.send(at(chat), LUNCH, reply_to=None, key=KEY)


# ---- rows of buttons -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["↻", "👍", "👎"], [["↻", "👍", "👎"]]),
        (["서울 중구", "부산 중구", "대구 중구", "인천 중구"], [["서울 중구", "부산 중구", "대구 중구", "인천 중구"]]),
        (
            ["서울 강북구 수유동", "경기 수원시", "성남시 분당구 정자동"],
            [["서울 강북구 수유동", "경기 수원시"], ["성남시 분당구 정자동"]],
        ),
        (["가" * 60, "나"], [["가" * 60], ["나"]]),
        (["네", "아니요"], [["네", "아니요"]]),
    ],
)
async def test_labels_stand_side_by_side_as_long_as_they_can_be_read(
    twin: TelegramTwin, telegram: Telegram, chat: Chat, labels: list[str], rows: list[list[str]]
) -> None:
    buttons = tuple(Button(label, f"do:{number}") for number, label in enumerate(labels))
    await telegram.send(at(chat), Body("골라 주세요", buttons=buttons), reply_to=None, key=KEY)
    (sent,) = twin.called("sendMessage")
    keyboard = sent["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in keyboard] == rows
    assert [button["callback_data"] for row in keyboard for button in row] == [each.data for each in buttons]


# ---- places --------------------------------------------------------------------------------------


def heard(telegram: Telegram, **content: object) -> Incoming:
    message = {
        "message_id": 7,
        "date": 1_800_000_000,
        "chat": {"id": 10, "type": "private", "first_name": "민수"},
        "from": {"id": 10, "is_bot": False, "first_name": "민수"},
        **content,
    }
    event = telegram.parse(json.dumps({"update_id": 1, "message": message}))
    assert isinstance(event, Incoming)
    return event


SUWON = {"latitude": 37.2636, "longitude": 127.0286}


def test_a_location_has_its_place(telegram: Telegram) -> None:
    assert heard(telegram, location=SUWON).attachments == (Attachment("location", (37.2636, 127.0286)),)


def test_a_venue_is_a_location_with_a_name(telegram: Telegram) -> None:
    venue = {"location": SUWON, "title": "수원역", "address": "팔달구"}
    event = heard(telegram, location=SUWON, venue=venue)
    assert event.attachments == (Attachment("location", (37.2636, 127.0286)),)


def test_whole_degrees_are_a_place_too(telegram: Telegram) -> None:
    event = heard(telegram, location={"latitude": 37, "longitude": -127})
    assert event.attachments[0].place == (37.0, -127.0)


@pytest.mark.parametrize("location", [{"latitude": 37.2}, {"latitude": "x", "longitude": 1}, 5])
def test_a_location_that_is_none_cannot_be_read(telegram: Telegram, location: object) -> None:
    with pytest.raises(ValueError, match=r"can.t be read|could not convert"):
        heard(telegram, location=location)


def test_other_attachments_have_no_place(telegram: Telegram) -> None:
    assert heard(telegram, contact={"phone_number": "1", "first_name": "유나"}).attachments == (Attachment("contact"),)
