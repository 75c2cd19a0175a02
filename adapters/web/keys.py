"""The keys of the web adapter: from the environment, or made once and kept in the data folder."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adapters.web.place import Place
from bot.config import WebSettings, secret
from bot.errors import ConfigError

Holder = Literal["operator", "web"]

_SHORTEST = 16  # characters; what is made here has 43


@dataclass(frozen=True, slots=True)
class Keys:
    """`web` opens the API and the chat page, `operator` all that and what only the operator may see."""

    web: str
    operator: str

    def holder(self, shown: str) -> Holder | None:
        """Whose key this is; takes the same time however wrong it is."""
        operator = hmac.compare_digest(shown.encode(), self.operator.encode())
        web = hmac.compare_digest(shown.encode(), self.web.encode())
        return "operator" if operator else "web" if web else None


def keys(settings: WebSettings, data: Path) -> Keys:
    """Raises ConfigError where a key is missing that may not be made, or is too short to be one."""
    web = _key(settings, settings.token_env, "token_env", data / "web.token")
    operator = _key(settings, settings.operator_token_env, "operator_token_env", data / "operator.token")
    if web == operator:
        raise ConfigError(["config.toml: [web] operator_token_env: expected a key of its own, got the one of the page"])
    return Keys(web, operator)


def _key(settings: WebSettings, variable: str, setting: str, file: Path) -> str:
    if given := secret(variable):
        if len(given) < _SHORTEST or not given.isascii():
            raise ConfigError(
                [f"{variable}: expected a key of at least {_SHORTEST} Latin letters and digits, got less"]
            )
        return given
    if not Place.of(settings.listen).loopback:
        raise ConfigError(
            [
                f"config.toml: [web] listen: expected a key in {variable} ([web] {setting}) where others can reach "
                f'this machine: set one, or listen = "127.0.0.1:8080"'
            ]
        )
    return _kept(file)


def _kept(file: Path) -> str:
    """The key that an earlier start made, or a new one, so that links outlive a restart."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.exists() and (found := file.read_text(encoding="ascii").strip()):
            return found
        made = secrets.token_urlsafe(32)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
            out.write(made + "\n")
        file.chmod(0o600)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            [f"{file}: no place for a key ({type(error).__name__}): check its owner and free space"]
        ) from None
    return made
