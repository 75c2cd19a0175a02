"""Commands as people use them: what is said, what is answered, what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.messages import Attachment, Call
from tests.stage import GROUP, Hands, Script, Stage, on_stage, open_settings

SATURDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 10:00 in Seoul


@pytest.fixture(params=[True, False], ids=["idempotent", "placeholder"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(idempotent=request.param, length=2000)


async def says(stage: Stage, text: str, expected: str, *, chat: str = "home") -> str:
    """Say something and wait for a new message that holds `expected`; returns it."""
    before = len(stage.texts(chat))
    await stage.say(text)
    await stage.until(lambda: len(stage.texts(chat)) > before and expected in stage.texts(chat)[-1])
    return stage.texts(chat)[-1]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("오늘 며칠이야", "2026년 11월 21일 토요일"),
        ("내년 설날 언제야?", "2027년 2월 7일 일요일"),
        ("설날이 내년에는 언제예요?", "2027년 2월 7일 일요일"),
        ("추석 내후년에 언제야", "2028년 10월 3일"),
        ("2025년에 이사 왔는데 설날 언제야", "2027년 2월 7일"),
        ("추석 언제야 2024년에는 9월이었는데", "2027년 9월 15일"),
        ("내년에 군대 가는데 크리스마스 무슨 요일이야", "2026년 12월 25일 금요일"),
        ("크리스마스 무슨 요일이야 내년에는", "2027년 12월 25일 토요일"),
        ("오늘 며칠인지도 모르겠네 며칠이야", "2026년 11월 21일 토요일"),
        ("무슨 요일인지는 모르겠는데 오늘 며칠이야", "2026년 11월 21일 토요일"),
        ("시속 36킬로면 초당 몇 미터야", "시속 36킬로는 10 m/s"),
        ("10월 9일 공휴일이야?", "한글날"),
        ("동지가 언제예요?", "2026년 12월 22일"),
        ("다음 달 빨간날 언제 있어?", "12월 25일"),
        ("이번 달 공휴일 있어?", "그사이에 공휴일은 없어요"),
        ("이번달 공휴일", "그사이에 공휴일은 없어요"),
        ("다음달 공휴일", "12월 25일"),
        ("추석 연휴 언제야", "2027년 9월 16일 목요일: 추석 다음날"),
        ("내년 공휴일", "2027년 10월 9일 토요일: 한글날"),
        ("2월 30일 무슨 요일이야", "2월 30일은 없는 날이에요"),
        ("13월 5일 디데이", "13월 5일은 없는 날이에요"),
        ("2월 30일까지 며칠 남았어", "2월 30일은 없는 날이에요"),
        ("5월 공휴일 알려줘", "2027년 5월 5일 수요일: 어린이날"),
        ("내년 공휴일 알려줘", "2027년 10월 9일 토요일: 한글날"),
        ("크리스마스랑 설날 9시에 전화하라고 알려줘", "12월 25일 금요일 오전 9시, 2027년 2월 7일 일요일 오전 9시"),
        ("다음 추석 9시에 성묘 알려줘", "2027년 9월 15일 수요일 오전 9시에 알려 드릴게요: 성묘"),
        ("새해 아침 9시에 깨워줘", "2027년 1월 1일 금요일 오전 9시"),
        ("매년 크리스마스 9시에 카드 쓰라고 알려줘", "매년 12월 25일 오전 9시에 알려 드릴게요: 카드 쓰기"),
        ("내일 9시에서 10시 사이에 전화하라고 알려줘", "내일 오전 9시에 알려 드릴게요: 전화하기"),
        ("매년 5월 둘째 일요일 9시에 모임 알려줘", "매년 5월 둘째 일요일 오전 9시에 알려 드릴게요: 모임"),
        (
            "매달 첫째 월요일 9시랑 셋째 월요일 10시에 회의 알려줘",
            "매달 첫째 월요일 오전 9시, 매달 셋째 월요일 오전 10시",
        ),
        ("30분이나 1시간 뒤에 알려줘", "둘 중 언제"),
        ("월요일부터 금요일까지 6시에 깨워줘", "평일마다 오전 6시"),
        ("월~수 6시에 깨워줘", "매주 월요일, 화요일, 수요일 오전 6시"),
        ("일요일 빼고 매일 7시에 깨워줘", "금요일, 토요일 오전 7시"),
        ("공휴일 빼고 평일 7시에 깨워줘", "“공휴일 빼고”: 그렇게 정한 반복은"),
        ("금요일까지 매일 9시에 약 알려줘", "11월 27일 금요일까지 매일 오전 9시에 알려 드릴게요: 약"),
        ("매일 9시에 30일까지 보고서 내라고 알려줘", "“30일까지”: 그렇게 정한 반복은"),
        ("매일 9시에 3번만 알려줘", "“3번만”: 그렇게 정한 반복은"),
        ("매일 9시에 팔굽혀펴기 10번 하라고 알려줘", "매일 오전 9시에 알려 드릴게요: 팔굽혀펴기 10번 하기"),
        ("수요일 2시 회의 하루 전에 알려줘", "11월 24일 화요일 오후 2시에 알려 드릴게요: 회의"),
        ("3시 회의 30분 전, 10분 전에 알려줘", "“30분 전,”: 그 때를"),
        ("매주 월 9시 수 10시 금 11시 운동 알려줘", "“수 10시”: 그 때를"),
        ("내일 9시까지 출근이니까 7시에 깨워줘", "내일 오전 7시에 알려 드릴게요: 내일 9시까지 출근"),
        ("월화수 7시, 목금 8시에 깨워줘", "매주 월요일, 화요일, 수요일 오전 7시, 매주 목요일, 금요일 오전 8시"),
        (
            "다음 주 월수금 7시에 깨워줘",
            "11월 29일 일요일까지 매주 월요일, 수요일, 금요일 오전 7시 (다음은 모레 오전 7시)",
        ),
        ("remind me every Monday and Friday at 9 to stretch", "매주 월요일, 금요일 오전 9시에 알려 드릴게요: stretch"),
        ("wake me up at 6 tomorrow", "내일 오전 6시에"),
        ("방학 동안 매일 7시에 깨워줘", "“방학 동안”: 그렇게 정한 반복은"),
        ("저녁 6시까지 2시간마다 물 마시라고 알려줘", "“6시까지”: 그렇게 정한 반복은"),
        ("12월 1일부터 매일 7시에 운동 알려줘", "매일 오전 7시 (다음은 12월 1일 화요일 오전 7시)"),
        ("매일 김치 빼고 9시에 주문하라고 알려줘", "매일 오전 9시에 알려 드릴게요: 김치 빼고 주문하기"),
        ("remind me tomorrow at 8am to take pills", "내일 오전 8시에 알려 드릴게요: take pills"),
        ("wake me up at 7 tomorrow", "내일 오전 7시에 알려 드릴게요."),
        ("set an alarm for 6:30am", "내일 오전 6시 30분에 알려 드릴게요."),
        ("set a timer for 1 hour and 30 minutes", "1시간 30분 타이머"),
        ("18은 72의 몇 퍼센트야?", "= 25"),
        ("콩나물 2500원 두부 3200원 파 1800원 다 합하면 얼마야?", "= 7,500"),
        ("크리스마스까지 며칠 남았어?", "34일 남았어요"),
        ("2023년 4월 1일부터 며칠 지났어", "1330일 지났어요"),
        ("뉴욕은 지금 몇 시야?", "어제 오후 8시"),
        ("3 곱하기 7은?", "3 × 7 = 21"),
        ("만오천원 나누기 3", "15000 ÷ 3 = 5,000"),
        ("34평이 몇 제곱미터예요?", "112.3967 제곱미터"),
        ("화씨 100도 섭씨로 바꿔줘", "섭씨 37.8도"),
        ("100℉", "100℉는 섭씨 37.8도"),
        ("100g은 몇 kg", "100g은 0.1 kg이에요"),
        ("주사위 1000개", "100개까지"),
        ("/dice 0d0", "100개까지"),
        ("매달 마지막 금요일 9시에 회의 알려줘", "매달 마지막 금요일 오전 9시"),
        ("100년 뒤에 알려줘", "100년 뒤에: 그런 때는 없거나"),
        ("5분마다 물 마시라고 알려줘", "5분마다: 그런 때는 없거나"),
        ("내년 2월 30일에 알려줘", "내년 2월 30일에: 그런 때는 없거나"),
        ("내일 9시나 모레 10시에 알려줘", "둘 중 언제"),
        ("내 정보", "보관한 내 정보"),
        ("봇 소개", "저는 이랑이에요"),
        ("내일 25시에 약 먹으라고 알려줘", "“25시에”: 그 때를"),
        ("내년 첫째 월요일 9시에 시무식 알려줘", "2027년 1월 4일 월요일 오전 9시에 알려 드릴게요: 시무식"),
        ("매월 둘째 넷째 일요일 8시에 마트 휴무 알려줘", "매달 둘째, 넷째 일요일 오전 8시에 알려 드릴게요: 마트 휴무"),
        ("내일 12시에 점심이나 먹자고 알려줘", "내일 오후 12시에 알려 드릴게요"),
        ("2d6", "🎲"),
        ("매달 마지막 날 5시에 월급 확인하라고 알려줘", "매달 말일 오후 5시"),
        ("로또 번호 뽑아줘", "보너스"),
        ("주사위 두 개 던져줘", "합"),
        ("동전 던져줘", "면이에요!"),
        ("짜장면 짬뽕 중에 골라줘", "저라면"),
        ("삼성전자 주가 내일 오를까?", "저를 너무 믿지 마세요!"),
        ("삼성전자 주가 알려줘", "[sources] stocks"),
        ("설정", "이 대화방의 설정이에요"),
        ("/settings 반말", "말투: 반말"),
        ("/설정 언어 영어", "Language is now: English"),
        ("/settings 기억 꺼", "기억: 꺼짐"),
        ("/settings 내 지역 수원", "수원"),
        ("/settings 시간대", "시간대"),
        ("/settings 이상한 것", "“이상한 것”이라는 설정은 없어요"),
        ("skfTl djEo", "영타 교정: 날씨 어때"),
        ("시발 뭐야", "그건 나쁜말이야"),
    ],
)
async def test_what_is_said_and_what_is_answered(tmp_path: Path, said: str, answered: str) -> None:
    model, stage = Script(), Stage(length=2000)
    async with on_stage(tmp_path, stage, model, clock=Hands(SATURDAY)):
        await says(stage, said, answered)
    assert model.prompts == []


async def test_a_division_by_zero_and_a_hostile_sum_are_no_crash(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "5 나누기 0", "0으로는")
        await says(stage, "/calc 9**9**9**9", "계산할 수 없어요")
        await says(stage, "/calc __import__('os').system('id')", "계산할 수 없어요")


async def test_words_typed_on_the_wrong_layout_are_answered_and_shown_as_read(tmp_path: Path) -> None:
    model, stage = Script(), Stage(length=2000)
    async with on_stage(tmp_path, stage, model):
        answer = await says(stage, "dk rkqwkrl gksrmfdl dkscuwu", "답:")
    assert answer.startswith("영타 교정: 아 갑자기 한글이 안쳐져")
    assert model.prompts[0].messages[-1].content == "아 갑자기 한글이 안쳐져"


async def test_english_typed_in_hangul_is_offered_not_assumed(tmp_path: Path) -> None:
    model, stage = Script(), Stage(length=2000)
    async with on_stage(tmp_path, stage, model):
        await says(stage, "ㅗ디ㅣㅐ", "hello")
        assert model.prompts == []
        await stage.press(stage.last(), "hello")
        await stage.until(lambda: "답: hello" in stage.texts())


# ---- memos and to-dos ----------------------------------------------------------------------------


async def test_memos_are_kept_found_and_deleted(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "메모해줘 우유 두 개 사기", "적어 두었어요: 우유 두 개 사기")
        await says(stage, "와이파이 비번 1234라고 메모해줘", "적어 두었어요: 와이파이 비번 1234")
        await says(stage, "메모 보여줘", "2. 와이파이 비번 1234")
        await says(stage, "와이파이 메모 찾아줘", "2. 와이파이")
        await says(stage, "메모 와이파이 찾아줘", "2. 와이파이")
        await says(stage, "메모 삭제", "어느 메모")
        await says(stage, "1번 메모 지워줘", "지웠어요: 우유 두 개 사기")
        assert "우유" not in await says(stage, "메모 목록", "1. 와이파이 비번 1234")


async def test_numbers_are_those_of_the_list_just_shown(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, "내일 9시에 회의 알려줘", "회의")
        await says(stage, "할일 추가 빨래", "더했어요")
        await says(stage, "할일 추가 청소", "더했어요")
        await says(stage, "할 일 목록", "2. ⬜ 청소")
        await says(stage, "2번 했어", "마쳤네요: 청소")
        await says(stage, "할 일 목록", "2. ✅ 청소")
        await says(stage, "1번 취소", "지웠어요: 빨래")
        await says(stage, "메모해줘 우유", "적어 두었어요")
        await says(stage, "메모 보여줘", "1. 우유")
        await says(stage, "1번 지워줘", "지웠어요: 우유")
        await says(stage, "알림 목록", "1. 내일 오전 9시 — 회의")


async def test_a_memo_keeps_every_sign_that_was_written(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "메모해줘 **굵게** _기울임_ `코드` 😀", "적어 두었어요: **굵게** _기울임_ `코드` 😀")
        await says(stage, "메모 보여줘", "1. **굵게** _기울임_ `코드` 😀")


async def test_things_to_do_are_checked_off_by_number_name_and_button(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "할 일에 보고서 쓰기 추가해줘", "더했어요: 보고서 쓰기")
        await says(stage, "할일 추가 세탁소 들르기", "더했어요: 세탁소 들르기")
        await says(stage, "할 일 1번 다 했어요", "마쳤네요: 보고서 쓰기")
        await says(stage, "할일 목록", "1. ✅ 보고서 쓰기")
        await stage.press(stage.last(), "✓ 세탁소 들르기")
        await stage.until(lambda: "남은 할 일은 0개" in stage.texts()[-1])


async def test_a_button_takes_its_own_memo_whatever_was_deleted_meanwhile(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        for memo in ("우유", "빨래", "약"):
            await says(stage, f"메모해줘 {memo}", f"적어 두었어요: {memo}")
        await says(stage, "메모 삭제", "어느 메모")
        asked = stage.last()
        for pressed, answered in (("우유", "지웠어요: 우유"), ("빨래", "지웠어요: 빨래"), ("우유", "이미 지웠어요")):
            await stage.press(asked, pressed)
            await stage.until(partial(_has_answered, stage, answered))
        await says(stage, "메모 목록", "1. 약")


async def test_a_button_checks_its_own_thing_off_whatever_was_deleted_meanwhile(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        for thing in ("청소", "빨래", "설거지"):
            await says(stage, f"할일 추가 {thing}", f"더했어요: {thing}")
        await says(stage, "할일 목록", "1. ⬜ 청소")
        listed = stage.last()
        await says(stage, "할일에서 청소 빼줘", "할 일에서 지웠어요: 청소")
        for pressed, answered in (("✓ 빨래", "마쳤네요: 빨래"), ("✓ 청소", "이미 지웠어요")):
            await stage.press(listed, pressed)
            await stage.until(partial(_has_answered, stage, answered))


def _has_answered(stage: Stage, answered: str) -> bool:
    return answered in stage.texts()[-1]


async def test_what_one_chat_wrote_down_no_other_sees(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "메모해줘 비밀번호 0482", "적어 두었어요")
        await stage.say("메모 보여줘", to=GROUP, addressed=True)
        await stage.until(lambda: stage.texts("group") == ["적어 둔 메모가 없어요."])


# ---- reminders -----------------------------------------------------------------------------------


async def test_a_reminder_comes_at_its_time_once_and_plainly(tmp_path: Path, stage: Stage) -> None:
    hands = Hands(SATURDAY)
    async with on_stage(tmp_path, stage, Script(), clock=hands):
        await says(
            stage, "30분 뒤에 빨래 꺼내라고 말해줘", "30분 뒤 (오늘 오전 10시 30분)에 알려 드릴게요: 빨래 꺼내기"
        )
        hands.at += timedelta(minutes=30, seconds=1)
        await stage.until(lambda: stage.texts()[-1] == "⏰ 민수님, 빨래 꺼내기")
        assert stage.last().history == ["⏰ 민수님, 빨래 꺼내기"], "an edit notifies nobody"
        hands.at += timedelta(minutes=30)
        await says(stage, "알림 목록", "맞춰 둔 알림이 없어요")


async def test_a_reminder_survives_a_restart_and_says_that_it_is_late(tmp_path: Path, stage: Stage) -> None:
    hands = Hands(SATURDAY)
    async with on_stage(tmp_path, stage, Script(), clock=hands):
        await says(stage, "내일 아침 8시에 약 먹으라고 알려줘", "내일 오전 8시에 알려 드릴게요")
    hands.at += timedelta(days=1)
    again = Stage(idempotent=stage.limits.idempotent, length=2000)
    async with on_stage(tmp_path, again, Script(), clock=hands):
        await again.until(lambda: again.texts() and "늦어서 죄송해요. 오늘 오전 8시" in again.texts()[-1])


async def test_a_daily_reminder_comes_again_and_can_be_cancelled(tmp_path: Path) -> None:
    stage, hands = Stage(length=2000), Hands(SATURDAY)
    async with on_stage(tmp_path, stage, Script(), clock=hands):
        await says(stage, "매일 밤 10시에 일기 쓰라고 해줘", "매일 오후 10시")
        for _ in range(2):
            hands.at += timedelta(days=1)
            told = len(stage.texts()) + 1
            await stage.until(partial(_has_told, stage, told))
        await says(stage, "1번 알림 취소해줘", "취소했어요")
        await says(stage, "알림 목록", "없어요")


def _has_told(stage: Stage, count: int) -> bool:
    return len(stage.texts()) == count and "일기 쓰기" in stage.texts()[-1]


async def test_snooze_says_it_again(tmp_path: Path, stage: Stage) -> None:
    hands = Hands(SATURDAY)
    async with on_stage(tmp_path, stage, Script(), clock=hands):
        await says(stage, "3분 타이머", "3분 타이머를 시작했어요")
        hands.at += timedelta(minutes=3)
        await stage.until(lambda: "시간이 다 됐어요" in stage.texts()[-1])
        await stage.press(stage.last(), "5분 뒤 다시")
        await stage.until(lambda: "5분 뒤 오전 10시 8분" in stage.texts()[-1])
        hands.at += timedelta(minutes=5)
        await stage.until(lambda: stage.texts()[-1].startswith("⏱"))


async def test_a_reminder_without_a_time_is_asked_for_and_answered(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, "알림 맞춰줘", "언제 알려 드릴까요?")
        await says(stage, "내일 아침 8시", "내일 오전 8시에 알려 드릴게요")


async def test_a_question_back_is_dropped_when_people_talk_on(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, "알림 맞춰줘", "언제 알려 드릴까요?")
        await says(stage, "아니야 됐어 그냥 얘기하자", "답: 아니야")
        await says(stage, "내일 아침 8시", "답: 내일 아침 8시")


async def test_one_wish_sets_several_reminders_and_one_of_them_moves(tmp_path: Path, stage: Stage) -> None:
    hands = Hands(SATURDAY)
    async with on_stage(tmp_path, stage, Script(), clock=hands):
        await says(
            stage,
            "매일 9시 13시 19시에 약 먹으라고 알려줘",
            "매일 오전 9시, 오후 1시, 오후 7시에 알려 드릴게요: 약 먹기",
        )
        await says(stage, "3번 알림 8시로 바꿔줘", "바꿨어요: 매일 오전 8시 — 약 먹기")
        await says(stage, "알림 30분 미뤄줘", "어느 것을 바꿀까요?")
        await says(stage, "1번 알림 30분 미뤄줘", "바꿨어요: 매일 오후 1시 30분 — 약 먹기")
        hands.at += timedelta(hours=3, minutes=30)
        await stage.until(lambda: stage.texts()[-1] == "⏰ 민수님, 약 먹기")
        listed = await says(stage, "알림 목록", "맞춰 둔 알림이에요")
    assert listed.splitlines()[1:] == [
        "1. 매일 오후 7시 — 약 먹기",
        "2. 매일 오전 8시 — 약 먹기",
        "3. 매일 오후 1시 30분 — 약 먹기",
    ]


async def test_a_day_that_does_not_exist_is_asked_for_again(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, "11월 31일 9시에 병원 가라고 알려줘", "11월 31일: 그런 때는 없거나")
        await says(stage, "12월 1일 9시", "12월 1일 화요일 오전 9시에 알려 드릴게요")


# ---- scenarios, settings, polls, summaries -----------------------------------------------------------


async def test_a_reservation_is_asked_step_by_step_confirmed_and_kept(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)) as bot:
        await says(stage, "예약할게요", "언제로 예약할까요?")
        await says(stage, "음 글쎄요", "잘 모르겠어요")
        await says(stage, "내일 저녁 7시", "몇 분이 오시나요?")
        await says(stage, "서른 명", "스무 명까지")
        await says(stage, "네 명이요", "어느 분 이름으로")
        await says(stage, "김민수", "11월 22일 일요일 오후 7시, 4명, 김민수 님으로 예약할까요?")
        await stage.press(stage.last(), "네")
        await stage.until(lambda: "예약 신청을 받았어요" in stage.texts()[-1])
        rows = await bot.core.store.run(lambda db: list(db.query("select form, answers from submissions")))
    assert [row["form"] for row in rows] == ["reservation"]
    assert '"people": "4"' in rows[0]["answers"]


@pytest.mark.parametrize(
    "talk",
    [
        # What is asked for and more, in one sentence.
        [("예약할게요", "언제로"), ("내일 저녁 7시에 네 명이요", "어느 분 이름으로")],
        [("예약할게요", "언제로"), ("네 명이요, 내일 저녁 7시로요", "어느 분 이름으로")],
        [("예약할게요", "언제로"), ("네 명이요", "언제로"), ("내일 저녁 7시", "어느 분 이름으로")],
        [("예약할게요", "언제로"), ("내일 네 명", "몇 시로"), ("저녁 7시요", "어느 분 이름으로")],
        # A day alone wants its hour, however it comes.
        [("예약할게요", "언제로"), ("내일", "몇 시로"), ("글쎄", "모르겠어요"), ("저녁 7시", "몇 분이"), ("4", "어느")],
        [("예약할게요", "언제로"), ("모레요", "몇 시로"), ("아니 내일 저녁 7시", "몇 분이"), ("네 분", "어느")],
        # A beginning that says some of it already.
        [("예약해줘 내일 네 명", "몇 시로"), ("저녁 7시", "어느 분 이름으로")],
        [("내일 네 명 예약해줘", "몇 시로"), ("저녁 7시로 할게요", "어느 분 이름으로")],
        [("내일 저녁 7시에 네 명 예약할게요", "어느 분 이름으로")],
        [("/예약 내일 저녁 7시 네 명", "어느 분 이름으로")],
        [("예약해줘 4명", "언제로"), ("내일 저녁 7시", "어느 분 이름으로")],
        # What leaves a doubt is asked for.
        [("오늘 예약할게요", "언제로"), ("내일 저녁 7시", "몇 분이"), ("네 명", "어느 분 이름으로")],
        [("예약할게요", "언제로"), ("내일 저녁 7시 어른 두 명 아이 두 명", "몇 분이"), ("4명", "어느 분 이름으로")],
        [("예약할게요", "언제로"), ("내일 저녁 7시에 서른 명", "몇 분이"), ("4명", "어느 분 이름으로")],
    ],
)
async def test_a_reservation_asks_only_for_what_was_not_said_already(
    tmp_path: Path, stage: Stage, talk: list[tuple[str, str]]
) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        for said, asked in talk:
            await says(stage, said, asked)
        await says(stage, "김민수", "11월 22일 일요일 오후 7시, 4명, 김민수 님으로 예약할까요?")


async def test_a_reservation_says_every_sign_of_an_answer_back(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, "예약할게요", "언제로")
        await says(stage, "내일 저녁 7시", "몇 분이")
        await says(stage, "2", "어느 분")
        await says(stage, "*민수* `a_b_c`", "2명, *민수* `a_b_c` 님으로 예약할까요?")
        await says(stage, "네", "*민수* `a_b_c` 님, 11월 22일")


async def test_a_reservation_can_be_cancelled_half_way(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)) as bot:
        await says(stage, "예약하고 싶어요", "언제로")
        await says(stage, "취소", "취소했어요")
        await says(stage, "내일 저녁 7시", "답:")
        assert await bot.core.store.run(lambda db: list(db.query("select 1 from submissions"))) == []


async def test_in_english_practice_the_model_plays_the_tutor_until_그만(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await says(stage, "영어 회화 연습하자", "let's practise English")
        await says(stage, "I go to school yesterday", "답:")
        assert "English tutor" in model.prompts[-1].messages[0].content
        await says(stage, "그만", "연습을 마쳤어요")
        await says(stage, "이제 뭐 하지", "답:")
        assert model.prompts[-1].messages[0].role == "user"


async def test_settings_are_buttons_in_one_message_and_change_how_it_speaks(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "설정", "이 대화방의 설정이에요")
        await stage.press(stage.last(), "언어")
        await stage.until(lambda: "언어를 골라" in stage.texts()[-1])
        await stage.press(stage.last(), "English")
        await stage.until(lambda: "English" in stage.texts()[-1] and len(stage.texts()) == 1)
        await says(stage, "몇 시야", "It is")


async def test_the_model_hears_the_style_and_persona_of_a_chat(tmp_path: Path) -> None:
    model, stage = Script(), Stage(length=2000)
    async with on_stage(tmp_path, stage, model):
        await stage.say("/settings", call=Call("settings", {"name": "style", "value": "casual"}))
        await stage.until(lambda: len(stage.texts()) == 1)
        await stage.say("/settings", call=Call("settings", {"name": "persona", "value": "너는 바다를 좋아해."}))
        await stage.until(lambda: len(stage.texts()) == 2)
        await says(stage, "안녕", "답:")
    assert model.prompts[-1].messages[0].content == "너는 바다를 좋아해.\n친구처럼 반말로 말하세요."


async def test_a_poll_is_posted_with_its_question_and_options(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "투표 만들어줘: 점심 뭐 먹지? 김밥, 라면", "점심 뭐 먹지?")
        poll = stage.last().body.poll
        assert poll
        assert (poll.question, poll.options) == ("점심 뭐 먹지?", ("김밥", "라면"))


async def test_a_private_chat_is_summed_up_from_its_turns(tmp_path: Path, stage: Stage) -> None:
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await says(stage, "나는 사과를 샀어", "답:")
        await says(stage, "지금까지 대화 요약해줘", "메시지 2개를 요약했어요")
    asked = model.prompts[-1].messages
    assert len(asked) == 1
    assert "민수: 나는 사과를 샀어\n이랑: 답: 나는 사과를 샀어" in asked[0].content


async def test_a_group_is_overheard_only_after_an_admin_said_so_aloud(tmp_path: Path) -> None:
    model, stage = Script(), Stage(length=2000)
    settings = open_settings(access={"open": True, "owners": ["telegram:1"], "admins": ["telegram:9"]})
    async with on_stage(tmp_path, stage, model, settings) as bot:
        await stage.say("우리끼리 하는 말", to=GROUP)
        overhear = Call("settings", {"name": "overhear", "value": "3"})
        await stage.say("/settings", to=GROUP, call=overhear)
        await stage.until(lambda: stage.texts("group") == ["이건 관리자만 바꿀 수 있어요."])
        kept = await bot.core.store.run(lambda db: db.execute("select count(*) from overheard").fetchone()[0])
    assert kept == 0


# ---- the world outside ---------------------------------------------------------------------------


async def test_weather_without_a_source_says_how_to_get_one(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "고잔동 날씨 어때?", "[sources] weather")


async def test_a_location_is_no_text_but_a_place(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await stage.say("", attachments=(Attachment("location", (37.31, 126.83)),))
        await stage.until(lambda: stage.texts() and "[sources] weather" in stage.texts()[-1])


async def test_what_the_documents_say_goes_to_the_model_with_its_source(tmp_path: Path, stage: Stage) -> None:
    folder = tmp_path / "data" / "knowledge"
    folder.mkdir(parents=True)
    (folder / "환불.md").write_text(
        "# 환불 규정\n\n환불은 구매 후 7일 안에 영수증과 함께 신청할 수 있습니다.\n", "utf-8"
    )
    model = Script()
    async with on_stage(tmp_path, stage, model):
        await says(stage, "환불 규정 자료에서 찾아줘", "출처: 환불.md")
        assert "7일 안에" in model.prompts[-1].messages[-1].content
        await says(stage, "환불은 며칠 안에 할 수 있어요?", "출처: 환불.md")
        await says(stage, "우주선 정비 자료에서 찾아줘", "문서에서 찾지 못했어요")


async def test_what_the_model_writes_is_masked(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(
        tmp_path, stage, Script(lambda _: "아 시발 모르겠다"), open_settings(moderation={"outgoing": True})
    ):
        await says(stage, "뭐야", "아 ♥♥ 모르겠다")
        assert all("시발" not in text for text in stage.last().history)


async def test_a_button_of_an_old_message_says_that_it_is_too_old(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await stage.say("", call=Call("do", {"id": "999"}))
        await stage.until(lambda: stage.texts() == ["이 단추는 너무 오래됐어요. 다시 말해 주세요."])


async def test_the_choices_of_one_chat_are_nothing_to_another(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await says(stage, "ㅗ디ㅣㅐ", "hello")
        await stage.say("", to=GROUP, addressed=True, call=Call("do", {"id": "1"}))
        await stage.until(lambda: stage.texts("group") == ["이 단추는 너무 오래됐어요. 다시 말해 주세요."])


@pytest.mark.parametrize(
    ("said", "answer", "told"),
    [
        ("모레 오후 3시나 5시에 미용실 알려줘", "5시", "11월 23일 월요일 오후 5시에 알려 드릴게요: 미용실"),
        ("매주 월요일 9시나 10시에 회의 알려줘", "2", "매주 월요일 오전 10시에 알려 드릴게요: 회의"),
        ("내일이나 모레 3시에 세차 알려줘", "내일", "내일 오후 3시에 알려 드릴게요: 세차"),
    ],
)
async def test_one_of_two_times_is_chosen(tmp_path: Path, stage: Stage, said: str, answer: str, told: str) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, said, "둘 중 언제")
        assert await says(stage, answer, "알려 드릴게요")
        shown = stage.texts("home")[-1]
        assert told.removeprefix("11월 23일 월요일 ") in shown


async def test_a_reminder_is_called_off_by_its_button_and_by_its_number(tmp_path: Path, stage: Stage) -> None:
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        for what in ("약", "빨래", "회의"):
            await says(stage, f"내일 9시에 {what} 알려줘", what)
        await says(stage, "알림 목록", "맞춰 둔 알림")
        await stage.press(stage.last(), "❌ 빨래")
        await stage.until(lambda: "취소했어요" in stage.texts("home")[-1])
        assert "— 빨래" not in stage.texts("home")[-1].partition("\n")[2]
        await says(stage, "알림 목록", "맞춰 둔 알림")
        await says(stage, "1", "취소했어요")
        await says(stage, "알림 목록", "맞춰 둔 알림")
        assert stage.texts("home")[-1].count("오전 9시 —") == 1
