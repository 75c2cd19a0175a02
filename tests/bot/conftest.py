"""What the core's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from tests.bot.memory import tables


@pytest.fixture
def db() -> Iterator[Database]:
    """A database in memory with our tables."""
    with tables() as database:
        yield database
