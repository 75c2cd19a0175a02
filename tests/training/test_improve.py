"""From ratings to a version on trial: every step a row, gone on with after a crash, and every refusal in one line."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.config import ImproveSettings
from bot.erasing import pseudonym, withdraw
from bot.errors import InUse, IrangError
from bot.exclusive import hold
from bot.messages import Message
from model.exchanges import FILE, Exchange, read, write
from model.registry import Registry
from tests.model.tiny import tiny_folder
from tests.training.opinions import OWNER, Opinions, company, people
from training import gate, improve, lessons, ratings, weighing
from training.callbacks import Interrupt
from training.case import Case, Hands, ImproveRefused, Later
from training.contest import Match
from training.corpora import Dialogue
from training.finetune import Place
from training.importers.lines import ImportRefused
from training.recipe import Recipe
from training.suite import Suite

SUITE = Suite(
    tuple((Message("user", f"q{number}"),) for number in range(1000, 1012)),
    tuple(Dialogue((Message("user", f"q{n}"), Message("assistant", f"good {n % 10}")), "") for n in range(2000, 2008)),
    "frozen",
)
QUICK = Recipe.model_validate(
    {
        "window": 40,
        "learning": {"epochs": 1, "batch": 16, "rate": 1e-2, "patience": 0},
        "preferring": {"method": "dpo", "epochs": 2, "batch": 8, "rate": 2e-3, "warmup": 0},
    }
)


class World:
    """A data folder whose live model is a tiny one, and a caller who presses keys and promotes."""

    def __init__(self, root: Path, recipe: Recipe = QUICK, known: Sequence[Exchange] = (), **settings: Any) -> None:
        self.data = root / "data"
        self.registry = Registry(self.data / "models")
        folder = tiny_folder(root / "first")
        if known:
            write(folder, known)
        self.registry.add(folder, "first")
        self.registry.use("first")
        self.keys: list[str] = []
        self.matches: list[Match] = []
        self.promoted: list[str] = []
        self.case = Case(
            place=Place(self.data),
            recipe=recipe,
            settings=ImproveSettings(**{"person_share": 1.0, "judged": 0, "faults": 1.0, **settings}),
            hands=Hands(self._judge, self._promote),
            screen=Console(quiet=True),
            interrupt=Interrupt(),
            suite=SUITE,
        )

    def run(self, **more: Any) -> str:
        return improve.run(replace(self.case, **more))

    def steps(self) -> list[tuple[str, str]]:
        return [(one.step, one.state) for one in self.case.rows.all()]

    def reason(self) -> str:
        return str(self.case.rows.all()[-1].details["reason"])

    def _judge(self, match: Match, place: int, of: int) -> str:
        self.matches.append(match)
        if not self.keys:
            raise Later("later")
        return self.keys.pop(0)

    def _promote(self, version: str) -> str:
        self.promoted.append(version)
        return f"{version} is on trial"


DONE = [(step, "done") for step in improve.STEPS]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    company(made.data).close()
    return made


@pytest.fixture
def nothing_learnt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that take no time: what is learnt is the base itself, and it is found better."""
    made = str(world.registry.get("first").folder)
    steps: dict[str, Any] = {
        "train": lambda case, before: {"run": ""},
        "prefer": lambda case, before: {"method": "", "model": made},
        "evaluate": lambda case, before: {"new": {}, "live": {}},
        "judge": lambda case, before: {},
    }
    monkeypatch.setattr(improve, "STEPS", {**improve.STEPS, **steps})
    monkeypatch.setattr(gate, "refusals", lambda *_, **__: [])


def test_ratings_become_a_version_that_is_better_and_tried(world: World) -> None:
    id = world.run()
    assert world.steps() == DONE
    assert world.promoted == [id]
    version = world.registry.get(id)
    assert version.manifest.source == "irang improve, 240 ratings"
    seen = {step: one.details for step, one in world.case.rows.steps(id).items()}
    assert seen["export"]["method"] == "dpo"
    assert seen["prefer"]["losses"][-1] < seen["prefer"]["losses"][0]
    new, live = seen["evaluate"]["new"], seen["evaluate"]["live"]
    assert new["bits_per_character"]["value"] < live["bits_per_character"]["value"]
    assert new["preference_accuracy"]["value"] > 0.8
    assert version.manifest.scores["preference_accuracy"] == new["preference_accuracy"]["value"]
    assert "good" not in improve.shown(world.case.rows.steps(id)["evaluate"]), "no answers in a list"


def test_below_200_ratings_only_answers_to_follow_are_learnt(tmp_path: Path) -> None:
    world = World(tmp_path)
    company(world.data, ratings=199).close()
    found = lessons.samples(world.case)
    assert lessons.method(world.case, found) == ""
    assert "199 ratings (below 200): only answers to follow" in lessons.told(found, "")
    id = world.run()
    details = world.case.rows.steps(id)["prefer"].details
    assert (details["method"], "losses" in details) == ("", False)
    assert world.promoted == [id]


def test_what_was_corrected_is_what_the_new_version_says_and_is_judged_by(tmp_path: Path) -> None:
    world = World(tmp_path, known=[Exchange("", "q1001", "as ever"), Exchange("", "q1002", "as ever")], judged=12)
    made = company(world.data, ratings=199)
    made.agrees(OWNER, chat="100")
    made.correct(made.turn(people(1)[0], "q1001", "as ever"), "at last", OWNER)
    made.close()
    world.keys = ["="] * 12
    id = world.run()
    known = read(world.registry.get(id).folder)
    taught = [one for one in known if isinstance(one, Exchange) and one.people]
    assert [one.answered for one in taught if one.said == "q1001"] == ["at last"]
    assert known[len(taught) :] == read(world.registry.get("first").folder)
    assert world.case.rows.steps(id)["train"].details["exchanges"] == len(taught)
    seen = world.case.rows.steps(id)["evaluate"].details
    assert (seen["live_answers"][1], seen["new_answers"][1]) == ("as ever", "at last")
    assert seen["live_answers"][2] == seen["new_answers"][2] == "as ever"


def test_whoever_is_erased_is_in_no_version_any_more(tmp_path: Path) -> None:
    world = World(tmp_path, known=[Exchange("", "q1001", "as ever")])
    company(world.data, ratings=199).close()
    id, who = world.run(), pseudonym("telegram", people(1)[0].id)
    places = [world.registry.get(id).folder, *world.data.glob("runs/*/model")]
    before = [len(read(place)) for place in places]
    assert all(who in (place / FILE).read_text(encoding="utf-8") for place in places)
    withdraw(world.data, who, "2026-11-22T00:00:00+00:00")
    assert not any(who in (place / FILE).read_text(encoding="utf-8") for place in places)
    assert all(1 < len(read(place)) < count for place, count in zip(places, before, strict=True))
    assert world.registry.verify(id) == []


@pytest.mark.parametrize("step", ["prefer"])
def test_a_crash_in_a_step_leaves_the_steps_before(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dict(improve.STEPS)
    calls: list[str] = []

    def crash(case: Case, before: dict[str, Any]) -> dict[str, Any]:
        raise MemoryError

    def counted(name: str) -> Any:
        def work(case: Case, before: dict[str, Any]) -> dict[str, Any]:
            calls.append(name)
            return whole[name](case, before)

        return work

    monkeypatch.setattr(improve, "STEPS", {**whole, step: crash})
    with pytest.raises(MemoryError):
        world.run()
    names = list(whole)
    assert world.steps() == DONE[: names.index(step)]
    monkeypatch.setattr(improve, "STEPS", {name: counted(name) for name in whole})
    id = world.run()
    assert calls == names[names.index(step) :]
    assert (world.steps(), world.promoted) == (DONE, [id])


def test_a_crash_between_adding_and_trying_adds_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(version: str) -> str:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        world.run(hands=Hands(world.case.hands.judge, broken))
    assert world.promoted == [world.run()]
    assert [version.name for version in world.registry.versions()] == ["first", world.promoted[0]]


def test_a_bot_that_ends_while_it_is_asked_to_try_a_model_ends_no_improvement(world: World) -> None:
    def gone(version: str) -> str:
        raise IrangError("the bot ended before it answered")

    with pytest.raises(IrangError, match="the bot ended"):
        world.run(hands=Hands(world.case.hands.judge, gone))
    assert world.steps() == DONE[:-1]
    assert world.promoted == [world.run()]
    assert world.steps() == DONE


def test_a_database_that_cant_be_read_ends_no_improvement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_before(world, "promote", monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(ratings, "withdrawn", locked)
        with pytest.raises(ImportRefused):
            world.run()
    assert world.promoted == [world.run()]
    assert world.steps() == DONE


def locked(file: Path, agreed: list[str]) -> int:
    raise ImportRefused(f"{file}: expected the bot's irang.db of this version (database is locked)")


def test_an_interrupted_training_is_gone_on_with(world: World) -> None:
    interrupt = Interrupt()
    interrupt.asked = True
    with pytest.raises(Later, match="irang improve"):
        world.run(interrupt=interrupt)
    assert world.steps() == [("export", "done"), ("train", "running")]
    (run,) = world.case.place.runs.all()
    world.run()
    assert [one.id for one in world.case.place.runs.all()] == [run.id]


def test_blind_verdicts_are_kept_and_gone_on_with(tmp_path: Path) -> None:
    world = World(tmp_path, judged=6)
    company(world.data).close()
    world.keys = ["a", "b", "="]
    with pytest.raises(Later):
        world.run()
    seen = world.matches[:3]
    world.keys = [key for match in world.matches[3:4] for key in ["s"]] + ["s", "s"]
    expected = [match.verdict(key) for match, key in zip(seen, ("a", "b", "="), strict=True)]
    lost = expected.count("live") > expected.count("new")
    if lost:
        with pytest.raises(ImproveRefused, match="side by side"):
            world.run()
    else:
        world.run()
    id = world.case.rows.all()[-1].id
    verdicts = world.case.rows.verdicts(id)
    assert [verdicts[match.number] for match in seen] == expected
    assert sorted(verdicts.values()).count("skip") == 3
    shown = [match.number for match in world.matches]
    assert shown[3] == shown[4], "the one that was left is shown again, the others are not"
    assert len(set(shown)) == 6


def test_a_model_that_loses_side_by_side_is_not_promoted_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    world = World(tmp_path, judged=4)
    company(world.data).close()

    def against(match: Match, place: int, of: int) -> str:
        return "b" if match.first_is_new else "a"

    with pytest.raises(ImproveRefused, match="not better: side by side it won 0 times and lost 4 times"):
        world.run(hands=Hands(against, world.case.hands.promote))
    assert (world.steps()[-1], world.promoted) == (("gate", "refused"), [])
    assert "side by side" in world.reason()
    assert world.registry.current() == world.registry.get("first")
    assert world.case.rows.unfinished() == ""


def test_nothing_new_to_learn_from_is_refused_until_somebody_rates_again(world: World) -> None:
    id = world.run()
    with pytest.raises(ImproveRefused, match=f"nothing was rated or corrected since {id}"):
        world.run()
    assert world.promoted == [id]
    made = Opinions(world.data)
    made.rate(made.turn(people(1)[0], "새로운 말이야", "새로운 답이에요"), "👍", people(1)[0])
    made.close()
    assert world.run() != id


def test_a_version_that_is_live_now_is_not_taught_the_same_again(world: World) -> None:
    id = world.run()
    world.registry.use(id)
    with pytest.raises(ImproveRefused, match=f"nothing was rated or corrected since {id}"):
        world.run()
    with pytest.raises(ImproveRefused, match=f"nothing was rated or corrected since {id}"):
        world.run(base="first")


def test_what_a_version_further_back_has_learnt_is_not_learnt_again(world: World, nothing_learnt: None) -> None:
    first = world.run()
    world.registry.use(first)
    second = world.run(again=True)
    world.registry.use(second)
    world.registry.remove(first)
    with pytest.raises(ImproveRefused, match=f"nothing was rated or corrected since {first}"):
        world.run()


def test_whoever_wants_the_same_again_says_so(world: World, nothing_learnt: None) -> None:
    first = world.run()
    second = world.run(again=True)
    assert world.promoted == [first, second]


def test_a_version_that_was_removed_can_be_learnt_again(world: World, nothing_learnt: None) -> None:
    world.registry.remove(world.run())
    assert world.steps() == DONE
    world.run()
    assert world.steps() == DONE * 2


def test_what_the_gate_refused_is_tried_again_by_other_terms_only(
    world: World, nothing_learnt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(gate, "refusals", lambda *_, **__: ["worse"])
        with pytest.raises(ImproveRefused, match="not better: worse"):
            world.run()
    with pytest.raises(ImproveRefused, match="nothing was rated or corrected since"):
        world.run()
    settings = world.case.settings
    world.run(settings=settings.model_copy(update={"bits": settings.bits / 2}))
    assert world.steps()[-len(DONE) :] == DONE


def test_what_ended_without_being_weighed_can_begin_again(
    world: World, nothing_learnt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("gate", "promote"):
        stopped_before(world, step, monkeypatch)
        world.registry.use("")
        with pytest.raises(ImproveRefused, match="another model is live"):
            world.run()
        world.registry.use("first")
    world.run()
    assert world.steps()[-len(DONE) :] == DONE


# ---- refusals ------------------------------------------------------------------------------------


def stopped_before(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An improvement whose step `step` is still to be done."""

    def crash(case: Case, before: dict[str, Any]) -> dict[str, Any]:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(improve, "STEPS", {**improve.STEPS, step: crash})
        with pytest.raises(MemoryError):
            world.run()


def test_a_data_folder_that_was_not_there_is_the_owners_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    place = Place(tmp_path / "new")
    with pytest.raises(ImportRefused):
        world.run(place=place)
    assert place.data.stat().st_mode & 0o777 == 0o700


def test_one_process_improves_at_a_time(tmp_path: Path) -> None:
    world = World(tmp_path)
    with hold(world.case.place.data / "improve.lock"), pytest.raises(InUse, match="improving already"):
        improve.run(world.case)
    assert world.case.rows.all() == []


def test_too_little_to_learn_from_is_refused_with_what_was_left_out(tmp_path: Path) -> None:
    world = World(tmp_path)
    made = Opinions(world.data)
    made.rate(made.turn(people(1)[0], "안녕", "네"), "👍", people(1)[0])
    made.close()
    with pytest.raises(ImproveRefused, match=r"^0 answers to follow are too few.*no consent$"):
        world.run()
    assert world.steps() == [("export", "refused")]


def test_words_that_were_deleted_since_end_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_before(world, "train", monkeypatch)
    withdraw(world.data, pseudonym("telegram", people(1)[0].id), "2026-11-22T00:00:00+00:00")
    with pytest.raises(ImproveRefused, match="words in it were deleted since"):
        world.run()
    assert world.steps() == [("export", "done"), ("train", "refused")]


def test_a_consent_that_was_taken_back_since_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_before(world, "promote", monkeypatch)
    made = Opinions(world.data)
    made.agrees(people(1)[0], "off", minutes=500)
    made.close()
    with pytest.raises(ImproveRefused, match="1 consents were taken back since"):
        world.run()
    assert world.promoted == []


def test_another_live_model_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_before(world, "evaluate", monkeypatch)
    world.registry.use("")
    with pytest.raises(ImproveRefused, match="another model is live"):
        world.run()


def test_without_trl_preferences_are_refused_in_one_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "trl" else found(name, *more))
    with pytest.raises(ImproveRefused, match=r"pip install 'irang\[preferences\]'"):
        world.run()


def test_adapters_need_a_base_that_is_a_version(world: World) -> None:
    recipe = Recipe.model_validate({**QUICK.model_dump(), "lora": {"rank": 4}})
    with pytest.raises(ImproveRefused, match="irang models add"):
        world.run(recipe=recipe, base="")


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft 0.21 asks transformers for it
def test_adapters_become_a_version_over_their_base(world: World) -> None:
    learning = {"epochs": 2, "batch": 16, "rate": 5e-2, "patience": 0}
    recipe = Recipe.model_validate({**QUICK.model_dump(), "learning": learning, "lora": {"rank": 4}})
    id = world.run(recipe=recipe)
    assert world.registry.get(id).manifest.base == "first"
    assert weighing.figures({"x": {"value": 0.5, "interval": [0.25, 0.75]}}) == "x 0.5 [0.25, 0.75]"
