"""Which configuration a command means, and the folder that paths in it start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.config import Settings, load

ConfigPath = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration file (config.toml here, if there is one).")
]


def settings_of(config: Path | None) -> tuple[Settings, Path]:
    """The settings and their folder. No file at all means every default."""
    path = config or Path("config.toml")
    if config is None and not path.exists():
        return Settings(), Path.cwd()
    return load(path), path.resolve().parent
