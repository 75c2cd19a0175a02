"""What a folder's exchanges know, and how near it is to what is said."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from bot.messages import Message
from model.exchanges import FILE, Anything, Exchange, Exchanges, read, write
from model.folder import FolderError
from model.nearest import Nearest

KNOWN = Exchanges(
    [
        Exchange("", "배고파", "뭐 먹고 싶어요?"),
        Exchange("", "오늘 면접 봤어", "고생했어요. 어땠어요?"),
        Exchange("고생했어요. 어땠어요?", "망했어", "속상하겠어요. 푹 쉬어요."),
    ]
)


def said(*texts: str) -> list[Message]:
    """A talk whose turns alternate; the last is a person's."""
    return [Message("user" if (len(texts) - at) % 2 else "assistant", text) for at, text in enumerate(texts)]


@pytest.mark.parametrize("text", ["배고파", "배고파!!", "나 배고파", unicodedata.normalize("NFD", "배고파")])
def test_the_nearest_comes_first(text: str) -> None:
    first, *_ = KNOWN.found(said(text), 4)
    assert (first.answered, first.begins) == ("뭐 먹고 싶어요?", True)
    assert 0.5 < first.said <= 1 + 1e-6


def test_a_follow_up_is_weighed_by_what_it_follows() -> None:
    (there, *_), (elsewhere, *_) = (
        KNOWN.found(said("면접 봤어", before, "완전 망했어"), 4)
        for before in ("고생했어요. 어땠어요?", "예쁘게 신으세요.")
    )
    assert there.answered == elsewhere.answered == "속상하겠어요. 푹 쉬어요."
    assert there.before == pytest.approx(1, abs=1e-6)
    assert elsewhere.before < 0.2


def test_no_more_than_asked_for_is_found_and_nothing_where_nothing_is_alike() -> None:
    assert len(KNOWN.found(said("오늘 면접 봤어", "고생했어요. 어땠어요?", "망했어 배고파"), 2)) == 2
    assert KNOWN.found(said("xyz"), 4) == []


def test_a_text_is_as_near_as_can_be_to_itself_and_shares_nothing_with_other_letters() -> None:
    near = Nearest(["오늘 비 와", "비가 온대", "xyz"]).closeness("오늘 비 와")
    assert near[0] == pytest.approx(1, abs=1e-6)
    assert 0 < near[1] < near[0]
    assert near.get(2, 0) < 0.1
    assert Nearest([]).closeness("안녕") == {}


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"said": "안녕"}', '{"before": 1, "said": "안녕", "answered": "네"}', '{"to": "", "answered": "네"}'],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, line: str) -> None:
    good = json.dumps({"before": "", "said": "안녕", "answered": "네"})
    (tmp_path / FILE).write_text(f"{good}\n{line}\n")
    with pytest.raises(FolderError, match=re.escape(f"{FILE}:2: ")):
        read(tmp_path)


def test_a_file_that_would_take_too_long_is_refused(tmp_path: Path) -> None:
    with (tmp_path / FILE).open("wb") as file:
        file.truncate((16 << 20) + 1)
    with pytest.raises(FolderError, match="at most"):
        read(tmp_path)


def test_a_folder_without_them_has_none(tmp_path: Path) -> None:
    assert read(tmp_path) == []


def test_what_is_written_is_read_again_whatever_ends_of_lines_people_write(tmp_path: Path) -> None:
    known: list[Exchange | Anything] = [
        Exchange("", "첫 줄\u2028둘째 줄\x85셋째\n", "네!", people=("0123456789abcdef",)),
        Exchange("네!", "왜", "그냥요.", "why"),
        Anything("glad", "좋네요."),
    ]
    write(tmp_path, known)
    assert read(tmp_path) == known
    assert "people" not in (tmp_path / FILE).read_text(encoding="utf-8").split("\n")[1], "only where there are some"
