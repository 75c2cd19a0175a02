"""Judged answers as a table: shares by kind, and what people wrote can't break it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from training.verdicts import app


def test_the_table_tells_openers_from_follow_ups_and_counts_what_is_sensible(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.jsonl"
    rows = [
        {"said": ["안녕"], "answered": "안녕하세요!", "from": "repertoire", "verdict": "sensible"},
        {"said": ["새벽에 우주선을 봤어"], "answered": "네 | 아니요", "verdict": "not an answer"},
        {"said": ["배고파", "뭐 먹을까요?", "몰라"], "answered": "그럼 국수요.", "verdict": "sensible"},
    ]
    sheet.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    told = CliRunner().invoke(app, ["table", str(sheet)]).output
    assert "| openers | 1 | 2 | 50.0% |" in told
    assert "| openers that our training dialogues don't have | 0 | 1 | 0.0% |" in told
    assert "| follow-ups | 1 | 1 | 100.0% |" in told
    assert "| answers of the repertoire | 1 | 1 | 100.0% |" in told
    assert "| 안녕 | 안녕하세요! | repertoire | sensible |" in told
    assert "| 배고파 / 뭐 먹을까요? / 몰라 | 그럼 국수요. | model | sensible |" in told
    assert "네 \\| 아니요" in told
