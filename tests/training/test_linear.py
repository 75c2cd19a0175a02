"""A classifier learns from examples, and its file says what it learnt."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot.linear import Linear, pieces
from training.intents import requests
from training.linear import Example, How, learn
from training.listening import kinds

SAID = [
    *(Example(f"{day} 날씨 {end}", "weather") for day in ("오늘", "내일", "주말") for end in ("어때", "알려줘", "좀")),
    *(Example(f"{what} 먹었어{end}", "talk") for what in ("밥", "빵", "국수") for end in ("", "요", "ㅋㅋ")),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("linear") / "some.linear"
    learn(SAID, How(epochs=20, buckets=512)).save(file)
    return file


def test_what_was_learnt_is_known_in_other_words_and_other_spacing(file: Path) -> None:
    classifier = Linear.load(file)
    for said, label in (("모레 날씨 어떤지", "weather"), ("내일날씨알려줘요", "weather"), ("떡 먹었어", "talk")):
        chances = classifier.chances(said)
        assert max(chances, key=chances.__getitem__) == label
        assert sum(chances.values()) == pytest.approx(1)


def test_the_same_examples_give_the_same_file(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.linear"
    learn(SAID, How(epochs=20, buckets=512)).save(again)
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("text", ["", " ", "가", "ㅋ", "🙂", "a" * 5000, "\ud800"])
def test_every_text_has_pieces(text: str) -> None:
    found = pieces(text, 512)
    assert found
    assert max(found) < 512


def test_a_file_that_is_cut_or_is_none_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    bad = tmp_path / "bad.linear"
    chance = random.Random(3)
    for content in (
        b"",
        b"{}\n",
        b"[]\n123",
        b"\xff\n",
        whole[:-1],
        whole[: whole.index(b"\n") + 1],
        chance.randbytes(99),
    ):
        bad.write_bytes(content)
        with pytest.raises(ValueError):  # noqa: PT011 one of json's, or ours
            Linear.load(bad)


def test_every_sentence_that_is_learnt_from_has_a_label() -> None:
    labels = {one.label.partition(".")[0] for one in requests()}
    assert {"", "weather", "memo", "english", "reservation"} <= labels
    assert not labels & {"start_form", "None"}
    assert len({one.label for one in kinds()}) > 20


def test_what_was_said_before_counts_where_it_was_learnt(tmp_path: Path) -> None:
    glad = [Example("응", "glad", f"상 받았어 {at}") for at in range(8)]
    sad = [Example("응", "sad", f"지갑 잃었어 {at}") for at in range(8)]
    learn([*glad, *sad]).save(tmp_path / "turns")
    classifier = Linear.load(tmp_path / "turns")
    assert classifier.chances("응", "상 받았어")["glad"] > 0.6
    assert classifier.chances("응", "지갑 잃었어")["sad"] > 0.6
    assert pieces("응", 1 << 15) < pieces("응", 1 << 15, "상 받았어")


def test_a_word_that_no_example_had_is_known_by_its_sense(tmp_path: Path) -> None:
    pets = [Example(f"{one} 봤어", "pet") for one in ("강아지", "고양이", "햄스터", "토끼", "금붕어")]
    fruit = [Example(f"{one} 봤어", "fruit") for one in ("귤", "복숭아", "포도", "딸기", "수박")]
    for senses in (0, 4):
        learn([*pets, *fruit], How(epochs=30, senses=senses)).save(tmp_path / "some.linear")
        classifier = Linear.load(tmp_path / "some.linear")
        known = classifier.chances("앵무새 봤어")["pet"] > 0.75 and classifier.chances("참외 봤어")["fruit"] > 0.75
        assert known == (senses > 0)


def test_chances_are_tempered(tmp_path: Path) -> None:
    how = How(epochs=20, buckets=512)
    tempered = [learn(SAID, replace(how, tempered=by)) for by in (1.0, 0.5)]
    assert (tempered[0].weights / 2 - tempered[1].weights).abs().max() == 0
    assert (tempered[0].bias / 2 - tempered[1].bias).abs().max() == 0


def test_a_file_of_another_version_is_refused(file: Path, tmp_path: Path) -> None:
    head, _, body = file.read_bytes().partition(b"\n")
    for senses in (99, -1, "2", 1.5):
        (tmp_path / "some").write_bytes(json.dumps({**json.loads(head), "senses": senses}).encode() + b"\n" + body)
        with pytest.raises(ValueError, match="another version"):
            Linear.load(tmp_path / "some")
