"""Each figure against values worked out by hand."""

from __future__ import annotations

import pytest

from training import metrics
from training.measure import Told
from training.metrics import Written

SEED = 1


def answer(answered: str, said: str = "안녕", finished: bool = True) -> Written:
    return Written(said, "반가워요", answered, finished, 0.25)


def test_bits_per_character_weighs_long_replies_by_their_length() -> None:
    score = metrics.bits_per_character([Told(10, 3, 5), Told(90, 9, 15)], SEED)
    assert score.value == pytest.approx(100 / 20)


def test_perplexity_is_two_to_the_bits_of_a_token() -> None:
    assert metrics.perplexity([Told(6, 2, 1), Told(6, 2, 9)], SEED).value == pytest.approx(2**3)


def test_chrf_of_the_very_answer_is_100_and_of_another_0() -> None:
    assert metrics.chrf(["오늘 날씨가 좋아요"], ["오늘 날씨가 좋아요"], SEED).value == pytest.approx(100)
    assert metrics.chrf(["가나다"], ["라마바"], SEED).value == 0


def test_chrf_equals_the_value_by_hand() -> None:
    """abc for abd: single characters 2 of 3, pairs 1 of 2, triples 0 of 1; P = R, so F is their mean."""
    assert metrics.chrf(["abc"], ["abd"], SEED).value == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)


def test_chrf_counts_recall_twice_as_much_as_precision() -> None:
    """ab for abcd: P = (1 + 1) / 2, R = (2/4 + 1/3) / 2, lengths that one side lacks left out; F2 = 5PR / (4P + R)."""
    precision, recall = 1.0, (2 / 4 + 1 / 3) / 2
    wanted = 100 * 5 * precision * recall / (4 * precision + recall)
    assert metrics.chrf(["ab"], ["abcd"], SEED).value == pytest.approx(wanted)
    assert metrics.chrf(["abcd"], ["ab"], SEED).value > wanted


def test_chrf_leaves_white_space_out_and_bears_no_answer() -> None:
    assert metrics.chrf(["잘 자요"], ["잘자요"], SEED).value == pytest.approx(100)
    assert metrics.chrf([""], ["잘자요"], SEED).value == 0


def test_distinct_counts_different_word_groups() -> None:
    answers = ["잘 자요", "잘 먹어요"]
    assert metrics.distinct(answers, 1) == 3 / 4
    assert metrics.distinct(answers, 2) == 1
    assert metrics.distinct([""], 1) == 0


@pytest.mark.parametrize(
    "text",
    [
        "저도 좋아요 저도 좋아요 저도 좋아요",
        "네네네네네네네네네네네네네네네네네네네네",
        "그래 그래 그래 그래 그래 그래",
    ],
)
def test_what_is_said_over_and_over_is_a_loop(text: str) -> None:
    assert metrics.looping(answer(text))


@pytest.mark.parametrize(
    "text", ["ㅋㅋㅋㅋㅋㅋㅋㅋ", "네네 좋아요", "천천히 천천히 하세요.", "하나, 둘, 셋, 넷, 다섯", ""]
)
def test_ordinary_repeats_are_no_loop(text: str) -> None:
    assert not metrics.looping(answer(text))


def test_the_question_given_back_is_a_copy() -> None:
    assert metrics.copied(answer("안녕!", said="안녕"))
    assert not metrics.copied(answer("안녕하세요", said="안녕"))
    assert not metrics.copied(answer("...", said="?!"))


def test_a_row_holds_each_fault_share_and_the_time() -> None:
    written = [answer(" "), answer("네"), answer("네", finished=False), answer("안녕")]
    figures = metrics.judged([], written, SEED)
    assert [figures[name]["value"] for name in ("empty", "looping", "cut", "copied")] == [0.25, 0, 0.25, 0.25]
    assert figures["ms_per_reply"] == 250
    assert "bits_per_character" not in figures


def test_the_interval_is_the_same_for_the_same_seed_and_holds_the_value() -> None:
    told = [Told(bits, 2, 3) for bits in range(1, 60)]
    one, again, other = (metrics.bits_per_character(told, seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one.low < one.value < one.high


def test_more_rows_make_a_narrower_interval() -> None:
    told = [Told(bits, 2, 3) for bits in range(1, 30)]
    few, many = metrics.bits_per_character(told, SEED), metrics.bits_per_character(told * 20, SEED)
    assert many.high - many.low < (few.high - few.low) / 3


def test_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        metrics.bits_per_character([], SEED)
