"""Cleaning, clusters and checks of a set."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Message, Role
from bot.moderation import Words
from training.checks import Findings, check, roles_fault
from training.cleaning import original, v2
from training.cleaning.privacy import masked
from training.clusters import By, Clusters, clustered, parted
from training.records import Record


def record(said: str, answered: str) -> Record:
    return Record((Message("user", said), Message("assistant", answered)), "made", "CC0", "")


def checked(parts: Mapping[str, list[Record]], by: By = "cluster") -> Findings:
    return check({name: partial(iter, part) for name, part in parts.items()}, Words.load(), by=by)


def test_a_shared_question_or_answer_is_one_cluster() -> None:
    made = [record("안녕", "네"), record("안녕!", "반가워요"), record("뭐 해", "반가워요"), record("밥", "먹었어요")]
    keys = [one.split_key for one in clustered(made)]
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30))
def test_clusters_are_what_a_walk_along_shared_lines_reaches(pairs: list[tuple[int, int]]) -> None:
    made = [record(f"질문 {said}", f"대답 {answered}") for said, answered in pairs]
    keys = [one.split_key for one in clustered(made)]
    for at, (said, answered) in enumerate(pairs):
        reached, before = {at}, set[int]()
        while reached != before:
            before = set(reached)
            lines = {("q", pairs[one][0]) for one in reached} | {("a", pairs[one][1]) for one in reached}
            reached = {one for one, (q, a) in enumerate(pairs) if ("q", q) in lines or ("a", a) in lines}
        assert {one for one, key in enumerate(keys) if key == keys[at]} == reached, (said, answered)


def test_the_same_dialogue_again_is_a_repeat() -> None:
    clusters = Clusters()
    for said, answered in (("안녕", "네"), ("안녕!", "네"), ("안녕", "네"), ("안녕", "네네")):
        clusters.add(record(said, answered).messages)
    assert list(clusters.repeats()) == [False, False, True, False]


def test_no_dialogues_have_no_keys() -> None:
    assert list(Clusters().split_keys()) == []
    assert list(Clusters().repeats()) == []


def test_no_question_or_answer_is_in_two_parts() -> None:
    made = [record(f"질문 {at % 300}", f"대답 {at}") for at in range(600)]
    parts = parted(clustered(made))
    assert all(parts.values())
    assert checked(parts).leaking == 0


def test_check_names_faults_and_counts_duplicates_and_leaks() -> None:
    bad = Record((Message("user", "안녕"),), "made", "", "")
    one = record("전화 줘", "010-1234-5678")
    found = checked({"train": [one, one], "test": [one, bad]})
    assert found.stops
    assert found.duplicates == 2
    assert found.leaking == 1
    assert found.faults == {"no reply at the end": 1}
    assert found.personal == {"전화번호": 3}


def test_what_a_set_was_split_by_decides_what_leaks() -> None:
    known, question, answer = record("안녕", "네"), record("안녕", "반가워요"), record("저기요", "네")
    parts = {"train": [known], "test": [question, answer], "random": [answer]}
    assert [(found.leaking, found.stops) for by in get_args(By) if (found := checked(parts, by))] == [
        (2, True),  # cluster
        (2, False),  # row: meant
        (1, True),  # answer
    ]
    assert not checked({"train": [known], "test": [question], "random": [answer]}, "answer").leaking


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
