"""SQuAD's files as a set of whole articles: `python -m training.articles data/sets/NAME --train FILE [--test FILE]`.

No article is in two parts, so that nobody is asked about a passage that was learnt. A test file of the publisher's own
(SQuAD's dev file, whose answers several people marked) stays whole; without one some articles are held out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training import manifests
from training.manifests import Manifest
from training.rendering import TrainingRefused
from training.splits import percentile
from training.told import told

LICENCE = "CC-BY-SA-4.0"


def parted(articles: Sequence[dict[str, Any]], valid: int, test: int) -> dict[str, list[dict[str, Any]]]:
    """`valid` and `test` percent of the articles, chosen by the hash of their titles."""
    parts: dict[str, list[dict[str, Any]]] = {"train": [], "valid": [], "test": []}
    for article in articles:
        at = percentile("article", article["title"])
        parts["test" if at < test else "valid" if at < test + valid else "train"].append(article)
    return parts


def save(folder: Path, parts: dict[str, list[dict[str, Any]]], licence: str = LICENCE) -> dict[str, dict[str, int]]:
    """Write the parts and a manifest; articles and questions of each part. Raises TrainingRefused for an empty part."""
    if empty := [part for part, articles in parts.items() if not articles]:
        raise TrainingRefused(
            f"no article fell into {', '.join(empty)}: ask for more with --valid-percent or --test-percent"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for part, articles in parts.items():
        (folder / f"{part}.json").write_text(json.dumps({"data": articles}, ensure_ascii=False), encoding="utf-8")
    rows = {part: {"articles": len(articles), "questions": _questions(articles)} for part, articles in parts.items()}
    manifest = Manifest(rows, manifests.digests(folder, parts, ".json"), {"by": "article"}, {"squad": licence})
    manifests.write(folder, manifest)
    return rows


def articles_of(file: Path) -> list[dict[str, Any]]:
    """Raises TrainingRefused for a file of another shape, OSError for none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))["data"]
        return [{"title": one["title"], "paragraphs": one["paragraphs"]} for one in found]
    except (ValueError, KeyError, TypeError):
        raise TrainingRefused(f"{file}: expected a file of SQuAD's form: data[].title and .paragraphs[]") from None


def _questions(articles: Sequence[dict[str, Any]]) -> int:
    return sum(len(passage["qas"]) for article in articles for passage in article["paragraphs"])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, help="where the set goes")
    asked.add_argument("--train", type=Path, required=True, help="train-v2.0.json, or all there is")
    asked.add_argument("--test", type=Path, help="dev-v2.0.json, if it is not the one above")
    asked.add_argument("--valid-percent", type=int, default=5)
    asked.add_argument("--test-percent", type=int, default=10, help="without --test")
    given = asked.parse_args()
    parts = parted(articles_of(given.train), given.valid_percent, 0 if given.test else given.test_percent)
    if given.test:
        parts["test"] = articles_of(given.test)
    print(save(given.folder, parts))


if __name__ == "__main__":
    told(main)
