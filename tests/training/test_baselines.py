"""Each baseline learns what it can, and its probabilities are probabilities."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from training import records
from training.baselines.frequent import MostFrequent
from training.baselines.measured import rows_of, runs
from training.baselines.ngram import ANSWERS, END, START, NGram
from training.baselines.retrieval import Retrieval
from training.baselines.seq2seq import Size, train
from training.baselines.shape import SCALARS
from training.config import Config
from training.corpora import Dialogue, pair
from training.finetune import Place, data_hash

TALK = [
    pair("배고파", "밥 먹어요.", "made up"),
    pair("졸려", "자요.", "made up"),
    pair("피곤해", "자요.", "made up"),
    pair("오늘 날씨 좋다", "산책 가요.", "made up"),
]
TINY = Size(embedding=16, hidden=32, epochs=40, batch=4, rate=1e-2, dropout=0)


def test_the_most_frequent_reply_answers_everything() -> None:
    assert MostFrequent(TALK).answer("배고파").text == "자요."
    assert MostFrequent(TALK).told(TALK) == []


def test_the_nearest_question_gives_its_answer() -> None:
    retrieval = Retrieval(TALK)
    assert retrieval.answer("나 배고파!").text == "밥 먹어요."
    assert retrieval.answer("날씨가 좋네").text == "산책 가요."
    assert retrieval.answer("xyz").text == "밥 먹어요."


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("before", ["", "배고파", f"졸려{ANSWERS}자", "모르는 글"])
def test_the_n_grams_probabilities_sum_to_one(order: int, before: str) -> None:
    model = NGram(TALK, order)
    text = START * (order - 1) + before
    known = {c for one in TALK for c in one.question + one.reply} | {ANSWERS, END}
    unknown = SCALARS * model.probability("☂", text)
    assert sum(model.probability(c, text) for c in known) + unknown == pytest.approx(1)


def test_a_known_reply_costs_less_than_a_new_one_and_a_new_letter_most() -> None:
    model = NGram(TALK, 4)
    asked = [pair("졸려", reply, "") for reply in ("자요.", "요자.", "자☂.")]
    known, shuffled, strange = (one.bits for one in model.told(asked))
    assert known < shuffled < strange
    assert strange > math.log2(SCALARS)


def test_the_stop_counts_as_a_token_and_not_as_a_character() -> None:
    (told,) = NGram(TALK).told([pair("졸려", "자요.", "")])
    assert (told.tokens, told.characters) == (4, 3)


def test_decomposed_letters_count_and_cost_as_their_syllables() -> None:
    model = NGram(TALK)
    whole, parts = model.told([pair("졸려", "자요.", ""), pair("졸려", "\u110c\u1161\u110b\u116d.", "")])
    assert whole == parts


def test_drawn_answers_are_the_same_for_the_same_seed() -> None:
    one, again = (NGram(TALK, 3, seed=5) for _ in range(2))
    assert [one.answer("졸려") for _ in range(5)] == [again.answer("졸려") for _ in range(5)]


def test_an_lstm_learns_its_four_lines_and_knows_their_cost() -> None:
    model = train(TALK * 2, TALK, seed=1, size=TINY)
    assert [model.answer(one.question).text for one in TALK] == [one.reply for one in TALK]
    assert sum(one.bits for one in model.told(TALK)) < 4
    assert [one["epoch"] for one in model.epochs] == list(range(1, 41))


def test_an_lstm_pays_for_spelling_a_letter_it_never_saw() -> None:
    model = train(TALK * 2, TALK, seed=1, size=Size(embedding=8, hidden=8, epochs=1))
    (told,) = model.told([pair("졸려", "☂", "")])
    assert told.bits > math.log2(SCALARS)


def test_the_same_seed_trains_the_same_lstm() -> None:
    size = Size(embedding=8, hidden=8, epochs=2)
    one, again = (train(TALK, TALK, seed=3, size=size) for _ in range(2))
    assert [epoch["train_loss"] for epoch in one.epochs] == [epoch["train_loss"] for epoch in again.epochs]


def songys(folder: Path) -> Path:
    file = folder / "ChatbotData.csv"
    with file.open("w", encoding="utf-8", newline="") as rows:
        csv.writer(rows).writerows(
            [("Q", "A", "label"), *((f"질문 {at}번이야", f"대답 {at % 150}번이에요.", 0) for at in range(300))]
        )
    return file


def test_no_held_out_answer_is_learnt(tmp_path: Path) -> None:
    rows = rows_of(songys(tmp_path))
    learnt = replies(rows.train)
    assert rows.test
    assert rows.valid
    assert not learnt & replies(rows.test)
    assert not learnt & replies(rows.valid)


def replies(dialogues: tuple[Dialogue, ...]) -> set[str]:
    return {one.reply for one in dialogues}


def test_every_baseline_gives_a_finished_run_with_its_figures(tmp_path: Path) -> None:
    made = list(runs(songys(tmp_path), seed=1, size=Size(embedding=8, hidden=8, epochs=1)))
    assert [run.name for run in made] == ["most frequent reply", "6-gram", "retrieval", "LSTM seq2seq"]
    assert all(run.state == "done" and run.seed == 1 and "chrf" in run.metrics and run.samples for run in made)
    assert ["bits_per_character" in run.metrics for run in made] == [False, True, False, True]


def test_a_data_sets_own_parts_are_used_and_named_by_the_hash_that_training_names_them_by(tmp_path: Path) -> None:
    folder = tmp_path / "sets" / "ours"
    folder.mkdir(parents=True)
    for part in ("train", "valid", "test"):
        records.write(folder / f"{part}.jsonl", [records.Record(one.messages, "us", "CC0-1.0", part) for one in TALK])
    made = next(iter(runs(folder, seed=1)))
    config = Config.model_validate({"name": "x", "data": {"set": "ours"}, "scratch": {}})
    assert (made.data, made.data_hash) == ("ours", data_hash(config, Place(tmp_path)))
