"""A JSON file is read an element at a time, wherever it is cut, and a fault names its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.importers import streaming
from training.importers.lines import ImportRefused

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('가나"\\[]{},: messages', max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=6,
)


def read(file: Path) -> list[list[Any]]:
    return [list(array) for array in streaming.arrays(file, "messages")]


@given(st.lists(VALUES, max_size=6), st.integers(1, 40), st.sampled_from([None, 1]))
def test_it_reads_what_the_whole_parser_reads_wherever_the_file_is_cut(
    tmp_path_factory: pytest.TempPathFactory, elements: list[Any], chunk: int, indent: int | None
) -> None:
    file = tmp_path_factory.mktemp("json") / "export.json"
    content = {"about": 'say "messages": [', "messages": elements, "end": 1}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=indent), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "_CHUNK", chunk)
        assert read(file) == [elements]


def test_each_chat_has_its_own_array(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"chats": {"list": [{"messages": [1, 2]}, {"messages": []}, {"messages": [3]}]}}))
    assert read(file) == [[1, 2], [], [3]]


def test_a_lone_object_is_an_array_of_one(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text('{"messages": {"a": 1}}')
    assert read(file) == [[{"a": 1}]]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{}", r"export.json: expected JSON with messages\[\]"),
        ('{"messages": [\n1,\n]]]', None),
        ('{"messages": [\n1,\nnonsense\n]}', r"export.json:3: no JSON"),
        ('{"messages": [\n{"a": 1},\n', r"export.json:3: ends in the middle"),
    ],
)
def test_what_is_no_json_is_refused_by_line(tmp_path: Path, text: str, fault: str | None) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)
    if fault is None:
        assert read(file) == [[1]]
        return
    with pytest.raises(ImportRefused, match=fault):
        read(file)
