"""Each publisher's format becomes dialogues, and only of those who agreed."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict
from pathlib import Path
from unicodedata import normalize

import pytest

from bot.erasing import pseudonym
from training.importers.aihub import sessions, topics
from training.importers.chatterbot import chatterbot
from training.importers.jsonl import jsonl
from training.importers.kakaotalk import kakaotalk
from training.importers.lines import Agreement, Dropped, ImportRefused, Talk, consented
from training.importers.songys import songys
from training.importers.squad import NO_ANSWER, squad
from training.importers.telegram import telegram
from training.ratings import Samples


def said(talk: Talk) -> list[str]:
    return [message.content for message in talk]


def agreed(*names: str) -> Agreement:
    return Agreement(frozenset(names), "동의서 1판", "2024-05-01")


def saved(folder: Path, text: object) -> Path:
    file = folder / "file"
    file.write_text(text if isinstance(text, str) else json.dumps(text, ensure_ascii=False), encoding="utf-8")
    return file


def test_songys_is_a_question_and_an_answer_a_row(tmp_path: Path) -> None:
    dropped = Dropped()
    assert [said(one) for one in songys(saved(tmp_path, "Q,A,label\n안녕,반가워요,0\n응,,0\n"), dropped)] == [
        ["안녕", "반가워요"]
    ]
    assert dropped == {"nobody answers": 1}


@pytest.mark.parametrize("row", ['"응,네,0', '"응" 어,네,0'])
def test_a_quotation_mark_that_is_left_open_swallows_no_rows(tmp_path: Path, row: str) -> None:
    file = saved(tmp_path, f"Q,A,label\n안녕,반가워요,0\n{row}\n밥,먹었어요,0\n")
    with pytest.raises(ImportRefused, match=r"line 3: .*expected a field in quotation marks"):
        list(songys(file, Dropped()))


def test_jsonl_counts_what_it_leaves_out(tmp_path: Path) -> None:
    dropped = Dropped()
    good = '{"messages": [{"role": "user", "content": "안녕"}, {"role": "assistant", "content": "네"}]}'
    bad = '{"messages": [{"role": "cat", "content": "야옹"}]}'
    assert len(list(jsonl(saved(tmp_path, f"{good}\n{{\n{bad}\n"), dropped))) == 1
    assert dropped.told() == {
        'no {"messages": [...]} in one line': "1, first line 2",
        "unknown role": "1, first line 3",
    }


def test_what_was_left_out_can_be_copied_and_kept() -> None:
    dropped = Dropped()
    dropped.note("unknown role", "line 3")
    kept = pickle.loads(pickle.dumps(dropped))  # noqa: S301 our own bytes
    copies = [dropped.copy(), copy.copy(dropped), copy.deepcopy(dropped), kept]
    dropped.note("not a dialogue", "line 4")
    assert [one.told() for one in copies] == [{"unknown role": "1, first line 3"}] * 4
    assert asdict(Samples(dropped=copies[0]))["dropped"] == {"unknown role": 1}


def test_chatterbot_keeps_the_first_answer(tmp_path: Path) -> None:
    dropped = Dropped()
    file = saved(tmp_path, "conversations:\n- - 안녕\n  - 반가워\n  - 뭐해\n")
    assert [said(one) for one in chatterbot(file, dropped)] == [["안녕", "반가워"]]
    assert dropped["not surely an answer to the line before"] == 1


def test_topics_merge_what_one_person_says_in_a_row(tmp_path: Path) -> None:
    lines = [{"participantID": who, "utterance": text} for who, text in (("P1", "가"), ("P1", "나"), ("P2", "다"))]
    talks = list(topics(saved(tmp_path, {"data": [{"body": {"dialogue": lines}}]}), Dropped()))
    assert [said(one) for one in talks] == [["가 나", "다"]]


def test_sessions_read_speaker_and_normal_text(tmp_path: Path) -> None:
    lines = [{"speaker": {"id": who}, "norm_text": who * 2} for who in "ABC"]
    dropped = Dropped()
    entries = [{"annotations": {"lines": lines[:2]}}, {"annotations": {"lines": lines}}]
    assert [said(one) for one in sessions(saved(tmp_path, {"info": entries}), dropped)] == [["AA", "BB"]]
    assert dropped == {"more than two speakers": 1}


def test_squad_knows_a_question_without_an_answer(tmp_path: Path) -> None:
    asked = [
        {"question": "누구?", "answers": [{"text": "세종"}]},
        {"question": "언제?", "answers": [], "is_impossible": True},
    ]
    file = saved(tmp_path, {"data": [{"paragraphs": [{"context": "세종이 만들었다.", "qas": asked}]}]})
    assert [one[-1].content for one in squad(file, Dropped())] == ["세종", NO_ANSWER]


def test_squad_tells_in_which_article_something_is_wrong(tmp_path: Path) -> None:
    absent = {"question": "누구?", "answers": [{"text": "태종"}]}
    file = saved(tmp_path, {"data": [{"paragraphs": [{"context": "세종이 만들었다.", "qas": [absent]}]}]})
    dropped = Dropped()
    assert list(squad(file, dropped)) == []
    assert dropped.told() == {"answer that is not in the passage": "1, first article 1"}
    unasked = {"paragraphs": [{"context": "세종이 만들었다.", "qas": [{"answers": [{"text": "세종"}]}]}]}
    file = saved(tmp_path, {"data": [{"paragraphs": []}, unasked]})
    with pytest.raises(ImportRefused, match=r"article 2: expected SQuAD's .*'question'"):
        list(squad(file, Dropped()))


PC = """--------------- 2024년 5월 1일 수요일 ---------------
[민수] [오후 1:00] 밥
먹었어?
[영희] [오후 1:01] 응
[철수] [오후 1:02] 나는?
[민수] [오후 1:03] 사진
"""
PHONE = """2024년 5월 1일 오후 1:00
2024년 5월 1일 오후 1:00, 민수 : 밥 먹었어?
2024년 5월 1일 오후 1:01, 영희 : 응
2024년 5월 1일 오후 5:01, 영희 : 심심해
2024년 5월 1일 오후 5:02, 민수 : 나도
"""


def test_kakaotalk_of_the_pc_keeps_those_who_agreed(tmp_path: Path) -> None:
    dropped = Dropped()
    talks = list(kakaotalk(saved(tmp_path, PC), agreed("민수", "영희"), dropped))
    assert [said(one) for one, _ in talks] == [["밥\n먹었어?", "응"]]
    assert dropped == {"no consent": 1, "no text": 1}


def test_kakaotalk_is_read_as_a_mac_writes_it(tmp_path: Path) -> None:
    file = saved(tmp_path, PC)
    composed = list(kakaotalk(file, agreed("민수", "영희"), Dropped()))
    file.write_text(normalize("NFD", PC), encoding="utf-8")
    assert composed
    assert list(kakaotalk(file, agreed("민수", "영희"), Dropped())) == composed


def test_kakaotalk_of_a_phone_is_cut_at_a_long_silence(tmp_path: Path) -> None:
    talks = list(kakaotalk(saved(tmp_path, PHONE), agreed("민수", "영희"), Dropped()))
    assert [said(one) for one, _ in talks] == [["밥 먹었어?", "응"], ["심심해", "나도"]]


@pytest.mark.parametrize(
    "pasted",
    [
        "2026년 11월 28일 오후 3:00에 보자",
        "2026년 11월 28일 오후 3:00, 강남역",
        "2026년 2월 30일 오후 3:00",
        "2026년 2월 3일 오후 3:75",
        "2026년 2월 3일 오후 13:00",
    ],
)
def test_a_date_that_somebody_pasted_ends_no_kakaotalk_message(tmp_path: Path, pasted: str) -> None:
    for text, head in ((PC, "[민수] [오후 1:05] 들어 봐"), (PHONE, "2024년 5월 1일 오후 5:03, 민수 : 들어 봐")):
        file = saved(tmp_path, f"{text}{head}\n{pasted}\n그래?\n{head.replace('민수', '영희')}\n")
        *_, (last, _) = kakaotalk(file, agreed("민수", "영희"), Dropped())
        assert any(f"들어 봐\n{pasted}\n그래?" in one for one in said(last))


@pytest.mark.parametrize(
    ("export", "pasted"), [(PC, "2024년 5월 1일 오후 1:00, 철수 : 밥"), (PHONE, "[철수] [오후 1:00] 밥")]
)
def test_a_message_copied_from_the_other_app_is_text(tmp_path: Path, export: str, pasted: str) -> None:
    without, beside = Dropped(), Dropped()
    list(kakaotalk(saved(tmp_path, export), agreed("민수", "영희"), without))
    list(kakaotalk(saved(tmp_path, f"{export}{pasted}\n"), agreed("민수", "영희"), beside))
    assert beside["no consent"] == without["no consent"], "nobody began to speak"


@pytest.mark.parametrize(
    "pasted", ["[민수] [오후 3:75] 음", "[민수] [오후 13:00] 음", "--- 2026년 2월 30일 월요일 ---"]
)
def test_an_impossible_time_is_text(tmp_path: Path, pasted: str) -> None:
    text = f"[민수] [오후 1:00] 봐\n{pasted}\n[영희] [오후 1:01] 응\n"
    ((talk, _),) = kakaotalk(saved(tmp_path, text), agreed("민수", "영희"), Dropped())
    assert said(talk) == [f"봐\n{pasted}", "응"]


def test_what_the_app_says_on_a_phone_ends_a_message(tmp_path: Path) -> None:
    came = "2024년 5월 1일 오후 5:02, 철수님이 들어왔습니다.\n이것은 누구 말도 아니다\n"
    talks = list(kakaotalk(saved(tmp_path, PHONE + came), agreed("민수", "영희"), Dropped()))
    assert said(talks[-1][0]) == ["심심해", "나도"]


def test_telegram_keeps_those_who_agreed(tmp_path: Path) -> None:
    def line(who: str, text: object) -> dict[str, object]:
        return {"type": "message", "from_id": who, "date": "2024-05-01T13:00:00", "text": text}

    lines = [line("user1", ["보", {"type": "bold", "text": "자"}]), line("user2", "그래"), line("user3", "나도")]
    talks = list(telegram(saved(tmp_path, {"messages": lines}), agreed("user1", "user2"), Dropped()))
    ((one, consent),) = talks
    assert said(one) == ["보자", "그래"]
    assert set(consent.people) == {pseudonym("telegram", "1"), pseudonym("telegram", "2")}
    assert (consent.version, consent.at) == ("동의서 1판", "2024-05-01")


def test_a_consent_file_names_who_agreed_to_what_and_when(tmp_path: Path) -> None:
    file = saved(tmp_path, "# 모임 단톡\nversion: 동의서 1판\nat: 2024-05-01\n민수  # 본인 서명\n- 영희\n")
    assert consented(file) == agreed("민수", "영희")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("version: 1\nat: 2024-05-01\n# 아무도\n", "names nobody"),
        ("민수\n", "version"),
        ("version: 1\n민수\n", "at"),
        ("version: 1\nat: 어제\n민수\n", "file:2: expected a date"),
    ],
)
def test_a_consent_file_that_proves_nothing_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ImportRefused, match=fault):
        consented(saved(tmp_path, text))


def test_a_chat_export_without_consent_is_refused() -> None:
    with pytest.raises(ImportRefused, match="--consent"):
        consented(None)
