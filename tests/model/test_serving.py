"""A model that takes over from another is warm, and nothing is left of what warmed it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from bot.longlived import keep_for_good
from bot.messages import Sampling
from model.engine import Request
from model.serving import Options, open_folder, warm_up
from tests.model.tiny import saying, tiny_folder


def test_a_warm_engine_has_written_for_every_slot_and_remembers_nothing(tmp_path: Path) -> None:
    engine = open_folder(tiny_folder(tmp_path / "model", saying("ab")), Options(threads=1, slots=3)).engine
    together = 0
    step = engine.step

    def watched() -> object:
        nonlocal together
        produced = step()
        together = max(together, engine.running)
        return produced

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "step", watched)
        warm_up(engine)
    assert together == 3
    assert (engine.running, engine.waiting, engine.kept.size) == (0, 0, 0)


def test_a_warm_engine_answers_as_a_cold_one(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "model", saying("ab"))
    cold, warm = (open_folder(folder, Options(threads=1, slots=3)).engine for _ in range(2))
    warm_up(warm)
    request = Request("one", tuple(b"ab?"), Sampling(max_tokens=6, temperature=0.0))
    for engine in (cold, warm):
        engine.add(request)
    assert [cold.step() for _ in range(6)] == [warm.step() for _ in range(6)]


def test_what_is_kept_for_good_is_not_looked_through_again() -> None:
    try:
        keep_for_good()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
