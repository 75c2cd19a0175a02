"""The table of places, built from a small made-up source."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.korean import atlas, gazetteer

COLUMNS = "admcd\tname\tlevel\tlat\tlon\tkma_nx\tkma_ny\tpop_lat\tpop_lon\tpop_nx\tpop_ny"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        "1\t가람도\tsido\t36.1\t127.1\t1\t1\t36.2\t127.2\t1\t1",
        "2\t가람도 나루시 다솜구\tsigungu\t36.3\t127.3\t1\t1\t36.4\t127.4\t1\t1",
        "3\t가람도 나루시 다솜구 라온동\temd\t36.10001\t127.12345\t1\t1\t\t\t\t",
        "4\t가람도 나루시 다솜구  마루동\temd\t36.3\t127.3\t1\t1\t\t\t\t",
        "5\t가람도 나루시다솜구 바다동\temd\t36.2\t127.2\t1\t1\t\t\t\t",
        "6\t가람도 나루시 다솜구 라온동\temd\t36.11111\t127.12345\t1\t1\t\t\t\t",
        "7\t가람도 나루시 다솜구 먼동\temd\t33.0\t125.0\t1\t1\t\t\t\t",
        "8\t가람도 나루시 다솜구 섬면\temd\t33.0\t125.0\t1\t1\t\t\t\t",
        "9\t새별시 새별시 하늘동\temd\t37.0\t128.0\t1\t1\t\t\t\t",
    ]
    (tmp_path / gazetteer.SOURCE).write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def table(folder: Path) -> list[str]:
    gazetteer.main([str(folder), str(folder / "places.tsv")])
    return (folder / "places.tsv").read_text(encoding="utf-8").splitlines()


def test_a_line_is_a_name_and_where_people_live_to_four_digits(folder: Path) -> None:
    header, province, *_ = table(folder)
    assert header.split("\t") == list(atlas.HEADER)
    assert province == "가람도\t36.2000\t127.2000"


def test_where_nothing_is_known_of_people_the_centre_is_taken(folder: Path) -> None:
    assert "가람도 나루시 다솜구 마루동\t36.3000\t127.3000" in table(folder)


def test_of_two_rows_the_later_counts(folder: Path) -> None:
    assert [line for line in table(folder) if "라온동" in line] == ["가람도 나루시 다솜구 라온동\t36.1111\t127.1235"]


def test_a_city_that_the_source_lacks_stands_before_its_parts_in_their_middle(folder: Path) -> None:
    names = [line.split("\t")[0] for line in table(folder)]
    assert names.index("가람도 나루시") + 1 == names.index("가람도 나루시 다솜구")
    assert "가람도 나루시\t36.1111\t127.1235" in table(folder)  # the median of five towns


def test_words_are_parted_and_none_stands_twice(folder: Path) -> None:
    names = {line.split("\t")[0] for line in table(folder)}
    assert {"가람도 나루시 다솜구 바다동", "새별시 하늘동", "새별시"} <= names
    assert not any("  " in called or "나루시다솜구" in called for called in names)


def test_a_town_far_from_all_others_is_an_error_of_the_source_but_an_island_is_not(folder: Path) -> None:
    lines = table(folder)
    assert "가람도 나루시 다솜구 먼동\t36.1111\t127.1235" in lines
    assert "가람도 나루시 다솜구 섬면\t33.0000\t125.0000" in lines


def test_a_second_run_writes_the_same(folder: Path) -> None:
    assert table(folder) == table(folder)


def test_a_wrong_call_tells_the_right_one() -> None:
    with pytest.raises(SystemExit, match="FOLDER"):
        gazetteer.main([])


def test_the_shipped_table_has_every_place_once_after_those_it_lies_in() -> None:
    seen: set[str] = set()
    for line in atlas.TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        name, latitude, longitude = line.split("\t")
        parent = name.rpartition(" ")[0]
        assert name not in seen
        assert parent in seen or not parent
        assert 33 < float(latitude) < 39
        assert 124 < float(longitude) < 132
        seen.add(name)
