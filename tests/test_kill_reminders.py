"""A short version of `python -m tests.kill.reminders`."""

from __future__ import annotations

from pathlib import Path

from tests.kill.reminders import trial


async def test_no_reminder_is_lost_or_silently_repeated_when_the_bot_is_killed(tmp_path: Path) -> None:
    seen = await trial(40, within=3.0, kills=1, stops=1, seed=5, folder=tmp_path)
    assert (seen.lost, seen.silent_repeats) == (0, 0)
