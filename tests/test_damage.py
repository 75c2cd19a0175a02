"""Sixty damages: each start ends with a database that works, and nothing wrong is taken for right."""

from __future__ import annotations

from pathlib import Path

from tests.damage.trial import trial


def test_sixty_damages_are_harmless_or_told(tmp_path: Path) -> None:
    outcome = trial(60, 5, tmp_path)
    print(outcome)
    assert not outcome.bad, "\n".join(outcome.faults)
    assert outcome.ends["restored"] > 10
    assert outcome.ends["shortened"] > 3
