"""The load suite for a few seconds on each platform, and that it sees what it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill.questions import Question, answer
from tests.load.__main__ import lines
from tests.load.people import Name, answered, whole
from tests.load.target import Lateness
from tests.load.trial import Plan, Seen, trial
from tests.load.watched import Memory

PLAN = Plan("web", chats=10_000, rate=30.0, seconds=600.0, seed=1)
STEADY = Memory([(second, 200.0 if second < 300 else 220.0) for second in range(600)])


def seen(**told: object) -> Seen:
    """A trial in which every aim was met, but for what is told."""
    return Seen(**{"asked": 1000, "waits": [0.1] * 1000, "memory": STEADY, "lateness": {"p99": 9}, **told})  # type: ignore[arg-type]


def missed(trial: Seen) -> list[str]:
    return [line.what for line in lines(PLAN, trial) if not line.met]


@pytest.mark.parametrize(("platform", "rate"), [("web", 10.0), ("telegram", 5.0)])
async def test_everybody_is_answered_once(platform: Name, rate: float, tmp_path: Path) -> None:
    found = await trial(Plan(platform, chats=20, rate=rate, seconds=4.0, seed=3), tmp_path)
    assert (found.lost, found.twice, found.left, found.unanswered, found.haste, found.faults) == (0, 0, 0, 0, 0, [])
    assert len(found.waits) == found.asked > 10
    assert found.chats == min(found.asked, 20)
    assert all(wait > 0.045 for wait in found.waits)  # the model alone takes that long
    assert found.memory.samples[0][1] > 20
    assert found.lateness["max"] >= found.lateness["p99"] >= found.lateness["p50"] > 0


def test_a_good_trial_misses_no_aim() -> None:
    assert missed(seen()) == []


def test_what_went_wrong_misses_its_aim() -> None:
    assert missed(seen(lost=1)) == ["lost; gave up waiting"]
    assert missed(seen(unanswered=1)) == ["lost; gave up waiting"]
    assert missed(seen(twice=1)) == ["said twice"]
    assert missed(seen(left=1)) == ["left half-said"]
    assert missed(seen(haste=1)) == ["429 from the platform"]
    assert missed(seen(faults=["ServerDisconnectedError"])) == ["other faults"]
    assert missed(seen(lateness={"p99": 50})) == ["event loop late, p99"]
    assert missed(seen(lateness={})) == ["event loop late, p99"]
    assert missed(seen(waits=[0.1] * 940 + [1.5] * 60)) == ["waiting, p95"]
    assert missed(seen(waits=[])) == ["waiting, p95"]


def test_growth_counts_from_the_first_minute_to_the_highest_point() -> None:
    warming = [(float(second), min(100.0 + second, 160.0)) for second in range(60)]
    leak = [(60.0 + second, 160.0 + second / 10) for second in range(540)]
    assert missed(seen(memory=Memory(warming + leak))) == ["most growth since"]
    assert missed(seen(memory=Memory(warming + leak[:400]))) == []
    assert Memory(warming + leak).growth(60) == pytest.approx(53.9)


def test_a_repeat_and_a_fragment_are_told_from_an_answer() -> None:
    one, two = answer(Question(1, 1)), answer(Question(2, 1))
    assert answered([one, two, two, "…", one[:30]]) == {1: 1, 2: 2}
    assert not whole(one, 2)
    assert not whole(f"{one}\n\n{one}", 1)


def test_every_chat_has_its_turn_before_one_has_its_second() -> None:
    plan = Plan("web", chats=100, rate=30.0, seconds=20.0, seed=5)
    moments = list(plan.moments())
    assert len({chat for _, chat in moments[:100]}) == 100
    assert len(moments) == pytest.approx(600, rel=0.2)
    assert [when for when, _ in moments] == sorted(when for when, _ in moments)


def test_lateness_is_known_to_the_millisecond() -> None:
    late = Lateness()
    for millisecond in range(100):
        late.note(millisecond / 1000 + 0.0005)
    assert (late.quantile(0.5), late.quantile(0.99), late.quantile(1)) == (50, 99, 100)
