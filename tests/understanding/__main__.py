"""`python -m tests.understanding`: recall by command and false alarms; `--misses` shows every sentence misread."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import filling, forms
from bot.command import all_commands
from bot.korean.calling import called
from bot.router import Router

HERE = Path(__file__).parent
SONGYS = HERE.parents[2] / "shared" / "data" / "songys_chatbot"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
READ = sorted((HERE.parents[1] / "training" / "requests").glob("*.jsonl"))  # what phrases and classifier were made by
UNSEEN = sorted(HERE.glob("*.jsonl"))  # what they were not
FORM = "start_form"  # how the sentences call a scenario


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody wrote, and the command that it was meant as; None: talk."""

    said: str
    command: str | None


def sentences(file: Path) -> list[Sentence]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Sentence(row["said"], row["command"]) for row in map(json.loads, lines)]


class Listener:
    """The router as the dialogue uses it; counts the processor time that it takes."""

    def __init__(self) -> None:
        scenarios = forms.load(forms.SHIPPED)
        self._scenarios = frozenset(scenarios)
        self._router = Router((*all_commands(), *filling.commands(scenarios)))
        self.times: list[float] = []
        self._router.read("dkssud", NOW)  # tables are read on first use

    def hears(self, text: str) -> str | None:
        """The command that a text is understood as."""
        rest = called(text, "이랑")
        began = time.process_time()
        call = self._router.read((rest or "").strip() or text, NOW).call
        self.times.append(time.process_time() - began)
        return None if call is None else FORM if call.name in self._scenarios else call.name


def misses(listener: Listener, given: Iterable[Sentence]) -> Iterator[tuple[Sentence, str | None]]:
    for each in given:
        heard = listener.hears(each.said)
        if heard != each.command:
            yield each, heard


def report(title: str, given: list[Sentence], wrong: list[tuple[Sentence, str | None]]) -> None:
    total, lost = Counter(each.command for each in given), Counter(each.command for each, _ in wrong)
    asked = sum(count for command, count in total.items() if command)
    print(f"{title}: {asked} requests, {total[None]} lines of talk")
    for command, count in total.items():
        if command:
            print(f"  {command:12} {count - lost[command]:3} of {count:3}  {1 - lost[command] / count:.1%}")
    recall = f"recall {1 - (sum(lost.values()) - lost[None]) / asked:.1%}, " if asked else ""
    print(f"  {recall}false alarms {lost[None]} of {total[None]}")


def talk() -> list[tuple[str, str]]:
    """Lines of everyday talk that are taken for a command, with it; the corpus is not part of the project."""
    listener = Listener()
    rows = (row[0] for path in sorted(SONGYS.glob("*.csv")) for row in csv.reader(path.open(encoding="utf-8")))
    return [(heard, text) for text in dict.fromkeys(rows) if (heard := listener.hears(text))]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.understanding", description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("files", nargs="*", type=Path, default=[*UNSEEN, *READ])
    asked = parser.parse_args()
    for file in asked.files:
        listener, given = Listener(), sentences(file)
        wrong = list(misses(listener, given))
        report(file.name, given, wrong)
        for each, heard in wrong if asked.misses else ():
            print(f"    {each.command} -> {heard}: {each.said}")
        times = sorted(listener.times)
        median, slow = times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3
        print(f"  a message: median {median:.2f} ms, p99 {slow:.2f} ms")
    if not SONGYS.is_dir():
        print("songys: left out, ../shared/data is not here")
        return 0
    hits = talk()
    print(f"songys: {len(hits)} lines taken for a command")
    for heard, text in hits:
        print(f"    {heard}: {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
