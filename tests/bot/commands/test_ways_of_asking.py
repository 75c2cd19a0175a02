"""Ways to ask for the small commands, and talk that has their words in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.messages import Call
from bot.router import Router
from tests.bot.test_commands import answered

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("교무실 시계가 멈췄네요. 정확한 시간 부탁드려요", Call("time")),
        ("올 추석연휴가 언제부터 언제까지요", Call("date", {"day": "추석연휴"})),
        ("수능까지 며칠 남았냐고", Call("dday", {"day": "수능"})),
        ("100달러 얼매고", Call("exchange", {"money": "100달러"})),
        ("d20 roll", Call("dice", {"dice": "d20"})),
        ("roll 2d6", Call("dice", {"dice": "2d6"})),
        ("coin flip", Call("coin")),
        ("오늘 일자 알려줘", Call("date", {"when": "오늘 일자 알려줘"})),
        ("더 안 읽을래 그만 보내", Call("stop")),
        ("설명 그만해줘 이해했어", Call("stop")),
        ("쵸기화 해줘", Call("new")),
        ("이전 내용은 무시하고 완전히 새로 시작할게", Call("new")),
        ("지금까지의 대화 내용을 모두 초기화해 주시기 바랍니다", Call("new")),
        ("누가 쓰레기 버릴지 코인토스 해줘", Call("coin", {"about": "쓰레기 버릴"})),
        ("stop generating", Call("stop")),
        ("84.97제곱미터 평수로요", Call("unit", {"amount": "84.97제곱미터", "to": "평수"})),
        ("시속 100km 초속으로 바꿔줘", Call("unit", {"amount": "시속 100km", "to": "초속"})),
        (
            "이벤트 당첨자 뽑아줘 후보: 감자칩, 루나, 고등어킹",
            Call("choose", {"what": "이벤트 당첨자", "listed": "감자칩, 루나, 고등어킹"}),
        ),
        (
            "청소 당번 뽑아줘 후보는 저, 오대리, 윤과장입니다",
            Call("choose", {"what": "청소 당번", "listed": "저, 오대리, 윤과장"}),
        ),
        (
            "발표자 추첨입니다. 민서, 도윤, 하린, 지호 중 한 명이요.",
            Call("choose", {"options": "민서, 도윤, 하린, 지호", "count": "한"}),
        ),
    ],
)
def test_a_request_is_heard_with_what_it_names(said: str, call: Call) -> None:
    assert ROUTER.read(said, NOW).call == call


@pytest.mark.parametrize(
    ("said", "place"),
    [("오후에 판교 소나기 소식 있습니까?", "판교"), ("소풍 가는 금요일에 경주는 맑을까요", "경주")],
)
def test_the_weather_of_an_outing_is_told_for_its_place(said: str, place: str) -> None:
    assert ROUTER.read(said, NOW).call == Call("weather", {"place": place, "when": said})


@pytest.mark.parametrize(
    "said",
    [
        "배 나간 날은 며칠 남았나 세지 않는 게 우리 동네 법이여",
        "방학까지 며칠 남았냐고 아이들이 매시간 물어요",
        "연휴가 언제부터 언제까지인지 모르겠다",
        "정확한 시간 개념이 필요해",
        "정확한 시간은 나중에 알려줄게",
        "누가 이길지 동전 던지기 하는 기분이야",
        "stop typing so loud",
        "니 나이가 얼매고",
        "두 컵 반 마셨어",
    ],
)
def test_talk_that_has_the_words_of_a_request_stays_talk(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None


@pytest.mark.parametrize(
    ("said", "call"),
    [
        # the last words only say why
        ("습도 몇 프로야 꿉꿉해 죽겠네", Call("weather")),
        ("강아지 옷 입혀서 나가야돼? 얘 털 밀었거든", Call("weather")),
        ("비 언제 그친대", Call("weather")),
        ("초미세 수치 좀 까봐", Call("weather")),
        ("스크롤 올리기 귀찮아 요약좀 해줘 뭔일인지", Call("summary")),
        ("아 요약 좀", Call("summary")),
        ("다들 뭐라고 떠든 거야 간추려줘", Call("summary")),
        ("시원찮은데 다시 해볼 수 있나", Call("retry")),
        ("지금 쓰고 있는 답변 멈춰 주시겠어요", Call("stop")),
        ("어어 잠깐 그만 쓰라니까", Call("stop")),
        ("앞에 내용 신경쓰지말고 새로 시작해", Call("new", {"perhaps": "yes"})),
        ("혹시 대화 처음으로 되돌리기 되나요", Call("new", {"perhaps": "yes"})),
        ("지금까지 대화 내용 초기화 부탁드립니다", Call("new")),
        ("견적서 회신 건 할일 목록에서 제외해주세요", Call("todo", {"delete": "견적서 회신 건"})),
        # in English
        ("settings", Call("settings")),
        ("English plz", Call("settings", {"tongue": "English"})),
        ("what can you do?", Call("help")),
        ("show my reminders", Call("reminders")),
        ("all alarms clear", Call("reminders", {"all": "alarms"})),
        ("todo list", Call("todo")),
        ("memo list ㄱ", Call("memo")),
        ("clear chat", Call("new")),
    ],
)
def test_a_whole_way_of_asking_is_heard(said: str, call: Call) -> None:
    assert ROUTER.read(said, NOW).call == call


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("내일 휴가 냈으니까 깨우지 마 그 알람 빼 줘", "reminders"),
        ("음쓰 알람 8시는 너무 이르지 않냐 9시로", "reminders"),
        ("한국어 수업 시간 7시 반 됐어요 알림 고쳐 주세요", "reminders"),
        ("9시, 9시 10분, 9시 20분 세 번 깨워줘 한 번엔 못 일어남", "remind"),
        ("밤 11시 되면 게임 그만하라고 알려줘", "remind"),
        ("수욜이랑 토욜 밤 8시 음쓰 버리는 날이라고 알려", "remind"),
        ("방금 그거 말고 첫 번째 메모 지워주세요", "memo"),
    ],
)
def test_what_goes_before_a_wish_does_not_deny_it(said: str, name: str) -> None:
    call = ROUTER.read(said, NOW).call
    assert call
    assert call.name == name


@pytest.mark.parametrize(
    "said",
    [
        "비 오나 했더니 안 오네",
        "내일 비 오냐 걱정되네",
        "춥나 안 춥나 모르겠네",
        "오늘 초미세먼지도 심하대",
        "논문 결론만 요약해줘",
        "조선시대에 무슨 일 있었는지 정리해줘",
        "이제 그만해야겠지?",
        "글쓰는 것도 멈춰야 할까",
        "우리 다시 시작해도 될까",
        "알람 울렸는데 못 일어남",
        "9시에 여는 카페 알려줘",
    ],
)
def test_who_tells_or_asks_for_something_else_is_not_served(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None


@pytest.mark.parametrize(
    ("said", "told"),
    [("84.97제곱미터 평수로요", "25.7034 평"), ("시속 100km 초속으로 바꿔줘", "27.7778 m/s")],
)
def test_what_is_measured_is_told_in_its_unit(said: str, told: str) -> None:
    assert told in answered(ROUTER.read(said, NOW).call).text


@pytest.mark.parametrize(
    "said", ["뽀모도로 25분 해봤는데 23분 딴짓함", "방학까지 며칠 남았냐고 아이들이 매시간 물어요 제가 더 기다리는데"]
)
def test_what_is_told_of_lengths_and_days_sets_and_counts_nothing(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None
