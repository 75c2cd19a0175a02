"""What lies in the folder, what comes in and what goes."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from bot import documents, shelf
from bot.errors import Unreadable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "knowledge"
    made.mkdir()
    return made


def test_hidden_files_are_left_out_and_folders_are_part_of_the_name(folder: Path) -> None:
    (folder / "규정").mkdir()
    (folder / ".git").mkdir()
    for name in ("a.md", ".a.md", "규정/환불.md", ".git/b.md"):
        (folder / name).write_text("본문", encoding="utf-8")
    assert sorted(shelf.files(folder)) == ["a.md", "규정/환불.md"]


def test_a_decomposed_name_is_known_by_its_composed_form(folder: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "환불.md")
    (folder / decomposed).write_text("하나", encoding="utf-8")
    assert [(name, file.read()) for name, file in shelf.files(folder).items()] == [("환불.md", "하나".encode())]
    (folder / "환불.md").write_text("둘", encoding="utf-8")
    assert sorted(file.read().decode() for file in shelf.files(folder).values()) == ["둘", "하나"]


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.md").write_text("비밀", encoding="utf-8")
    (folder / "file.md").symlink_to(tmp_path / "secret" / "a.md")
    (folder / "folder").symlink_to(tmp_path / "secret")
    found = shelf.files(folder)
    assert list(found) == ["file.md"]
    with pytest.raises(Unreadable, match="a link is not followed"):
        found["file.md"].read()


def test_a_pipe_does_not_hold_anybody_up(folder: Path) -> None:
    os.mkfifo(folder / "a.md")
    with pytest.raises(Unreadable, match="not a file"):
        shelf.files(folder)["a.md"].read()


def test_a_file_that_is_too_large_or_gone_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "a.txt").open("wb") as file:
        file.truncate(documents.LARGEST + 1)
    found = shelf.files(folder)["a.txt"]
    with pytest.raises(Unreadable, match="larger than 20 MB"):
        found.read()
    found.path.unlink()
    with pytest.raises(Unreadable, match="No such file"):
        found.read()


def test_a_document_is_copied_in_whole_and_taken_away(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / unicodedata.normalize("NFD", "환불.md")
    source.write_text("본문", encoding="utf-8")
    assert shelf.put(folder, source) == "환불.md"
    assert [path.name for path in folder.iterdir()] == ["환불.md"]
    shelf.take_away(folder, unicodedata.normalize("NFD", "환불.md"))
    assert list(folder.iterdir()) == []


def test_another_document_of_the_name_is_replaced_only_when_told_to(folder: Path, tmp_path: Path) -> None:
    (folder / "a.md").write_text("alt", encoding="utf-8")
    (tmp_path / "a.md").write_text("neu", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"a\.md: one of that name is there already"):
        shelf.put(folder, tmp_path / "a.md")
    assert (folder / "a.md").read_text() == "alt"
    shelf.put(folder, tmp_path / "a.md", replace=True)
    assert (folder / "a.md").read_text() == "neu"
    assert shelf.put(folder, folder / "a.md") == "a.md"


@pytest.mark.parametrize(
    ("name", "line"), [(".a.md", "hidden files"), ("none.md", "No such file"), ("b.hwp", "expected")]
)
def test_what_cannot_be_used_is_not_copied(folder: Path, tmp_path: Path, name: str, line: str) -> None:
    if name != "none.md":
        (tmp_path / name).write_text("본문", encoding="utf-8")
    with pytest.raises(Unreadable, match=line) as wrong:
        shelf.put(folder, tmp_path / name)
    assert str(wrong.value).startswith(str(tmp_path / name))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../outside.md", "none.md", ".", ""])
def test_only_what_lies_in_the_folder_can_be_taken_away(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.md").write_text("본문", encoding="utf-8")
    with pytest.raises(Unreadable, match="no such document"):
        shelf.take_away(folder, name)
    assert (tmp_path / "outside.md").exists()
