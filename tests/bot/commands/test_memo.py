"""메모: what is kept, what is looked for, and what is only said about memos."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.stage import Script, Stage, on_stage

KEPT = "와이파이 비번 banana"
TALKED = "그렇군요"


async def answered(tmp_path: Path, *said: str) -> list[str]:
    """What comes to each of these where one memo is kept."""
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script(lambda asked: TALKED)):
        for count, text in enumerate((f"메모해줘 {KEPT}", *said), 1):
            await stage.say(text)
            await stage.until(partial(_is_told, stage, count))
        return stage.texts()[1:]


def _is_told(stage: Stage, answers: int) -> bool:
    return len(stage.texts()) == answers and not stage.unfinished("home")


@pytest.mark.parametrize("text", ["메모 뭐라고 했지", "메모 몇 개야", "메모 내용 알려줘", "메모장에 뭐 적어놨지"])
async def test_a_question_about_the_memos_is_answered_with_them(tmp_path: Path, text: str) -> None:
    assert await answered(tmp_path, text) == [f"메모예요:\n1. {KEPT}"]


@pytest.mark.parametrize(
    "text",
    [
        "메모 좀 해둘걸 그랬다 다 까먹었네",
        "메모지에 적어둔 번호를 빨래랑 같이 돌려버렸어",
        "메모 다 지워졌어",
        "메모 삭제됐어 ㅠ",
        "메모 지우지마",
        "메모 다 지우지 마",
        "메모 지워져서 속상해",
    ],
)
async def test_who_tells_what_became_of_the_memos_talks(tmp_path: Path, text: str) -> None:
    assert await answered(tmp_path, text) == [TALKED]


@pytest.mark.parametrize("text", ["메모해줘", "메모 좀 해", "메모 추가해줘", "메모장에 추가해줘"])
async def test_a_wish_to_keep_something_asks_what(tmp_path: Path, text: str) -> None:
    assert await answered(tmp_path, text, "우유 사기") == ["무엇을 적어 둘까요?", "적어 두었어요: 우유 사기"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("메모장에 우리집 비번 0000 적어줘", "우리집 비번 0000"),
        ("메모장에 내일 비 온다고 적어줘", "내일 비 온다"),
        ("메모에 적어줘 우유 사기", "우유 사기"),
        ("010-1234-5678 김철수 메모", "010-1234-5678 김철수"),
        ("사물함 32번 메모", "사물함 32번"),
    ],
)
async def test_a_memo_is_kept_without_the_words_that_ask_for_it(tmp_path: Path, text: str, kept: str) -> None:
    assert await answered(tmp_path, text) == [f"적어 두었어요: {kept}"]


async def test_a_word_before_memo_names_one_that_is_there_or_may_be_kept(tmp_path: Path) -> None:
    found, missed, kept = await answered(tmp_path, "와이파이 메모", "옥상 메모", "적어 두기")
    assert found == f"1. {KEPT}"
    assert missed == "“옥상”이 들어간 메모는 없어요."
    assert kept == "적어 두었어요: 옥상"
