"""Pauses between tries grow, differ from each other, and begin anew."""

from __future__ import annotations

from bot.backoff import Backoff
from bot.errors import Throttled, Unreachable


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(1.0, 60.0)
    pauses = [backoff.failed() for _ in range(2000)]
    assert all(0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses[:6]))
    assert all(30.0 <= pause <= 60.0 for pause in pauses[6:])
    assert len(set(pauses)) > 1000, "not all at the same moment"


def test_a_success_begins_them_anew() -> None:
    backoff = Backoff(1.0, 60.0)
    pauses = [backoff.failed() for _ in range(10)]
    backoff.succeeded()
    assert backoff.failed() <= 1.0 < pauses[-1]


def test_what_held_for_long_begins_them_anew_although_it_failed() -> None:
    backoff = Backoff(1.0, 60.0)
    pauses = [backoff.failed(lasted=59.0) for _ in range(10)]
    assert backoff.failed(lasted=61.0) <= 1.0 < pauses[-1]


def test_a_platform_is_given_at_least_the_time_that_it_named() -> None:
    backoff = Backoff(1.0, 30.0)
    assert backoff.failed(Throttled(90.0)) == 90.0
    assert backoff.failed(Unreachable("telegram: 502")) <= 2.0
    assert backoff.failed(Throttled(0.0)) >= 2.0
