"""환율: what is said about money without asking for its price."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.router import Router

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize("text", ["100달러 주고 산 건데 별로야", "어제 50유로 썼어", "101동", "비트코인 알려줘"])
def test_who_only_speaks_of_money_talks(text: str) -> None:
    assert ROUTER.read(text, NOW).call is None
