"""Killed ten times on each platform: nothing is lost, said twice or out of order, and nothing is left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill.__main__ import failed, last_line
from tests.kill.judge import judge
from tests.kill.orphans import orphans
from tests.kill.questions import Question, Shown, answer
from tests.kill.trial import trial
from tests.kill.worlds import Name

FIRST, SECOND = Question(1, 1), Question(2, 3)


def said(text: str, *, stoppable: bool = False) -> Shown:
    return Shown(text, stoppable, (text,))


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_ten_kills_cost_nobody_an_answer(platform: Name, tmp_path: Path) -> None:
    outcome = await trial(platform, 10, 20, tmp_path)
    print(last_line(outcome, 0))
    assert not failed(outcome, 0), "\n".join(outcome.verdict.faults)
    assert outcome.verdict.apologies == 0
    assert outcome.verdict.half_written == 0
    assert outcome.verdict.placeholders == 0 or platform == "telegram"  # where a send can't be repeated
    assert outcome.stopped_in < 10.0
    assert outcome.asked > 10


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_four_stops_cost_nobody_an_answer(platform: Name, tmp_path: Path) -> None:
    outcome = await trial(platform, 4, 4, tmp_path, attempts=3, signal="term")
    print(last_line(outcome, 0))
    assert not failed(outcome, 0), "\n".join(outcome.verdict.faults)
    assert outcome.verdict.apologies == 0  # to be stopped is no attempt
    assert outcome.verdict.placeholders == 0


async def test_the_models_process_does_not_outlive_the_bot(tmp_path: Path) -> None:
    assert await orphans("telegram", 2, 1, tmp_path) == 0


# ---- the judge sees what is wrong ------------------------------------------------------------------


def test_the_judge_accepts_what_is_right() -> None:
    verdict = judge(0, [FIRST, SECOND], 1, [said(answer(FIRST)), said("지금은 오후 3시예요."), said(answer(SECOND))])
    assert (verdict.lost, verdict.duplicated, verdict.out_of_order, verdict.placeholders) == (0, 0, 0, 0)
    assert verdict.faults == []


def test_the_judge_misses_a_lost_answer_and_a_lost_command() -> None:
    assert judge(0, [FIRST, SECOND], 1, [said(answer(FIRST))]).lost == 2


def test_half_an_answer_is_lost_and_left_over() -> None:
    verdict = judge(0, [SECOND], 0, [said(answer(SECOND)[:120], stoppable=True)])
    assert (verdict.lost, verdict.placeholders, verdict.half_written) == (1, 1, 1)


def test_the_judge_sees_an_answer_that_was_given_twice() -> None:
    verdict = judge(0, [FIRST], 1, [said(answer(FIRST)), said(answer(FIRST)), said("지금은 1시"), said("지금은 1시")])
    assert verdict.duplicated == 2


def test_the_judge_sees_answers_in_the_wrong_order() -> None:
    assert judge(0, [FIRST, SECOND], 0, [said(answer(SECOND)), said(answer(FIRST))]).out_of_order == 1


def test_an_apology_stands_for_one_message_only() -> None:
    sorry = said("죄송해요, 이 말에는 답하다가 문제가 생겼어요. 다른 말로 다시 해 주시겠어요?")
    assert judge(0, [FIRST], 0, [sorry]).lost == 0
    assert judge(0, [FIRST], 0, [sorry, sorry]).duplicated == 1
    assert judge(0, [FIRST], 0, [said(answer(FIRST)), sorry]).duplicated == 1
