"""The engine gives every request its own answer, whoever else is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
import torch
from transformers import GPT2LMHeadModel

from bot.messages import Sampling
from model.engine import Engine
from model.schedule import Limits, QueueFull, Request
from model.writer import Produced
from tests.model.tiny import CONTEXT, following, tiny_model

GREEDY = Sampling(temperature=0)
STOP = 256


@pytest.fixture(scope="module")
def model() -> GPT2LMHeadModel:
    return tiny_model()


def engine_of(
    model: GPT2LMHeadModel, *, slots: int = 4, waiting: int = 4, defaults: Sampling = GREEDY, **more: int
) -> Engine:
    limits = Limits(slots=slots, waiting=waiting, context=CONTEXT, **more)
    return Engine(model, limits, stop_ids=[STOP], defaults=defaults)


def request(id: str, *ids: int, **sampling: float) -> Request:
    return Request(id, ids, Sampling(**sampling))  # type: ignore[arg-type]


def behind(asked: Request, priority: int = 1) -> Request:
    return replace(asked, priority=priority)


def run(engine: Engine) -> dict[str, list[Produced]]:
    """Everything that is produced until nothing is left, by request."""
    answers: dict[str, list[Produced]] = {}
    while engine.running or engine.waiting:
        for produced in engine.step():
            answers.setdefault(produced.request, []).append(produced)
    return answers


def tokens(answer: Iterable[Produced]) -> list[int]:
    return [token for produced in answer for token in produced.tokens]


def alone(model: GPT2LMHeadModel, asked: Request) -> list[int]:
    engine = engine_of(model)
    engine.add(asked)
    return tokens(run(engine)[asked.id])


def reference(prompt: tuple[int, ...], penalty: float = 1.0) -> list[int]:
    """What transformers' own generate() answers, greedily and without the stop token."""
    ids = tiny_model().generate(  # type: ignore[misc]
        torch.tensor([prompt]), max_new_tokens=30, do_sample=False, pad_token_id=STOP, repetition_penalty=penalty
    )
    return [id for id in ids[0, len(prompt) :].tolist() if id != STOP]


def test_greedy_is_what_transformers_generates(model: GPT2LMHeadModel) -> None:
    prompt = (10, 20, 30)
    assert alone(model, request("a", *prompt, max_tokens=30)) == reference(prompt)


def test_the_penalty_is_what_transformers_applies(model: GPT2LMHeadModel) -> None:
    prompt = (10, 20, 30)
    answer = alone(model, request("a", *prompt, max_tokens=30, repetition_penalty=1.7))
    assert answer == reference(prompt, 1.7) != reference(prompt)


def test_a_request_that_joins_later_changes_nobodys_answer(model: GPT2LMHeadModel) -> None:
    asked = [request(name, *prompt, max_tokens=20) for name, prompt in (("a", (1, 2, 3)), ("b", (7,)), ("c", (9, 9)))]
    engine = engine_of(model, slots=2)
    together: dict[str, list[int]] = {}
    for late in asked:
        engine.add(late)
        for produced in engine.step():
            together.setdefault(produced.request, []).extend(tokens([produced]))
    for name, answer in run(engine).items():
        together.setdefault(name, []).extend(tokens(answer))
    assert together == {one.id: alone(model, one) for one in asked}


def test_a_seed_gives_the_same_answer_whoever_else_is_there(model: GPT2LMHeadModel) -> None:
    asked = request("a", 1, 2, max_tokens=20, temperature=1.0, seed=7)
    engine = engine_of(model)
    engine.add(request("b", 3, max_tokens=20, temperature=1.0, seed=1))
    engine.add(asked)
    engine.add(request("c", 4, max_tokens=20, temperature=1.0))
    assert tokens(run(engine)["a"]) == alone(model, asked)
    assert alone(model, asked) != alone(model, request("a", 1, 2, max_tokens=20, temperature=1.0, seed=8))


def test_two_answers_grow_side_by_side(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model)
    engine.add(request("a", 1, max_tokens=3))
    engine.add(request("b", 2, max_tokens=3))
    assert [[produced.request for produced in engine.step()] for _ in range(3)] == [["a", "b"]] * 3


def test_an_answer_ends_at_a_stop_token_which_is_not_handed_out() -> None:
    engine = engine_of(following([1, 2, 3, STOP], 259))
    engine.add(request("a", 1))
    assert run(engine)["a"] == [Produced("a", (2,)), Produced("a", (3,)), Produced("a", (), "stop")]


def test_an_answer_ends_at_its_longest() -> None:
    engine = engine_of(following([1, 2, 1], 259))
    engine.add(request("a", 1, max_tokens=2))
    assert run(engine)["a"] == [Produced("a", (2,)), Produced("a", (1,), "length")]


def test_an_answer_ends_where_the_window_ends() -> None:
    engine = engine_of(following([1, 2, 1], 259))
    engine.add(request("a", *([1] * (CONTEXT - 2)), max_tokens=50))
    assert run(engine)["a"] == [Produced("a", (2,)), Produced("a", (1,), "length")]


@pytest.mark.parametrize("length", [0, CONTEXT])
def test_a_prompt_that_leaves_no_room_is_refused(model: GPT2LMHeadModel, length: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        engine_of(model).add(request("a", *([1] * length)))


@pytest.mark.parametrize("asked", [Request("a", (1, 259), GREEDY), Request("a", (1,), GREEDY, banned=((2, 259),))])
def test_a_token_that_the_model_does_not_know_is_refused(model: GPT2LMHeadModel, asked: Request) -> None:
    with pytest.raises(ValueError, match="the token 259 is none of the model's 259"):
        engine_of(model).add(asked)


def test_a_stop_token_that_the_model_does_not_know_is_never_met() -> None:
    limits = Limits(slots=1, waiting=0, context=CONTEXT)
    engine = Engine(following([1, STOP], 259), limits, stop_ids=[STOP, 259], defaults=GREEDY)
    engine.add(request("a", 1, min_tokens=1, max_tokens=2))
    assert STOP not in tokens(run(engine)["a"])


def test_an_id_that_is_under_way_is_refused(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model)
    engine.add(request("a", 1))
    with pytest.raises(ValueError, match="under way"):
        engine.add(request("a", 1))


def test_who_finds_no_slot_waits_and_then_comes_first(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1)
    for name in "abc":
        engine.add(request(name, 1, max_tokens=2))
    order = [produced.request for _ in range(6) for produced in engine.step()]
    assert order == ["a", "a", "b", "b", "c", "c"]


def test_a_full_queue_says_so(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1, waiting=1)
    engine.add(request("a", 1))
    engine.add(request("b", 1))
    with pytest.raises(QueueFull):
        engine.add(request("c", 1))
    engine.step()
    with pytest.raises(QueueFull):
        engine.add(request("c", 1))
    engine.cancel("b")
    engine.add(request("c", 1))


def test_cancelling_frees_the_slot_for_the_next_step(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1)
    engine.add(request("a", 1))
    engine.add(request("b", 1))
    engine.step()
    engine.cancel("a")
    assert [produced.request for produced in engine.step()] == ["b"]


def test_who_waits_can_be_cancelled_and_who_is_gone_too(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1)
    engine.add(request("a", 1, max_tokens=1))
    engine.add(request("b", 1))
    engine.cancel("b")
    assert list(run(engine)) == ["a"]
    engine.cancel("a")


def test_numbers_that_are_not_finite_end_that_answer_alone() -> None:
    model = following([1, 2, 1], 259)
    with torch.no_grad():
        model.transformer.wte.weight[7] = float("nan")
    engine = engine_of(model)
    engine.add(request("bad", 7))
    engine.add(request("good", 1, max_tokens=2))
    answers = run(engine)
    assert answers["bad"] == [Produced("bad", (), "error")]
    assert tokens(answers["good"]) == [2, 1]


@pytest.mark.parametrize("beams", [1, 2])
def test_numbers_that_are_not_finite_leave_nothing_to_who_comes_next(beams: int) -> None:
    model = following([1, 2, 1], 259)
    with torch.no_grad():
        model.transformer.wte.weight[7] = float("nan")
    engine = engine_of(model)
    engine.add(request("good", *([1] * 20), max_tokens=9))  # its row is the first, and stays
    engine.step()
    engine.add(request("bad", *([1] * 9), 7, 1, 1, num_beams=beams))
    assert Produced("bad", (), "error") in engine.step()
    engine.add(request("next", 1, 2, max_tokens=3))
    assert tokens(run(engine)["next"]) == [1, 2, 1]


def test_where_memory_ran_out_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, model: GPT2LMHeadModel) -> None:
    def full(turns: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    engine = engine_of(model)
    engine.add(request("a", *range(20)))
    engine.step()
    monkeypatch.setattr(engine, "_forward", full)
    assert engine.step() == [Produced("a", (), "memory")]
    assert engine.kept.size == 0


def test_a_long_prompt_is_kept_when_it_is_read_and_a_next_turn_only_when_it_ends(
    monkeypatch: pytest.MonkeyPatch, model: GPT2LMHeadModel
) -> None:
    monkeypatch.setattr("model.writer._KEEP_AT_ONCE", 32)
    engine = engine_of(model)
    engine.add(request("first", *range(40), max_tokens=3))
    engine.step()
    assert engine.kept.find(range(41))[0] == 32
    run(engine)
    size = engine.kept.size
    engine.add(request("next", *range(56), max_tokens=3))
    engine.step()
    assert engine.kept.size == size, "its first token does not wait for a copy of what is kept already"
    run(engine)
    assert engine.kept.find(range(57))[0] == 48


def test_what_a_request_leaves_open_is_the_folders_own(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, defaults=Sampling(max_tokens=3, temperature=0))
    engine.add(request("a", 1))
    engine.add(request("b", 1, max_tokens=1))
    answers = run(engine)
    assert (len(answers["a"]), len(answers["b"])) == (3, 1)


# ---- pausing -----------------------------------------------------------------------------------------

WHOLE = request(
    "whole", *range(20), max_tokens=40, temperature=1.0, seed=7, repetition_penalty=1.2, no_repeat_ngram_size=3
)


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 17, 30])
def test_an_answer_that_paused_goes_on_as_if_nothing_had_been(model: GPT2LMHeadModel, steps: int) -> None:
    engine = engine_of(model, slots=2, chunk=8)  # the prompt is read in three steps
    engine.add(request("neighbour", 1, max_tokens=60))  # so that the row it leaves is another's meanwhile
    engine.add(behind(WHOLE))
    answer = [produced for _ in range(steps) for produced in engine.step()]
    for number in range(2):  # and once more when it has just gone on
        engine.add(request(f"other{number}", 9, 8, 7, max_tokens=5))
        answer += engine.step()
        assert engine.paused == 1
        for _ in range(5):  # four to the other's end
            answer += engine.step()
        assert "whole" in engine._schedule.running
    answer += [produced for produceds in run(engine).values() for produced in produceds]
    assert tokens(produced for produced in answer if produced.request == "whole") == alone(model, WHOLE)


def test_who_comes_first_gets_a_token_in_the_next_step(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=4)
    for number in range(4):
        engine.add(behind(request(f"many{number}", 1, 2, 3, max_tokens=50), number))
    engine.step()
    for number in range(3):
        engine.add(request(f"other{number}", 4, 5, max_tokens=2))
    assert {one.request for one in engine.step()} == {"many0", "other0", "other1", "other2"}
    assert (engine.running, engine.waiting, engine.paused) == (4, 3, 3)
    engine.step()
    assert {one.request for one in engine.step()} == {"many0", "many1", "many2", "many3"}
    assert engine.paused == 0


def test_nobody_pauses_for_an_equal(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1)
    engine.add(request("a", 1, max_tokens=3))
    engine.add(request("b", 1, max_tokens=3))
    order = [produced.request for _ in range(6) for produced in engine.step()]
    assert order == ["a", "a", "a", "b", "b", "b"]


def test_cancelling_what_is_paused_leaves_nothing_behind(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1)
    engine.add(behind(request("a", *range(20), max_tokens=50)))
    engine.step()
    engine.add(request("b", 1, 2, 3, max_tokens=3))
    engine.step()
    with pytest.raises(ValueError, match="under way"):
        engine.add(request("a", 1))
    engine.cancel("a")
    assert (engine.running, engine.waiting, engine.paused) == (1, 0, 0)
    assert list(run(engine)) == ["b"]
    assert [slab.seats for slab in engine._memory._slabs] == [[], []]
    assert engine.kept.find((*range(20), 1))[0] == 16, "what it had read is kept for the next turn"


def test_beams_do_not_pause(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=1)
    engine.add(behind(request("beams", 1, max_tokens=3, num_beams=2)))
    engine.step()
    engine.add(request("b", 1, max_tokens=3))
    assert list(run(engine)) == ["beams", "b"]


def test_others_pause_where_memory_is_short_and_all_come_to_their_end(model: GPT2LMHeadModel) -> None:
    asked = [request(name, *range(10), max_tokens=40) for name in "abc"]
    engine = engine_of(model, slots=4, budget=100)
    for number, one in enumerate(asked):
        engine.add(behind(one, len(asked) - number))
        for _ in range(10):
            engine.step()
            assert sum(slot.tokens for slot in engine._schedule.running.values()) <= 100
    assert engine.paused
    run(engine)
    assert (engine.running, engine.waiting) == (0, 0)


def test_those_who_paused_do_not_keep_each_other_from_going_on(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, slots=4, budget=100)
    ended: set[str] = set()
    for number in range(4, 0, -1):
        engine.add(behind(request(f"{number}", *range(10), max_tokens=50), number))
        for _ in range(30):
            ended |= {produced.request for produced in engine.step() if produced.finish}
            paused = sum(one.job.read for one in engine._schedule.paused.values())
            assert sum(slot.tokens for slot in engine._schedule.running.values()) + paused <= 100
    ended |= {name for name, answer in run(engine).items() if answer[-1].finish}
    assert ended == {"1", "2", "3", "4"}


def test_where_there_is_no_memory_to_go_on_that_answer_alone_ends(
    monkeypatch: pytest.MonkeyPatch, model: GPT2LMHeadModel
) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    engine = engine_of(model, slots=1)
    engine.add(behind(request("a", 1, 2, 3, max_tokens=50)))
    engine.step()
    engine.add(request("b", 1, max_tokens=1))
    engine.step()
    monkeypatch.setattr(engine._memory, "seat", full)
    assert engine.step() == [Produced("a", (), "memory")]
    assert (engine.running, engine.waiting) == (0, 0)
