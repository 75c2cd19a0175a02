"""Every figure that the dashboard and the alarms in deploy/ name is one that a running bot tells."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from bot.app import running
from model.lives import Choice
from model.oversight import Own
from model.registry import Registry
from tests.model.test_swap import swapping
from tests.model.tiny import saying, tiny_folder
from tests.stage import Stage, open_settings

ROOT = Path(__file__).resolve().parent.parent
BOARD = ROOT / "deploy" / "grafana" / "irang.json"
OPERATIONS = ROOT / "docs" / "operations.md"
_NAME = re.compile(r"\birang_\w+")


def _named(file: Path) -> set[str]:
    return set(_NAME.findall("\n".join(re.findall(r'"?expr"?: .*', file.read_text(encoding="utf-8")))))


def _explained() -> set[str]:
    """The figures that docs/operations.md has a word for."""
    (table,) = re.findall(r"^### Figures$(.*?)^### ", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`(irang_\w+[a-z])(?:\{\w+\})?`", table))


def _families(exposition: str) -> dict[str, str]:
    """What kind each family is of, also of those that have no sample yet. Not when a counter began."""
    families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", exposition, flags=re.MULTILINE))
    return {name: kind for name, kind in families.items() if not name.endswith("_created")}


def _series(families: dict[str, str]) -> set[str]:
    names = set()
    for name, kind in families.items():
        names |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return names


async def test_what_is_drawn_and_what_raises_alarm_is_told_and_all_that_is_told_is_explained(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "tiny", saying("ab"))
    async with swapping(folder, tmp_path) as backend:
        models = Own(backend, Registry(tmp_path / "models"), lambda _: Choice(folder))
        stage = Stage()
        async with running(open_settings(), tmp_path, [stage], backend, models=models) as bot:
            work = asyncio.create_task(bot.run([stage]))
            await stage.say("안녕")
            await stage.until(lambda: stage.finished)
            await bot.desk.recorder.take()
            families = _families(await bot.desk.metrics())
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    told = _series(families)
    assert "irang_model_tokens_total" in told
    assert _explained() == families.keys()
    assert _named(BOARD) - told == set()
    assert _named(ROOT / "deploy" / "alerts.yml") - told == set()


def test_each_panel_has_a_place_of_its_own_and_says_what_it_draws() -> None:
    panels = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        assert all(target["expr"] for target in panel["targets"])
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({panel["title"] for panel in panels}) == len(panels)


@pytest.mark.parametrize("field", ["uid", "title", "schemaVersion"])
def test_grafana_can_provision_it(field: str) -> None:
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    assert board[field]
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"prometheus"}  # as datasource.yaml has it
