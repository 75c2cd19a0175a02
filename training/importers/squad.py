"""SQuAD 1.1, 2.0 and KorQuAD 1: a passage with a question -> the first answer, or that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.messages import Message
from training.importers.lines import Dropped, ImportRefused, Talk
from training.importers.streaming import arrays

NO_ANSWER = "지문에 답이 없어요."


def squad(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """Raises ImportRefused for a file of another shape, with the article in which it is."""
    number = 0
    try:
        articles = (article for array in arrays(file, "data") for article in array)
        for number, article in enumerate(articles, 1):
            dropped.here = f"article {number}"
            yield from _asked(article, dropped)
    except (KeyError, TypeError, IndexError) as error:
        shape = "data[].paragraphs[] with a context and qas[] of a question and answers[]"
        raise ImportRefused(f"{file}, article {number or 1}: expected SQuAD's {shape} ({error})") from None


def _asked(article: Any, dropped: Dropped) -> Iterator[Talk]:
    for paragraph in article["paragraphs"]:
        for asked in paragraph["qas"]:
            if not asked["answers"] and not asked.get("is_impossible"):
                dropped.note("no answer given", dropped.here)
                continue
            answer = asked["answers"][0]["text"] if asked["answers"] else NO_ANSWER
            if asked["answers"] and answer not in paragraph["context"]:
                dropped.note("answer that is not in the passage", dropped.here)
                continue
            yield Message("user", f"{paragraph['context']}\n\n{asked['question']}"), Message("assistant", answer)
