"""Where the web adapter listens."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from bot.config import WebSettings

_TRIES = 10  # further ports, where the usual one is taken


class Taken(OSError):
    """The port can't be had; the text is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    port: int

    @classmethod
    def of(cls, listen: str) -> Place:
        """From "127.0.0.1:8080" or "[::1]:8080"."""
        host, _, port = listen.rpartition(":")
        return cls(host.strip("[]"), int(port))

    @property
    def loopback(self) -> bool:
        """Whether only this machine can come here."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """What a browser on this machine opens."""
        anywhere = self.host in ("0.0.0.0", "::")  # noqa: S104 a comparison
        host = "127.0.0.1" if anywhere else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def bind(settings: WebSettings) -> socket.socket:
    """A socket at [web] listen, or at one of the next ten ports where that is the usual one and taken.

    Raises Taken.
    """
    wished = Place.of(settings.listen)
    usual = settings.listen == type(settings)().listen
    for port in range(wished.port, wished.port + (_TRIES if usual else 0) + 1):
        try:
            family = socket.AF_INET6 if ":" in wished.host else socket.AF_INET
            return socket.create_server((wished.host, port), family=family, backlog=512)
        except OSError as error:
            why = error.strerror or type(error).__name__
    raise Taken(f"web: {settings.listen}: {why}: set another [web] listen in config.toml")
