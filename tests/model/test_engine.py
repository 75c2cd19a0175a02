"""The engine gives every request its own answer, whoever else is there."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from transformers import GPT2LMHeadModel

from bot.messages import Sampling
from model.engine import Engine, Limits, QueueFull, Request
from model.writer import Produced
from tests.model.tiny import CONTEXT, following, tiny_model

GREEDY = Sampling(temperature=0)
STOP = 256


@pytest.fixture(scope="module")
def model() -> GPT2LMHeadModel:
    return tiny_model()


def engine_of(model: GPT2LMHeadModel, *, slots: int = 4, waiting: int = 4, defaults: Sampling = GREEDY) -> Engine:
    limits = Limits(slots=slots, waiting=waiting, context=CONTEXT)
    return Engine(model, limits, stop_ids=[STOP], defaults=defaults)


def request(id: str, *ids: int, **sampling: float) -> Request:
    return Request(id, ids, Sampling(**sampling))  # type: ignore[arg-type]


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
    monkeypatch.setattr(engine, "_forward_at_once", full)
    assert engine.step() == [Produced("a", (), "memory")]
    assert engine.kept.size == 0


def test_what_a_request_leaves_open_is_the_folders_own(model: GPT2LMHeadModel) -> None:
    engine = engine_of(model, defaults=Sampling(max_tokens=3, temperature=0))
    engine.add(request("a", 1))
    engine.add(request("b", 1, max_tokens=1))
    answers = run(engine)
    assert (len(answers["a"]), len(answers["b"])) == (3, 1)
