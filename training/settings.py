"""A TOML file as settings, every fault named at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import ConfigError

M = TypeVar("M", bound=BaseModel)


def read(file: Path, model: type[M]) -> M:
    """Raises ConfigError with a line for each fault."""
    if file.is_dir():
        raise ConfigError([f"{file}: a folder: expected a TOML file of settings"])
    if not file.is_file():
        raise ConfigError([f"{file}: no such file"])
    try:
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ConfigError([f"{file}: not UTF-8 ({error}): save it as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{file}: {error}"]) from None
    except ValidationError as error:
        raise ConfigError([_line(file, one) for one in error.errors()]) from None


def _line(file: Path, fault: Any) -> str:
    place = ".".join(map(str, fault["loc"])) or "the file"
    said = "unknown setting: docs/training.md and training/configs/ have those there are"
    return f"{file}: {place}: {said if fault['type'] == 'extra_forbidden' else fault['msg']}"
