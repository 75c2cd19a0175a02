"""Words for when no exchange fits: the mood that was understood, what was asked, what a turn calls for."""

from __future__ import annotations

import json
import re

import pytest

from bot.korean import questions
from model import plainly
from model.ears import MOODS, Ears
from model.exchanges import Anything, Exchange, Exchanges, read
from model.folder import EMBEDDED
from model.kinds import Kinds
from model.listening import Listening
from tests.model.test_exchanges import said
from training.exchanges import TABLES
from training.listening import moods

TOLD = """
회의 중에 방귀 뀌었는데 부장님이 웃으셨어 => 부장님이 웃으셨다니 => 민망
남편이 결혼기념일을 또 까먹었어요 => 남편이 결혼기념일을 또 까먹었다니 => 서운
10키로 마라톤 완주했어요!! => 10키로 마라톤 완주했다니 => 대단
윗집이 새벽마다 청소기를 돌려요 => 윗집이 새벽마다 청소기를 돌린다니 => 불편
"""
PLAIN = [Anything("statement", "듣고 있어요."), Anything("question", "잘 모르겠어요.")]


@pytest.fixture(scope="module")
def words() -> list[Anything]:
    return [one for one in read(EMBEDDED) if isinstance(one, Anything)]


@pytest.fixture(scope="module")
def known(words: list[Anything]) -> Listening:
    return Listening(words, Ears.load(EMBEDDED))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("오늘 룸메가 설거지를 안 했어", "듣고 있어요."),
        ("너는 꿈이 뭐야?", "잘 모르겠어요."),
        ("그게 가능할까", "잘 모르겠어요."),
        ("왜 그런지 알아?ㅋㅋ", "잘 모르겠어요."),
    ],
)
def test_anything_can_be_answered_and_a_question_not_like_a_statement(text: str, answer: str) -> None:
    assert Listening(PLAIN).anything(said(text)) == [answer]


def test_what_says_nothing_is_of_no_kind(known: Listening, words: list[Anything]) -> None:
    assert known.kind(said("xq 77 zz"), 0.95) == ""
    assert set(known.anything(said("xq 77 zz"))) == {one.answered for one in words if one.to == "statement"}


def test_the_words_are_not_said_twice_in_a_row(known: Listening) -> None:
    first = known.anything(said("나 드디어 시험 합격했어!!"))
    then = known.anything(said("안녕", first[0], "나 드디어 시험 합격했어!!"))
    assert len(first) > 1
    assert then
    assert first[0] not in then


def test_every_label_that_is_learnt_has_words(known: Listening) -> None:
    ears = Ears.load(EMBEDDED)
    assert ears.kinds
    assert ears.asks
    assert ears.turns
    learnt = ears.kinds.names | {f"turn.{name}" for name in ears.turns.names}
    learnt |= {f"asked.{name}" for name in ears.asks.names}
    assert learnt <= known.labels


def test_every_word_that_is_written_has_a_label_that_is_learnt(words: list[Anything]) -> None:
    ears = Ears.load(EMBEDDED)
    assert ears.moods
    assert ears.asks
    assert ears.turns
    learnt = {"mood": ears.moods.names, "asked": ears.asks.names, "turn": ears.turns.names, "way": set(questions.SORTS)}
    assert learnt.keys() == set(TABLES)
    for table, names in learnt.items():
        written = {one.to.removeprefix(f"{table}.") for one in words if one.to.startswith(f"{table}.")}
        halves = {name.partition(".")[0] for name in names}
        assert written <= names | halves | {"plain.gloomy", "heard", plainly.OBJECTS}
    assert learnt["way"] - {"idea"} <= {one.to.removeprefix("way.") for one in words}


# ---- who tells something -------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "back", "mood"), [line.split(" => ") for line in TOLD.strip().splitlines()])
def test_the_mood_of_what_is_told_is_answered(known: Listening, text: str, back: str, mood: str) -> None:
    answers = known.anything(said(text))
    assert any(back in answer for answer in answers), answers
    assert any(mood in answer for answer in answers), answers


@pytest.mark.parametrize("text", ["민망해서 어떡하지?", "오늘 왜 이렇게 슬플까", "너는 언제 민망해?"])
def test_what_asks_hears_no_mood(known: Listening, words: list[Anything], text: str) -> None:
    moods = {one.answered for one in words if one.to.startswith("mood.")}
    assert not moods & set(known.anything(said(text)))


CHEER = re.compile("축하|(?<!면 )좋겠어요|대단|신나|재미|군침|기뻐|민망|웃음|귀[엽여]|잘됐")


@pytest.mark.parametrize(
    "text", ["반에서 꼴찌했어", "면접 탈락했다", "남편이 때렸어", "성추행 당했어", "고양이가 토했어"]
)
def test_what_is_grave_or_failed_hears_no_cheer(known: Listening, text: str) -> None:
    for talk in (said(text), said("안녕", "안녕하세요. 무슨 일 있어요?", text), said(text, "저런. 언제요?", "어제")):
        answers = known.anything(talk)
        assert not any(CHEER.search(answer) for answer in answers), answers


def test_what_is_grave_is_not_taken_lightly_in_a_talk(known: Listening, words: list[Anything]) -> None:
    gloomy = {one.answered for one in words if one.to == "turn.gloomy"}
    for text in ("엄마가 우울증이래", "형이 복수하겠대"):
        assert set(known.anything(said("안녕", "안녕하세요. 무슨 일 있어요?", text))) == gloomy


@pytest.mark.parametrize(
    "talk",
    [
        ("취업이 안 돼서 너무 우울해", "힘들겠어요. 준비한 지 얼마나 됐어요?", "근데 방금 최종 합격 전화 왔어!!"),
        ("퇴근했는데 너무 피곤하다", "고생했어요. 저녁은 먹었어요?", "응 방금 치킨 먹었는데 진짜 맛있었어"),
        ("배고프고 졸려", "뭐 먹고 싶어요? 밥이요, 면이요?", "면"),
        ("컴퓨터가 망가졌어", "새로 살 거예요?", "응 내일 사러 가려고"),
    ],
)
def test_a_turn_for_the_better_is_heard(known: Listening, words: list[Anything], talk: tuple[str, ...]) -> None:
    gloomy = {one.answered for one in words if one.to == "turn.gloomy"}
    assert not gloomy & set(known.anything(said(*talk)))


def test_a_fragment_that_only_looks_light_is_heard_with_what_was_told(known: Listening, words: list[Anything]) -> None:
    light = {one.answered for one in words if one.to.startswith(("turn.bright", "turn.plain"))}
    assert not light & set(known.anything(said("우리 강아지가 많이 아파", "걱정되겠어요. 어디가 아파요?", "뒷다리")))


def test_a_sign_or_an_answer_to_a_reminder_is_no_turn(known: Listening, words: list[Anything]) -> None:
    turns = {one.answered for one in words if one.to.startswith("turn.")}
    turns -= {one.answered for one in words if one.to == "reply"}
    assert not turns & set(known.anything(said("안녕", "반가워요. 잘 지냈어요?", "👍")))
    assert not turns & set(known.anything(said("알림: 약 먹을 시간이에요", "응 먹었어")))


@pytest.mark.parametrize("text", ["불합격했어", "나 불합격했어", "반에서 꼴등했어"])
def test_a_failure_is_not_near_a_success(text: str) -> None:
    exchanges = Exchanges([one for one in read(EMBEDDED) if isinstance(one, Exchange)])
    assert not any("축하" in one.answered for one in exchanges.found(said(text), 16))


def test_every_statement_has_a_mood_of_the_list_and_most_moods_have_words(words: list[Anything]) -> None:
    learnt = Kinds.load(EMBEDDED, MOODS)
    assert learnt
    assert {one.label for one in moods()} == learnt.names
    spoken = {one.to.removeprefix("mood.") for one in words if one.to.startswith("mood.")}
    assert learnt.names - spoken == {"habit", "none", "opinion", "plan"}


class _Always(Kinds):
    def __init__(self, mood: str) -> None:
        self._mood = mood

    def chances(self, said: str, context: str = "") -> dict[str, float]:
        return {self._mood: 1.0}


def feeling(mood: str, *lines: str) -> Listening:
    words = [*PLAIN, *(Anything(f"mood.{mood}", line) for line in lines)]
    return Listening(words, Ears(moods=_Always(mood)))


def test_braces_in_a_message_are_letters() -> None:
    assert feeling("glad", "{told} 좋겠어요!").anything(said("오늘 {} 샀어")) == ["오늘 {} 샀다니 좋겠어요!"]


def test_a_feeling_that_was_named_is_not_named_again() -> None:
    known = feeling("x", "{told} 떨리겠어요.", "{told} 잘될 거예요.", "저런.")
    assert known.anything(said("발표하는데 손이 떨려")) == ["발표하는데 손이 떨린다니 잘될 거예요."]
    assert len(known.anything(said("오늘 발표했어"))) == 2


def test_the_words_say_back_only_what_can_be_said_back(words: list[Anything]) -> None:
    lines = [one.answered for one in words if "{" in one.answered]
    assert lines
    for line in lines:
        assert json.dumps(line, ensure_ascii=False).count("{") == 1
        assert "{told} " in line or "{noticed}" in line


# ---- who asks, and who goes on -------------------------------------------------------------------


def test_who_asks_for_advice_gets_some(known: Listening, words: list[Anything]) -> None:
    gifts = {one.answered for one in words if one.to == "asked.advice.gift"}
    assert set(known.anything(said("엄마 환갑 선물로 뭐가 좋을까?"))) == gifts


def test_a_fragment_is_answered_as_the_talk_calls_for(known: Listening, words: list[Anything]) -> None:
    parting = {one.answered for one in words if one.to == "turn.gloomy.heartbreak"}
    talk = said("남자친구랑 헤어졌어", "마음이 아프겠어요. 얼마나 만났어요?", "4년 만났어..")
    assert set(known.anything(talk)) & parting


def test_a_question_in_a_talk_is_answered_as_one_at_its_start(known: Listening, words: list[Anything]) -> None:
    names = {one.answered for one in words if one.to == "asked.bot.name"}
    answers = known.anything(said("안녕", "안녕하세요! 반가워요.", "이름이 왜 이랑이야?"))
    assert answers
    assert set(answers) <= names


@pytest.mark.parametrize(
    "text",
    ["가스 냄새 나는데 어떡해?", "아기가 동전을 삼켰어요 어떡하죠", "아이가 머리를 맞았는데 안 깨어나요 어떡해요?"],
)
def test_who_is_in_a_hurry_is_told_whom_to_call_also_in_a_talk(known: Listening, text: str) -> None:
    for talk in (said(text), said("집이야", "집이군요. 뭐 하고 있어요?", text)):
        answers = known.anything(talk)
        assert answers
        assert all("119" in answer for answer in answers)


def test_who_wants_another_joke_gets_another(known: Listening, words: list[Anything]) -> None:
    jokes = [one.answered for one in words if one.to == "asked.bot.play"]
    again = known.anything(said("재밌는 얘기 해줘", jokes[0], "하나 더 해줘"))
    assert set(again) == set(jokes[1:])


# ---- how it is put ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("회사 그만두고 빵집 차리면 망할까?", "whether"),
        ("쉰다섯에 피아노 학원 등록했는데 주책인가요", "allowed"),
        ("중간고사 수학 37점.. 엄마한테 언제 말하지", "words"),
        ("월세가 또 오른대요 이사를 가야 하나", "shall"),
        ("뜨개질로 목도리 뜨는 중인데 점점 넓어져요 왜이러지", "reason"),
    ],
)
def test_a_question_is_answered_by_how_it_is_put(known: Listening, words: list[Anything], text: str, way: str) -> None:
    assert set(known.anything(said(text))) == {one.answered for one in words if one.to == f"way.{way}"}


def test_the_bot_is_asked_about_itself_by_name(known: Listening, words: list[Anything]) -> None:
    food = {one.answered for one in words if one.to == "asked.bot.food"}
    assert set(known.anything(said("너도 급식 먹어? 오늘 우리는 마라탕 나왔어"))) == food
    assert not food & set(known.anything(said("귀농하고 싶은데 벌레를 무서워하면 안 되겠죠?")))


@pytest.mark.parametrize("text", ["손녀가 스티커를 붙였는데 모르고 나갔지 뭐냐", "편의점 손님이 두유 사주고 감"])
def test_what_is_told_is_not_answered_as_a_question(known: Listening, words: list[Anything], text: str) -> None:
    to_questions = {one.answered for one in words if one.to.startswith(("asked.", "way.", "question"))}
    assert not to_questions & set(known.anything(said(text)))


def test_a_reason_against_a_suggestion_is_heard_as_one(known: Listening, words: list[Anything]) -> None:
    talk = said("제주도 가는데 뭐 먹을까?", "고기국수나 갈치조림이 맛있대요!", "나 생선 못 먹어")
    assert set(known.plainly(talk)) == {one.answered for one in words if one.to == "turn.against.objects"}
    assert known.plainly(said("나 생선 못 먹어")) == []
    grave = said("잠이 안 와요", "따뜻한 물 한 잔 어때요?", "할머니가 돌아가셔서 안 돼")
    assert known.plainly(grave) == []


def test_who_asks_why_the_bot_said_so_hears_why(known: Listening, words: list[Anything]) -> None:
    why = {one.answered for one in words if one.to == "turn.asking.why"}
    assert set(known.anything(said("고양이가 좋아?", "저는 고양이가 조금 더 궁금해요.", "왜 궁금해?"))) == why


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("타이레놀이랑 감기약 같이 먹어도 돼?", "health"),
        ("임산부인데 이 약 먹어도 되나요", "health"),
        ("유통기한 지난 우유 먹어도 될까", "cook"),
        ("강아지가 초콜릿 먹었는데 괜찮겠지?", "pet"),
    ],
)
def test_who_asks_about_health_is_sent_to_who_knows(
    known: Listening, words: list[Anything], text: str, about: str
) -> None:
    assert set(known.anything(said(text))) == {one.answered for one in words if one.to == f"asked.advice.{about}"}


@pytest.mark.parametrize("text", ["형이 자꾸 때리는데 이게 정상인가요?", "언니가 저를 때렸는데 제 잘못일까요?"])
def test_nothing_grave_is_waved_away(known: Listening, words: list[Anything], text: str) -> None:
    light = {one.answered for one in words if one.to in ("way.common", "way.fault", "way.allowed", "way.amiss")}
    assert not light & set(known.anything(said(text)))


@pytest.mark.parametrize("refusal", ["싫어", "됐어", "무서워서 못 가"])
def test_who_refuses_help_in_danger_is_not_let_go(known: Listening, refusal: str) -> None:
    told = known.alarmed(["죽고 싶어"])[0]
    assert known.plainly(said("죽고 싶어", told, refusal)) == []
