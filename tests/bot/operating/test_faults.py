"""Warnings are counted by what was written in the program, not by what was filled in."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.operating.faults import Faults


@pytest.fixture
def faults() -> Iterator[Faults]:
    found = Faults()
    logging.getLogger().addHandler(found)
    yield found
    logging.getLogger().removeHandler(found)


def test_lines_that_differ_in_what_was_filled_in_are_one(faults: Faults) -> None:
    log = logging.getLogger("bot.delivery")
    for row in range(3):
        log.warning("outbox row %d will never be taken by %s", row, "telegram")
    log.error("another")
    log.info("no matter")
    assert [(fault.level, fault.logger, fault.template, fault.count) for fault in faults.all()] == [
        ("ERROR", "bot.delivery", "another", 1),
        ("WARNING", "bot.delivery", "outbox row %d will never be taken by %s", 3),
    ]
    assert faults.levels == {"WARNING": 3, "ERROR": 1}


def test_what_a_library_has_filled_in_itself_is_named_by_its_place(faults: Faults) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: ValueError('내 비밀')")
    logging.getLogger("some.library").warning("We are being rate limited: %s", "내 비밀")
    templates = [fault.template for fault in faults.all()]
    assert templates[0] == "We are being rate limited: %s"
    assert templates[1].startswith("test_faults:")
    assert "비밀" not in str(faults.all())


def test_one_that_comes_again_is_the_latest(faults: Faults) -> None:
    log = logging.getLogger("bot")
    for line in ("a", "b", "a"):
        log.warning(line)
    assert [(fault.template, fault.count) for fault in faults.all()] == [("a", 2), ("b", 1)]


def test_a_flood_of_different_lines_is_bounded(faults: Faults) -> None:
    log = logging.getLogger("bot")
    for number in range(500):
        log.warning("x" * 1000 + str(number) if number % 2 else f"{number}")
    assert len(faults.all()) <= 200
    assert max(len(fault.template) for fault in faults.all()) == 160
    assert faults.levels == {"WARNING": 500}
