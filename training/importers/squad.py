"""SQuAD 1.1, 2.0 and KorQuAD 1: a passage with a question -> the first answer, or that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.messages import Message
from training.importers.lines import Dropped, ImportRefused, Talk
from training.importers.streaming import arrays

NO_ANSWER = "지문에 답이 없어요."


def squad(file: Path, dropped: Dropped) -> Iterator[Talk]:
    """Raises ImportRefused for a file of another shape."""
    try:
        articles = (article for array in arrays(file, "data") for article in array)
        for paragraph in (paragraph for article in articles for paragraph in article["paragraphs"]):
            for asked in paragraph["qas"]:
                if not asked["answers"] and not asked.get("is_impossible"):
                    dropped["no answer given"] += 1
                    continue
                answer = asked["answers"][0]["text"] if asked["answers"] else NO_ANSWER
                yield Message("user", f"{paragraph['context']}\n\n{asked['question']}"), Message("assistant", answer)
    except (KeyError, TypeError):
        raise ImportRefused(f"{file}: expected SQuAD's data[].paragraphs[].qas[]") from None
