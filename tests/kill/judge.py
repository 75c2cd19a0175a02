"""What became of every question, seen with people's eyes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.courier import PLACEHOLDER
from tests.kill.questions import Question, Shown, apologises, begun, ended, tells_time


@dataclass
class Verdict:
    """Counts, and a line for each thing that went wrong."""

    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    apologies: int = 0
    placeholders: int = 0
    half_written: int = 0  # of the placeholders: those that say more than "…"
    faults: list[str] = field(default_factory=list)

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(
            self.lost + other.lost,
            self.duplicated + other.duplicated,
            self.out_of_order + other.out_of_order,
            self.apologies + other.apologies,
            self.placeholders + other.placeholders,
            self.half_written + other.half_written,
            self.faults + other.faults,
        )


def judge(place: int, questions: Sequence[Question], commands: int, shown: Sequence[Shown]) -> Verdict:
    """One place: its questions in the order in which they were asked, how often the time was asked, what is seen."""
    verdict = Verdict(apologies=sum(apologises(each.text) for each in shown))
    finals = [each for each in shown if _is_final(each)]
    orphans = [each for each in shown if not (_is_final(each) or tells_time(each.text) or apologises(each.text))]
    verdict.placeholders = len(orphans)
    verdict.half_written = sum(each.text != PLACEHOLDER.text for each in orphans)
    _judge_answers(verdict, place, questions, _by_question(finals))
    _judge_commands(verdict, place, commands, sum(tells_time(each.text) for each in shown))
    _excuse(verdict, place)
    if verdict.faults:
        verdict.faults += [f"  place {place} shows: {_brief(each)}" for each in shown if not tells_time(each.text)]
    return verdict


def unanswered(questions: Sequence[Question], commands: int, shown: Sequence[Shown]) -> int:
    """How much is still to come."""
    there = _by_question([each for each in shown if _is_final(each)])
    silent = sum(not set(_whole(question)) <= set(_parts(there, question)) for question in questions)
    silent += max(0, commands - sum(tells_time(each.text) for each in shown))
    return max(0, silent - sum(apologises(each.text) for each in shown))


def _is_final(shown: Shown) -> bool:
    """It belongs to an answer, and is not one in the making: that has a stop button, or no end."""
    return bool(begun(shown.text)) and len(begun(shown.text)) == len(ended(shown.text)) and not shown.stoppable


def _by_question(finals: Sequence[Shown]) -> Mapping[int, list[tuple[int, Shown]]]:
    """Each question's messages with their positions."""
    found: defaultdict[int, list[tuple[int, Shown]]] = defaultdict(list)
    for position, each in enumerate(finals):
        for number in dict.fromkeys(begun(each.text)):
            found[number].append((position, each))
    return found


def _whole(question: Question) -> list[int]:
    return list(range(1, question.paragraphs + 1))


def _parts(there: Mapping[int, list[tuple[int, Shown]]], question: Question) -> list[int]:
    """The paragraphs of its answer in the order in which they stand."""
    messages = there.get(question.number, [])
    return [part for _, each in messages for number, part in ended(each.text) if number == question.number]


def _judge_answers(
    verdict: Verdict, place: int, questions: Sequence[Question], there: Mapping[int, list[tuple[int, Shown]]]
) -> None:
    latest = -1
    for question in questions:
        parts = _parts(there, question)
        if not set(_whole(question)) <= set(parts):
            verdict.lost += 1
            verdict.faults.append(f"place {place}: question {question.number} lost: has {parts}")
            continue
        if len(parts) > len(set(parts)):
            verdict.duplicated += 1
            verdict.faults.append(f"place {place}: question {question.number} answered twice: has {parts}")
        first = there[question.number][0][0]
        if first < latest or parts != sorted(parts):
            verdict.out_of_order += 1
            verdict.faults.append(f"place {place}: question {question.number} out of order: {parts}")
        latest = max(latest, first)


def _judge_commands(verdict: Verdict, place: int, asked: int, told: int) -> None:
    verdict.lost += max(0, asked - told)
    verdict.duplicated += max(0, told - asked)
    if asked != told:
        verdict.faults.append(f"place {place}: the time was asked {asked} times and told {told} times")


def _excuse(verdict: Verdict, place: int) -> None:
    """Each message that has no answer may have one apology instead; it does not say for which it is."""
    twice = max(0, verdict.apologies - verdict.lost)
    verdict.lost = max(0, verdict.lost - verdict.apologies)
    verdict.duplicated += twice
    if twice:
        verdict.faults.append(f"place {place}: {twice} apologies for messages that have an answer, or one already")
    elif not (verdict.lost or verdict.duplicated or verdict.out_of_order):
        verdict.faults.clear()


def _brief(shown: Shown) -> str:
    return f"{shown.text[:50]!r}…{shown.text[-14:]!r} stop={shown.stoppable} said before: {len(shown.history) - 1}"
