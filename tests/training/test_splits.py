"""What is held out is never learnt: not with other punctuation, and not with another question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.corpora import Dialogue, pair
from training.splits import percentile, split

TEXTS = st.text("가나다 ?!.", min_size=1, max_size=4)
DIALOGUES = st.lists(st.builds(lambda said, answered: pair(said, answered, "made up"), TEXTS, TEXTS), max_size=60)


@given(DIALOGUES, st.integers(0, 60))
def test_no_held_out_answer_is_learnt(dialogues: list[Dialogue], held_out: int) -> None:
    parts = split(dialogues, held_out=held_out)
    assert len(parts.train) + len(parts.strict) + len(parts.random) == len(dialogues)
    learnt = {"".join(filter(str.isalnum, one.reply)) or one.reply for one in (*parts.train, *parts.random)}
    assert not learnt & {"".join(filter(str.isalnum, one.reply)) or one.reply for one in parts.strict}


@given(DIALOGUES)
def test_no_held_out_question_is_learnt(dialogues: list[Dialogue]) -> None:
    parts = split(dialogues, held_out=40)
    learnt = {"".join(filter(str.isalnum, one.question)) or one.question for one in parts.train}
    assert not learnt & {"".join(filter(str.isalnum, one.question)) or one.question for one in parts.random}


def test_every_run_holds_out_the_same() -> None:
    assert percentile("answer", "잘 자요!") == percentile("answer", "잘자요") == 30
