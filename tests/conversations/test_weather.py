"""Bad weather, on both platforms: restarts, limits, people who leave, answers that get lost."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RATE, Stage
from tests.stage import Script
from tests.twins import faults


async def test_after_a_restart_the_conversation_goes_on(stage: Stage) -> None:
    async with stage.awake():
        stage.say("나는 민수야")
        await stage.settled("답: 나는 민수야")
    async with stage.awake():
        stage.say("내가 누구지?")
        await stage.settled("답: 나는 민수야", "답: 내가 누구지?")
    assert stage.asked() == ["나는 민수야", "답: 나는 민수야", "내가 누구지?"]


async def test_an_answer_cut_off_by_a_restart_is_given_once_in_the_same_message(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    with stage.held():
        async with stage.awake():
            stage.say("기다려")
            await stage.until(lambda: stage.texts() == ["기다려"])
            (begun,) = stage.shown()
    async with stage.awake():
        (answer,) = await stage.settled("기다려 답")
        stage.say("고마워")
        await stage.settled("기다려 답", "고마워 답")
    assert answer.id == begun.id
    assert len(stage.model.prompts) == 3  # twice for the one that was cut off


async def test_what_is_said_while_it_sleeps_is_answered_when_it_wakes(stage: Stage) -> None:
    async with stage.awake():
        stage.say("잘 자")
        await stage.settled("답: 잘 자")
    stage.say("아직 자?")
    stage.say("일어났어?")
    async with stage.awake():
        await stage.settled("답: 잘 자", "답: 아직 자?", "답: 일어났어?")


async def test_buttons_still_work_after_a_restart(stage: Stage) -> None:
    answers = iter(("첫째", "둘째"))
    stage.model = Script(lambda _: next(answers))
    async with stage.awake():
        stage.say("골라 봐")
        await stage.settled("첫째")
    async with stage.awake():
        stage.press(stage.shown()[0], "👍")
        await stage.become("select turn, value from ratings", (1, "👍"))
        stage.press(stage.shown()[0], "↻")
        (answer,) = await stage.settled("둘째")
        await stage.until(lambda: stage.shown()[0].buttons == RATE)
    assert len(answer.history) > 1


async def test_a_429_parks_one_chat_while_others_go_on(stage: Stage) -> None:
    theirs = stage.home_of(stage.yuna)
    async with stage.awake():
        stage.twin.faults.inject(stage.send, faults.throttled(1))
        stage.say("빨리")
        await stage.until(lambda: _calls(stage) == 1)
        stage.say("나도", to=theirs)
        await stage.settled("답: 나도", to=theirs)
        assert stage.texts() == []
        await stage.settled("답: 빨리")


@pytest.mark.parametrize(
    "fault", [faults.answers(502), faults.cut_before(), faults.html()], ids=["502", "reset", "page"]
)
async def test_a_call_that_fails_is_made_again(stage: Stage, fault: faults.Fault) -> None:
    async with stage.awake():
        stage.twin.faults.inject(stage.send, fault)
        stage.say("안녕")
        await stage.settled("답: 안녕")


async def test_whoever_blocks_the_bot_holds_up_nobody(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    theirs = stage.home_of(stage.yuna)
    async with stage.awake():
        with stage.held():
            stage.say("안녕")
            await stage.until(lambda: stage.texts() == ["안녕"])
            stage.shut_out(stage.home)
        stage.say("나는?", to=theirs)
        await stage.settled("나는? 답", to=theirs)
        await stage.become("select distinct state from inbox", ("done",))
        assert ("failed",) in await stage.rows("select state from outbox")


async def test_what_arrives_twice_is_answered_once(stage: Stage) -> None:
    async with stage.awake():
        stage.say("안녕")
        stage.repeat()
        await stage.settled("답: 안녕")
        stage.say("또 안녕")
        await stage.settled("답: 안녕", "답: 또 안녕")
    assert len(stage.model.prompts) == 2


async def test_a_crowd_is_answered_side_by_side_each_in_its_own_chat(stage: Stage) -> None:
    places = [stage.home_of(stage.twin.person(f"사람{number}")) for number in range(12)]
    async with stage.awake():
        for text in ("하나", "둘"):
            for place in places:
                stage.say(text, to=place)
        for place in places:
            await stage.settled("답: 하나", "답: 둘", to=place)


async def test_an_answer_that_somebody_deletes_while_it_is_written_comes_in_a_new_message(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    async with stage.awake():
        with stage.held():
            stage.say("안녕")
            await stage.until(lambda: stage.texts() == ["안녕"])
            stage.take_away(stage.shown()[0])
        (answer,) = await stage.settled("안녕 답")
    assert answer.buttons == RATE


async def test_what_nobody_can_read_does_not_hold_up_the_rest(stage: Stage) -> None:
    async with stage.awake():
        stage.garble()
        stage.say("안녕")
        stage.garble()
        stage.say("거기 있어?")
        await stage.settled("답: 안녕", "답: 거기 있어?")


def _calls(stage: Stage) -> int:
    return len(stage.twin.called(stage.send))
