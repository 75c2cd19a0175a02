"""Every command on both platforms: in people's words, from the menu, by button, as a poll, at its time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot import filling, forms
from bot.command import Command, all_commands
from bot.locale import load
from tests.conversations.on_discord import DiscordStage
from tests.conversations.on_telegram import TelegramStage
from tests.conversations.stage import RATE, Place, Shown, Stage
from tests.outside import Outside
from tests.stage import Hands

SATURDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
COMMANDS = [
    command for command in (*all_commands(), *filling.commands(forms.load(forms.SHIPPED))) if not command.hidden
]
KOREAN = load("ko")
NO_ANSWERS = (KOREAN("apology"), KOREAN("unknown_command"), "…", "")

# What people give along with a command in Discord's menu; a command that is missing here is chosen as it stands.
OPTIONS: Mapping[str, Mapping[str, str | int]] = {
    "ask": {"question": "환불 규정"},
    "calc": {"sum": "12*(3+4)"},
    "choose": {"options": "짜장면, 짬뽕"},
    "coin": {"count": 3},
    "date": {"day": "다음 주 금요일"},
    "dday": {"day": "12월 25일"},
    "dice": {"count": 2, "sides": 20},
    "exchange": {"amount": "30만원", "to": "엔"},
    "help": {"command": "날씨"},
    "lotto": {"count": 5},
    "memo": {"action": "add", "text": "현관 비번 바꾸기"},
    "poll": {"text": "점심 뭐 먹지?", "options": "김밥, 라면"},
    "remind": {"when": "내일 아침 8시", "what": "약 먹기"},
    "reservation": {"when": "내일 저녁 7시", "people": "네 명"},
    "settings": {"name": "style"},
    "stock": {"company": "삼성전자"},
    "summary": {"count": 50},
    "time": {"place": "뉴욕"},
    "timer": {"when": "3분", "what": "라면"},
    "todo": {"action": "add", "text": "보고서 쓰기"},
    "unit": {"amount": "34평", "to": "제곱미터"},
    "weather": {"place": "고잔동", "when": "내일"},
}

# A piece of what is answered to OPTIONS.
ANSWERS = {
    "calc": "12 × (3 + 4) = 84",
    "coin": "번",
    "date": "2026년 11월 27일 금요일",
    "dday": "34일 남았어요",
    "dice": "합",
    "exchange": "300,000원은 32,565 일본 엔이에요.",
    "help": "고잔동 날씨 어때?",
    "memo": "적어 두었어요: 현관 비번 바꾸기",
    "remind": "내일 오전 8시에 알려 드릴게요: 약 먹기",
    "reservation": "어느 분 이름으로",
    "settings": "말투를 골라 주세요",
    "stock": "삼성전자: 71,500원",
    "time": "뉴욕은 지금 어제 오후 8시",
    "timer": "3분 타이머를 시작했어요",
    "todo": "더했어요: 보고서 쓰기",
    "unit": "34평은 112.39",
    "weather": "안산시 단원구 고잔동 날씨예요.\n내일:",
}


@pytest.fixture
def hands() -> Hands:
    return Hands(SATURDAY)


@pytest.fixture
def outside(hands: Hands) -> Outside:
    return Outside(hands)


async def test_every_example_is_answered(stage: Stage, outside: Outside, hands: Hands) -> None:
    async with stage.awake(clock=hands, surround=outside.surround):
        places = [stage.home_of(stage.twin.person(f"{command.korean} 씨")) for command in COMMANDS]
        said = (_all_said(stage, command.examples, place) for command, place in zip(COMMANDS, places, strict=True))
        answered = await asyncio.gather(*said)
    assert [each for several in answered for each in several] == []
    assert stage.model.prompts == [], "a request was taken for talk"


async def _all_said(stage: Stage, examples: Sequence[str], place: Place) -> list[str]:
    """The examples that were not answered, said one after the other in one private chat."""
    silent = []
    for number, example in enumerate(examples, 1):
        stage.say(example, to=place)
        answer = await _answer(stage, number, place)
        if not (answer.poll or answer.text not in NO_ANSWERS):
            silent.append(f"{example} -> {answer.text}")
    return silent


async def _answer(stage: Stage, number: int, place: Place) -> Shown:
    """The bot's message of that number, once it says what it has to say."""

    def there() -> bool:
        shown = stage.shown(place)
        return len(shown) >= number and (bool(shown[-1].poll) or shown[-1].text != "…")

    await stage.until(there, place)
    return stage.shown(place)[-1]


async def test_every_command_is_answered_from_the_menu_of_discord(
    discord: DiscordStage, outside: Outside, hands: Hands
) -> None:
    async with discord.awake(clock=hands, surround=outside.surround):
        await discord.menu()
        places = {command.name: discord.home_of(discord.twin.person(command.korean)) for command in COMMANDS}
        asked = {name: discord.command(name, to=place, options=OPTIONS.get(name)) for name, place in places.items()}
        await asyncio.gather(*(_answer(discord, 1, place) for place in places.values()))
        answers = {name: discord.shown(place)[0] for name, place in places.items()}
    _were_answered(answers)
    assert [name for name in asked if asked[name].post is not answers[name].id] == [], "each in its own place"
    assert all(each.acknowledged_after < 3 for each in asked.values())


async def test_every_command_is_answered_from_the_menu_of_telegram(
    telegram: TelegramStage, outside: Outside, hands: Hands
) -> None:
    async with telegram.awake(clock=hands, surround=outside.surround):
        await telegram.menu()
        listed = {entry["command"] for entry in telegram.twin.menus["default", ""]}
        assert listed == {command.name for command in COMMANDS}
        places = {command.name: telegram.home_of(telegram.twin.person(command.korean)) for command in COMMANDS}
        for name, place in places.items():
            telegram.command(name, _in_one_line(name), to=place)
        await asyncio.gather(*(_answer(telegram, 1, place) for place in places.values()))
        answers = {name: telegram.shown(place)[0] for name, place in places.items()}
    _were_answered(answers)


def _in_one_line(name: str) -> str:
    """What stands after "/name" in the command's own example, where it has one; else the options as words."""
    command: Command = next(each for each in COMMANDS if each.name == name)
    written = [example.partition(" ")[2] for example in command.examples if example.startswith(f"/{name} ")]
    return {"help": "날씨", "remind": "내일 아침 8시 약 먹기"}.get(name) or next(iter(written), "")


def _were_answered(answers: Mapping[str, Shown]) -> None:
    silent = [name for name, answer in answers.items() if not answer.poll and answer.text in NO_ANSWERS]
    assert silent == []


async def test_options_mean_what_people_say_in_words(discord: DiscordStage, outside: Outside, hands: Hands) -> None:
    async with discord.awake(clock=hands, surround=outside.surround):
        await discord.menu()
        places = {name: discord.home_of(discord.twin.person(name)) for name in ANSWERS}
        for name, place in places.items():
            discord.command(name, to=place, options=OPTIONS[name])
        await asyncio.gather(*(_answer(discord, 1, place) for place in places.values()))
        told = {name: discord.shown(place)[0].text for name, place in places.items()}
    assert {name: text for name, text in told.items() if ANSWERS[name] not in text} == {}


async def test_a_choice_is_a_button_and_pressing_it_answers(stage: Stage, outside: Outside, hands: Hands) -> None:
    async with stage.awake(clock=hands, surround=outside.surround):
        stage.say("중구 날씨")
        asked = await _answer(stage, 1, stage.home)
        assert asked.buttons == ("서울 중구", "부산 중구", "대구 중구", "인천 중구", "대전 중구", "울산 중구")
        stage.press(asked, "부산 중구")
        await stage.until(lambda: len(stage.texts()) == 2 and stage.texts()[1].startswith("부산 중구는 지금"))


async def test_in_a_group_the_buttons_are_everybody_s(stage: Stage, outside: Outside, hands: Hands) -> None:
    async with stage.awake(clock=hands, surround=outside.surround):
        stage.say("중구 날씨", to=stage.group, mention=True)
        asked = await _answer(stage, 1, stage.group)
        stage.press(asked, "울산 중구", by=stage.yuna)
        await stage.until(lambda: "울산 중구는 지금" in stage.texts(stage.group)[-1], stage.group)


async def test_settings_change_in_the_message_whose_button_was_pressed(stage: Stage) -> None:
    async with stage.awake():
        stage.say("설정")
        shown = await _answer(stage, 1, stage.home)
        stage.press(shown, "말투")
        await stage.until(lambda: "말투를 골라" in stage.texts()[0])
        stage.press(stage.shown()[0], "반말")
        await stage.until(lambda: "말투를 바꿨어요: 반말" in stage.texts()[0])
        (after,) = stage.shown()
    assert after.id == shown.id


async def test_a_poll_is_the_platform_s_own_in_words_and_from_the_menu(stage: Stage) -> None:
    async with stage.awake():
        await stage.menu()
        stage.say("투표 만들어줘: 점심 뭐 먹지? 김밥, 라면", to=stage.group, mention=True)
        assert (await _answer(stage, 1, stage.group)).poll == ("점심 뭐 먹지?", ("김밥", "라면"))
        options = {"text": "어디 갈까?", "options": "바다, 산"}
        asked = stage.command("poll", "어디 갈까? 바다, 산", to=stage.group, options=options)
        second = await _answer(stage, 2, stage.group)
        assert second.poll == ("어디 갈까?", ("바다", "산"))
        await stage.become("select distinct state from outbox", ("sent",))
    assert stage.name == "telegram" or asked.post is second.id


async def test_a_reminder_comes_at_its_time_with_buttons_and_can_be_put_off(stage: Stage, hands: Hands) -> None:
    async with stage.awake(clock=hands):
        stage.say("30분 뒤에 빨래 꺼내라고 말해줘")
        await _answer(stage, 1, stage.home)
        hands.at += timedelta(minutes=30, seconds=1)
        told = await _answer(stage, 2, stage.home)
        assert told.text == "⏰ 민수님, 빨래 꺼내기"
        assert told.history == ("⏰ 민수님, 빨래 꺼내기",), "an edit would notify nobody"
        stage.press(told, "5분 뒤 다시")
        assert "5분 뒤 오전 10시 35분" in (await _answer(stage, 3, stage.home)).text
        hands.at += timedelta(minutes=5)
        assert (await _answer(stage, 4, stage.home)).text == "⏰ 민수님, 빨래 꺼내기"


async def test_a_reminder_set_in_a_topic_comes_there(stage: Stage, hands: Hands) -> None:
    topic = stage.topic("요리")
    async with stage.awake(clock=hands):
        stage.say("3분 타이머", to=topic, mention=True)
        await _answer(stage, 1, topic)
        hands.at += timedelta(minutes=3)
        assert (await _answer(stage, 2, topic)).text.startswith("⏱ 민수님, 시간이 다 됐어요")
        assert stage.texts(stage.group) == []


async def test_a_location_gives_the_weather_there(telegram: TelegramStage, outside: Outside, hands: Hands) -> None:
    async with telegram.awake(clock=hands, surround=outside.surround):
        telegram.say(attach="location")
        told = await _answer(telegram, 1, telegram.home)
    assert told.text.startswith("보내 주신 곳은 지금 3°C")
    assert told.text.endswith("기상대, 오전 10시 기준")
    assert outside.asked[0] == ("weather", 37.3, 126.8, "Asia/Seoul")


async def test_a_reservation_is_made_step_by_step(stage: Stage, hands: Hands) -> None:
    steps = [
        ("예약할게요", "언제로"),
        ("내일 저녁 7시", "몇 분이"),
        ("네 명이요", "어느 분 이름으로"),
        ("김민수", "예약할까요?"),
    ]
    async with stage.awake(clock=hands):
        for number, (said, asked) in enumerate(steps, 1):
            stage.say(said)
            assert asked in (await _answer(stage, number, stage.home)).text
        stage.press(stage.shown()[-1], "네")
        await stage.until(lambda: "예약 신청을 받았어요" in stage.texts()[-1])
        await stage.become("select form, name from submissions", ("reservation", "민수"))


async def test_english_is_practised_with_the_model_until_그만(stage: Stage) -> None:
    async with stage.awake():
        stage.say("영어 회화 연습하자")
        assert "let's practise English" in (await _answer(stage, 1, stage.home)).text
        stage.say("I go to school yesterday")
        await stage.until(lambda: stage.shown()[-1].buttons == RATE)
        assert "English tutor" in stage.asked()[0]
        stage.say("그만")
        await stage.until(lambda: stage.texts()[-1] == KOREAN("scenario_ends"))
