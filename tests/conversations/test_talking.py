"""Conversations as people have them, on both platforms: talk, commands, stopping, trying again, rating."""

from __future__ import annotations

from tests.conversations.stage import RATE, STOP, Stage
from tests.stage import Script


async def test_a_greeting_is_answered_with_buttons_to_rate_it(stage: Stage) -> None:
    async with stage.awake():
        stage.say("안녕")
        (answer,) = await stage.settled("답: 안녕")
    assert answer.buttons == RATE


async def test_three_turns_carry_what_was_said_before(stage: Stage) -> None:
    async with stage.awake():
        for number, text in enumerate(("나는 민수야", "심심해", "내가 누구라고?"), 1):
            stage.say(text)
            await stage.until(lambda n=number: len(stage.texts()) == n)  # type: ignore[misc]
            await stage.settled(*stage.texts()[:-1], f"답: {text}")
    assert [len(prompt.messages) for prompt in stage.model.prompts] == [1, 3, 5]
    assert stage.asked() == ["나는 민수야", "답: 나는 민수야", "심심해", "답: 심심해", "내가 누구라고?"]


async def test_a_command_works_as_a_phrase_and_from_the_menu(stage: Stage) -> None:
    async with stage.awake():
        stage.say("지금 몇 시야?")
        await stage.until(lambda: len(stage.texts()) == 1 and stage.texts()[0].startswith("지금은"))
        stage.command("time")
        await stage.until(lambda: len(stage.texts()) == 2 and stage.texts()[1].startswith("지금은"))
    assert stage.model.prompts == []


async def test_초기화_forgets_what_was_said(stage: Stage) -> None:
    async with stage.awake():
        stage.say("비밀이야")
        await stage.settled("답: 비밀이야")
        stage.say("초기화")
        await stage.until(lambda: len(stage.texts()) == 2 and "잊었어요" in stage.texts()[1])
        stage.say("뭐였지?")
        await stage.until(lambda: "답: 뭐였지?" in stage.texts())
    assert stage.asked() == ["뭐였지?"]


async def test_the_stop_button_keeps_what_was_shown(stage: Stage) -> None:
    stage.model = Script(lambda _: "하나 둘 셋")
    async with stage.awake():
        with stage.held():
            stage.say("세어 봐")
            await stage.until(lambda: stage.texts() == ["하나"] and stage.shown()[0].buttons == (STOP,))
            stage.press(stage.shown()[0], STOP)
            (answer,) = await stage.settled("하나")
            assert answer.buttons == RATE
            assert stage.model.running == 0


async def test_그만_stops_and_what_was_shown_is_remembered(stage: Stage) -> None:
    stage.model = Script(lambda said: "하나 둘 셋" if said == "세어 봐" else "네")
    async with stage.awake():
        with stage.held():
            stage.say("세어 봐")
            await stage.until(lambda: stage.texts() == ["하나"])
            stage.say("그만")
            await stage.settled("하나", "네, 여기까지 할게요.")
        stage.say("더 세어 봐")
        await stage.settled("하나", "네, 여기까지 할게요.", "네")
    assert stage.asked() == ["세어 봐", "하나", "더 세어 봐"]


async def test_the_retry_button_answers_in_place_and_다시_in_a_new_message(stage: Stage) -> None:
    answers = iter(("첫째", "둘째", "셋째"))
    stage.model = Script(lambda _: next(answers))
    async with stage.awake():
        stage.say("골라 봐")
        (first,) = await stage.settled("첫째")
        stage.press(first, "↻")
        (second,) = await stage.settled("둘째")
        assert second.id == first.id
        stage.say("다시")
        await stage.settled("둘째", "셋째")
        await stage.become("select state from turns order by id", ("superseded",), ("superseded",), ("live",))
    assert [stage.asked(number) for number in range(3)] == [["골라 봐"]] * 3


async def test_only_a_first_answer_may_be_one_that_is_known_already(stage: Stage) -> None:
    async with stage.awake():
        stage.say("하나")
        (answer,) = await stage.settled("답: 하나")
        stage.press(answer, "↻")
        await stage.until(lambda: len(stage.model.prompts) == 2)
    assert [prompt.lookup for prompt in stage.model.prompts] == [True, False]


async def test_a_retry_button_that_is_pressed_twice_answers_once_more(stage: Stage) -> None:
    answers = iter(("첫째", "둘째", "셋째"))
    stage.model = Script(lambda _: next(answers))
    async with stage.awake():
        stage.say("골라 봐")
        (first,) = await stage.settled("첫째")
        stage.press(first, "↻")
        stage.press(first, "↻")
        await stage.become("select count(*) from inbox where state = 'done'", (3,))
        await stage.settled("둘째")


async def test_a_question_edited_while_it_is_tried_again_is_answered_as_it_says_now(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    async with stage.awake():
        question = stage.say("서울")
        (answer,) = await stage.settled("서울 답")
        with stage.held():
            stage.press(answer, "↻")
            await stage.until(lambda: len(stage.model.prompts) == 2)
            stage.edit(question, "부산")
            await stage.become("select count(*) from inbox", (3,))
        await stage.settled("부산 답")


async def test_an_edit_of_what_is_forgotten_is_left_alone(stage: Stage) -> None:
    async with stage.awake():
        question = stage.say("서울")
        await stage.settled("답: 서울")
        stage.say("초기화")
        await stage.until(lambda: len(stage.texts()) == 2)
        stage.edit(question, "부산")
        stage.say("안녕")
        await stage.until(lambda: stage.texts()[2:] == ["답: 안녕"])
        await stage.become("select count(*) from inbox where state = 'done'", (4,))
        assert stage.texts()[0] == "답: 서울"


async def test_a_retry_button_under_a_forgotten_answer_says_that_there_is_nothing(stage: Stage) -> None:
    async with stage.awake():
        stage.say("안녕")
        (answer,) = await stage.settled("답: 안녕")
        stage.say("초기화")
        await stage.until(lambda: len(stage.texts()) == 2)
        stage.press(answer, "↻")
        await stage.until(lambda: stage.texts()[2:] == ["다시 답할 질문이 없어요."])


async def test_a_rating_by_button_is_kept_and_can_change(stage: Stage) -> None:
    async with stage.awake():
        stage.say("안녕")
        (answer,) = await stage.settled("답: 안녕")
        stage.press(answer, "👍")
        await stage.become("select turn, value from ratings", (1, "👍"))
        stage.press(answer, "👎")
        await stage.become("select turn, value from ratings", (1, "👎"))
    assert stage.texts() == ["답: 안녕"]


async def test_a_rating_by_reaction_is_kept_and_taken_back(stage: Stage) -> None:
    async with stage.awake():
        stage.say("안녕")
        (answer,) = await stage.settled("답: 안녕")
        stage.react(answer, "👍")
        await stage.become("select turn, value from ratings", (1, "👍"))
        stage.unreact(answer, "👍")
        await stage.become("select turn, value from ratings")


async def test_a_long_answer_goes_on_in_further_messages_with_nothing_lost(stage: Stage) -> None:
    whole = "\n\n".join(f"{number}번째 문단입니다. " + "가나다라마바사 " * 40 for number in range(30))
    stage.model = Script(lambda _: whole)
    async with stage.awake():
        stage.say("길게 써 줘")
        await stage.until(lambda: stage.shown() and stage.shown()[-1].buttons == RATE)
        shown = stage.shown()
    assert len(shown) >= len(whole) // stage.limit
    assert "".join("".join(each.text for each in shown).split()) == "".join(whole.split())
    assert [each.buttons for each in shown[:-1]] == [()] * (len(shown) - 1)


async def test_an_edited_question_is_answered_anew_in_place(stage: Stage) -> None:
    async with stage.awake():
        question = stage.say("서울?")
        (before,) = await stage.settled("답: 서울?")
        stage.edit(question, "부산?")
        (after,) = await stage.settled("답: 부산?")
        assert after.id == before.id
        stage.say("고마워")
        await stage.settled("답: 부산?", "답: 고마워")
    assert stage.asked() == ["부산?", "답: 부산?", "고마워"]


async def test_a_question_edited_while_it_is_answered_begins_afresh(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    async with stage.awake():
        with stage.held():
            question = stage.say("서울")
            await stage.until(lambda: stage.texts() == ["서울"])
            stage.edit(question, "부산")
            await stage.until(lambda: stage.texts() == ["부산"])
        await stage.settled("부산 답")


async def test_a_question_edited_while_it_waits_is_answered_once_as_it_says_now(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    async with stage.awake():
        with stage.held():
            stage.say("하나")
            await stage.until(lambda: stage.texts() == ["하나"])
            waiting = stage.say("두울")
            stage.edit(waiting, "둘")
            await stage.become("select count(*) from inbox", (3,))
        await stage.settled("하나 답", "둘 답")
    assert len(stage.model.prompts) == 2


async def test_an_edit_that_changes_nothing_is_no_new_question(stage: Stage) -> None:
    async with stage.awake():
        question = stage.say("안녕")
        await stage.settled("답: 안녕")
        stage.edit(question, "안녕")
        stage.say("잘 지내?")
        await stage.settled("답: 안녕", "답: 잘 지내?")
    assert len(stage.model.prompts) == 2


async def test_the_stop_command_from_the_menu_stops(stage: Stage) -> None:
    stage.model = Script(lambda _: "하나 둘 셋")
    async with stage.awake():
        with stage.held():
            stage.say("세어 봐")
            await stage.until(lambda: stage.texts() == ["하나"])
            stage.command("stop")
            await stage.settled("하나", "네, 여기까지 할게요.")


async def test_a_message_while_이랑_writes_waits_its_turn(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    async with stage.awake():
        with stage.held():
            stage.say("하나")
            await stage.until(lambda: stage.texts() == ["하나"])
            stage.say("둘")
            stage.say("셋")
        await stage.settled("하나 답", "둘 답", "셋 답")


async def test_a_long_paste_that_the_client_split_is_one_turn(stage: Stage) -> None:
    stage.model = Script(lambda _: "다 읽었어요")
    parts = ("가" * stage.limit, "나" * stage.limit, "다" * 10)
    async with stage.awake():
        for part in parts:
            stage.say(part)
        await stage.settled("다 읽었어요")
    assert [stage.asked()] == [["\n".join(parts)]]
    assert len(stage.model.prompts) == 1


async def test_a_picture_is_answered_by_its_caption_or_with_one_honest_sentence(stage: Stage) -> None:
    async with stage.awake():
        stage.say(attach="photo")
        await stage.settled("사진은 아직 볼 수 없어요. 글로 적어 주시면 답할게요.")
        stage.say(attach="sticker")
        await stage.until(lambda: stage.texts()[1:] == ["스티커는 아직 볼 수 없어요. 글로 적어 주시면 답할게요."])
        stage.say("이 사진 어때?", attach="photo")
        await stage.until(lambda: stage.texts()[2:] == ["답: 이 사진 어때?"])


async def test_whoever_waits_sees_the_place_in_line_and_then_the_answer_there(stage: Stage) -> None:
    stage.model = Script(lambda said: f"{said} 답")
    theirs = stage.home_of(stage.yuna)
    async with stage.awake(model={"slots": 1}):
        with stage.held():
            stage.say("먼저")
            await stage.until(lambda: stage.texts() == ["먼저"])
            stage.say("나도", to=theirs)
            await stage.until(lambda: stage.texts(theirs) == ["지금 앞에 1명 있어요. 잠시만 기다려 주세요."], to=theirs)
            (notice,) = stage.shown(theirs)
            assert stage.typed(theirs)
        (answer,) = await stage.settled("나도 답", to=theirs)
    assert answer.id == notice.id


async def test_markdown_is_shown_as_the_platform_shows_it(stage: Stage) -> None:
    stage.model = Script(lambda _: "이건 **굵게** 그리고 `코드`, 1 * 2 * 3 <b> [링크](https://example.org)")
    async with stage.awake():
        stage.say("꾸며 봐")
        await stage.until(lambda: stage.shown() and stage.shown()[-1].buttons == RATE)
    seen = stage.texts()[0]
    assert "1 * 2 * 3 <b>" in seen
    assert ("**굵게**" in seen) == (stage.name == "discord")
