"""The embedded model's card says what was measured, and nothing else."""

from __future__ import annotations

import json

from model.folder import EMBEDDED
from training.card import card


def test_the_card_is_what_the_record_gives() -> None:
    record = json.loads((EMBEDDED / "training.json").read_text(encoding="utf-8"))
    assert (EMBEDDED / "README.md").read_text(encoding="utf-8") == card(record)


def test_everyday_openers_were_answered_with_words() -> None:
    answers = json.loads((EMBEDDED / "training.json").read_text(encoding="utf-8"))["measured"]["answers"]
    assert {"안녕", "고마워", "심심해", "배고파", "잘 자", "너는 누구야"} <= {said for said, *_ in answers}
    assert all(len(answer) > 3 for _, *both in answers for answer in both)
