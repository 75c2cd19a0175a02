"""A new model is tried on some chats, and taken back by itself when people like its answers less."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot import canaries, control, turns
from bot.app import Bot, running
from bot.canary import LEAST, verdict
from bot.config import Settings
from bot.errors import IrangError, ModelRefused
from bot.locale import load
from bot.messages import Address, MessageRef, Person
from bot.models_cli import try_out
from bot.people import make_owner
from bot.store import Store
from bot.turns import Asked
from model.registry import Registry
from tests.model.tiny import tiny_folder
from tests.stage import MINSU, Hands, Script, Stage, open_settings

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Trials:
    """Models that load when `works` says so; `going` is the one that some chats get."""

    def __init__(self) -> None:
        self.current = ""
        self.going = ""
        self.begun = 0
        self.fault = ""

    def live(self) -> str:
        return self.current

    async def begin(self, version: str, share: int) -> tuple[str, str]:
        if self.fault:
            raise ModelRefused(self.fault)
        self.going, self.begun = version, self.begun + 1
        return f"{version}@1", "old@1"

    async def end(self) -> None:
        self.going = ""

    async def use(self, version: str) -> None:
        if self.fault:
            raise ModelRefused(self.fault)
        self.current = version


# ---- the test itself -----------------------------------------------------------------------------


def by_counting(down: int, rated: int, old_down: int, old_rated: int) -> float:
    """The definition, by trying every way to deal the 👎 out."""
    downs, everyone = down + old_down, rated + old_rated
    ways = [deal for deal in product((0, 1), repeat=everyone) if sum(deal) == downs]
    return float(Fraction(sum(sum(deal[:rated]) >= down for deal in ways), len(ways)))


@pytest.mark.parametrize("counts", [(3, 4, 1, 6), (0, 5, 2, 5), (4, 4, 0, 6), (2, 3, 4, 7), (0, 0, 1, 2)])
def test_the_probability_is_that_of_fishers_definition(counts: tuple[int, int, int, int]) -> None:
    assert verdict(*counts).p == pytest.approx(by_counting(*counts))


def test_a_known_table_has_its_known_probability() -> None:
    assert verdict(3, 4, 1, 4).p == pytest.approx(0.242857, abs=1e-6), "Fisher's lady tasting tea"


@pytest.mark.parametrize(
    ("counts", "worse"),
    [
        ((10, LEAST, 40, 200), True),
        ((LEAST - 1, LEAST - 1, 0, 200), False),  # too few to conclude anything
        ((4, LEAST, 40, 200), False),
        ((5, LEAST, 0, 0), False),  # nothing to compare with
        ((60, 200, 40, 200), True),
        ((45, 200, 40, 200), False),
    ],
)
def test_only_what_chance_would_rarely_make_is_worse(counts: tuple[int, int, int, int], worse: bool) -> None:
    assert verdict(*counts).worse is worse


# ---- what becomes of a trial ---------------------------------------------------------------------


class World:
    """A bot on the stage with a canary that looks when it is told to."""

    def __init__(self, bot: Bot, stage: Stage, clock: Hands, trials: Trials) -> None:
        self.bot, self.stage, self.clock, self.trials = bot, stage, clock, trials
        self.canary = bot.canary
        self._row = 1000

    async def rated(self, model: str, ups: int, downs: int) -> None:
        """So many turns of that model with their ratings."""

        def work(db: Database) -> None:
            for value, count in (("👍", ups), ("👎", downs)):
                for _ in range(count):
                    self._row += 1
                    asked = Asked("stage:home:", self._row, MessageRef("stage", "home", f"x{self._row}"), MINSU, "?")
                    at = self.clock.now()
                    id = turns.add(db, asked, "!", model=model, context=(), stopped=False, at=at)
                    row = {"turn": id, "platform": "stage", "person": MINSU.id, "value": value, "at": at.isoformat()}
                    db.table("ratings").insert(row)

        await self.bot.core.store.run(work)

    async def state(self) -> tuple[str, str]:
        def work(db: Database) -> tuple[str, str]:
            row = next(db.query("select state, reason from canaries order by id desc limit 1"))
            return row["state"], row["reason"]

        return await self.bot.core.store.run(work)

    async def begin(self, version: str = "new", share: int = 10) -> None:
        await self.canary.asked({"version": version, "share": share})


@asynccontextmanager
async def world(
    folder: Path, trials: Trials | None = None, at: datetime = NOON, **improve: Any
) -> AsyncIterator[World]:
    stage, clock, trials = Stage(), Hands(at), trials or Trials()
    settings = open_settings(improve=improve)
    async with running(settings, folder, [stage], Script(), clock=clock, trials=trials) as bot:
        task = asyncio.create_task(bot.run([stage]))
        await stage._running.wait()
        try:
            yield World(bot, stage, clock, trials)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_more_thumbs_down_take_it_back_and_the_owner_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        owner = Person("stage", "owner-home", "주인")
        await here.bot.core.store.run(lambda db: make_owner(db, owner, NOON))
        await here.stage.say("안녕", person=owner, to=Address("stage", "owner-home"), addressed=True)
        await here.stage.until(lambda: here.stage.texts("owner-home"))
        await here.begin()
        assert (here.trials.going, await here.state()) == ("new", ("running", ""))
        await here.rated("old@1", ups=160, downs=40)
        await here.rated("new@1", ups=9, downs=10)
        await here.canary.look()
        assert here.trials.going == "new", "19 ratings are too few"
        await here.rated("new@1", ups=0, downs=1)
        await here.canary.look()
        assert here.trials.going == ""
        state, reason = await here.state()
        assert state == "rolled_back"
        assert reason.startswith("11 of 20 👎 against 40 of 200, p = ")
        await here.stage.until(lambda: any("11/20" in text for text in here.stage.texts("owner-home")))
        await here.canary.look()
        assert here.trials.begun == 1, "it does not come back"


async def test_as_few_thumbs_down_as_before_change_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.begin()
        await here.rated("old@1", ups=80, downs=20)
        await here.rated("new@1", ups=80, downs=20)
        await here.canary.look()
        assert (here.trials.going, await here.state()) == ("new", ("running", ""))


async def test_ratings_from_before_the_trial_say_nothing_about_it(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.rated("new@1", ups=0, downs=50)
        await here.rated("old@1", ups=200, downs=0)
        here.clock.at += timedelta(hours=1)
        await here.begin()
        await here.canary.look()
        assert await here.state() == ("running", "")


@pytest.mark.parametrize(("then", "state", "current"), [("propose", "passed", ""), ("use", "promoted", "new")])
async def test_after_its_days_it_is_proposed_or_used(tmp_path: Path, then: str, state: str, current: str) -> None:
    async with world(tmp_path, then=then, canary_days=7.0) as here:
        await here.begin()
        here.clock.at += timedelta(days=6.9)
        await here.canary.look()
        assert (await here.state())[0] == "running"
        here.clock.at += timedelta(days=0.2)
        await here.canary.look()
        assert ((await here.state())[0], here.trials.current) == (state, current)
        assert here.trials.going == ("new" if then == "propose" else "")


async def test_one_that_was_proposed_is_still_watched(tmp_path: Path) -> None:
    async with world(tmp_path, canary_days=1.0) as here:
        await here.begin()
        here.clock.at += timedelta(days=2)
        await here.canary.look()
        await here.rated("old@1", ups=100, downs=0)
        await here.rated("new@1", ups=0, downs=30)
        await here.canary.look()
        assert (await here.state())[0] == "rolled_back"


async def test_a_trial_goes_on_after_a_restart_with_what_was_rated_before(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.begin()
        await here.rated("old@1", ups=100, downs=0)
        await here.rated("new@1", ups=0, downs=15)
    trials = Trials()
    async with world(tmp_path, trials, NOON + timedelta(hours=1)) as here:
        await here.canary.look()
        assert (trials.going, trials.begun) == ("new", 1)
        await here.rated("new@1", ups=0, downs=5)
        await here.canary.look()
        assert (await here.state())[0] == "rolled_back"


async def test_a_wish_that_was_noted_while_no_bot_ran_is_carried_out(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.bot.core.store.run(lambda db: canaries.want(db, "new", "", 10, NOON))
    trials = Trials()
    async with world(tmp_path, trials) as here:
        await here.canary.look()
        assert (trials.going, (await here.state())[0]) == ("new", "running")


async def test_a_crash_between_noting_and_ending_does_not_bring_it_back(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.begin()
        trial = await here.bot.core.store.run(canaries.active)
        assert trial
        await here.bot.core.store.run(lambda db: canaries.settle(db, trial.id, "rolled_back", "", NOON))
        await here.canary.look()
        assert here.trials.going == ""
    trials = Trials()
    async with world(tmp_path, trials) as here:
        await here.canary.look()
        assert (trials.going, trials.begun) == ("", 0)


async def test_what_does_not_load_is_refused_in_one_line_and_not_tried_again(tmp_path: Path) -> None:
    trials = Trials()
    trials.fault = "new: there is no memory for two models"
    async with world(tmp_path, trials) as here:
        with pytest.raises(ModelRefused, match="no memory for two models"):
            await here.begin()
        assert await here.state() == ("refused", trials.fault)
        trials.fault = ""
        await here.canary.look()
        assert trials.begun == 0


async def test_another_choice_for_everybody_ends_the_trial(tmp_path: Path) -> None:
    for current, state in (("other", "stopped"), ("new", "promoted")):
        async with world(tmp_path / current) as here:
            await here.begin()
            here.trials.current = current
            await here.canary.look()
            assert ((await here.state())[0], here.trials.going) == (state, "")


async def test_a_new_trial_or_a_share_of_nothing_ends_the_one_before(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.begin("new")
        await here.begin("newer", 20)
        assert here.trials.going == "newer"
        await here.canary.asked({"version": "", "share": 0})
        assert (here.trials.going, (await here.state())[0]) == ("", "stopped")


async def test_the_chat_goes_with_the_question_and_what_wrote_it_is_kept(tmp_path: Path) -> None:
    stage, script = Stage(), Script()
    async with running(open_settings(), tmp_path, [stage], script) as bot:
        task = asyncio.create_task(bot.run([stage]))
        await stage.say("안녕")
        await stage.settled("답: 안녕")
        assert [prompt.chat for prompt in script.prompts] == ["stage:home:"]
        models = await bot.core.store.run(lambda db: [row["model"] for row in db.query("select model from turns")])
        assert models == ["script@1"]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_wish_waits_in_the_database_while_no_bot_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    registry = Registry(tmp_path / "data/models")
    registry.add(tiny_folder(tmp_path / "new"), "new")
    said = await try_out(registry, "new", 10, Settings(), None, load("ko"))
    assert "다음에 시작할 때부터 대화방의 10%에서 new" in said
    store = Store.open(tmp_path / "data")
    trial = await store.run(canaries.active)
    store.close()
    assert trial
    assert (trial.version, trial.live, trial.share, trial.state) == ("new", "", 10, "wanted")
    registry.use("new")
    with pytest.raises(ModelRefused, match="new answers everybody already"):
        await try_out(registry, "new", 10, Settings(), None, load("ko"))


async def test_the_command_line_reaches_the_running_bot(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        socket = tmp_path / "data/control.sock"
        assert await control.ask(socket, "share", version="new", share=25) == {"done": True, "share": 25}
        assert here.trials.going == "new"
        here.trials.fault = "newer: there is no memory for two models"
        with pytest.raises(IrangError, match="no memory for two models"):
            await control.ask(socket, "share", version="newer", share=25)
