"""What a chat and a person set."""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from bot.effects import Moment
from bot.messages import Address
from bot.preferences import Prefer, Preferences, read
from tests.bot.memory import HOME, MINSU, NOON, YUNA, heard

HERE, ELSEWHERE = Address("telegram", "10"), Address("telegram", "11")
MOMENT = Moment(1, heard("설정"), HOME, NOON)


def test_at_first_the_configuration_decides_everything(db: Database) -> None:
    assert read(db, HERE, MINSU) == Preferences()


def test_a_style_holds_in_its_chat_for_everybody(db: Database) -> None:
    Prefer("style", "casual").apply(db, MOMENT)
    assert read(db, HERE, YUNA).style == "casual"
    assert read(db, ELSEWHERE, MINSU).style == ""


def test_a_place_goes_with_its_person_into_every_chat(db: Database) -> None:
    Prefer("place", "경기도 수원시").apply(db, MOMENT)
    assert read(db, ELSEWHERE, MINSU).place == "경기도 수원시"
    assert read(db, HERE, YUNA).place == ""


def test_a_topic_has_the_preferences_of_its_chat(db: Database) -> None:
    Prefer("language", "en").apply(db, MOMENT)
    assert read(db, replace(HERE, thread="7"), MINSU).language == "en"


def test_the_last_word_counts_and_can_be_taken_back(db: Database) -> None:
    for value in ("casual", "polite", ""):
        Prefer("style", value).apply(db, MOMENT)
    assert read(db, HERE, MINSU) == Preferences()


def test_what_a_newer_program_set_is_left_out(db: Database) -> None:
    db.execute("insert into preferences (scope, name, value) values ('chat:telegram:10', 'perfume', 'rose')")
    assert read(db, HERE, MINSU) == Preferences()
