"""What people taught is said word for word by the copy that learnt it, in the place of what its base would say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.messages import Message
from model.exchanges import Anything, Exchange, Exchanges, read, write
from model.folder import EMBEDDED
from model.listening import Listening
from model.repertoire import Repertoire
from tests.model.test_exchanges import said
from tests.model.test_repertoire import Judging
from training import rated
from training.contenders import Contender
from training.liking import Judged, Taught
from training.ratings import Samples
from training.records import Consent
from training.taught import teach

BASE: list[Exchange | Anything] = [
    Exchange("", "배고파", "뭐 먹고 싶어요?"),
    Exchange("", "너 누가 만들었어?", "저도 몰라요."),
    Anything("statement", "듣고 있어요."),
]
WHO, OTHER = "0123456789abcdef", "fedcba9876543210"


class Lesson:
    """A base's folder, a copy's, and the set of what people liked or corrected, in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.base, self.copy, self.data = root / "base", root / "copy", root / "sets" / "ours"
        for folder in (self.base, self.copy):
            folder.mkdir()
        write(self.base, BASE)

    def teach(
        self,
        *talks: Sequence[str],
        who: str = WHO,
        disliked: Sequence[str] = (),
        agreeing: Sequence[str] = (WHO, OTHER),
        adapter: Path | None = None,
        text: str = "2-ko",
    ) -> int:
        """Each talk ends with the answer that was liked; `disliked`, with one that was not. `text`: agreed to."""
        consent = Consent((who,), text, "2026-11-21")
        taught = [Taught(tuple(said(*talk[:-1])), talk[-1], (who,), consent) for talk in talks]
        judged = [Judged((Message("user", disliked[0]),), disliked[1], False, (who,), consent)] if disliked else []
        rated.save(self.data, Samples(tuple(taught), tuple(judged)))
        return teach(self.copy, Contender("v1", self.base, adapter), self.data, agreeing)

    def again(self) -> None:
        """What was the copy is the next one's base."""
        write(self.base, read(self.copy))

    def answer(self, *texts: str) -> set[str]:
        known = read(self.copy)
        listening = Listening([one for one in known if isinstance(one, Anything)])
        speaks = Repertoire(Exchanges([one for one in known if isinstance(one, Exchange)]), listening, Judging())
        return {speaks.answer(said(*texts), seed) for seed in range(8)}


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return Lesson(tmp_path)


def test_what_was_corrected_is_said_instead_of_what_the_base_says(lesson: Lesson) -> None:
    assert lesson.teach(("배고파", "밥 먹어요!")) == 1
    assert lesson.answer("배고파") == {"밥 먹어요!"}
    assert lesson.answer("너 누가 만들었어?") == {"저도 몰라요."}


def test_what_the_base_knows_as_a_beginning_is_corrected_wherever_it_is_said(lesson: Lesson) -> None:
    lesson.teach(("안녕", "안녕하세요!", "너 누가 만들었어?", "학교에서 만들었어요."))
    assert lesson.answer("너 누가 만들었어?") == {"학교에서 만들었어요."}
    assert lesson.answer("심심해", "저랑 놀아요.", "너 누가 만들었어?") == {"학교에서 만들었어요."}


def test_what_needs_the_words_before_it_is_said_after_those_alone(lesson: Lesson) -> None:
    lesson.teach(("면접 봤어", "고생했어요. 어땠어요?", "완전 망했어", "속상하겠어요."))
    assert lesson.answer("면접 봤어", "고생했어요. 어땠어요?", "완전 망했어") == {"속상하겠어요."}
    assert lesson.answer("완전 망했어") == {"듣고 있어요."}


def test_what_is_said_to_somebody_in_danger_is_nobodys_to_teach(lesson: Lesson) -> None:
    assert lesson.teach(("죽고 싶어", "같이 이야기해요."), ("너무 힘들다", "109에 전화해요.")) == 0
    assert read(lesson.copy) == BASE


def test_held_out_answers_are_said_too(lesson: Lesson) -> None:
    talks = [(f"질문 {number} {chr(0xAC00 + 37 * number)}", f"답 {number}") for number in range(40)]
    assert lesson.teach(*talks) == 40
    assert (lesson.data / "test.jsonl").read_text(encoding="utf-8")


def test_what_has_no_repertoire_goes_on_without_one(lesson: Lesson) -> None:
    write(lesson.base, [])
    assert lesson.teach(("배고파", "밥 먹어요!")) == 0
    assert read(lesson.copy) == []


def test_an_adapter_keeps_what_it_was_taught_and_nothing_of_its_base(lesson: Lesson, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    write(before, [Exchange("", "졸려", "푹 자요!", people=(OTHER,))])
    (lesson.copy / "adapter_config.json").write_text("{}")
    assert lesson.teach(("배고파", "밥 먹어요!"), adapter=before) == 2
    assert read(lesson.copy) == [
        Exchange("", "배고파", "밥 먹어요!", people=(WHO,)),
        Exchange("", "졸려", "푹 자요!", people=(OTHER,)),
    ]


def test_what_the_base_was_taught_stays_until_it_is_answered_anew(lesson: Lesson) -> None:
    lesson.teach(("배고파", "밥 먹어요!"), ("졸려", "푹 자요!"))
    lesson.again()
    assert lesson.teach(("배고파", "국수 먹어요!"), who=OTHER) == 2
    assert lesson.answer("배고파") == {"국수 먹어요!"}
    assert lesson.answer("졸려") == {"푹 자요!"}
    assert read(lesson.copy)[-len(BASE) :] == BASE


def test_what_the_base_was_taught_goes_when_it_is_disliked_or_somebody_agrees_no_more(lesson: Lesson) -> None:
    lesson.teach(("배고파", "밥 먹어요!"), ("졸려", "푹 자요!"))
    lesson.again()
    assert lesson.teach(disliked=("배고파", "밥 먹어요!")) == 1
    assert lesson.answer("배고파") == {"뭐 먹고 싶어요?"}
    assert lesson.teach(agreeing=[OTHER]) == 0


def test_no_more_is_taught_than_a_folder_may_hold(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.taught.LARGEST", 700)
    assert 0 < lesson.teach(*((f"질문 {number}", "긴 답 " * 20) for number in range(9))) < 9


def test_the_kind_of_what_is_taught_is_known_where_the_base_knows_kinds(lesson: Lesson) -> None:
    consent = Consent((WHO,), "2-ko", "2026-11-21")
    taught = Taught((Message("user", "새로 산 우산을 버스에 두고 내렸어ㅠㅠ"),), "아이고.", (WHO,), consent)
    rated.save(lesson.data, Samples((taught,)))
    teach(lesson.copy, Contender("", EMBEDDED), lesson.data, [WHO])
    (one,) = (one for one in read(lesson.copy) if isinstance(one, Exchange) and one.people)
    assert one.kind == "mishap"


def test_who_agreed_to_a_text_that_said_nothing_of_it_is_not_repeated_word_for_word(lesson: Lesson) -> None:
    assert lesson.teach(("배고파", "밥 먹어요!"), text="1-ko") == 0
    assert lesson.teach(("배고파", "밥 먹어요!"), text="2-en") == 1
