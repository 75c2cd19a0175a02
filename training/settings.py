"""A TOML file as settings, every fault named at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

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
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file}: {error}"]) from None
    except ValidationError as error:
        raise ConfigError(
            [f"{file}: {'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors()]
        ) from None
