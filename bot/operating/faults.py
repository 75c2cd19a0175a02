"""What the log complains about, counted by its template, so that nothing that was filled in is kept."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from datetime import UTC, datetime

from bot.overview import Fault

_MOST = 200  # templates; the one that was silent for longest makes room
_LONGEST = 160  # characters
_OURS = ("bot", "adapters", "model", "training")


class Faults(logging.Handler):
    """Counts what is at least a warning. Put it on the root logger; every thread may log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._found: OrderedDict[tuple[str, str, str], tuple[int, float]] = OrderedDict()
        self._guard = threading.Lock()
        self.levels: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        key = (record.levelname, record.name, _template(record))
        with self._guard:
            count = self._found.pop(key, (0, 0.0))[0]
            self._found[key] = (count + 1, record.created)
            self.levels[record.levelname] = self.levels.get(record.levelname, 0) + 1
            if len(self._found) > _MOST:
                self._found.popitem(last=False)

    def all(self) -> tuple[Fault, ...]:
        """The latest first."""
        with self._guard:
            found = list(self._found.items())
        return tuple(Fault(*key, count, datetime.fromtimestamp(at, UTC)) for key, (count, at) in reversed(found))


def _template(record: logging.LogRecord) -> str:
    """Our own templates are constants; others may have been filled in before, where a message has no arguments."""
    ours = record.name.split(".", 1)[0] in _OURS
    if not ours and not record.args:
        return f"{record.module}:{record.lineno}"  # asyncio writes exceptions into its messages, say
    lines = str(record.msg).splitlines() or [""]
    return lines[0][:_LONGEST]
