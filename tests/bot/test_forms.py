"""Scenarios: the file, its faults in one line, the answers that are accepted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot import forms
from bot.command import Reply
from bot.effects import Moment
from bot.errors import ConfigError
from bot.forms import Question, Submit, submitted
from bot.messages import Call
from tests.bot.memory import HOME, NOON, heard
from tests.bot.test_commands import scene

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


def written(folder: Path, text: str, name: str = "order") -> Path:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def question(kind: str = "text", **more: Any) -> Question:
    return Question.model_validate({"name": "q", "ask": "무엇?", "kind": kind, **more})


@pytest.mark.parametrize(
    ("asked", "said", "kept"),
    [
        (question("when"), "내일 저녁 7시", "11월 22일 일요일 오후 7시"),
        (question("when"), "다음 주 수요일", "11월 25일 수요일"),
        (question("when"), "글쎄요", None),
        (question("number"), "네 명이요", "4"),
        (question("number"), "12", "12"),
        (question("number"), "많이", None),
        (question("number", least=1, most=4), "5명", None),
        (question("number", least=1, most=4), "0", None),
        (question("choice", choices=["매운맛", "순한 맛"]), "순한맛", "순한 맛"),
        (question("choice", choices=["매운맛"]), "단맛", None),
        (question(), " 김민수 ", "김민수"),
        (question(pattern=r"\d{3}-\d{4}"), "010-1234", "010-1234"),
        (question(pattern=r"\d{3}-\d{4}"), "010-12345", None),
    ],
)
def test_an_answer_is_kept_in_its_plainest_form_or_is_none(asked: Question, said: str, kept: str | None) -> None:
    assert asked.read(said, NOW) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("내년 12월 25일 저녁 7시", "2027년 12월 25일 토요일 오후 7시"),
        ("내후년 2월 1일", "2028년 2월 1일 화요일"),
        ("오늘 밤 12시", "11월 22일 일요일 오전 12시"),
    ],
)
def test_a_time_that_is_kept_is_still_the_same_when_it_is_read_again(said: str, kept: str) -> None:
    assert question("when").read(said, NOW) == question("when").read(kept, NOW) == kept


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: 주문\nabout: x\n", "questions or system"),
        ("name: 주문\nabout: x\nsystem: y\ncolour: red\n", "colour"),
        ("name: [\n", "expected a scenario in YAML"),
        ("- 1\n", "the file"),
        ("name: 주문\nabout: x\nquestions: [{name: q, ask: a, kind: choice}]\n", "a choice needs choices"),
        ("name: 주문\nabout: x\nquestions: [{name: q, ask: a, pattern: '('}]\n", "order.yaml"),
        ("name: 주문\nabout: x\nconfirm: '{who}?'\nquestions: [{name: q, ask: a}]\n", "who"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault_in_one_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        forms.load(written(tmp_path, text))
    assert str(raised.value).startswith(str(tmp_path / "order.yaml"))
    assert fault in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_whose_name_can_be_no_command_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it becomes the /command"):
        forms.load(written(tmp_path, "name: x\nabout: x\nsystem: y\n", "내 주문"))


def test_a_folder_that_is_not_there_has_no_scenarios(tmp_path: Path) -> None:
    assert forms.load(tmp_path / "nothing") == {}


def test_a_scenario_is_a_command_like_any_other() -> None:
    by_name = {command.name: command for command in forms.commands(forms.load(forms.SHIPPED))}
    assert by_name["reservation"].korean == "예약"
    assert [slot.name for slot in by_name["reservation"].slots] == ["when", "people", "name"]
    assert by_name["english"].slots == ()


@pytest.mark.parametrize("said", ["취소", "아 취소", "아니 그냥 취소할래", "음 됐어"])
def test_a_form_is_left_however_one_sighs_first(said: str) -> None:
    (reservation,) = (each for each in forms.commands(forms.load(forms.SHIPPED)) if each.name == "reservation")
    left = reservation.answer(scene(), Call("reservation", {"asking": "people", "said": said}))
    assert isinstance(left, Reply)
    assert left.text == "예약을 취소했어요."


def test_what_was_filled_in_is_kept_once_with_who_and_when(db: Database) -> None:
    for _ in range(2):
        Submit("order", (("what", "김밥"), ("count", "2"))).apply(db, Moment(7, heard("네"), HOME, NOON))
    (row,) = submitted(db)
    assert (row["form"], row["name"], row["answers"]) == ("order", "민수", {"what": "김밥", "count": "2"})
    assert row["at"] == NOON.isoformat()
