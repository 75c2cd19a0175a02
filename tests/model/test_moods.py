"""Who tells something hears what they told, and that their mood was understood."""

from __future__ import annotations

import json
import re

import pytest

from model.exchanges import Anything, Exchanges, read
from model.folder import EMBEDDED
from model.kinds import MOODS, Kinds
from tests.model.test_exchanges import said
from training.moods import examples

TOLD = """
회의 중에 방귀 뀌었는데 부장님이 웃으셨어 => 부장님이 웃으셨다니 => 민망
남편이 결혼기념일을 또 까먹었어요 => 남편이 결혼기념일을 또 까먹었다니 => 서운
10키로 마라톤 완주했어요!! => 10키로 마라톤 완주했다니 => 대단
윗집이 새벽마다 청소기를 돌려요 => 윗집이 새벽마다 청소기를 돌린다니 => 불편
"""


@pytest.fixture(scope="module")
def known() -> Exchanges:
    found = Exchanges.load(EMBEDDED)
    assert found
    return found


@pytest.mark.parametrize(("text", "back", "mood"), [line.split(" => ") for line in TOLD.strip().splitlines()])
def test_the_mood_of_what_is_told_is_answered(known: Exchanges, text: str, back: str, mood: str) -> None:
    answers = known.anything(said(text))
    assert any(back in answer for answer in answers), answers
    assert any(mood in answer for answer in answers), answers


@pytest.mark.parametrize("text", ["민망해서 어떡하지?", "오늘 왜 이렇게 슬플까", "너는 언제 민망해?"])
def test_what_asks_hears_no_mood(known: Exchanges, text: str) -> None:
    moods = {one.answered for one in read(EMBEDDED) if isinstance(one, Anything) and one.to.startswith("mood.")}
    assert not moods & set(known.anything(said(text)))


@pytest.mark.parametrize(
    "text", ["반에서 꼴찌했어", "면접 탈락했다", "남편이 때렸어", "성추행 당했어", "고양이가 토했어"]
)
def test_what_is_grave_or_failed_hears_no_cheer(known: Exchanges, text: str) -> None:
    cheerful = re.compile("축하|좋겠어요|대단|신나|재미|군침|기뻐|민망|웃음|귀[엽여]")
    assert not any(cheerful.search(answer) for answer in known.anything(said(text)))


@pytest.mark.parametrize("text", ["불합격했어", "나 불합격했어", "반에서 꼴등했어"])
def test_a_failure_is_not_near_a_success(known: Exchanges, text: str) -> None:
    assert not any("축하" in one.answered for one in known.found(said(text), 16))


def test_braces_in_a_message_are_letters() -> None:
    lines = [Anything("mood.glad", "{told} 좋겠어요!"), Anything("statement", "그래요.")]
    known = Exchanges(lines, moods=_Always("glad"))
    assert known.anything(said("오늘 {} 샀어")) == ["오늘 {} 샀다니 좋겠어요!"]


def test_every_statement_has_a_mood_of_the_list_and_most_moods_have_words() -> None:
    moods = Kinds.load(EMBEDDED, MOODS)
    assert moods
    assert {one.label for one in examples()} == moods.names
    spoken = {one.to.removeprefix("mood.") for one in read(EMBEDDED) if isinstance(one, Anything)}
    assert moods.names - spoken == {"habit", "none", "opinion", "plan"}


class _Always(Kinds):
    def __init__(self, mood: str) -> None:
        self._mood = mood

    def likeliest(self, said: str, before: str) -> tuple[str, float]:
        return self._mood, 1.0


def test_the_words_say_back_only_what_can_be_said_back() -> None:
    lines = [one.answered for one in read(EMBEDDED) if isinstance(one, Anything) and "{" in one.answered]
    assert lines
    for line in lines:
        assert json.dumps(line, ensure_ascii=False).count("{") == 1
        assert "{told} " in line or "{noticed}" in line


def test_a_feeling_that_was_named_is_not_named_again() -> None:
    lines = [
        Anything("mood.x", "{told} 떨리겠어요."),
        Anything("mood.x", "{told} 잘될 거예요."),
        Anything("mood.x", "저런."),
    ]
    known = Exchanges(lines, moods=_Always("x"))
    assert known.anything(said("발표하는데 손이 떨려")) == ["발표하는데 손이 떨린다니 잘될 거예요."]
    assert len(known.anything(said("오늘 발표했어"))) == 2
