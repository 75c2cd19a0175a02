"""`irang data`: other people's dialogues become a set to learn from, and are looked at first."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Screen

from bot.where import ConfigPath, settings_of

data = typer.Typer(help="Sets of dialogues to learn from.", no_args_is_help=True)
_screen = Screen(highlight=False, soft_wrap=True)
Name = Annotated[str, typer.Argument(help="A set of data/sets.")]


@data.command("import")
def bring(
    kind: Annotated[str, typer.Argument(help="songys, jsonl, chatterbot, squad, aihub, kakaotalk, telegram, …")],
    file: Annotated[Path, typer.Argument(help="What the publisher gives.")],
    name: Name,
    licence: Annotated[str, typer.Option(help="Its licence, as SPDX writes it.")],
    consent: Annotated[Path | None, typer.Option(help="Who agreed, one a line (chat exports).")] = None,
    config: ConfigPath = None,
) -> None:
    """Read, clean, split and write a set; every row left out is counted."""
    from training import sets

    dropped: Counter[str] = Counter()
    found = list(sets.made(sets.talks(kind, file, consent, dropped), kind, licence, dropped))
    _show({**sets.save(_folder(name, config), found, dropped), "dropped": dict(dropped)})


@data.command()
def check(name: Name, config: ConfigPath = None) -> None:
    """What is wrong with it; exit 1 if nobody should train on it."""
    from bot.moderation import Words
    from training import checks, sets

    found = checks.check(sets.load(_folder(name, config)), Words.load())
    _show(
        {
            "rows": dict(found.rows),
            "faults": dict(found.faults),
            "duplicates": found.duplicates,
            "leaking": found.leaking,
            "personal": dict(found.personal),
            "abusive": found.abusive,
            "lengths": {str(length): count for length, count in sorted(found.lengths.items())},
            "licences": dict(found.licences.keys()),
        }
    )
    raise typer.Exit(int(found.stops))


@data.command()
def stats(name: Name, config: ConfigPath = None) -> None:
    """Its manifest."""
    from training import sets

    folder = _folder(name, config)
    sets.load(folder)
    _show(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def _folder(name: str, config: Path | None) -> Path:
    settings, root = settings_of(config)
    return root / settings.bot.data / "sets" / name


def _show(content: object) -> None:
    _screen.print(json.dumps(content, ensure_ascii=False, indent=1), markup=False)
