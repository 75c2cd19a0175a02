"""What kind of thing is said, and what is answered by kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.exchanges import Anything, Exchanges, read
from model.folder import EMBEDDED, FolderError
from model.kinds import FILE, MOODS, Kinds
from tests.model.test_exchanges import said


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    found = Kinds.load(EMBEDDED)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "before", "kind"),
    [
        ("오늘 너무 우울하고 눈물만 나", "", "sad"),
        ("나 드디어 시험 합격했어!!", "", "glad"),
        ("헤어지자고 말할까 말까 어떻게 하면 좋을까?", "", "advice"),
        ("강아지가 어제 무지개다리를 건넜어요", "", "grief"),
        ("너는 무슨 음식 좋아해?", "", "bot"),
        ("왜요?", "그건 좋은 생각 같아요.", "why"),
        ("이틀 전에요", "언제부터 그랬어요?", "reply"),
    ],
)
def test_kinds_are_told_apart(kinds: Kinds, text: str, before: str, kind: str) -> None:
    assert kinds.likeliest(text, before)[0] == kind


def test_what_says_nothing_is_of_no_kind() -> None:
    known = Exchanges.load(EMBEDDED)
    assert known
    assert known.kind(said("xq 77 zz"), 0.95) == ""
    listening = {one.answered for one in read(EMBEDDED) if isinstance(one, Anything) and one.to == "statement"}
    assert set(known.anything(said("xq 77 zz"))) == listening


def test_the_words_fit_the_kind_and_are_not_said_twice_in_a_row() -> None:
    known = Exchanges.load(EMBEDDED)
    assert known
    first = known.anything(said("나 드디어 시험 합격했어!!"))
    then = known.anything(said("나 드디어 시험 합격했어!!", first[0], "나 드디어 시험 합격했어!!"))
    assert len(first) > 1
    assert set(then) == set(first) - {first[0]}


def test_every_kind_that_is_learnt_has_words() -> None:
    known, kinds = Exchanges.load(EMBEDDED), Kinds.load(EMBEDDED)
    assert known
    assert kinds
    assert set(kinds.names) <= known.kinds


@pytest.mark.parametrize("name", [FILE, MOODS])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}\n")
    with pytest.raises(FolderError, match=name):
        Kinds.load(tmp_path, name)
    assert Kinds.load(tmp_path.parent) is None
