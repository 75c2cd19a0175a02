"""Scenarios: the file, its faults in one line, the answers that are accepted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot import filling, forms
from bot.command import Reply
from bot.effects import Moment
from bot.errors import ConfigError
from bot.forms import Form, Question
from bot.messages import Call
from bot.submissions import Submit, submitted
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
        (question("when"), "오늘이요", "11월 21일 토요일"),
        (question("when"), "어제", None),
        (question("when"), "글쎄요", None),
        (question("number"), "네 명이요", "4"),
        (question("number"), "12", "12"),
        (question("when"), "내일 저녁 7시로요", "11월 22일 일요일 오후 7시"),
        (question("number"), "많이", None),
        (question("number", least=1, most=4), "5명", None),
        (question("number", least=1, most=4), "0", None),
        (question("choice", choices=["매운맛", "순한 맛"]), "순한맛", "순한 맛"),
        (question("choice", choices=["매운맛"]), "단맛", None),
        (question("choice", choices=["매운맛"]), "매운맛이요", "매운맛"),
        (question("choice", choices=["세로", "가로"]), "세로", "세로"),
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
    ("said", "found"),
    [
        ("예약해줘 두 명", "2"),
        ("두분이서요", "2"),
        ("4명 정도", "4"),
        ("스물 다섯 명이요", "25"),
        ("일곱 명 예약", "7"),
        ("2분 늦어요", None),
        ("4인분이요", None),
        ("어른 두 명 아이 세 명", None),
        ("설명 좀", None),
        ("두 시", None),
        ("백 명", None),
        ("가" * 4000 + "명", None),
    ],
)
def test_a_number_is_found_by_its_unit_where_only_one_is_said(said: str, found: str | None) -> None:
    people = question("number", units=["명", "분", "인"], least=1, most=99)
    answer = people.found(said, NOW)
    assert (answer.value if answer else None) == found


@pytest.mark.parametrize(
    ("asked", "said", "heard"),
    [
        ("drink", "라떼 두 잔이요", {"drink": "라떼", "cups": "2"}),
        ("drink", "라떼요", {"drink": "라떼"}),
        ("drink", "라떼 말고 두 잔", {"cups": "2"}),
        ("cups", "2", {"cups": "2"}),
        ("begin", "내일 두 잔", {"begin": "11월 22일 일요일", "cups": "2"}),
        ("note", "내일 두 잔", {"note": "내일 두 잔"}),
        (None, "내일 두 잔 주문할게요", {"cups": "2"}),
    ],
)
def test_a_sentence_answers_what_it_answers_without_doubt(asked: str | None, said: str, heard: dict[str, str]) -> None:
    """Of two days nobody knows which is which, unless one was asked for."""
    order = Form(
        name="주문",
        about="커피",
        questions=[
            Question(name="drink", ask="무엇?", kind="choice", choices=["아메리카노", "라떼"]),
            Question(name="cups", ask="몇 잔?", kind="number", units=["잔"]),
            Question(name="begin", ask="언제부터?", kind="when"),
            Question(name="end", ask="언제까지?", kind="when"),
            Question(name="note", ask="남길 말은?"),
        ],
    )
    question = next((each for each in order.questions if each.name == asked), None)
    assert filling.heard(order, {}, question, said, NOW) == heard


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: 주문\nabout: x\n", "questions or system"),
        ("name: 주문\nabout: x\nsystem: y\ncolour: red\n", "colour"),
        ("name: [\n", "expected a scenario in YAML"),
        ("- 1\n", "the file"),
        ("name: 주문\nabout: x\nquestions: [{name: q, ask: a, kind: choice}]\n", "a choice needs choices"),
        ("name: 주문\nabout: x\nquestions: [{name: q, ask: a, pattern: '('}]\n", "order.yaml"),
        ("name: 주문\nabout: x\nquestions: [{name: q, ask: a, clock: b}]\n", "clock is for a time"),
        ("name: 주문\nabout: x\nquestions: [{name: q, ask: a, units: [명]}]\n", "units are for a number"),
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
    by_name = {command.name: command for command in filling.commands(forms.load(forms.SHIPPED))}
    assert by_name["reservation"].korean == "예약"
    assert [slot.name for slot in by_name["reservation"].slots] == ["when", "people", "name"]
    assert by_name["english"].slots == ()


@pytest.mark.parametrize("said", ["취소", "아 취소", "아니 그냥 취소할래", "음 됐어"])
def test_a_form_is_left_however_one_sighs_first(said: str) -> None:
    (reservation,) = (each for each in filling.commands(forms.load(forms.SHIPPED)) if each.name == "reservation")
    left = reservation.answer(scene(), Call("reservation", {"asking": "people", "said": said}))
    assert isinstance(left, Reply)
    assert left.text == "예약을 취소했어요."


def test_what_was_filled_in_is_kept_once_with_who_and_when(db: Database) -> None:
    for _ in range(2):
        Submit("order", (("what", "김밥"), ("count", "2"))).apply(db, Moment(7, heard("네"), HOME, NOON))
    (row,) = submitted(db)
    assert (row["form"], row["name"], row["answers"]) == ("order", "민수", {"what": "김밥", "count": "2"})
    assert row["at"] == NOON.isoformat()
