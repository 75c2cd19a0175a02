"""What keeps a new model from people, what it is compared on, and that nobody sees which answer is whose."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Message
from model.prompt import Renderer
from tests.model.tiny import CONTEXT, saying, tiny_tokenizer
from training import contest, gate, recipe, suite
from training.gate import Thresholds
from training.improvements import STEPS, Improvements
from training.liking import Pair
from training.records import Consent
from training.suite import PAIRS, SHIPPED, Measured, gain, paired_bits, wilson


def figures(
    bits: float = 2.0, *, low: float | None = 0.55, likelier: float = 0.6, pairs: int = 40, **faults: float
) -> dict[str, Any]:
    shares = {name: {"value": faults.get(name, 0.02)} for name in ("empty", "looping", "cut", "copied")}
    liked = {"preference_accuracy": {"value": likelier, "interval": [0.1, 0.9], "pairs": pairs}}
    gained = {"preference_gain": {"value": 0.6, "interval": [low, 0.9], "pairs": 40}} if low is not None else {}
    return {"bits_per_character": {"value": bits}, **shares, **liked, **gained}


def refused(
    found: dict[str, Any], verdicts: dict[str, int] | None = None, *, before: float = 0.4, preferred: bool = True
) -> list[str]:
    return gate.refusals(
        found, figures(low=None, likelier=before), Counter(verdicts), Thresholds(0.01, 0.01), preferred=preferred
    )


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (figures(2.03), "bits per character of the references: 2.0300 against 2.0000"),
        (figures(looping=0.04), "looping answers: 4.0% against 2.0%"),
        (figures(cut=0.031), "cut answers: 3.1% against 2.0%"),
        (
            figures(low=0.5),
            "a liked answer gained more than a disliked one in 60% of 40 held-out pairs, surely only in 50%",
        ),
        (figures(low=None), "no held-out answers show"),
        (figures(likelier=0.4), "the preferred answer is likelier in 40% of 40 held-out pairs, against 40%"),
    ],
)
def test_each_reason_is_one_line(new: dict[str, Any], reason: str) -> None:
    (line,) = refused(new)
    assert reason in line
    assert "\n" not in line


def test_what_is_as_good_as_before_is_let_through() -> None:
    assert refused(figures(2.02, empty=0.03, copied=0.0)) == []
    assert refused(figures(), {"new": 3, "live": 3, "equal": 9, "skip": 5}) == []
    assert refused(figures(low=0.2), preferred=False) == [], "it learnt no preferences"
    assert refused(figures(likelier=0.4, pairs=19)) == [], "so few pairs say nothing"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(1.0, 1.0, False), (1.0, 0.95, False), (0.975, 0.975, False), (1.0, 0.925, True), (0.6, 0.3, True)],
)
def test_where_nearly_all_pairs_are_right_one_more_or_less_is_no_reason(
    before: float, after: float, told: bool
) -> None:
    reason = f"the preferred answer is likelier in {after:.0%} of 40 held-out pairs, against {before:.0%}"
    assert refused(figures(likelier=after), before=before) == [reason] * told


def test_losing_side_by_side_is_a_reason_and_all_reasons_are_told() -> None:
    assert refused(figures(), {"new": 2, "live": 3}) == ["side by side it won 2 times and lost 3 times"]
    assert len(refused(figures(3.0, low=0.1, empty=0.5, cut=0.5), {"live": 1})) == 5


# ---- the suite -----------------------------------------------------------------------------------


def test_the_shipped_suite_is_whole_and_apart_from_what_is_learnt() -> None:
    found = suite.load()
    assert (len(found.prompts), len(found.references)) == (250, 60)
    assert all(one.messages[-1].role == "assistant" and one.messages[-2].role == "user" for one in found.references)
    learnt = {
        tuple(one["content"] for one in json.loads(line)["messages"][:2])
        for file in (SHIPPED.parent / "smalltalk").glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert not {tuple(one.content for one in reference.messages[:2]) for reference in found.references} & learnt
    assert suite.load().digest == found.digest


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(5, 10, 0.2366, 0.7634), (0, 20, 0.0, 0.1611), (98, 100, 0.93, 0.9945)]
)
def test_wilsons_interval_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    score = wilson(hits, count)
    assert (score.value, score.low, score.high) == pytest.approx((hits / count, low, high), abs=2e-4)


def test_the_likelier_answer_counts_as_preferred() -> None:
    def pair(better: str, worse: str) -> Pair:
        return Pair((Message("user", "?"),), better, worse, (), Consent((), "", ""))

    renderer = Renderer(tiny_tokenizer())
    pairs = [pair("ab", "ba"), pair("ab", "abab"), pair("zz", "ab"), pair("ab", "x" * 300)]
    bits = paired_bits(saying("ab"), renderer, CONTEXT, pairs[:3])
    assert [better < worse for better, worse in bits] == [True, True, False]


def test_a_liked_answer_that_gained_more_than_a_disliked_one_counts() -> None:
    live = Measured({}, (), (10.0, 20.0, 30.0), (10.0, 20.0), ((10.0, 10.0),))
    new = Measured({}, (), (9.0, 21.0, 5.0), (9.5, 20.5), ((9.0, 10.0),))
    gained = gain(new, live)
    assert gained
    assert (gained["value"], gained["pairs"]) == (0.5, 2)
    assert gain(Measured({}, ()), Measured({}, ())) is None


def test_of_enough_pairs_the_gain_is_told_whatever_is_likelier() -> None:
    """The preferred answers are longer, so each costs more bits, before and after."""
    live = Measured({}, (), (1.0,), (1.0,), ((30.0, 10.0),) * PAIRS)
    new = Measured({}, (), (2.0,), (1.0,), ((25.0, 10.0),) * (PAIRS - 1) + ((31.0, 10.0),))
    gained = gain(new, live)
    assert gained
    assert (gained["value"], gained["pairs"]) == (0.95, 20)


# ---- blind ---------------------------------------------------------------------------------------

PROMPTS = [(Message("user", str(number)),) for number in range(40)]


def answers(mark: str, same: Sequence[int] = ()) -> list[str]:
    return ["same" if number in same else f"{mark}{number}" for number in range(40)]


def test_only_different_answers_are_shown_in_an_order_that_tells_nothing() -> None:
    found = contest.matches(PROMPTS, answers("n", range(10)), answers("l", range(10)), 30, seed=7)
    assert [one.number for one in found] == list(range(10, 40))
    assert 8 <= sum(one.first_is_new for one in found) <= 22
    assert found == contest.matches(PROMPTS, answers("n", range(10)), answers("l", range(10)), 30, seed=7)
    assert contest.matches(PROMPTS, answers("n"), answers("l"), 0, seed=7) == []


def test_a_key_means_the_answer_that_was_shown_there() -> None:
    for match in contest.matches(PROMPTS, answers("n"), answers("l"), 20, seed=1):
        for key, shown in zip("ab", match.shown, strict=True):
            assert match.verdict(key) == ("new" if shown.startswith("n") else "live")
        assert (match.verdict("="), match.verdict("s")) == ("equal", "skip")
        with pytest.raises(ValueError, match="expected one of"):
            match.verdict("x")


# ---- rows ----------------------------------------------------------------------------------------


def test_steps_stand_in_their_order_and_a_newer_state_replaces_the_older(tmp_path: Path) -> None:
    rows = Improvements(tmp_path / "runs.db")
    assert (rows.all(), rows.unfinished()) == ([], "")
    rows.note("one", "export", "done", {"rows": 3})
    rows.note("one", "train", "running")
    assert rows.unfinished() == "one"
    rows.note("one", "train", "refused", {"reason": "no"})
    assert rows.unfinished() == ""
    for step in STEPS:
        rows.note("two", step, "done")
        assert rows.unfinished() == ("" if step == "promote" else "two")
    assert [(one.id, one.step, one.state) for one in rows.all()][:2] == [
        ("one", "export", "done"),
        ("one", "train", "refused"),
    ]
    assert list(rows.steps("two")) == list(STEPS)
    rows.judge("two", 4, "new")
    rows.judge("two", 4, "equal")
    assert (rows.verdicts("two"), rows.tally("one")) == ({4: "equal"}, Counter())


def test_the_recipe_that_comes_along_can_be_read_and_a_faulty_one_names_its_faults(tmp_path: Path) -> None:
    assert recipe.load().preferring.method == "auto"
    (tmp_path / "x.toml").write_text("least = 0\n[preferring]\nmethod = 'ppo'\n")
    with pytest.raises(Exception, match=r"least: .*\n.*preferring\.method: "):
        recipe.load(tmp_path / "x.toml")
