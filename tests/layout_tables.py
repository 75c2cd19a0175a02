"""`python -m tests.layout_tables SYMSPELL`: builds the tables of facts that bot/korean/likeness.py reads.

SYMSPELL is frequency_dictionary_en_82_765.txt of the PyPI package symspellpy (MIT licence): words with their counts.
The Korean counts come from ../shared/data/songys_chatbot (MIT licence).
"""

from __future__ import annotations

import argparse
import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.korean.jamo import hangul

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "bot" / "korean"
OWN = ROOT / "tests" / "layout_words.toml"
SONGYS = ROOT.parent / "shared" / "data" / "songys_chatbot" / "ChatbotData.csv"
COMMON = 9_000  # English words kept for being frequent; the rest is kept only if its keys write Hangul syllables
SEEN = 3  # a pair of syllables seen less often says little and makes the table twice as large
OFTEN = 6  # how often each everyday word of our own counts as seen


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.layout_tables", description=__doc__)
    parser.add_argument("symspell", type=Path)
    words = [line.split()[0] for line in parser.parse_args().symspell.read_text("utf-8-sig").splitlines() if line]
    with SONGYS.open(encoding="utf-8", newline="") as rows:
        said = {text for row in list(csv.reader(rows))[1:] for text in row[:2]}
    (TABLES / "english.txt").write_text(english(words), "utf-8")
    (TABLES / "korean.txt").write_text(korean(said), "utf-8")


def english(words: Iterable[str]) -> str:
    """The words that matter here, the most frequent first."""
    known = [word for word in words if re.fullmatch("[a-z]+", word)]
    kept = [word for rank, word in enumerate(known) if rank < COMMON or re.fullmatch("[가-힣]+", hangul(word))]
    return "\n".join([*ENGLISH_HEAD, *dict.fromkeys([*kept, *own()["english"]]), ""])


def korean(said: Iterable[str]) -> str:
    """How often one syllable follows another in a word, a row per first syllable; ^ begins a word, $ ends it."""
    words = [word for text in said for word in re.findall("[가-힣]+", text)]
    pairs = Counter(pair for word in [*words, *own()["korean"] * OFTEN] for pair in neighbours(word))
    rows: dict[str, list[str]] = {}
    for (first, second), times in sorted(pairs.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        if times >= SEEN:
            rows.setdefault(first, [first]).append(f"{second}{times}")
    return "\n".join([*KOREAN_HEAD, *(" ".join(row) for row in rows.values()), ""])


def own() -> dict[str, list[str]]:
    """The words that we add: tests/layout_words.toml."""
    return {name: words.split() for name, words in tomllib.loads(OWN.read_text("utf-8")).items()}


def neighbours(word: str) -> Iterable[tuple[str, str]]:
    """The pairs of a word: ^안 안녕 녕$."""
    return zip(f"^{word}", f"{word}$", strict=True)


ENGLISH_HEAD = (
    "# Common English words, the most frequent first, and rarer ones whose keys write Hangul syllables.",
    "# Made by `python -m tests.layout_tables` from the word counts of symspellpy 6.10.1 (MIT licence, Wolf Garbe and",
    "# mammothb; counts from Google Books Ngrams, words from SCOWL) and a list of chat words of our own.",
)
KOREAN_HEAD = (
    "# How often one syllable follows another inside a word: first syllable, then each second one with its count.",
    "# ^ begins a word, $ ends it; pairs seen fewer than 3 times are left out.",
    "# Made by `python -m tests.layout_tables` from Chatbot_data for Korean v1.0 (songys), MIT licence,",
    "# and a list of everyday words of our own.",
)


if __name__ == "__main__":
    main()
