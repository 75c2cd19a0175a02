"""A set on disk: split, with a manifest, a row at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from training import cleaning, held_out, manifests, sets
from training.baselines.measured import rows_of
from training.clusters import PARTS
from training.importers.lines import Dropped, ImportRefused
from training.records import BadRecord, Consent, Record, read, write
from training.show import coloured


def songys(folder: Path, rows: int = 100, more: str = "") -> Path:
    file = folder / "data.csv"
    lines = "".join(f"질문 {at},대답 {at}\n" for at in range(rows))
    file.write_text(f"Q,A\n{lines}{more}", encoding="utf-8")
    return file


def imported(folder: Path, file: Path, rules: str = "v2") -> tuple[dict[str, int], Dropped]:
    dropped = Dropped()
    found = sets.made(sets.talks("songys", file, None, dropped), "songys", "MIT", dropped, cleaning.rules(rules))
    return sets.save(folder, found, dropped, rules=rules), dropped


def test_an_imported_file_becomes_a_set_with_a_manifest(tmp_path: Path) -> None:
    rows, dropped = imported(tmp_path / "set", songys(tmp_path, more="사진 @URL,와\n질문 3,대답 3\n"))
    assert sum(rows.values()) == 100
    assert dropped == {"link, picture or nothing left": 1, "the same dialogue again": 1}
    assert {name: len(part) for name, part in sets.load(tmp_path / "set").items()} == rows
    known = manifests.read(tmp_path / "set")
    assert known.split == {"valid": 5, "test": 5, "by": "cluster"}
    assert (known.more["rules"], known.sources, known.people) == ("v2", {"songys": "MIT"}, ())
    assert known.more["dropped"] == dict(dropped)
    assert sorted(file.name for file in (tmp_path / "set").iterdir()) == [
        "manifest.json", "test.jsonl", "train.jsonl", "valid.jsonl",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("songys", "Q,A\n혼자,\n사진 @URL,와\n"),
        (
            "jsonl",
            '\n{\n{"messages": [{"role": "user", "content": "안녕"}, {"role": "assistant", "content": "@URL"}]}\n',
        ),
    ],
)
def test_what_is_left_out_after_reading_is_found_by_its_line(tmp_path: Path, kind: str, text: str) -> None:
    file, dropped = tmp_path / "file", Dropped()
    file.write_text(text, encoding="utf-8")
    assert list(sets.made(sets.talks(kind, file, None, dropped), kind, "MIT", dropped)) == []
    assert dropped.told()["link, picture or nothing left"] == "1, first line 3"


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    file = songys(tmp_path)
    for name in ("one", "two"):
        imported(tmp_path / name, file)
    one, two = (manifests.read(tmp_path / name) for name in ("one", "two"))
    assert one == two


def test_each_set_of_rules_leaves_its_mark(tmp_path: Path) -> None:
    file = songys(tmp_path, 0, "ㅎㅎㅎㅎ OK, 010-1234-5678,응\n".replace("OK,", '"OK,"'))
    file.write_text('Q,A\n"ㅎㅎㅎㅎ OK, 010-1234-5678",응\n', encoding="utf-8")
    said = {}
    for name in cleaning.NAMES:
        imported(tmp_path / name, file, name)
        (row,) = [row for part in sets.load(tmp_path / name).values() for row in part]
        said[name] = row.messages[0].content
    assert said == {
        "v2": "ㅎㅎ OK, <전화번호>",
        "original": "ㅋㅋ ok 010-1234-5678",
        "none": "ㅎㅎㅎㅎ OK, 010-1234-5678",
    }


def test_a_set_can_be_dealt_out_anew_and_back(tmp_path: Path) -> None:
    imported(tmp_path / "set", songys(tmp_path, 300))
    before = {name: len(part) for name, part in sets.load(tmp_path / "set").items()}
    wide = sets.resplit(tmp_path / "set", (20, 30), "cluster")
    assert sum(wide.values()) == 300
    assert wide["test"] > before["test"]
    assert manifests.read(tmp_path / "set").split == {"valid": 20, "test": 30, "by": "cluster"}
    assert sets.resplit(tmp_path / "set", (5, 5), "cluster") == before


def test_what_else_was_noted_of_a_set_stays_when_it_is_dealt_out_anew(tmp_path: Path) -> None:
    imported(tmp_path / "set", songys(tmp_path))
    known = manifests.read(tmp_path / "set")
    manifests.write(tmp_path / "set", replace(known, stale="2026-11-22", more={**known.more, "agreed": ["a"]}))
    sets.resplit(tmp_path / "set", (20, 20), "cluster")
    after = manifests.read(tmp_path / "set")
    assert (after.stale, after.more) == ("2026-11-22", {**known.more, "agreed": ["a"]})


def test_a_set_with_a_part_of_its_own_is_not_dealt_out(tmp_path: Path) -> None:
    held_out.save(rows_of(songys(tmp_path, 300)), tmp_path / "set")
    before = {file.name: file.read_bytes() for file in (tmp_path / "set").iterdir()}
    with pytest.raises(ImportRefused, match="part random"):
        sets.resplit(tmp_path / "set", (5, 5), "cluster")
    assert {file.name: file.read_bytes() for file in (tmp_path / "set").iterdir()} == before


def test_by_row_paraphrases_may_straddle_and_by_cluster_they_never_do(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("Q,A\n" + "".join(f"질문 {at},한 가지 대답\n" for at in range(200)), encoding="utf-8")
    imported(tmp_path / "set", file)
    assert sorted(manifests.read(tmp_path / "set").rows.values()) == [0, 0, 200]
    assert all(sets.resplit(tmp_path / "set", (20, 20), "row").values())


def test_a_sets_manifest_names_whose_words_it_holds(tmp_path: Path) -> None:
    dropped = Dropped()
    consent = Consent(("aa", "bb"), "1", "2024-05-01")
    (talk, _), *_ = sets.talks("songys", songys(tmp_path, 1), None, dropped)
    sets.save(tmp_path / "set", sets.made([(talk, consent)], "own", "none", dropped), dropped)
    assert manifests.read(tmp_path / "set").people == ("aa", "bb")
    (row,) = [row for part in sets.load(tmp_path / "set").values() for row in part]
    assert row.consent == consent


def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", [Record((), "made", "CC0", "")])
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write(json.dumps({"messages": "no"}) + "\n")
    with pytest.raises(BadRecord, match=r"a\.jsonl:2: not a record"):
        list(read(tmp_path / "a.jsonl"))


def test_an_unknown_format_a_missing_file_and_a_missing_set_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="songys"):
        sets.talks("word", tmp_path / "x", None, Dropped())
    with pytest.raises(ImportRefused, match="no such file"):
        sets.talks("songys", tmp_path / "x", None, Dropped())
    with pytest.raises(ImportRefused, match="irang data import"):
        manifests.read(tmp_path)


def test_a_failed_import_leaves_an_older_set_as_it_was(tmp_path: Path) -> None:
    imported(tmp_path / "set", songys(tmp_path))
    before = (tmp_path / "set" / "train.jsonl").read_bytes()
    (tmp_path / "data.csv").write_text("A,B\n1,2\n")
    with pytest.raises(ImportRefused, match="columns"):
        imported(tmp_path / "set", tmp_path / "data.csv")
    assert (tmp_path / "set" / "train.jsonl").read_bytes() == before
    assert set(sets.load(tmp_path / "set")) == set(PARTS)


def test_what_is_learnt_is_green() -> None:
    text = coloured(["가", "나"], [-100, 2])
    assert (text.plain, [str(span.style) for span in text.spans]) == ("가|나|", ["dim", "green"])
