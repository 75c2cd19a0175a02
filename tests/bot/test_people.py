"""The owner's code, and what is noted of people."""

from __future__ import annotations

import re
import unicodedata

import pytest
from sqlite_utils import Database

from bot import people
from bot.messages import Address
from bot.people import new_code, same_code
from tests.bot.memory import MINSU, NOON, YUNA


def test_a_code_is_short_enough_to_type_and_has_no_letter_to_confuse() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2}", code) for code in codes)


@pytest.mark.parametrize("shown", ["K7QP-3XW2-MN", "k7qp-3xw2-mn", "K7QP3XW2MN", " K7QP 3XW2 MN "])
def test_a_code_is_the_same_however_it_is_typed(shown: str) -> None:
    assert same_code("K7QP-3XW2-MN", shown)


@pytest.mark.parametrize(
    "shown",
    ["", "-", "K7QP-3XW2-M", "K7QP-3XW2-MNN", "주인", unicodedata.normalize("NFD", "주인"), "\ud800", "A" * 10_000],
)
def test_anything_else_is_another_code(shown: str) -> None:
    assert not same_code("K7QP-3XW2-MN", shown)


def test_without_a_code_nothing_opens() -> None:
    assert not same_code(None, "")
    assert not same_code(None, "K7QP-3XW2-MN")


def test_owners_are_known_by_platform_and_id_and_not_by_name(db: Database) -> None:
    assert not people.has_owner(db)
    people.make_owner(db, MINSU, NOON)
    people.make_owner(db, MINSU, NOON)
    assert people.has_owner(db)
    assert people.is_owner(db, MINSU.__class__("telegram", "1", "이름을 바꾼 민수"))
    assert not people.is_owner(db, YUNA)
    assert not people.is_owner(db, MINSU.__class__("discord", "1", "민수"))
    assert db.table("owners").count == 1


def test_a_chat_hears_its_refusal_once_in_all_its_topics(db: Database) -> None:
    here = Address("telegram", "-10", "7")
    assert not people.was_refused(db, here)
    people.note_refusal(db, here, NOON)
    people.note_refusal(db, here, NOON)
    assert people.was_refused(db, Address("telegram", "-10"))
    assert not people.was_refused(db, Address("telegram", "-11"))
    assert not people.was_refused(db, Address("discord", "-10"))
