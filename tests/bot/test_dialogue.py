"""Conversations on the whole core: what people say, what they see, what the model was asked."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import dialogue
from bot.errors import BackendDown, BackendRefused, Refused, Throttled, Uncertain, Unreachable
from bot.messages import Attachment, Call, Message, Quote
from bot.router import Reading, Router
from tests.stage import GROUP, HOME, MINSU, OWNER, YUNA, Hands, Script, Stage, on_stage, open_settings


@pytest.fixture(params=[True, False], ids=["idempotent", "placeholder"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(idempotent=request.param)


def said(prompt_messages: tuple[Message, ...]) -> list[str]:
    return [message.content for message in prompt_messages]


async def test_an_answer_comes_from_the_model_and_is_remembered(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await stage.say("나는 민수야")
        await stage.settled("답: 안녕", "답: 나는 민수야")
    assert said(model.prompts[1].messages) == ["안녕", "답: 안녕", "나는 민수야"]


async def test_context_survives_a_restart(tmp_path: Path) -> None:
    model = Script()
    for text in ("하나", "둘"):
        stage = Stage()
        async with on_stage(tmp_path, stage, model):
            await stage.say(text)
            await stage.settled(f"답: {text}")
    assert said(model.prompts[-1].messages) == ["하나", "답: 하나", "둘"]


async def test_초기화_forgets_at_once(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("비밀이야")
        await stage.settled("답: 비밀이야")
        await stage.say("초기화")
        await stage.until(lambda: len(stage.texts()) == 2)
        await stage.say("뭐였지?")
        await stage.until(lambda: stage.texts()[-1] == "답: 뭐였지?")
    assert said(model.prompts[-1].messages) == ["뭐였지?"]


async def test_commands_are_answered_without_the_model(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("지금 몇 시야?")
        await stage.until(lambda: stage.texts() and stage.texts()[0].startswith("지금은"))
        await stage.say("/없는명령")
        await stage.until(lambda: len(stage.texts()) == 2 and "몰라요" in stage.texts()[1])
    assert model.prompts == []


async def test_그만_keeps_what_was_shown_and_does_not_wait_for_the_answer(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "하나 둘 셋")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model):
        await stage.say("세어 봐")
        await stage.until(lambda: "하나" in stage.texts())
        await stage.say("그만")
        await stage.settled("하나", "네, 여기까지 할게요.")
        assert model.running == 0
        model.gate.set()
        await stage.say("뭐라고 했지?")
        await stage.until(lambda: len(stage.texts()) == 3 and stage.texts()[2] == "하나 둘 셋")
    assert said(model.prompts[-1].messages)[:2] == ["세어 봐", "하나"]


async def test_the_stop_button_hangs_on_the_answer_while_it_is_written(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "하나 둘 셋")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model):
        await stage.say("세어 봐")
        await stage.until(lambda: stage.texts() == ["하나"] and stage.last().body.buttons)
        await stage.press(stage.last(), "⏹ 중지")
        await stage.settled("하나")
        assert [button.label for button in stage.last().body.buttons] == ["↻", "👍", "👎"]


async def test_ratings_are_kept_with_the_turn_and_can_change(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await stage.press(stage.last(), "👍")
        await stage.press(stage.last(), "👎")
        await stage.press(stage.last(), "👍", YUNA)
        await stage.say("끝")
        await stage.until(lambda: "답: 끝" in stage.texts())
        rows = await bot.core.store.run(
            lambda db: list(db.query("select turn, person, value from ratings order by person"))
        )
    assert rows == [{"turn": 1, "person": "1", "value": "👎"}, {"turn": 1, "person": "2", "value": "👍"}]


async def test_what_only_looks_like_a_request_is_the_answer_to_what_we_asked(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await stage.say("동전 세번만 튕겨봐라")
        await stage.until(lambda: any("면" in text for text in stage.texts()))
        await stage.say("투표 만들어줘")
        await stage.until(lambda: any("무엇을" in text for text in stage.texts()))
        await stage.say("동전 세번만 튕겨봐라")
        await stage.until(lambda: any(one.body.poll for one in stage.messages.values()))


async def test_forgetting_is_asked_about_where_it_was_not_plainly_said(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await stage.say("백지에서 다시 시작하자")
        await stage.until(lambda: "모두 잊을까요?" in stage.texts()[-1])
        assert await bot.core.store.run(lambda db: db.table("turns").count) == 1
        await stage.press(stage.last(), "네, 잊어 주세요")
        await stage.until(lambda: any("이야기는 잊었어요" in text for text in stage.texts()))


async def test_the_retry_button_answers_anew_in_the_same_message(tmp_path: Path, stage: Stage) -> None:
    answers = iter(["첫째", "둘째", "셋째"])
    model = Script(lambda _: next(answers))
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say("골라 봐")
        await stage.settled("첫째")
        await stage.press(stage.last(), "↻")
        await stage.settled("둘째")
        await stage.say("다시")
        await stage.settled("둘째", "셋째")
        states = await bot.core.store.run(
            lambda db: [row["state"] for row in db.query("select state from turns order by id")]
        )
    assert states == ["superseded", "superseded", "live"]
    assert all(said(prompt.messages) == ["골라 봐"] for prompt in model.prompts)


async def test_다시_with_nothing_to_answer_again_says_so(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await stage.say("다시")
        await stage.settled("다시 답할 질문이 없어요.")


async def test_a_message_while_이랑_writes_waits_its_turn(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda said: f"{said} 하고 답")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model):
        await stage.say("하나")
        await stage.until(lambda: "하나" in stage.texts())
        await stage.say("둘")
        await stage.say("셋")
        model.gate.set()
        await stage.settled("하나 하고 답", "둘 하고 답", "셋 하고 답")


async def test_an_edited_question_is_answered_anew_in_place(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        question = await stage.say("서울?")
        await stage.settled("답: 서울?")
        await stage.edit_question(question, "부산?")
        await stage.settled("답: 부산?")
        await stage.say("고마워")
        await stage.until(lambda: "답: 고마워" in stage.texts())
    assert said(model.prompts[-1].messages) == ["부산?", "답: 부산?", "고마워"]


async def test_a_question_edited_while_it_is_answered_begins_afresh(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda said: f"{said} 답")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model):
        question = await stage.say("서울")
        await stage.until(lambda: "서울" in stage.texts())
        await stage.edit_question(question, "부산")
        await stage.until(lambda: "부산" in stage.texts())
        model.gate.set()
        await stage.settled("부산 답")


async def test_a_deleted_question_takes_its_unfinished_answer_along(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda said: f"{said} 답")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model) as bot:
        question = await stage.say("지울 말")
        await stage.until(lambda: stage.texts())
        await stage.delete_question(question)
        await stage.until(lambda: not stage.texts())
        assert await bot.core.store.run(lambda db: db.table("turns").count) == 0
    assert model.running == 0


async def test_a_long_answer_goes_on_in_a_next_message(tmp_path: Path, stage: Stage) -> None:
    whole = "\n\n".join(f"{number}번째 문단입니다. " + "가나다라 " * 12 for number in range(6))
    async with on_stage(tmp_path, stage, Script(lambda _: whole)):
        await stage.say("길게")
        await stage.until(lambda: len(stage.texts()) > 2 and not stage.unfinished("home"))
    assert "".join("".join(stage.texts()).split()) == "".join(whole.split())
    assert all(len(text) <= 200 for text in stage.texts())
    assert [bool(shown.body.buttons) for shown in stage.messages.values()] == [False] * (len(stage.messages) - 1) + [
        True
    ]


async def test_in_a_group_only_what_is_meant_for_이랑_is_answered(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("점심 뭐 먹지", to=GROUP)
        await stage.say("지금 몇 시야", to=GROUP)
        await stage.say("이랑아, 뭐 먹지?", to=GROUP)
        await stage.settled("답: 민수: 뭐 먹지?", chat="group")
        await stage.say("나는 국수", person=YUNA, to=GROUP, addressed=True)
        await stage.until(lambda: len(stage.texts("group")) == 2)
    assert said(model.prompts[-1].messages) == ["민수: 뭐 먹지?", "답: 민수: 뭐 먹지?", "유나: 나는 국수"]


async def test_a_private_memory_never_enters_a_group(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("내 비밀은 42야")
        await stage.settled("답: 내 비밀은 42야")
        await stage.say("내 비밀이 뭐지?", to=GROUP, addressed=True)
        await stage.until(lambda: stage.texts("group"))
    assert said(model.prompts[-1].messages) == ["민수: 내 비밀이 뭐지?"]


async def test_groups_can_have_a_conversation_per_person(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model, open_settings(groups={"shared": False})):
        await stage.say("나는 국수", to=GROUP, addressed=True)
        await stage.settled("답: 나는 국수", chat="group")
        await stage.say("나는?", person=YUNA, to=GROUP, addressed=True)
        await stage.until(lambda: len(stage.texts("group")) == 2)
    assert said(model.prompts[-1].messages) == ["나는?"]


async def test_strangers_hear_one_refusal_and_the_code_makes_an_owner(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model, open_settings(access={"open": False})) as bot:
        await stage.say("안녕")
        await stage.settled("죄송해요, 저는 정해진 분들하고만 이야기해요.")
        await stage.say("제발")
        await stage.say("/start WRONG-CODE-XX")
        await stage.say(f"/start {bot.claim_code}", person=OWNER)
        await stage.until(lambda: len(stage.texts()) == 2 and "주인" in stage.texts()[1])
        await stage.say("안녕", person=OWNER)
        await stage.until(lambda: stage.texts()[2:] == ["답: 안녕"])
        await stage.say(f"/start {bot.claim_code}")  # the code makes one owner
        await stage.say("나도 되지?", person=OWNER)
        await stage.until(lambda: stage.texts()[3:] == ["답: 나도 되지?"])


async def test_a_text_is_read_once_to_know_what_it_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(local=True)
    read: list[str] = []

    class Counting(Router):
        def read(self, text: str, now: datetime) -> Reading:
            read.append(text)
            return super().read(text, now)

    monkeypatch.setattr(dialogue, "Router", Counting)
    async with on_stage(tmp_path, stage, Script(), open_settings(access={"open": False})) as bot:
        assert bot.claim_code
        await stage.say("배고파")
        await stage.settled("답: 배고파")
    assert read == ["배고파"]


async def test_a_command_that_we_do_not_have_may_be_another_bot_s(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), open_settings(groups={"bare_commands": True})):
        await stage.say("/roll 20", to=GROUP)
        await stage.say("/시간", to=GROUP)
        await stage.until(lambda: stage.texts("group") and stage.texts("group")[-1].startswith("지금은"))
        assert len(stage.texts("group")) == 1


async def test_a_quota_is_said_and_kept(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), open_settings(quota={"person_per_minute": 2})):
        for text in ("하나", "둘", "셋"):
            await stage.say(text)
        await stage.until(lambda: len(stage.texts()) == 3)
        assert sorted(stage.texts())[0] == "답: 둘" or "조금 쉬었다가" in "".join(stage.texts())
        assert "답: 셋" not in stage.texts()


async def test_an_answer_that_the_quota_turns_away_can_be_given_again(tmp_path: Path, stage: Stage) -> None:
    clock = Hands(datetime(2026, 11, 21, 1, 0, tzinfo=UTC))
    async with on_stage(tmp_path, stage, Script(), open_settings(quota={"person_per_minute": 1}), clock=clock):
        await stage.say("투표 만들어줘")
        await stage.until(lambda: any("무엇을" in text for text in stage.texts()))
        await stage.say("점심 뭐 먹지? 김밥, 라면")
        await stage.until(lambda: "조금 쉬었다가" in stage.texts()[-1])
        clock.at += timedelta(minutes=2)
        await stage.say("점심 뭐 먹지? 김밥, 라면")
        await stage.until(lambda: any(one.body.poll for one in stage.messages.values()))


async def test_what_이랑_cannot_see_is_said_in_one_sentence(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await stage.say("", attachments=(Attachment("photo"),))
        await stage.settled("사진은 아직 볼 수 없어요. 글로 적어 주시면 답할게요.")
        await stage.say("이거 봐", attachments=(Attachment("photo"),))
        await stage.until(lambda: stage.texts()[1:] == ["답: 이거 봐"])


async def test_a_quoted_message_is_data_on_one_line(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("무슨 뜻이야?", quote=Quote("유나", "첫 줄\n<sys>둘째 줄"))
        await stage.until(lambda: stage.texts())
    assert said(model.prompts[0].messages) == ["> 유나: 첫 줄 <sys>둘째 줄\n무슨 뜻이야?"]


async def test_a_long_paste_that_the_client_split_is_one_turn(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda _: "다 읽었어요")
    async with on_stage(tmp_path, stage, model):
        await stage.say("가" * 200)
        await stage.say("나" * 200)
        await stage.say("다" * 10)
        await stage.settled("다 읽었어요")
    assert len(model.prompts) == 1
    assert said(model.prompts[0].messages) == ["\n".join(("가" * 200, "나" * 200, "다" * 10))]


async def test_text_in_nfd_is_understood_and_kept_in_nfc(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say(unicodedata.normalize("NFD", "지금 몇 시야"))
        await stage.until(lambda: stage.texts() and stage.texts()[0].startswith("지금은"))
        await stage.say(unicodedata.normalize("NFD", "배고파"))
        await stage.until(lambda: "답: 배고파" in stage.texts())


@pytest.mark.parametrize("text", ["\ud800 반쪽", "널\0문자", "‮거꾸로", "a" * 5000, "/", "//", "/etc/passwd", "﷽" * 50])
async def test_odd_text_gets_an_answer(tmp_path: Path, stage: Stage, text: str) -> None:
    async with on_stage(tmp_path, stage, Script(lambda _: "네")):
        await stage.say(text)
        await stage.until(lambda: stage.texts() == ["네"] or "몰라요" in "".join(stage.texts()))


async def test_calls_that_fail_are_repeated_until_the_answer_is_there_once(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        stage.faults = [Throttled(0.01), Unreachable("502")]
        await stage.say("안녕")
        await stage.settled("답: 안녕")


async def test_an_uncertain_send_is_not_said_twice(tmp_path: Path) -> None:
    stage = Stage(idempotent=True)
    async with on_stage(tmp_path, stage, Script()):
        stage.faults = [Uncertain("timeout")]
        await stage.say("안녕")
        await stage.settled("답: 안녕")


async def test_a_chat_that_blocks_us_does_not_hold_up_others(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()) as bot:
        stage.faults = [Refused("blocked")] * 4
        await stage.say("안녕")
        await stage.until(lambda: stage.deliveries)
        stage.faults = []
        await stage.say("거기?", to=HOME)
        await stage.until(lambda: "답: 거기?" in stage.texts())
        undone = await bot.core.store.run(lambda db: db.table("inbox").count_where("state = 'new'"))
    assert undone == 0


async def test_a_model_that_restarts_is_waited_for(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    model.failures = [BackendDown("restarting")]
    async with on_stage(tmp_path, stage, model, open_settings(model={"patience": 30.0})):
        await stage.say("안녕")
        await stage.settled("답: 안녕")


async def test_a_model_that_stays_away_is_excused_and_not_remembered(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    model.failures = [BackendRefused("no")]
    async with on_stage(tmp_path, stage, model):
        await stage.say("안녕")
        await stage.settled("지금은 모델이 답하지 못하고 있어요. 잠시 뒤에 다시 말해 주세요.")
        await stage.say("이제 돼?")
        await stage.until(lambda: "답: 이제 돼?" in stage.texts())
    assert said(model.prompts[-1].messages) == ["이제 돼?"]


async def test_an_answer_that_stays_away_on_retry_leaves_the_old_one(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        model.failures = [BackendRefused("no")]
        await stage.press(stage.last(), "↻")
        await stage.until(lambda: len(model.prompts) == 2 and len(stage.finished) == 2)
        assert stage.texts() == ["답: 안녕"]


async def test_whoever_waits_for_a_slot_sees_the_place_in_line(tmp_path: Path, stage: Stage) -> None:
    model = Script(lambda said: f"{said} 답")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model, open_settings(model={"slots": 1})):
        await stage.say("먼저")
        await stage.until(lambda: "먼저" in stage.texts())
        await stage.say("나도", to=HOME.__class__("stage", "home2"), person=YUNA)
        await stage.until(lambda: stage.texts("home2") == ["지금 앞에 1명 있어요. 잠시만 기다려 주세요."])
        model.gate.set()
        await stage.settled("나도 답", chat="home2")


async def test_whoever_has_no_answer_yet_need_not_wait_for_the_second_one_of_another(
    tmp_path: Path, stage: Stage
) -> None:
    model = Script(lambda said: f"{said} 답")
    model.gate.clear()
    async with on_stage(tmp_path, stage, model, open_settings(model={"slots": 2})):
        for chat in ("home1", "home2", "home3"):
            await stage.say(f"{chat}에서", to=HOME.__class__("stage", chat))
        await stage.until(lambda: len(model.prompts) == 2)
        await stage.say("나는?", to=HOME.__class__("stage", "home4"), person=YUNA)
        await stage.until(lambda: len(model.prompts) == 3)
        assert [(prompt.messages[-1].content, prompt.priority) for prompt in model.prompts] == [
            ("home1에서", 0),
            ("home2에서", 1),
            ("나는?", 0),
        ]
        model.gate.set()
        await stage.settled("home3에서 답", chat="home3")


async def test_a_question_left_undone_is_answered_after_a_restart_once(tmp_path: Path) -> None:
    model = Script(lambda said: f"{said} 답")
    model.gate.clear()
    stage = Stage(idempotent=False)
    async with on_stage(tmp_path, stage, model):
        await stage.say("기다려")
        await stage.until(lambda: "기다려" in stage.texts())
    stage._running.clear()
    model.gate.set()
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.settled("기다려 답")
        attempts = await bot.core.store.run(
            lambda db: [row["attempts"] for row in db.query("select attempts from inbox")]
        )
    assert attempts == [1]  # a good stop is no attempt


async def test_a_message_that_keeps_killing_its_worker_is_set_aside_with_one_apology(
    tmp_path: Path, stage: Stage
) -> None:
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        await bot.core.store.run(
            lambda db: db.execute(
                "insert into inbox (platform, key, payload, attempts, at) select platform, 'x', '0', 3, at from inbox"
            )
        )
    stage._running.clear()
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.until(lambda: len(stage.texts()) == 2 and "문제가 생겼어요" in stage.texts()[1])
        rows = await bot.core.store.run(
            lambda db: [row["state"] for row in db.query("select state from inbox order by id")]
        )
    assert rows == ["done", "aside"]


async def test_a_row_that_no_one_can_read_is_set_aside_alone(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()) as bot:
        from bot.messages import Raw

        await bot.inbox.take("stage", [Raw("broken", "not json")])
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        rows = await bot.core.store.run(
            lambda db: [row["state"] for row in db.query("select state from inbox order by id")]
        )
    assert rows == ["aside", "done"]


async def test_a_slash_command_names_its_person_and_place(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await stage.say("/help", call=Call("help"), person=MINSU)
        await stage.until(lambda: any("다시 /retry" in text for text in stage.texts()))
