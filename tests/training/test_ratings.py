"""Ratings, 다시 and corrections become samples, of people who agreed and of nobody above their share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bot.erasing import pseudonym, withdraw
from bot.messages import Message, Person
from tests.training.opinions import OWNER, Opinions, company, people
from training import rated, records
from training.clusters import PARTS
from training.importers.lines import ImportRefused
from training.ratings import Samples, samples, withdrawn

MINSU, YUNA = people(2)


@pytest.fixture
def opinions(tmp_path: Path) -> Iterator[Opinions]:
    made = Opinions(tmp_path)
    for person in (MINSU, YUNA, OWNER):
        made.agrees(person)
    yield made
    made.close()


def found(opinions: Opinions, share: float = 1.0) -> Samples:
    return samples(opinions.file, share=share)


def taught(opinions: Opinions) -> dict[str, str]:
    return {one.prompt[-1].content: one.answer for one in found(opinions).taught}


def judged(opinions: Opinions) -> set[tuple[str, bool]]:
    return {(one.answer, one.good) for one in found(opinions).judged}


def pairs(opinions: Opinions) -> set[tuple[str, str]]:
    return {(one.better, one.worse) for one in found(opinions).pairs}


def test_a_liked_answer_is_followed_and_a_disliked_one_only_judged(opinions: Opinions) -> None:
    opinions.rate(opinions.turn(MINSU, "안녕", "반가워요"), "👍", MINSU)
    opinions.rate(opinions.turn(MINSU, "뭐 해", "몰라요"), "👎", MINSU)
    opinions.turn(MINSU, "잘 자", "네")
    assert taught(opinions) == {"안녕": "반가워요"}
    assert judged(opinions) == {("반가워요", True), ("몰라요", False)}
    assert found(opinions).ratings == 2


def test_a_sample_has_the_turns_that_it_was_answered_from(opinions: Opinions) -> None:
    first = opinions.turn(MINSU, "배고파", "뭐 드실래요?")
    opinions.rate(opinions.turn(MINSU, "매운 거", "떡볶이요!", context=(first,)), "👍", MINSU)
    (one,) = found(opinions).taught
    said = ("배고파", "뭐 드실래요?", "매운 거")
    assert one.prompt == tuple(Message("assistant" if at % 2 else "user", text) for at, text in enumerate(said))


def test_what_stayed_after_again_is_preferred_to_what_was_given_up(opinions: Opinions) -> None:
    first = opinions.turn(MINSU, "심심해", "네")
    second = opinions.turn(MINSU, "심심해", "음", again=first)
    opinions.turn(MINSU, "심심해", "끝말잇기 할까요?", again=second)
    assert pairs(opinions) == {("끝말잇기 할까요?", "네"), ("끝말잇기 할까요?", "음")}
    assert taught(opinions) == {"심심해": "끝말잇기 할까요?"}
    assert judged(opinions) == {("끝말잇기 할까요?", True), ("네", False), ("음", False)}


def test_where_no_answer_stayed_those_before_it_are_not_judged(opinions: Opinions) -> None:
    first = opinions.turn(MINSU, "심심해", "네")
    second = opinions.turn(MINSU, "심심해", "음", again=first)
    stopped = opinions.turn(MINSU, "심심해", "옛날", again=second)
    opinions.db.execute("update turns set stopped = 1 where id = ?", [stopped])
    opinions.db.conn.commit()
    assert (judged(opinions), pairs(opinions)) == (set(), set())


def test_a_kept_answer_that_is_disliked_is_no_example(opinions: Opinions) -> None:
    old = opinions.turn(MINSU, "심심해", "네")
    opinions.rate(opinions.turn(MINSU, "심심해", "으", again=old), "👎", MINSU)
    assert pairs(opinions) == set()
    assert taught(opinions) == {}


def test_an_edited_question_leaves_no_trace_of_its_old_words(opinions: Opinions) -> None:
    old = opinions.turn(MINSU, "비밀", "네")
    opinions.rate(old, "👍", MINSU)
    opinions.rate(opinions.turn(MINSU, "안녕", "반가워요", again=old), "👍", MINSU)
    assert pairs(opinions) == set()
    assert taught(opinions) == {"안녕": "반가워요"}


def test_a_correction_is_followed_and_preferred_whatever_was_rated(opinions: Opinions) -> None:
    turn = opinions.turn(MINSU, "추워", "네")
    opinions.rate(turn, "👍", MINSU)
    opinions.agrees(OWNER, chat=MINSU.id)
    opinions.correct(turn, "따뜻하게 입으세요.")
    assert taught(opinions) == {"추워": "따뜻하게 입으세요."}
    assert pairs(opinions) == {("따뜻하게 입으세요.", "네")}
    assert judged(opinions) == {("따뜻하게 입으세요.", True), ("네", False)}
    (one,) = found(opinions).taught
    assert set(one.consent.people) == {pseudonym("telegram", MINSU.id), pseudonym("telegram", OWNER.id)}


def test_liked_and_disliked_answers_to_one_prompt_are_pairs(opinions: Opinions) -> None:
    for person, answer, value in ((MINSU, "안녕하세요!", "👍"), (YUNA, "뭐", "👎"), (YUNA, "왜", "👎")):
        opinions.rate(opinions.turn(person, "안녕", answer), value, person)
    opinions.rate(opinions.turn(YUNA, "잘 가", "싫어"), "👎", YUNA)
    assert pairs(opinions) == {("안녕하세요!", "뭐"), ("안녕하세요!", "왜")}


def test_nobody_without_consent_is_learnt_from_neither_asking_nor_rating_nor_correcting(opinions: Opinions) -> None:
    stranger = Person("telegram", "500", "손님")
    opinions.rate(opinions.turn(stranger, "안녕", "네"), "👍", stranger)
    turn = opinions.turn(MINSU, "뭐 해", "놀아요")
    opinions.rate(turn, "👍", stranger)
    opinions.correct(turn, "쉬어요", stranger)
    result = found(opinions)
    assert (result.taught, result.judged, result.pairs, result.ratings) == ((), (), (), 0)
    assert result.dropped["ratings of people without consent"] == 2
    assert result.dropped["corrections of people without consent"] == 1


def test_a_correction_is_covered_only_by_what_its_author_and_who_asked_both_read(opinions: Opinions) -> None:
    late = Person("telegram", "500", "손님")
    opinions.agrees(late, version="1-ko", chat=MINSU.id, minutes=-5)
    opinions.correct(opinions.turn(MINSU, "뭐 해", "놀아요"), "쉬어요", late)
    assert {one.consent.version for one in found(opinions).taught} == {"1-ko"}


def test_discord_and_what_somebody_took_back_are_never_learnt(opinions: Opinions) -> None:
    there = Person("discord", "7", "민수")
    opinions.agrees(there)
    opinions.rate(opinions.turn(there, "안녕", "네"), "👍", there)
    gone = opinions.turn(MINSU, "지워", "네")
    opinions.rate(gone, "👍", MINSU)
    opinions.db.execute("update turns set state = 'retracted' where id = ?", [gone])
    opinions.db.conn.commit()
    assert found(opinions).taught == ()
    assert found(opinions).dropped["the platform forbids it"] == 1


def test_personal_data_is_masked_and_the_same_answer_twice_is_no_pair(opinions: Opinions) -> None:
    old = opinions.turn(MINSU, "내 번호 010-1234-5678", "ㅋㅋㅋㅋ")
    opinions.turn(MINSU, "내 번호 010-1234-5678", "ㅋㅋㅋㅋㅋㅋ", again=old)
    assert pairs(opinions) == set()
    assert "1234" not in json.dumps([one.prompt[-1].content for one in found(opinions).taught])


def test_nobody_gives_more_than_their_share_and_people_take_turns(tmp_path: Path) -> None:
    opinions = Opinions(tmp_path)
    several = people(31)
    for person in several:
        opinions.agrees(person)
    for number in range(500):
        person = several[0] if number < 200 else several[1 + number % 30]
        opinions.rate(opinions.turn(person, f"질문 {number}", f"답 {number}"), "👍", person)
    result = samples(opinions.file, share=0.05)
    given = [one.by[0] for one in result.taught]
    counts = {person: given.count(person) for person in set(given)}
    assert max(counts.values()) == counts[pseudonym("telegram", several[0].id)] == 15
    assert 15 / len(given) <= 0.05, "of what is learnt, not of the 500 that were given"
    assert result.dropped["more than one person's share"] == 2 * 185, "of answers to follow and of judged ones"
    assert all(one != following for one, following in pairwise(given[:100]))
    assert result.taught == samples(opinions.file, share=0.05).taught
    assert result.taught != samples(opinions.file, share=0.05, seed=8).taught
    opinions.close()


def test_with_too_few_people_for_their_share_everybody_gives_ten(tmp_path: Path) -> None:
    opinions = Opinions(tmp_path)
    for person in people(5):
        opinions.agrees(person)
    for number in range(200):
        person = people(5)[number % 5]
        opinions.rate(opinions.turn(person, f"질문 {number}", f"답 {number}"), "👍", person)
    assert len(samples(opinions.file, share=0.05).taught) == 5 * 10
    assert len(samples(opinions.file, share=0.2).taught) == 200
    opinions.close()


def test_a_small_share_still_lets_everybody_give_ten(opinions: Opinions) -> None:
    for number in range(12):
        opinions.rate(opinions.turn(MINSU, f"질문 {number}", f"답 {number}"), "👍", MINSU)
    assert len(found(opinions, share=0.01).taught) == 10


# ---- as data sets --------------------------------------------------------------------------------


def test_the_sets_keep_what_is_alike_in_one_part_and_say_whose_words_they_are(tmp_path: Path) -> None:
    made = company(tmp_path)
    folder = tmp_path / "sets/x"
    counts = rated.save(folder, samples(made.file))
    made.close()
    assert counts["train"] > counts["valid"] > 0
    assert {counts[f"better-{part}"] == counts[f"worse-{part}"] for part in PARTS} == {True}
    where: dict[str, set[str]] = {}
    for part in PARTS:
        for file in (folder / f"{part}.jsonl", *rated.likes(folder).glob(f"*-{part}.jsonl")):
            for record in records.read(file):
                where.setdefault(record.messages[-2].content, set()).add(part)
    assert {len(parts) for parts in where.values()} == {1}
    plain, likes = rated.noted(folder)
    assert plain.more["ratings"] == 240
    assert set(plain.people) <= {pseudonym("telegram", person.id) for person in people(24)}
    assert len(likes.people) == 24
    for pair in rated.pairs(folder, PARTS):
        assert pair.better.startswith("good")
        assert pair.worse.startswith("bad")
    assert {one.good for one in rated.judged(folder, "train")} == {True, False}


def test_who_is_erased_leaves_both_sets_and_marks_them(tmp_path: Path) -> None:
    made = company(tmp_path)
    folder = tmp_path / "sets/x"
    rated.save(folder, samples(made.file))
    made.close()
    gone = pseudonym("telegram", people(1)[0].id)
    assert withdraw(tmp_path, gone, "2026-11-22T00:00:00+00:00") == ["x", "x-likes"]
    assert all(one.stale and gone not in one.people for one in rated.noted(folder))
    assert rated.pairs(folder, PARTS), "pairs are still pairs"
    assert all(gone not in file.read_text() for file in (*folder.iterdir(), *rated.likes(folder).iterdir()))


def test_consents_that_were_taken_back_are_noticed(tmp_path: Path) -> None:
    made = company(tmp_path)
    agreed = samples(made.file).agreed
    assert (len(agreed), withdrawn(made.file, agreed)) == (24, 0)
    made.agrees(people(1)[0], "off", minutes=100)
    assert withdrawn(made.file, agreed) == 1
    made.agrees(people(1)[0], "on", minutes=200)
    assert withdrawn(made.file, agreed) == 1, "what was said before is not agreed to again"
    made.close()


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database")
    with pytest.raises(ImportRefused, match=r"irang\.db"):
        samples(tmp_path / "x.db")
