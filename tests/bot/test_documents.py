"""Files become text, or one line says why not."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import documents
from bot.documents import decoded, parse
from bot.errors import Unreadable
from tests.bot.pdfs import encrypted, pdf


def fault(name: str, data: bytes) -> str:
    with pytest.raises(Unreadable) as wrong:
        parse(name, data)
    return str(wrong.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_korean_text_is_read_in_the_encodings_that_people_have(encoding: str) -> None:
    assert (
        decoded("환불은 이레 안에 됩니다.\r\n둘째 줄, 똠방각하".encode(encoding))
        == "환불은 이레 안에 됩니다.\n둘째 줄, 똠방각하"
    )


@pytest.mark.parametrize(
    "data", [bytes(range(256)), "Größe: 5 µm – naïve".encode("latin-1", "replace"), b"a\0b", b"\xff" * 9]
)
def test_what_is_no_text_is_told_in_one_line(data: bytes) -> None:
    assert fault("a.txt", data) == "neither UTF-8 nor CP949 text: save it as UTF-8"


def test_japanese_that_happens_to_be_valid_cp949_is_not_taken_for_korean() -> None:
    assert "CP949" in fault("a.txt", "ありがとうございます".encode("euc-jp"))


def test_decomposed_text_is_kept_composed_and_control_characters_are_not_kept() -> None:
    assert decoded("한국\x1b[31m\x00"[:-1].encode()) == "한국[31m"


def test_headings_lead_to_their_sections_and_code_has_none() -> None:
    text = "앞말\n\n# 규정\n\n## 환불 **기한**\n7일\n\n```\n# 주석\n```\n\n교환\n====\n한 번\n"
    document = parse("a.md", text.encode())
    assert [(section.headings, section.text) for section in document.sections] == [
        ((), "앞말\n"),
        (("규정", "환불 기한"), "7일\n\n```\n# 주석\n```"),
        (("교환",), "한 번"),
    ]
    assert document.title == "규정"


def test_a_heading_without_a_text_below_is_a_statement_itself() -> None:
    assert [s.text for s in parse("a.md", "# 전화 02-123-4567\n# 주소\n## 서울\n".encode()).sections] == [
        "전화 02-123-4567",
        "서울",
    ]


def test_front_matter_is_no_heading() -> None:
    document = parse("b/안내.md", "---\ntitle: x\n---\n본문".encode())
    assert (document.title, [section.text for section in document.sections]) == ("안내", ["본문"])


def test_a_pdf_keeps_its_page_numbers() -> None:
    document = parse("설명서.pdf", pdf(["첫 쪽입니다.", "", "셋째 쪽입니다.\n둘째 줄"]))
    assert document.title == "설명서"
    assert [(section.page, section.text) for section in document.sections] == [
        (1, "첫 쪽입니다."),
        (3, "셋째 쪽입니다.\n둘째 줄"),
    ]


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    assert parse("a.pdf", encrypted(pdf(["본문"]), "")).sections[0].text == "본문"


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("a.pdf", encrypted(pdf(["비밀"]), "pw"), "the PDF is encrypted: save a copy without a password"),
        (
            "a.pdf",
            pdf(["", ""]),
            "the PDF holds pictures of pages only (a scan): let a text recognition (OCR) read it first",
        ),
        ("a.pdf", b"not a pdf", "the PDF is damaged (PdfStreamError): export it anew"),
        ("a.docx", b"PK", "expected a .txt, .md or .pdf file"),
        ("a.txt", b" \n\t", "there is no text in it"),
        ("a.md", b"", "there is no text in it"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(name: str, data: bytes, line: str) -> None:
    assert fault(name, data) == line


def test_limits_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_PAGES", 2)
    assert fault("a.pdf", pdf(["하나"] * 3)) == "3 pages, at most 2 are read: split it"
    monkeypatch.setattr(documents, "LARGEST", 2**20)
    assert fault("a.txt", b"a" * (2**20 + 1)) == "larger than 1 MB: split it"


def test_a_pdf_with_broken_bytes_is_read_or_refused_and_nothing_else() -> None:
    whole, dice = pdf(["깨진 파일 하나", "둘째 쪽"]), random.Random(7)
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        with suppress(Unreadable):  # and no other error
            parse("a.pdf", bytes(broken[: dice.randint(len(broken) // 2, len(broken))]))


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(Unreadable):
        assert "\0" not in decoded(data)
