"""Cleaning, clusters and checks of a set."""

from __future__ import annotations

from random import Random

from bot.messages import Message, Role
from bot.moderation import Words
from training.checks import check, roles_fault
from training.cleaning import original, v2
from training.cleaning.privacy import masked
from training.clusters import clustered, parted
from training.records import Record


def record(said: str, answered: str) -> Record:
    return Record((Message("user", said), Message("assistant", answered)), "made", "CC0", "")


def test_a_shared_question_or_answer_is_one_cluster() -> None:
    made = [record("안녕", "네"), record("안녕!", "반가워요"), record("뭐 해", "반가워요"), record("밥", "먹었어요")]
    keys = [one.split_key for one in clustered(made)]
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]


def test_no_question_or_answer_is_in_two_parts() -> None:
    made = [record(f"질문 {at % 300}", f"대답 {at}") for at in range(600)]
    parts = parted(clustered(made))
    assert all(parts.values())
    assert check(parts, Words.load()).leaking == 0


def test_check_names_faults_and_counts_duplicates_and_leaks() -> None:
    bad = Record((Message("user", "안녕"),), "made", "", "")
    one = record("전화 줘", "010-1234-5678")
    found = check({"train": [one, one], "test": [one, bad]}, Words.load())
    assert found.stops
    assert found.duplicates == 2
    assert found.leaking == 1
    assert found.faults == {"no reply at the end": 1}
    assert found.personal == {"전화번호": 3}


def test_two_questions_in_a_row_do_not_alternate() -> None:
    roles: tuple[Role, ...] = ("user", "user", "assistant", "assistant")
    assert roles_fault([Message(role, "말") for role in roles]) == "roles do not alternate"


def test_v2_keeps_what_the_original_lost() -> None:
    assert v2.line("ㅎㅎㅎㅎ ㅇㅇ, 좋아~ ㅋㅋㅋㅋ!!!!") == "ㅎㅎ ㅇㅇ, 좋아~ ㅋㅋ!"
    assert original.cleaned("ㅎㅎㅎㅎ ㅇㅇ, [OK]~ 키키!!!!", Random(1)) == "ㅋㅋ ok ㅋㅋ!"


def test_rows_with_links_and_photos_are_dropped() -> None:
    assert original.cleaned("이거 @URL", Random(1)) is None
    assert v2.cleaned([Message("user", "#@시스템#사진#"), Message("assistant", "와")]) is None


def test_a_name_stays_the_same_in_a_conversation() -> None:
    found = v2.cleaned([Message("user", "#@이름# 왔어?"), Message("assistant", "#@이름# 왔어?")])
    assert found is not None
    assert found[0].content == found[1].content
    assert "#" not in found[0].content


def test_personal_data_of_every_kind_is_masked() -> None:
    assert masked("010-1234-5678 a.b@c.kr 900101-1234567") == "<전화번호> <이메일> <주민번호>"
    assert masked("국민은행 123-45-678901, 서울시 강남구 테헤란로 123") == "국민은행 <계좌번호>, <주소>"


def test_dates_and_times_are_not_personal() -> None:
    for text in ("2024-05-01에 봐", "오후 3시 30분", "1,000,000원"):
        assert masked(text) == text
