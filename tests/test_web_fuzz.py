"""The HTTP API under attack, in short; `python -m tests.web_fuzz` takes its time."""

from __future__ import annotations

from pathlib import Path

from tests.web_fuzz import Report, fuzz, served


def test_nothing_that_is_sent_breaks_it_or_opens_it(tmp_path: Path) -> None:
    with served(tmp_path) as url:
        report = fuzz(url, 2, seed=1)
    assert report.failures == []
    assert report.open_doors == []
    assert report.broken_promises == []
    assert report.statuses[200] > 5
    assert report.statuses[401] > 20
    assert report.statuses[422] > 5


def test_one_fault_is_enough_to_fail() -> None:
    assert Report().fine
    assert not Report(failures=["POST /chatbot: 500"]).fine
    assert not Report(open_doors=["GET /chats: 200"]).fine
    assert not Report(broken_promises=["GET /chats: no JSON"]).fine
