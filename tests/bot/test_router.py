"""Commands are understood however people write them, and ordinary talk stays talk."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import Command, Reply, Slot, all_commands
from bot.messages import Call
from bot.phrase import Sayings, phrase
from bot.router import Router
from bot.slots import Kind

COMMANDS = all_commands()
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
ABOUT = {"ko": "", "en": ""}
ROUTER = Router(COMMANDS)
EXAMPLES = [(command.name, example) for command in COMMANDS for example in command.examples]

TALK = """
시간이 너무 빨리 간다
시간 있어?
시간 나면 연락해
시간은 금이야
지금 시간에 밥 먹어도 될까
요즘 시간이 없어서 힘들어
몇 시에 만날까?
내일 몇 시에 일어나야 돼?
회의가 몇 시에 끝났는지 기억나?
몇 시간이나 잤어?
지금 몇 시 비행기 타러 가
몇 시인지도 모르고 잤어
현재 시각 장애인을 위한 앱 추천해 줘
시각 디자인 알려줘
그만두고 싶어
회사를 그만뒀어
이제 그만 만나자
그만큼 좋아해
싸움은 그만하자
그만 좀 울어
술을 멈춰야 하는데
멈춰 있는 시계
중지를 다쳤어
버스가 멈췄어
다시 시작하면 돼
다시 만나서 반가워
다시 생각해 봐
다시다 넣으면 맛있어?
다시는 안 그럴게
처음부터 다시 배우고 싶어
처음부터 다시 만나면 좋겠다
초기화면이 안 떠
핸드폰 초기화하는 법 알려줘
공장 초기화했는데 사진이 다 날아갔어
새 대화명 추천해 줘
새 대화 상대가 필요해
대화가 안 통해
도움이 필요해
친구를 도와줘서 뿌듯해
숙제 도와줘
엄마 도와주고 왔어
이거 도와줄 수 있어?
도움말고 위로가 필요해
청소기 사용법 보여줘
사용법이 너무 어려워
시작이 반이다
오늘부터 운동 시작
시작해 볼까?
리눅스 명령어 알려줘
what time is it in Seoul
please stop the music
stop it, you are funny
help me with my homework
/
//
/ 안녕
/etc/passwd 가 뭐야
ㅋㅋㅋ
?!
""".strip().splitlines()


def test_no_example_is_claimed_by_another_command_first() -> None:
    for name, example in EXAMPLES:
        if not example.startswith("/"):
            claims = list(ROUTER.claims(example, NOW))
            assert claims[0].name == name, (example, claims)


def test_no_name_is_claimed_by_two_commands() -> None:
    names = [name for command in COMMANDS for name in (command.name, command.korean)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("template", ["[a]", "[a|b] [c]", "?"])
def test_no_template_takes_silence(template: str) -> None:
    with pytest.raises(ValueError, match="silence"):
        phrase(template)


@pytest.mark.parametrize("template", ["", "(a", "[", "<nothing such>"])
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"template|rule"):
        phrase(template)


def test_a_template_names_only_slots_that_its_command_has() -> None:
    command = Command("x", "엑스", ABOUT, lambda scene, call: Reply(""), Sayings(("안녕 {누구}",)))
    with pytest.raises(KeyError):
        Router([command])


def variants(text: str) -> Iterator[str]:
    """The same, as people's keyboards and clients send it."""
    yield text
    yield text.upper()
    yield unicodedata.normalize("NFD", text)
    if not text.startswith("/"):
        yield f"  {text.rstrip('?')} ?!… "
        yield "\u200b".join(text)
        yield "\u3164" + "\u3164".join(text) + "\ufeff"


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_example_is_understood_however_it_is_typed(name: str, example: str) -> None:
    for variant in variants(example):
        call = ROUTER.find(variant, NOW)
        assert call, variant
        command = ROUTER.command(call)
        assert command, variant
        assert command.name == name


@pytest.mark.parametrize(
    "said",
    ["오늘서울날씨어때", "삼전주가얼마야", "내일아침8시에약먹으라고알려줘", "지 금 몇 시 야", "로 또 번 호 뽑 아 줘"],
)
def test_blanks_mean_nothing(said: str) -> None:
    assert ROUTER.find(said, NOW)


@pytest.mark.parametrize("text", TALK)
def test_ordinary_talk_stays_talk(text: str) -> None:
    assert ROUTER.read(text, NOW).call is None
    assert ROUTER.read(unicodedata.normalize("NFD", text), NOW).call is None


def test_there_is_much_talk_to_tell_from_commands() -> None:
    assert sum(any("가" <= letter <= "힣" for letter in text) for text in TALK) >= 40
    assert len(set(TALK)) == len(TALK)


@pytest.mark.parametrize("text", ["", " ", "\u3164", "\u200b\u200b", "?" * 10_000, "가" * 10_000, "다시 " * 3_000])
def test_odd_text_is_talk(text: str) -> None:
    assert ROUTER.find(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("/start K7QP-3XW2-MN", Call("start", {"text": "K7QP-3XW2-MN"})),
        ("/start\nK7QP-3XW2-MN", Call("start", {"text": "K7QP-3XW2-MN"})),
        ("/start \t K7QP  3XW2 ", Call("start", {"text": "K7QP  3XW2"})),
        ("/시작 코드", Call("시작", {"text": "코드"})),
        ("/new\n", Call("new")),
        ("/unknown thing", Call("unknown", {"text": "thing"})),
    ],
)
def test_a_slash_command_has_its_words(text: str, call: Call) -> None:
    assert ROUTER.find(text, NOW) == call


def test_an_unknown_name_is_no_command() -> None:
    assert ROUTER.command(Call("unknown")) is None
    assert ROUTER.command(Call("")) is None


@pytest.mark.parametrize("name", ["time", "시간", "TIME", unicodedata.normalize("NFD", "시간"), "시\u200b간"])
def test_a_command_is_known_by_both_its_names(name: str) -> None:
    command = ROUTER.command(Call(name))
    assert command
    assert command.name == "time"


def test_signs_of_a_template_mean_nothing_else() -> None:
    command = Command("x", "엑스", ABOUT, lambda scene, call: Reply(""), Sayings(("c++ .* (a|b)",)))
    router = Router([command])
    assert router.find("c++ .* a?", NOW) == Call("x")
    assert router.find("ca", NOW) == Call("x")  # signs are no part of what is compared
    assert router.find("cxxxxa", NOW) is None


def test_a_template_that_ends_in_a_question_mark_is_said_only_with_one() -> None:
    command = Command("x", "엑스", ABOUT, lambda scene, call: Reply(""), Sayings(("비 와?", "눈 와.")))
    router = Router([command])
    assert router.find("비 와?", NOW) == Call("x")
    assert router.find("비 와", NOW) is None
    assert router.find("눈 와", NOW) == Call("x")
    assert router.find("눈 와?", NOW) is None


def test_of_many_readings_the_one_whose_slots_are_accepted_counts() -> None:
    odd = Kind("odd", lambda text: text in ("서울의 달", "서울"))
    said = Sayings(("{what}[의] [달] 보여줘",))
    command = Command("x", "엑스", ABOUT, lambda scene, call: Reply(""), said, spoken={"what": odd})
    assert Router([command]).find("서울의 달 보여줘", NOW) == Call("x", {"what": "서울"})
    assert Router([command]).find("부산의 달 보여줘", NOW) is None


def test_an_order_is_a_command_even_with_a_slot_that_nobody_knows() -> None:
    odd = Kind("odd", lambda text: text == "서울")
    said, slot = Sayings((), ("{what} 보여줘",)), Slot("what", "무엇", ABOUT, kind=odd)
    asked = Command("x", "엑스", ABOUT, lambda scene, call: Reply(""), said, slots=(slot,))
    assert Router([asked]).find("호그와트 보여줘", NOW) == Call("x", {"what": "호그와트"})
    never_asked = Command("x", "엑스", ABOUT, lambda scene, call: Reply(""), said, spoken={"what": odd})
    assert Router([never_asked]).find("호그와트 보여줘", NOW) is None  # nobody could be asked for it


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("메모해줘 우유 두 개, 빵!", "note", "우유 두 개, 빵"),
        ("(12+8)*5 계산해줘", "sum", "(12+8)*5"),
        ("30000의 15% 계산해줘", "sum", "30000의 15%"),
        ("혹시 고잔동 날씨 어때요ㅠㅠ", "place", "고잔동"),
    ],
)
def test_a_slot_holds_what_was_written_with_its_blanks_and_signs(said: str, slot: str, value: str) -> None:
    call = ROUTER.find(said, NOW)
    assert call
    assert call.args[slot] == value


def test_the_last_words_may_be_the_request() -> None:
    call = ROUTER.find("버스 놓칠 것 같은데 지금 몇 시야?", NOW)
    assert call
    assert call.name == "time"


@pytest.mark.parametrize(
    ("text", "name"),
    [("안경을 안 써서 시계가 안 보여 몇 시니", "time"), ("날짜 좀 알려줘봐 맨날 까먹네", "date")],
)
def test_either_end_may_be_the_request_where_the_whole_looks_like_it(text: str, name: str) -> None:
    reading = ROUTER.read(text, NOW)
    assert reading.call
    assert (reading.call.name, reading.likely) == (name, True)


@pytest.mark.parametrize("text", ["오븐 350F로 예열하라는데 섭씨 몇도야??", "쌀 두 되는 리터로 하면 얼마예요"])
def test_two_units_are_a_conversion_whatever_else_it_looks_like(text: str) -> None:
    call = ROUTER.read(text, NOW).call
    assert call
    assert call.name == "unit"


@pytest.mark.parametrize(
    "text",
    [
        "하루 30분씩 일주일이면 몇 시간이야",
        "10온스는 몇 그램이에요 번역해줘",
        "키 180센티를 피트로 바꿔서 영어 자기소개 써줘",
        "지금이 몇 시인데 안 자고 뭐해",
        "너 지금 몇 시인 줄 알아",
        "초기와",
        "알람은 그대로 두고 출근했어",
    ],
)
def test_what_goes_beyond_a_command_is_left_to_the_model(text: str) -> None:
    assert ROUTER.read(text, NOW).call is None


def test_who_wonders_why_asks_for_nothing() -> None:
    assert ROUTER.read("날씨 왜 이렇게 춥냐", NOW).call is None


@pytest.mark.parametrize(
    "said",
    [
        "5피트 " * 70 + "8시로 바꿔줘",
        "일 " * 190 + "알람",
        "알람 시간 " * 60,
        "삼전 매일 3시 " * 35 + "얼마야?",
        "1+" * 199,
        "3시 니까 " * 60 + "며칠 남았어?",
        "오늘 내일 월요일이랑 " * 30 + "며칠 남았어?",
        "영어로 해줘 설날 8시로 바꿔줘 " * 20 + "며칠 남았어?",
    ],
)
def test_a_word_repeated_many_times_does_not_hold_the_others_up(said: str) -> None:
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        ROUTER.read(said, NOW)
    finally:
        sys.setprofile(None)
    assert (
        calls < 400_000
    )  # a twentieth of a second; with every slot looked up at every letter the last took 10 million
