"""The whole way from collections to a folder that can be served, in small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.messages import Message
from model import weights
from model.prompt import Renderer
from model.registry import examine
from training import embedded
from training.corpora import CHATTERBOT_FILES
from training.embedded import Recipe, app


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "songys_chatbot").mkdir()
    lines = [f"질문 {number}번,대답 {number}번이에요.,0" for number in range(120)]
    (tmp_path / "songys_chatbot" / "ChatbotData.csv").write_text("\n".join(["Q,A,label", *lines]), encoding="utf-8")
    (tmp_path / "chatterbot_korean").mkdir()
    for name in CHATTERBOT_FILES:
        (tmp_path / "chatterbot_korean" / f"{name}.yml").write_text("conversations:\n- - 안녕\n  - 네, 안녕하세요\n")
    (tmp_path / "own").mkdir()
    own = {"messages": [{"role": "user", "content": "안녕"}, {"role": "assistant", "content": "안녕하세요!"}]}
    (tmp_path / "own" / "one.jsonl").write_text(json.dumps(own, ensure_ascii=False) + "\n", encoding="utf-8")
    return tmp_path


def test_a_small_model_is_trained_into_a_folder_that_can_be_served(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(**asked: Any) -> Recipe:
        return Recipe(vocabulary=300, width=16, layers=1, heads=2, window=96, **asked)

    monkeypatch.setattr(embedded, "Recipe", small)
    out = tmp_path / "out"
    run = CliRunner().invoke(app, f"--out {out} --data {data} --own {data / 'own'} --epochs 1 --threads 1")
    assert run.exit_code == 0, run.output
    examine(out)
    assert weights.window(weights.load(out)) == 96
    assert Renderer.load(out).render([Message("user", "안녕")], 90).kept == 1
    record = json.loads((out / "training.json").read_text())
    assert record["figures"]["dialogues"] == {"songys": 120, "chatterbot": 4, "smalltalk": 1}
    assert record["figures"]["strict"] > 1


def test_data_that_is_not_there_is_named_in_one_line(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, f"--out {tmp_path / 'out'} --data {tmp_path / 'nowhere'}", env={"COLUMNS": "300"})
    assert run.exit_code != 0
    assert "nowhere" in run.output
    assert "Traceback" not in run.output
