"""Kinds of words, and that every slot of every command keeps to its kind."""

from __future__ import annotations

import pytest

from bot.command import Command, all_commands
from bot.slots import TEXT, WHEN, counted

SLOTS = [(command, slot) for command in all_commands() for slot in command.slots]


@pytest.mark.parametrize(("text", "takes"), [("내일 8시", True), ("30분 뒤", True), ("사과", False), ("", False)])
def test_when_takes_a_time(text: str, takes: bool) -> None:
    assert WHEN.accepts(text) is takes


@pytest.mark.parametrize(("text", "takes"), [("3", True), ("세", True), ("열두", True), ("많이", False), ("", False)])
def test_a_count_is_in_digits_or_words(text: str, takes: bool) -> None:
    assert counted(20).accepts(text) is takes


def test_a_text_is_anything_but_nothing() -> None:
    assert TEXT.accepts("가")
    assert not TEXT.accepts(" \n")
    assert not TEXT.suggests


def test_a_count_has_bounds_that_a_menu_can_show() -> None:
    assert (counted(9).least, counted(9).most) == (1, 9)


@pytest.mark.parametrize(("command", "slot"), SLOTS, ids=lambda value: value.name)
def test_few_values_are_accepted_by_their_own_kind(command: Command, slot: object) -> None:
    kind = command.kind(getattr(slot, "name", ""))
    assert [value for value, _, _ in kind.choices if not kind.accepts(value)] == []


def test_a_slot_that_a_command_does_not_have_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        all_commands()[0].kind("nothing")
