"""The embedded model learns from hundreds of made ratings what people like, and gets no worse otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.training.whole import run


@pytest.mark.long
def test_the_embedded_model_gives_more_of_the_answers_that_people_like(tmp_path: Path) -> None:
    told: dict[str, Any] = run(tmp_path / "data", 300)
    assert told["liked of 250"]["new"] > told["liked of 250"]["live"]
    new, live = told["evaluate"]["new"], told["evaluate"]["live"]
    assert new["bits_per_character"]["value"] < 1.01 * live["bits_per_character"]["value"]
    assert told["refused"] in ("", told["gate"].get("reason")), "300 ratings may be too few to be sure"
