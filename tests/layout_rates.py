"""`python -m tests.layout_rates`: how well wrong-layout text is repaired, and how rarely right text is touched.

Korean from ../shared/data (a part is left out with a reason where it is absent), English from the package wordfreq
(Apache-2.0), which none of the shipped tables was made from. Ends with 1 if a figure misses its target.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

from bot.korean import layout
from bot.korean.layout import latin, repaired
from bot.korean.likeness import Korean
from tests.layout_tables import korean

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SONGYS = DATA / "songys_chatbot" / "ChatbotData.csv"
MUSIC = DATA / "hg_tods_music"
REGIONS = DATA / "korea_regions" / "korea_regions_wgs84.tsv"
WORDS = 20_000
FRAMES = ("{}", "The word {} is new to me.", "I think {} was good yesterday", "do you want to go to {} with us?")
REPAIRED, SLOWEST = 0.999, 1.0  # the targets: a share, and milliseconds at p99
FOLDS = 5
_LATIN = re.compile("[A-Za-z]")


def main() -> int:
    print("reading wrong-layout text and text that is right; this takes a few minutes")
    return 0 if all([*_english(), *_songys(), *_elsewhere()]) else 1


# ---- text that is right --------------------------------------------------------------------------


def _english() -> Iterable[bool]:
    if find_spec("wordfreq") is None:
        print("left out: English words, since wordfreq isn't installed (pip install wordfreq)")
        return
    words: list[str] = import_module("wordfreq").top_n_list("en", WORDS)
    written = (
        case(frame.format(word)) for word in words for frame in FRAMES for case in (str, str.capitalize, str.upper)
    )
    yield _untouched(f"{len(words):,} English words alone and in {len(FRAMES) - 1} frames, three spellings", written)


def _untouched(name: str, texts: Iterable[str]) -> bool:
    seen = list(texts)
    hits = [(text, found.text) for text in seen if (found := repaired(text))]
    print(f"{name}: {len(hits)} false hits in {len(seen):,} texts")
    _show(f"{text} -> {read}" for text, read in hits)
    return not hits


# ---- text that is not ----------------------------------------------------------------------------


def _songys() -> Iterable[bool]:
    if not SONGYS.exists():
        print(f"left out: songys, since {SONGYS} is absent")
        return
    with SONGYS.open(encoding="utf-8", newline="") as rows:
        pairs = [(row[0], row[1]) for row in list(csv.reader(rows))[1:]]
    questions = _sentences(question for question, _ in pairs)
    yield _untouched("songys, questions and answers as they are", {text for pair in pairs for text in pair})
    yield _mended("songys, questions", questions)
    yield _swift(questions)
    _held_out(pairs)


def _sentences(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if len(re.findall("[가-힣]", text)) > 1]


def _mended(name: str, texts: Sequence[str]) -> bool:
    wrong = _not_mended(texts)
    share = 1 - len(wrong) / len(texts)
    print(f"{name}: {share:.3%} of {len(texts):,} repaired exactly, {len(wrong)} not")
    _show(f"{text} -> {read}" for text, read in wrong)
    return share >= REPAIRED


def _not_mended(texts: Iterable[str]) -> list[tuple[str, str]]:
    typed = ((text, latin(text)) for text in texts)
    read = ((text, found.text if (found := repaired(keys)) else keys) for text, keys in typed)
    return [(text, got) for text, got in read if _folded(text) != _folded(got)]


def _folded(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def _swift(texts: Sequence[str]) -> bool:
    """Processor time, since others may be using the machine."""
    spent = []
    for text in map(latin, texts):
        start = time.process_time()
        repaired(text)
        spent.append(1000 * (time.process_time() - start))
    slow = sorted(spent)[int(len(spent) * 0.99)]
    print(f"speed: p99 {slow:.2f} ms a message, the slowest {max(spent):.2f} ms")
    return slow < SLOWEST


def _held_out(pairs: Sequence[tuple[str, str]]) -> None:
    """The same questions, each read with a table that was built without it and without its answers."""
    wrong: list[tuple[str, str]] = []
    questions = _sentences(sorted({question for question, _ in pairs}))
    for fold in range(FOLDS):
        hidden = set(questions[fold::FOLDS])
        table = korean({text for pair in pairs if pair[0] not in hidden for text in pair})
        model = Korean([line for line in table.splitlines() if not line.startswith("#")])
        with patch.object(layout, "korean", lambda model=model: model):
            wrong += _not_mended(hidden)
    share = 1 - len(wrong) / len(questions)
    print(f"songys, held out in {FOLDS} folds: {share:.3%} of {len(questions):,}, {len(wrong)} not")
    korean_alone = [text for text in questions if not _LATIN.search(text)]  # the keys of sns are those of 눈
    alone = [text for text, _ in wrong if not _LATIN.search(text)]
    share = 1 - len(alone) / len(korean_alone)
    print(f"  those without Latin letters of their own: {share:.3%} of {len(korean_alone):,}, {len(alone)} not")
    _show(f"{text} -> {read}" for text, read in wrong)


def _elsewhere() -> Iterable[bool]:
    """Text that no table was made from; no target, but right text must stay."""
    if MUSIC.exists():
        said = sorted({text for file in MUSIC.glob("*.json") for text in _music(file)})
        yield _untouched("music dialogues as they are", said)
        _mended(
            "music dialogues without Latin letters",
            [text for text in _sentences(said) if not _LATIN.search(text)],
        )
    if REGIONS.exists():
        names = sorted(set(re.findall("[가-힣]{2,}", REGIONS.read_text("utf-8"))))
        _mended("place names alone", names)
        _mended("place names before 날씨 어때?", [f"{name} 날씨 어때?" for name in names])


def _music(file: Path) -> Iterable[str]:
    for dialogue in json.loads(file.read_text("utf-8")):
        for turn in dialogue["turns"]:
            yield from (turn[who] for who in ("user_message", "system_message") if turn.get(who))


def _show(lines: Iterable[str], most: int = 30) -> None:
    for shown, line in enumerate(lines):
        if shown == most:
            print("    …")
            return
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
