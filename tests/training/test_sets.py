"""A set on disk: split, with a manifest."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from training import sets
from training.importers.lines import ImportRefused
from training.show import coloured


def test_an_imported_file_becomes_a_set_with_a_manifest(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(
        "Q,A\n" + "".join(f"질문 {at},대답 {at}\n" for at in range(100)) + "사진 @URL,와\n", encoding="utf-8"
    )
    dropped: Counter[str] = Counter()
    found = list(sets.made(sets.talks("songys", file, None, dropped), "songys", "MIT", dropped))
    rows = sets.save(tmp_path / "set", found, dropped)
    assert sum(rows.values()) == 100
    assert dropped == {"link, picture or nothing left": 1}
    assert {name: len(part) for name, part in sets.load(tmp_path / "set").items()} == rows


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="songys"):
        sets.talks("word", tmp_path / "x", None, Counter())


def test_what_is_learnt_is_green() -> None:
    assert [str(span.style) for span in coloured([1, 2], [-100, 2], str).spans] == ["dim", "green"]
