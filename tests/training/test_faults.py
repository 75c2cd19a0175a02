"""What no answer may be."""

from __future__ import annotations

import pytest

from training.faults import counted, faults, sayings
from training.metrics import Written


def written(answered: str, finished: bool = True) -> Written:
    return Written("배고파", "", answered, finished, seconds=0.0)


@pytest.mark.parametrize(
    ("answered", "found"),
    [
        ("배고프군요! 뭐 먹고 싶어요?", []),
        ("", ["empty"]),
        ("배고파!", ["copied"]),
        ("밥 먹어요 밥 먹어요 밥 먹어요 밥 먹어요 밥 먹어요", ["looping"]),
        ("먹\ufffd", ["broken"]),
        ("{told} 축하해요!", ["broken"]),
        ("네<sys>네", ["broken"]),
    ],
)
def test_a_fault_is_seen(answered: str, found: list[str]) -> None:
    assert faults(written(answered)) == found


def test_faults_are_counted() -> None:
    assert counted([written(""), written("네, 그래요."), written("그래서", finished=False)]) == {"empty": 1, "cut": 1}


def test_sayings_are_drawn_with_a_seed() -> None:
    assert sayings(20, 7) == sayings(20, 7) != sayings(20, 8)
    assert len(set(sayings(500, 7))) == 500
