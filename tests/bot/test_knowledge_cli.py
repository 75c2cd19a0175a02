"""`irang knowledge`: documents come in, are listed, searched and go; faults in one line each."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.errors import Unreadable
from bot.knowledge_cli import knowledge
from tests.bot.pdfs import encrypted, pdf


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "환불.md").write_text("# 환불 기한\n환불은 이레 안에 됩니다.", encoding="utf-8")


def irang(*words: str) -> Result:
    return CliRunner().invoke(knowledge, words, env={"COLUMNS": "200"})


def test_a_document_is_added_and_found_and_goes(tmp_path: Path) -> None:
    assert irang("add", "환불.md").stdout == "환불.md를 더했어요. (대목 1개)\n"
    assert (tmp_path / "data" / "knowledge" / "환불.md").exists()
    shown = irang("search", "환불은 언제까지 되나요").stdout
    assert "환불.md, 환불 기한" in shown
    assert "환불은 이레 안에 됩니다." in shown
    assert irang("search", "오늘 날씨 어때").stdout == "문서에서 찾은 것이 없어요.\n"
    assert irang("remove", "환불.md").stdout == "환불.md를 지웠어요.\n"
    assert irang("search", "환불은 언제까지 되나요").stdout == "문서에서 찾은 것이 없어요.\n"
    assert "아직 문서가 없어요" in irang("list").stdout


def test_bad_files_are_told_in_a_line_each_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(encrypted(pdf(["비밀"]), "pw"))
    result = irang("add", "a.pdf", "none.md", "환불.md")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "a.pdf: the PDF is encrypted: save a copy without a password",
        "none.md: can't be read (No such file or directory)",
    ]
    assert [path.name for path in (tmp_path / "data" / "knowledge").iterdir()] == ["환불.md"]


def test_the_list_shows_what_was_dropped_in_and_its_faults(tmp_path: Path) -> None:
    irang("add", "환불.md")
    (tmp_path / "data" / "knowledge" / "[red]표.docx").write_bytes(b"PK")
    lines = irang("list").stdout.splitlines()
    assert any("환불.md" in line and "1" in line for line in lines)
    assert any("[red]표.docx" in line and "expected a .txt, .md or .pdf file" in line for line in lines)


def test_a_name_is_replaced_only_when_told_to(tmp_path: Path) -> None:
    irang("add", "환불.md")
    Path("환불.md").write_text("# 환불 기한\n환불은 보름 안에 됩니다.", encoding="utf-8")
    assert "--replace" in irang("add", "환불.md").stderr
    assert irang("add", "--replace", "환불.md").exit_code == 0
    assert "보름" in irang("search", "환불 기한").stdout


def test_removing_what_is_not_there_says_where_to_look() -> None:
    result = irang("remove", "../환불.md")
    assert isinstance(result.exception, Unreadable)
    assert str(result.exception) == "../환불.md: no such document: irang knowledge list shows them"
    assert Path("환불.md").exists()
