"""Which configuration applies, and where its paths start."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.where import settings_of


def test_without_a_configuration_every_default_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_of(None) == (Settings(), tmp_path)


def test_the_configuration_that_lies_here_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[bot]\ndata = "here"', encoding="utf-8")
    settings, root = settings_of(None)
    assert (settings.bot.data, root) == ("here", tmp_path)


def test_paths_start_from_the_configuration_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "my.toml").write_text('[bot]\ndata = "mine"', encoding="utf-8")
    settings, root = settings_of(Path("there/my.toml"))
    assert (settings.bot.data, root) == ("mine", tmp_path / "there")
