"""Memory that runs out and a model's process that dies cost nobody their answer (the long run: tests/chaos.py)."""

from __future__ import annotations

from pathlib import Path

from tests.chaos import chaos


async def test_every_job_ends_in_one_answer_or_one_apology(tmp_path: Path) -> None:
    outcome = await chaos(150, tmp_path)
    assert outcome.fine, outcome
    assert outcome.deaths
