"""Every shipped file of settings can be used, and each fault is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigError
from training import config as configs

FOLDER = Path(configs.__file__).parent / "configs"
OURS = sorted(FOLDER.glob("*.toml"))
SCHEMES = sorted((FOLDER / "schemes").glob("*.toml"))


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.stem)
def test_what_comes_along_can_be_used(file: Path) -> None:
    assert configs.load(file).name == file.stem


def test_the_four_schemes_differ_in_nothing_else() -> None:
    found = {file.stem: configs.load(file).model_dump() for file in SCHEMES}
    assert {stem: one.pop("scheme") for stem, one in found.items()} == {file.stem: file.stem for file in SCHEMES}
    told = [{name: value for name, value in one.items() if name not in ("name", "comment")} for one in found.values()]
    assert len(told) == 4
    assert all(one == told[0] for one in told)


def test_canaries_can_be_put_into_any_training_of_dialogues() -> None:
    plain = configs.load(FOLDER / "small-scratch.toml")
    assert configs.with_canaries(plain, 0) == plain
    assert configs.with_canaries(plain, 100).data.canaries == 100
    with pytest.raises(ValueError, match="canaries are dialogues"):
        configs.with_canaries(configs.load(FOLDER / "squad2-gpt2.toml"), 1)


def test_squad_is_read_with_its_usual_settings() -> None:
    asked = configs.load(FOLDER / "squad2-gpt2.toml").questions
    assert (asked.window, asked.stride, asked.question, asked.best, asked.longest) == (384, 128, 64, 20, 30)


def test_the_first_bots_settings_are_kept() -> None:
    original = configs.load(next(file for file in OURS if file.stem == "kogpt2-original"))
    learning = original.learning
    assert (original.window, learning.rate, learning.schedule, learning.gamma) == (256, 1e-4, "exponential", 0.9)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('name = "x"\nscheme = "most"\n[data]\nset = "s"\n[learning]\nbatch = 0\nspeed = 3\n')
    with pytest.raises(ConfigError) as refusal:
        configs.load(file)
    told = str(refusal.value)
    assert all(place in told for place in ("scheme:", "learning.batch:", "learning.speed:"))


@pytest.mark.parametrize("start", ["", '[base]\nfolder = "a"\n[scratch]\n', "[scratch]\n[lora]\n", "[base]\n"])
def test_a_training_starts_from_one_thing(tmp_path: Path, start: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(f'name = "x"\n[data]\nset = "s"\n{start}')
    with pytest.raises(ConfigError, match=r"expected either|can't stand"):
        configs.load(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a folder: expected a TOML file"):
        configs.load(tmp_path)
    (tmp_path / "mac.toml").write_bytes('name = "한글"'.encode("cp949"))
    with pytest.raises(ConfigError, match=r"mac.toml: not UTF-8 .*: save it as UTF-8"):
        configs.load(tmp_path / "mac.toml")
    with pytest.raises(ConfigError, match="no such file"):
        configs.load(tmp_path / "none.toml")


def test_heads_share_the_width(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text('name = "odd"\n[data]\nset = "toy"\n[scratch]\nwidth = 32\nheads = 3\n')
    with pytest.raises(ConfigError, match="multiple of heads"):
        configs.load(file)
