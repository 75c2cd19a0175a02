"""Only those who said so are learnt from, with everything that an answer was made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import turns
from bot.erasing import pseudonym
from bot.messages import MessageRef, Person
from bot.tables import migrations
from bot.turns import Asked
from tests.bot.memory import MINSU, NOON, YUNA
from training.importers.lines import Dropped, ImportRefused
from training.importers.own import may_learn_from, own
from training.records import Consent

GROUP = "telegram:-5:"


class Kept:
    """A database of the bot with what people said and agreed to; minutes are after noon."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.db = Database(file)
        migrations.apply(self.db)
        self._row = 0

    def agrees(
        self, person: Person, value: str = "on", *, chat: str = "-5", minutes: float = -1, version: str = "1-ko"
    ) -> None:
        at = (NOON + timedelta(minutes=minutes)).isoformat()
        row = {"platform": person.platform, "person": person.id, "chat": chat, "kind": "train", "value": value}
        self.db.table("consents").insert({**row, "version": version, "at": at})

    def turn(
        self, said: str, by: Person = MINSU, *, context: tuple[int, ...] = (), minutes: float = 0, briefed: bool = False
    ) -> int:
        self._row += 1
        place = f"{by.platform}:-5:"
        asked = Asked(place, self._row, MessageRef(by.platform, "-5", f"q{self._row}"), by, said)
        at = NOON + timedelta(minutes=minutes)
        return turns.add(
            self.db, asked, f"답 {said}", model="m", context=context, stopped=False, at=at, briefed=briefed
        )

    def learnt(self) -> tuple[list[list[str]], Dropped]:
        """What is said by people in each dialogue, and what was left out."""
        self.db.conn.commit()
        dropped = Dropped()
        talks = [[each.content for each in talk if each.role == "user"] for talk, _ in own(self.file, dropped)]
        return sorted(talks), dropped


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "irang.db")
    yield kept
    kept.db.close()


def test_nobody_who_said_nothing_is_learnt_from(kept: Kept) -> None:
    kept.turn("안녕")
    assert kept.learnt() == ([], {"no consent": 1})


def test_a_dialogue_carries_who_agreed_to_what_and_when(kept: Kept) -> None:
    kept.agrees(MINSU)
    first = kept.turn("안녕")
    kept.turn("뭐 해", context=(first,))
    kept.db.conn.commit()
    ((talk, consent),) = own(kept.file, Dropped())
    assert [(each.role, each.content) for each in talk] == [
        ("user", "안녕"), ("assistant", "답 안녕"), ("user", "뭐 해"), ("assistant", "답 뭐 해"),
    ]  # fmt: skip
    at = (NOON - timedelta(minutes=1)).isoformat()
    assert consent == Consent((pseudonym("telegram", MINSU.id),), "1-ko", at)


def test_a_dialogue_of_several_is_covered_by_what_all_of_them_read(kept: Kept) -> None:
    kept.agrees(MINSU, version="1-ko")
    kept.agrees(YUNA, version="2-ko", minutes=1)
    first = kept.turn("민수 하나")
    kept.turn("유나 하나", YUNA, context=(first,), minutes=2)
    kept.db.conn.commit()
    ((_, consent),) = own(kept.file, Dropped())
    assert (consent.version, consent.at) == ("1-ko", (NOON + timedelta(minutes=1)).isoformat())


def test_a_newer_text_covers_what_is_said_after_it_and_is_no_break(kept: Kept) -> None:
    kept.agrees(MINSU, version="1-ko")
    kept.turn("전에")
    kept.agrees(MINSU, version="2-ko", minutes=1)
    kept.turn("뒤에", minutes=2)
    kept.db.conn.commit()
    since = (NOON - timedelta(minutes=1)).isoformat()
    found = {talk[0].content: (consent.version, consent.at) for talk, consent in own(kept.file, Dropped())}
    assert found == {"전에": ("1-ko", since), "뒤에": ("2-ko", since)}


def test_only_what_was_said_after_the_consent_counts(kept: Kept) -> None:
    kept.turn("전에", minutes=-10)
    kept.agrees(MINSU)
    kept.turn("뒤에")
    assert kept.learnt() == ([["뒤에"]], {"no consent": 1})


def test_who_takes_consent_back_is_left_out_whole_and_again_only_from_then_on(kept: Kept) -> None:
    kept.agrees(MINSU)
    kept.turn("처음")
    kept.agrees(MINSU, "off", minutes=1)
    assert kept.learnt()[0] == []
    kept.agrees(MINSU, minutes=2)
    kept.turn("다시", minutes=3)
    assert kept.learnt()[0] == [["다시"]]


def test_consent_in_one_chat_is_none_in_another(kept: Kept) -> None:
    kept.agrees(MINSU, chat="-51")
    kept.turn("안녕")
    assert kept.learnt()[0] == []


def test_a_group_is_learnt_from_only_where_everyone_in_the_sample_agreed(kept: Kept) -> None:
    kept.agrees(MINSU)
    first = kept.turn("민수 하나")
    second = kept.turn("유나 하나", YUNA, context=(first,))
    third = kept.turn("민수 둘", context=(first, second))
    kept.turn("민수 셋", context=(third,))
    assert kept.learnt() == (
        [["민수 하나"]],
        {"no consent": 1, "answered from what may not be learnt": 2},
    )
    kept.agrees(YUNA)
    assert kept.learnt()[0] == [["민수 둘", "민수 셋"], ["민수 하나", "유나 하나"]]


def test_what_was_taken_back_or_answered_anew_is_left_out(kept: Kept) -> None:
    kept.agrees(MINSU)
    for state in ("superseded", "retracted"):
        kept.db.execute("update turns set state = ? where id = ?", [state, kept.turn(state)])
    kept.turn("live")
    assert kept.learnt() == ([["live"]], {"answered anew or taken back": 2})


def test_what_somebody_disliked_is_no_example(kept: Kept) -> None:
    kept.agrees(MINSU)
    bad, good = kept.turn("별로"), kept.turn("좋아")
    for turn, value in ((bad, "👎"), (good, "👍")):
        kept.db.execute("insert into ratings values (?, 'telegram', '9', ?, '')", [turn, value])
    assert kept.learnt() == ([["좋아"]], {"rated 👎": 1})


def test_words_of_others_in_an_answer_are_left_out(kept: Kept) -> None:
    kept.agrees(MINSU)
    kept.turn("요약해줘", briefed=True)
    kept.turn("> 유나: 비밀\n무슨 말이야?")
    assert kept.learnt() == ([], {"answered from documents or other messages": 1, "quotes another message": 1})


def test_an_answer_whose_context_is_gone_is_left_out(kept: Kept) -> None:
    kept.agrees(MINSU)
    kept.turn("그거 뭐였지", context=(404,))
    assert kept.learnt() == ([], {"answered from what may not be learnt": 1})


def test_discord_is_never_learnt_from_whatever_people_agreed_to(kept: Kept) -> None:
    person = Person("discord", "7", "민수")
    kept.agrees(person)
    kept.turn("안녕", person)
    assert kept.learnt() == ([], {"the platform forbids it": 1})
    assert not may_learn_from("discord")


def test_a_long_conversation_is_learnt_whole_though_each_answer_saw_little_of_it(kept: Kept) -> None:
    kept.agrees(MINSU)
    ids: list[int] = []
    for number in range(7):
        ids.append(kept.turn(str(number), context=tuple(ids[-2:])))
    talks, _ = kept.learnt()
    assert sorted({said for talk in talks for said in talk}) == list("0123456")
    assert len(talks) == 3


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database")
    with pytest.raises(ImportRefused, match=r"irang\.db"):
        list(own(tmp_path / "x.db", Dropped()))
