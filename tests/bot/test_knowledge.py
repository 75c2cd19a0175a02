"""Questions find the passages that answer them, and nothing else does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot import knowledge as module
from bot.errors import StoreError
from bot.knowledge import Changes, Knowledge, Listed
from tests.bot.pdfs import encrypted, pdf

CORPUS = Path(__file__).parent / "knowledge"
QUESTIONS: Mapping[str, Any] = tomllib.loads((CORPUS / "questions.toml").read_text(encoding="utf-8"))
REFUND, PARKING = "# 환불\n환불은 이레 안에 됩니다.", "# 주차\n주차는 지하에 합니다."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "knowledge"
    made.mkdir()
    return made


@pytest.fixture
def known(folder: Path) -> Knowledge:
    return Knowledge.open(folder, folder.parent / "knowledge.db")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The documents of a shop."""
    folder = tmp_path_factory.mktemp("shop") / "knowledge"
    shutil.copytree(CORPUS, folder, ignore=shutil.ignore_patterns("*.toml"))
    known = Knowledge.open(folder, folder.parent / "knowledge.db")
    known.refresh()
    return known


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def found(known: Knowledge, question: str) -> list[str]:
    return [passage.text for passage in known.search(question)]


# ---- what is found -------------------------------------------------------------------------------------


def test_the_shop_has_enough_to_confuse(shop: Knowledge) -> None:
    assert sum(document.passages for document in shop.documents()) >= 12
    assert all(len(part["answered"]) >= 20 and len(part["unanswered"]) >= 20 for part in QUESTIONS.values())


@pytest.mark.parametrize("part", ["first", "second"])
def test_questions_find_their_answers(shop: Knowledge, part: str) -> None:
    answered = QUESTIONS[part]["answered"]
    missed = [question for question, words in answered.items() if not any(words in t for t in found(shop, question))]
    assert len(missed) <= len(answered) // 20, missed


@pytest.mark.parametrize("part", ["first", "second"])
def test_the_best_passage_is_nearly_always_the_first(shop: Knowledge, part: str) -> None:
    answered = QUESTIONS[part]["answered"]
    first = [question for question, words in answered.items() if any(words in t for t in found(shop, question)[:1])]
    assert len(first) >= len(answered) * 0.85


@pytest.mark.parametrize("question", [*QUESTIONS["first"]["unanswered"], *QUESTIONS["second"]["unanswered"]])
def test_a_question_about_something_else_finds_nothing(shop: Knowledge, question: str) -> None:
    assert shop.search(question) == []


@pytest.mark.parametrize(
    "question",
    [
        "교환 규정",
        "교환규정",
        "교환규정은 어떻게되나요",
        "교환 규 정",
        "교환규정이요?",
        "교환의 규정을 알려 주세요",
        "교환규정좀알려줘",
    ],
)
def test_particles_and_spacing_do_not_matter(shop: Knowledge, question: str) -> None:
    assert any("한 번에 한해 교환" in text for text in found(shop, question))


@pytest.mark.parametrize(
    "question", ["", "?", "   ", '" OR terms:*', "NEAR(환불", "가" * 100_000, "\x00'; drop table passages; --"]
)
def test_any_question_may_be_asked(shop: Knowledge, question: str) -> None:
    shop.search(question)
    assert shop.search("환불 기한")


def test_a_passage_names_its_document_and_the_way_to_it(shop: Knowledge) -> None:
    best = shop.search("와이파이 비밀번호")[0]
    assert (best.document, best.where) == ("매장안내.md", "매장 이용 안내 > 와이파이와 화장실")
    assert len(shop.search("환불", limit=2)) == 2
    scores = [passage.score for passage in shop.search("환불")]
    assert scores == sorted(scores, reverse=True)


def test_a_page_of_a_pdf_is_found(known: Knowledge, folder: Path) -> None:
    (folder / "사규.pdf").write_bytes(pdf(["총칙입니다.", "연차 휴가는 해마다 열닷새입니다."]))
    known.refresh()
    assert [passage.source for passage in known.search("연차는 며칠이에요?")] == ["사규.pdf, p. 2"]


# ---- the index follows the folder ----------------------------------------------------------------------


def test_what_comes_changes_and_goes_is_followed(known: Knowledge, folder: Path) -> None:
    write(folder, "a.md", REFUND)
    write(folder, "b.md", PARKING)
    assert known.refresh() == Changes(added=("a.md", "b.md"))
    assert known.refresh() == Changes()
    write(folder, "a.md", PARKING.replace("지하", "옥상"))
    (folder / "b.md").unlink()
    assert known.refresh() == Changes(changed=("a.md",), removed=("b.md",))
    assert found(known, "환불되나요") == []
    assert found(known, "주차되나요") == ["주차는 옥상에 합니다."]
    assert [(document.name, document.title, document.passages) for document in known.documents()] == [
        ("a.md", "주차", 1)
    ]


def test_a_file_that_was_only_touched_is_not_indexed_again(known: Knowledge, folder: Path) -> None:
    file = write(folder, "a.md", REFUND)
    known.refresh()
    os.utime(file, (1, 1))
    assert known.refresh() == Changes()
    assert found(known, "환불되나요")


def test_a_broken_file_is_listed_with_its_fault_and_harms_no_other(
    known: Knowledge, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "a.pdf").write_bytes(encrypted(pdf(["비밀"]), "pw"))
    write(folder, "b.md", REFUND)
    changes = known.refresh()
    fault = "the PDF is encrypted: save a copy without a password"
    assert [(document.name, document.fault) for document in changes.faults] == [("a.pdf", fault)]
    assert [(document.name, document.passages, document.fault) for document in known.documents()] == [
        ("a.pdf", 0, fault),
        ("b.md", 1, ""),
    ]
    assert f"a.pdf: {fault}" in caplog.text
    assert known.refresh() == Changes()
    (folder / "a.pdf").write_bytes(pdf(["이제는 읽힙니다"]))
    assert known.refresh() == Changes(changed=("a.pdf",))


def test_a_document_that_breaks_takes_its_old_passages_along(known: Knowledge, folder: Path) -> None:
    write(folder, "a.md", REFUND)
    known.refresh()
    (folder / "a.md").write_bytes(b"\xff\x00")
    assert [document.name for document in known.refresh().faults] == ["a.md"]
    assert found(known, "환불되나요") == []


def test_an_index_of_another_tokenizer_is_made_anew(
    known: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "a.md", REFUND)
    known.refresh()
    monkeypatch.setattr(module, "tokenizer", lambda: "another")
    assert known.refresh() == Changes(added=("a.md",))
    assert known.refresh() == Changes()


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to be read as one" * 99, b""])
def test_a_damaged_index_is_made_anew(known: Knowledge, folder: Path, damage: bytes) -> None:
    write(folder, "a.md", REFUND)
    known.refresh()
    (folder.parent / "knowledge.db").write_bytes(damage)
    again = Knowledge.open(folder, folder.parent / "knowledge.db")
    assert again.refresh() == Changes(added=("a.md",))
    assert found(again, "환불되나요")


def test_an_index_that_somebody_deleted_is_made_anew(known: Knowledge, folder: Path) -> None:
    write(folder, "a.md", REFUND)
    known.refresh()
    (folder.parent / "knowledge.db").unlink()
    with pytest.raises(StoreError, match=r"knowledge\.db"):
        known.search("환불되나요")
    known.refresh()
    assert found(known, "환불되나요")


def test_no_place_for_the_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="no place for documents"):
        Knowledge.open(tmp_path / "file" / "knowledge", tmp_path / "knowledge.db")


def test_a_crash_amid_a_document_leaves_all_of_the_old_one(
    known: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "a.md", f"{REFUND}\n# 교환\n교환은 한 번입니다.")
    known.refresh()
    before = known.documents()
    write(folder, "a.md", f"{PARKING}\n# 예약\n예약은 전화로 합니다.")
    monkeypatch.setattr(module, "_PASSAGE", "insert into nowhere values (:document)")
    with pytest.raises(StoreError, match="nowhere"):
        known.refresh()
    assert known.documents() == before
    assert found(known, "교환되나요") == ["교환은 한 번입니다."]
    monkeypatch.undo()
    assert known.refresh() == Changes(changed=("a.md",))


def test_threads_may_search_while_the_index_is_made(known: Knowledge, folder: Path) -> None:
    write(folder, "a.md", REFUND)
    known.refresh()
    ended = threading.Event()

    def search() -> int:
        rounds = 0
        while not ended.is_set() or rounds == 0:
            assert found(known, "환불되나요") == ["환불은 이레 안에 됩니다."]
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as threads:
        searching = [threads.submit(search) for _ in range(3)]
        try:
            for number in range(10):
                write(folder, f"{number}.md", "\n".join(f"# 제목 {part}\n주차 {part}" for part in range(30)))
                known.refresh()
        finally:
            ended.set()
        assert all(task.result() for task in searching)
    assert [document.passages for document in known.documents()] == [30] * 10 + [1]


def test_two_indexers_of_one_folder_agree(known: Knowledge, folder: Path) -> None:
    for number in range(20):
        write(folder, f"{number}.md", REFUND)
    others = [Knowledge.open(folder, folder.parent / "knowledge.db") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(Knowledge.refresh, others))
    assert [document.passages for document in known.documents()] == [1] * 20
    with sqlite3.connect(folder.parent / "knowledge.db") as connection:
        counts = connection.execute("select (select count(*) from passages), (select count(*) from passages_terms)")
        assert counts.fetchone() == (20, 20)
    connection.close()


def test_a_listed_document_says_all_about_itself(known: Knowledge, folder: Path) -> None:
    write(folder, "a.md", REFUND)
    known.refresh()
    assert known.documents() == [Listed("a.md", "환불", 1, len(REFUND.encode()))]


# ---- how fast ------------------------------------------------------------------------------------------
