"""`irang data` from a raw file to a set that somebody looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.data_cli import data
from bot.errors import IrangError
from tests.training.small_questions import article
from training import articles, held_out, rated
from training.baselines.measured import rows_of
from training.ratings import Samples


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"질문 {at},대답 {at}\n" for at in range(200))
    (tmp_path / "data.csv").write_text(f"Q,A\n{rows}사진 @URL,와\n", encoding="utf-8")
    return tmp_path


def irang(*words: str) -> Result:
    return CliRunner().invoke(data, words)


def imported(*more: str) -> Result:
    result = irang("import", "songys", "data.csv", "toy", "--licence", "MIT", *more)
    assert result.exit_code == 0, result.output
    return result


def test_a_folder_without_a_tokenizer_and_a_name_no_file_can_have_are_refused_in_a_line(home: Path) -> None:
    imported()
    (home / "empty").mkdir()
    for words in (("check", "toy", "--model", "empty"), ("show", "toy", "1", "--model", "empty")):
        assert "no tokenizer that works" in str(irang(*words).exception)
    assert "of 100 bytes at most" in str(irang("stats", "가" * 90).exception)


def test_a_set_with_a_part_too_few_to_train_on_says_so(home: Path) -> None:
    assert "no row of" not in imported().output
    output = irang("split", "toy", "--valid", "50", "--test", "50").output
    assert "no row of train: `irang train` needs both" in output


def test_a_histogram_is_short_however_long_the_dialogues_are(home: Path) -> None:
    row = {"messages": [{"role": "user", "content": "가" * 5000}, {"role": "assistant", "content": "네"}]}
    (home / "long.jsonl").write_text(json.dumps(row), encoding="utf-8")
    irang("import", "jsonl", "long.jsonl", "long", "--licence", "MIT")
    assert "4940-5069" in irang("check", "long").output


def test_an_import_tells_what_it_left_out(home: Path) -> None:
    output = imported().output
    assert "link, picture or nothing left" in output
    assert json.loads((home / "data/sets/toy/manifest.json").read_text(encoding="utf-8"))["rules"] == "v2"


def test_check_tells_everything_and_passes_what_is_sound(home: Path) -> None:
    imported()
    result = irang("check", "toy")
    assert result.exit_code == 0
    for said in (
        "songys",
        "MIT",
        "learnt",
        "last turn longer than the window",
        "abusive words",
        "characters",
        "cluster",
    ):
        assert said in result.output


def test_check_ends_with_1_for_what_nobody_should_train_on(home: Path) -> None:
    imported()
    with (home / "data/sets/toy/train.jsonl").open("a", encoding="utf-8") as file:
        row = {
            "messages": [{"role": "user", "content": "전화 010-1234-5678"}],
            "source": "x",
            "licence": "",
            "split_key": "",
        }
        file.write(json.dumps(row) + "\n")
    result = irang("check", "toy")
    assert result.exit_code == 1
    assert "no reply at the end" in result.output
    assert "personal data: 전화번호" in result.output


def test_show_prints_the_tokens_of_one_row(home: Path) -> None:
    imported()
    result = irang("show", "toy", "2")
    assert result.exit_code == 0
    assert "질문" in result.output.replace("|", "")
    assert isinstance(irang("show", "toy", "9999").exception, IrangError)


def test_split_deals_the_rows_out_anew(home: Path) -> None:
    imported()
    assert irang("split", "toy", "--valid", "20", "--test", "20", "--by", "row").exit_code == 0
    assert '"by": "row"' in irang("stats", "toy").output
    assert irang("check", "toy").exit_code == 0, "that is what was asked for"


def test_the_leaderboards_set_is_sound_and_stays_as_it_was_split(home: Path) -> None:
    rows = "".join(f"질문 {at % 150},대답 {at % 100}\n" for at in range(300))
    (home / "data.csv").write_text(f"Q,A\n{rows}", encoding="utf-8")
    held_out.save(rows_of(home / "data.csv"), home / "data/sets/strict")
    result = irang("check", "strict")
    assert result.exit_code == 0, result.output
    assert "split by answer" in result.output
    assert "part random" in str(irang("split", "strict").exception)


@pytest.mark.parametrize("words", [("check", "squad"), ("split", "squad"), ("show", "squad")])
def test_articles_are_no_dialogues(home: Path, words: tuple[str, ...]) -> None:
    articles.save(home / "data/sets/squad", {part: [article(part)] for part in ("train", "valid", "test")})
    result = irang(*words)
    assert isinstance(result.exception, IrangError)
    assert "no dialogues" in str(result.exception)


@pytest.mark.parametrize("words", [("check", "improve-1-likes"), ("split", "improve-1-likes")])
def test_judged_answers_are_no_set_to_be_checked(home: Path, words: tuple[str, ...]) -> None:
    rated.save(home / "data/sets/improve-1", Samples())
    result = irang(*words)
    assert isinstance(result.exception, IrangError)
    assert "no part train, valid, test" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("import", "songys", "nowhere.csv", "toy", "--licence", "MIT"), "nowhere.csv: no such file"),
        (("import", "word", "data.csv", "toy", "--licence", "MIT"), "expected one of songys"),
        (("import", "songys", "data.csv", "toy", "--licence", "MIT", "--rules", "v9"), "--rules v9: expected one of"),
        (("import", "kakaotalk", "data.csv", "toy", "--licence", "none"), "--consent FILE"),
        (("check", "nothing"), "no such set"),
        (("split", "nothing", "--by", "moon"), "--by moon: expected"),
    ],
)
def test_what_can_not_be_done_is_told_in_one_line(home: Path, words: tuple[str, ...], fault: str) -> None:
    result = irang(*words)
    assert isinstance(result.exception, IrangError)
    assert fault in str(result.exception)
    assert "\n" not in str(result.exception)


def test_an_import_of_nothing_leaves_the_set_as_it_was(home: Path) -> None:
    imported()
    before = (home / "data/sets/toy/train.jsonl").read_text(encoding="utf-8")
    (home / "empty.jsonl").write_text('{"messages": [{"role": "user", "content": null}]}\n', encoding="utf-8")
    result = irang("import", "jsonl", "empty.jsonl", "toy", "--licence", "MIT")
    assert isinstance(result.exception, IrangError)
    assert "content that is no text: 1" in str(result.exception)
    assert (home / "data/sets/toy/train.jsonl").read_text(encoding="utf-8") == before
    assert not (home / "data/sets/toy/all.new").exists()


def test_a_set_that_is_replaced_is_named(home: Path) -> None:
    imported()
    assert "toy" in imported().output.split("replaced")[0][-80:]


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/b", ".", ".."])
def test_a_set_lies_inside_its_folder(home: Path, name: str) -> None:
    for asked in (["import", "songys", "data.csv", name, "--licence", "MIT"], ["split", name], ["show", name]):
        result = irang(*asked)
        assert isinstance(result.exception, IrangError)
        assert "expected a name of letters" in str(result.exception)
    assert not (home / "data").exists()


def test_a_file_that_is_no_utf_8_is_named(home: Path) -> None:
    (home / "excel.csv").write_text("Q,A\n안녕,반가워요\n", encoding="cp949")
    result = irang("import", "songys", "excel.csv", "toy", "--licence", "MIT")
    assert isinstance(result.exception, IrangError)
    assert "excel.csv: not UTF-8" in str(result.exception)
    assert not (home / "data/sets/toy").exists()


def test_what_is_no_text_is_left_out_and_the_rest_kept(home: Path) -> None:
    said = [f"안녕 {at}" for at in range(40)] + ["\ud800", "\0", "", ["부분"]]
    rows = [{"messages": [{"role": "user", "content": one}, {"role": "assistant", "content": "응"}]} for one in said]
    (home / "odd.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = irang("import", "jsonl", "odd.jsonl", "odd", "--licence", "MIT")
    assert result.exit_code == 0, result.output
    assert json.loads((home / "data/sets/odd/manifest.json").read_text())["dropped"]["content that is no text"] == 3


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("aihub", '{"data": [' + "[" * 100_000, "nested too deeply"),
        ("aihub", '{"data": [{"dialogue": [{"participantID": "1", "utterance": null}]}]}', "not a dialogue: 1"),
        (
            "aihub-sessions",
            '{"info": [{"annotations": {"lines": [{"speaker": {"id": 1}, "norm_text": 7}]}}]}',
            "not a dia",
        ),
    ],
)
def test_odd_json_is_told_in_one_line(home: Path, kind: str, content: str, said: str) -> None:
    (home / "odd.json").write_text(content, encoding="utf-8")
    result = irang("import", kind, "odd.json", "odd", "--licence", "MIT")
    assert isinstance(result.exception, IrangError)
    assert said in str(result.exception)
    assert not (home / "data/sets/odd").exists()


def test_a_folder_is_no_file(home: Path) -> None:
    result = irang("import", "chatterbot", ".", "odd", "--licence", "MIT")
    assert "expected one file" in str(result.exception)
