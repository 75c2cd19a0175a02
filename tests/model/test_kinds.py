"""What a folder's classifiers hear, each by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.ears import ASKING, ASKS, KINDS, MOODS, TURNS, Ears, surest
from model.folder import EMBEDDED, FolderError
from model.kinds import Kinds


@pytest.fixture(scope="module")
def ears() -> Ears:
    return Ears.load(EMBEDDED)


@pytest.mark.parametrize(
    ("text", "before", "kind"),
    [
        ("오늘 너무 우울하고 눈물만 나", "", "sad"),
        ("나 드디어 시험 합격했어!!", "", "glad"),
        ("헤어지자고 말할까 말까 어떻게 하면 좋을까?", "", "advice"),
        ("강아지가 어제 무지개다리를 건넜어요", "", "grief"),
        ("너는 무슨 음식 좋아해?", "", "bot"),
        ("왜요?", "그건 좋은 생각 같아요.", "why"),
        ("이틀 전에요", "언제부터 그랬어요?", "reply"),
    ],
)
def test_kinds_are_told_apart(ears: Ears, text: str, before: str, kind: str) -> None:
    assert surest(ears.kind(text, before), 0.0) == kind


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("엄마 환갑 선물로 뭐가 좋을까?", "advice.gift"),
        ("눈에 락스 튀었어 어떡해", "advice.urgent"),
        ("이름이 왜 이랑이야?", "bot.name"),
        ("너도 외로울 때 있어?", "bot.feel"),
        ("나 담배 끊은 지 백일 됐다 대단하지?", "ask.praise"),
        ("우리 강아지 이름 좀 지어줘", "advice.name"),
    ],
)
def test_what_is_asked_about_is_known(ears: Ears, text: str, about: str) -> None:
    assert surest(ears.asked(text), 0.3) == about


@pytest.mark.parametrize("text", ["어제 엄마랑 시장 다녀왔어", "오늘 비가 많이 왔다", "회사에서 상 받았어요"])
def test_who_tells_something_asks_nothing(ears: Ears, text: str) -> None:
    assert ears.asked(text) == {}


@pytest.mark.parametrize(
    ("told", "before", "said", "turn"),
    [
        ("배고파", "밥이 당겨요, 면이 당겨요?", "면", "plain.choice"),
        ("나 칭찬해줘", "무슨 일인데요?", "지갑 주워서 주인 찾아줬어 나 착하지?", "bright.praiseme"),
        ("재밌는 얘기 해줘", "왕이 넘어지면? 킹콩이요!", "하나 더 해줘", "asking.another"),
        ("잠이 안 와", "커피를 마셨어요?", "아니 나 말고 우리 엄마가 그래", "against.correct"),
        ("남자친구랑 헤어졌어", "마음이 아프겠어요. 얼마나 만났어요?", "4년 만났어..", "gloomy.heartbreak"),
    ],
)
def test_what_a_turn_calls_for_is_known(ears: Ears, told: str, before: str, said: str, turn: str) -> None:
    assert surest(ears.turn(said, before, told), 0.3) == turn


def test_a_turn_is_heard_with_what_came_before(ears: Ears) -> None:
    glad = ears.turn("3년 됐어", "축하해요! 얼마나 준비했어요?", "나 드디어 자격증 땄어!!")
    sad = ears.turn("3년 됐어", "마음이 아프겠어요. 얼마나 됐어요?", "우리 강아지가 하늘나라 갔어")
    assert glad["bright.proud"] > sad["bright.proud"]
    assert sad["gloomy.grief"] > 5 * glad["gloomy.grief"]


@pytest.mark.parametrize("name", [KINDS, MOODS, ASKING, ASKS, TURNS])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}\n")
    with pytest.raises(FolderError, match=name):
        Ears.load(tmp_path)


def test_a_folder_without_them_hears_nothing(tmp_path: Path) -> None:
    deaf = Ears.load(tmp_path)
    heard = deaf.kind("안녕", ""), deaf.mood("안녕"), deaf.asked("안녕?"), deaf.turn("응", "네.", "안녕")
    assert not any(heard)
    assert Kinds.load(tmp_path, KINDS) is None


@pytest.mark.parametrize(
    "told", ["베란다에 심은 방울토마토가 드디어 빨개졌어요", "축구하다가 자책골 넣음", "안경 쓰고 안경 찾았음"]
)
def test_a_subject_alone_is_no_question(ears: Ears, told: str) -> None:
    assert ears.asked(told) == {}


def test_where_no_label_is_sure_its_first_half_may_be() -> None:
    chances = {"advice.gift": 0.35, "advice.wear": 0.3, "bot.name": 0.25, "thanks": 0.1}
    assert surest(chances, 0.3, 0.5) == "advice.gift"
    assert surest(chances, 0.5, 0.5) == "advice"
    assert surest(chances, 0.5, 0.7) == ""
    assert surest(chances, 0.5) == ""
    assert surest({}, 0.5, 0.5) == ""
