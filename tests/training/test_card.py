"""The embedded model's card says what was measured, and nothing else."""

from __future__ import annotations

import json

from model.exchanges import FILE
from model.folder import EMBEDDED
from training.card import card


def test_the_card_is_what_the_folder_gives() -> None:
    record = json.loads((EMBEDDED / "training.json").read_text(encoding="utf-8"))
    assert (EMBEDDED / "README.md").read_text(encoding="utf-8") == card(record, EMBEDDED)


def test_the_card_counts_exchanges_apart_from_answers_to_anything() -> None:
    lines = [json.loads(line) for line in (EMBEDDED / FILE).read_text(encoding="utf-8").splitlines()]
    anything = sum("to" in line for line in lines)
    told = " ".join((EMBEDDED / "README.md").read_text(encoding="utf-8").split())
    assert f"{len(lines) - anything:,} of our own exchanges, and {anything:,} answers" in told


def test_everyday_openers_were_answered_with_words() -> None:
    answers = json.loads((EMBEDDED / "training.json").read_text(encoding="utf-8"))["measured"]["answers"]
    assert {"안녕", "고마워", "심심해", "배고파", "잘 자", "너는 누구야"} <= {said for said, *_ in answers}
    assert all(len(answer) > 3 for _, *both in answers for answer in both)
