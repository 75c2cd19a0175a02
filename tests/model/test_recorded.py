"""Recorded steps say what the packed path says, whoever comes and goes, and give way to it where they can't."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import GPT2LMHeadModel, PreTrainedModel

from bot.messages import Sampling
from model.engine import Engine
from model.lora import Adapter, load
from model.memory import Memory
from model.packed import Packed, Stretch, prepare
from model.reading import read
from model.recorded import CudaGraphs, Recorded, Work, objection
from model.schedule import Limits, Request
from model.serving import warm_up
from model.writer import Produced
from tests.model.test_engine import request, run, tokens
from tests.model.test_lora import adapter_folder
from tests.model.test_packed import random_model
from tests.model.tiny import CONTEXT, following, tiny_model

CPU = torch.device("cpu")
FORBIDDEN = ("item", "is_nonzero", "_local_scalar_dense", "nonzero", "lift_fresh")  # a GPU would be waited for


class Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes each operation with the shapes and numbers that it is given, and where keys and values are written: what a
    graph can't change any more."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        where = args[0].data_ptr() if func.__name__.startswith("index_put_") else ""
        self.seen.append(f"{func}{_told(args)}{_told(kwargs)}{where}")
        return func(*args, **(kwargs or {}))


def _told(value: object) -> object:
    match value:
        case torch.Tensor():
            return tuple(value.shape)
        case list() | tuple():
            return [_told(one) for one in value]
        case dict():
            return {name: _told(one) for name, one in value.items()}
    return value


class Again:
    """A recorder without a GPU: what it recorded is done again, and has to be the same operations each time.

    `rows` of each recording in their order; `replays`: how often one was used.
    """

    def __init__(self, error: Exception | None = None, *, faster: bool = True) -> None:
        self.rows: list[int] = []
        self.asked = self.replays = 0
        self.error = error
        self._now = 0.0
        self._tick = 0.9 if faster else 1.1
        self._took = 1.0

    def record(self, work: Work) -> Work:
        self.asked += 1
        if self.error:
            raise self.error
        work()
        with Operations() as recorded:
            said = work()
        self.rows.append(len(said))
        assert not [one for one in recorded.seen if one.split(".")[1] in FORBIDDEN]

        def again() -> torch.Tensor:
            self.replays += 1
            with Operations() as replayed:
                said.copy_(work())
            assert replayed.seen[:-1] == recorded.seen
            return said

        return again

    def clock(self) -> float:
        self._took *= self._tick  # so that what comes later is faster, or slower
        self._now += self._took
        return self._now


def engine_of(model: PreTrainedModel, recorder: Again | None = None, *, chunk: int = 16, **more: Any) -> Engine:
    limits = Limits(slots=4, waiting=16, context=CONTEXT, chunk=chunk)
    return Engine(model, limits, stop_ids=[], defaults=Sampling(temperature=0), recorder=recorder, **more)


def coming_and_going(engine: Engine) -> dict[str, list[Produced]]:
    """Chats join and leave, one grows into a longer row, others choose by chance, and one is cancelled."""
    comes = {
        0: request("grows", *range(40), max_tokens=50),
        4: request("chance", 5, 6, max_tokens=30, temperature=1.0, seed=3),
        9: request("short", 8, max_tokens=4, temperature=0.7, top_p=0.9, seed=1),
        10: request("leaves", 9, 9, max_tokens=40),
        30: request("late", 1, 2, 3, max_tokens=25, repetition_penalty=1.3),
        31: request("beams", 4, 2, max_tokens=20, num_beams=2),
    }
    written: dict[str, list[Produced]] = {}
    for number in count():
        if number in comes:
            engine.add(comes[number])
        if number == 22:
            engine.cancel("leaves")
        if number > max(comes) and not engine.running:
            return written
        for produced in engine.step():
            written.setdefault(produced.request, []).append(produced)
    raise AssertionError


@pytest.mark.parametrize("family", ["gpt2", "llama", "gemma2", "exaone4"])
def test_every_answer_is_the_one_that_it_would_be_unrecorded(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.recorded._ASKED_OF_SEVERAL", 2)
    recorder = Again()
    told = coming_and_going(engine_of(random_model(family), recorder))
    assert told == coming_and_going(engine_of(random_model(family)))
    assert set(recorder.rows) >= {1, 2, 4}
    assert recorder.replays > 30


def test_each_shape_is_recorded_once() -> None:
    recorder = Again()
    engine = engine_of(tiny_model(), recorder)
    for name in "abc":
        engine.add(request(name, 1, 2, max_tokens=40))
        run(engine)
    assert recorder.rows == [1]


def test_what_is_over_soon_is_not_recorded() -> None:
    recorder = Again()
    engine = engine_of(tiny_model(), recorder)
    engine.add(request("a", 1, 2, max_tokens=3))
    run(engine)
    assert recorder.asked == 0


def test_rows_that_lie_elsewhere_are_recorded_anew() -> None:
    recorder = Again()
    engine = engine_of(tiny_model(), recorder)

    def write(*names: str) -> None:
        for name in names:
            engine.add(request(name, 1, 2, max_tokens=10))
        run(engine)

    write("a")
    write("b", "c")
    assert recorder.rows == [1, 2], "the slab has two rows by now"
    write("d")
    assert recorder.rows == [1, 2, 1]
    write("e", "f")
    assert recorder.rows == [1, 2, 1]
    engine.trim()
    engine.trim()
    write("g")
    assert recorder.rows == [1, 2, 1, 1]


def test_an_engine_that_is_warm_has_recorded_for_all_of_its_chats() -> None:
    recorder = Again()
    warm_up(engine_of(tiny_model(), recorder, chunk=64))
    assert recorder.rows == [4]


# ---- numbers that are not finite ---------------------------------------------------------------------


def spoilt(*spoiled: int) -> GPT2LMHeadModel:
    """Says 1, 2, 3, 1, ... for ever, and what it reads of these tokens makes no numbers."""
    model = following([1, 2, 3, 1], 259)
    with torch.no_grad():
        for token in spoiled:
            model.transformer.wte.weight[token] = float("nan")
        model.lm_head.weight[7, 5] = 10.0
    return model


def test_numbers_that_are_not_finite_end_that_answer_alone() -> None:
    recorder = Again()
    engine = engine_of(spoilt(7), recorder)
    engine.add(request("good", 1, max_tokens=40))
    engine.add(request("other", 1, max_tokens=40))
    for _ in range(6):
        engine.step()
    assert recorder.rows == [2]
    engine.cancel("other")
    engine.add(request("bad", 5, max_tokens=40))
    answers = run(engine)
    assert answers["bad"] == [Produced("bad", (7,)), Produced("bad", (), "error")]
    assert len(tokens(answers["good"])) == 34
    engine.add(request("a", 1, 2, max_tokens=5))
    engine.add(request("b", 2, max_tokens=5))
    answers = run(engine)
    assert (tokens(answers["a"]), tokens(answers["b"])) == ([3, 1, 2, 3, 1], [3, 1, 2, 3, 1])


def test_what_a_row_reads_while_nobody_sits_there_spoils_nobodys_answer() -> None:
    recorder = Again()
    engine = engine_of(spoilt(0), recorder)  # token 0 is what such a row reads
    for name in "abcd":
        engine.add(request(name, 1, max_tokens=8 if name == "d" else 30))
    for _ in range(20):
        engine.step()
    assert recorder.rows == [4]
    engine.add(request("next", 1, 2, 3, max_tokens=6))
    engine.add(request("one", 2, max_tokens=6))
    answers = run(engine)
    assert tokens(answers["next"]) == [1, 2, 3, 1, 2, 3]
    assert tokens(answers["one"]) == [3, 1, 2, 3, 1, 2]


# ---- what is left to the packed path -----------------------------------------------------------------


def seated(*lengths: int) -> Iterator[Stretch]:
    """Sequences that have read a token each, and what they read next."""
    memory = Memory(CONTEXT)
    for number, length in enumerate(lengths):
        seat = memory.seat(length)
        read(MODEL, Packed([Stretch(seat, 0, [number])], CPU))
        yield Stretch(seat, 1, [number + 5])


MODEL = tiny_model()
prepare(MODEL)


def recorded(recorder: Again) -> Recorded:
    return Recorded(lambda packed: read(MODEL, packed), recorder, CPU)


@torch.inference_mode()
def test_where_somebody_sits_and_does_not_read_nothing_is_written() -> None:
    steps, (one, other) = recorded(Again()), seated(20, 20)
    for _ in range(3):
        said = steps.read([other, one])
    assert said is not None
    assert torch.allclose(said, read(MODEL, Packed([other, one], CPU)), atol=1e-5)
    for _ in range(5):
        assert steps.read([one]) is None
        assert steps.read([other]) is None


@torch.inference_mode()
def test_prompts_are_not_recorded() -> None:
    recorder = Again()
    steps, (one,) = recorded(recorder), seated(20)
    for _ in range(5):
        assert steps.read([Stretch(one.seat, 1, [5, 6])]) is None
    assert recorder.asked == 0


@torch.inference_mode()
def test_chats_of_several_lengths_are_recorded_once_they_have_stayed_so_for_a_while() -> None:
    recorder = Again()
    steps, (one, long, other, third) = recorded(recorder), seated(20, 90, 20, 20)
    several = [long, third, one, other]
    for _ in range(29):
        assert steps.read(several) is None
    said = steps.read(several)
    assert said is not None
    assert recorder.rows == [5], "one row of the three is free, where four are taken for them"
    assert torch.allclose(said, read(MODEL, Packed(several, CPU)), atol=1e-5)


@torch.inference_mode()
def test_where_there_are_many_recordings_one_that_nobody_needs_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.recorded._MOST", 2)
    monkeypatch.setattr("model.recorded._UNUSED", 10)
    recorder = Again()
    steps = recorded(recorder)
    alone, two, four = [list(seated(20, *[20] * more)) for more in (0, 1, 3)]
    for stretches in (alone, two, alone):
        for _ in range(3):
            steps.read(stretches)
    for _ in range(10):
        steps.read(four)
    assert recorder.rows == [1, 2, 4], "the one of two was not used for longer"
    assert steps.read(alone) is not None
    assert steps.read(two) is None


@torch.inference_mode()
def test_more_shapes_in_turn_than_are_held_are_not_recorded_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.recorded._MOST", 2)
    recorder = Again()
    steps = recorded(recorder)
    shapes = [list(seated(20, *[20] * more)) for more in (0, 1, 3)]
    for _ in range(20):
        for stretches in shapes:
            steps.read(stretches)
    assert recorder.rows == [1, 2]


@torch.inference_mode()
def test_a_shape_is_not_judged_by_numbers_that_are_not_finite() -> None:
    recorder, (one,) = Again(), seated(20)
    spoils = [float("nan")] * 6  # of two attempts, each of which works twice to record and once to compare
    steps = Recorded(lambda packed: read(MODEL, packed) + (spoils.pop() if spoils else 0.0), recorder, CPU)
    while spoils:
        assert steps.read([one]) is None
    assert [steps.read([one]) is None for _ in range(3)] == [True, True, False]


@torch.inference_mode()
def test_a_model_that_forbids_a_token_is_recorded_once() -> None:
    recorder, (one,) = Again(), seated(20)
    forbids = torch.zeros(MODEL.config.vocab_size)
    forbids[-1] = -torch.inf
    steps = Recorded(lambda packed: read(MODEL, packed) + forbids, recorder, CPU)
    for _ in range(30):
        steps.read([one])
    assert recorder.asked == 1


@torch.inference_mode()
def test_what_was_said_stays_when_the_next_step_is_read() -> None:
    steps, (one,) = recorded(Again()), seated(20)
    for _ in range(3):
        said = steps.read([one])
    assert said is not None
    before = said.clone()
    steps.read([Stretch(one.seat, 2, [77])])
    assert torch.equal(said, before)


def test_adapters_are_not_recorded_and_change_nobody_elses_answer(tmp_path: Path) -> None:
    folder = adapter_folder(tmp_path / "a", random_model("gpt2"), "gpt2", 1)

    def told(recorder: Again | None) -> dict[str, list[Produced]]:
        model = random_model("gpt2")
        adapters: dict[str, Adapter] = {"a": load(folder, "a", model)}
        engine = engine_of(model, recorder, adapters=adapters)
        engine.add(Request("plain", (1, 2), Sampling(max_tokens=30)))
        engine.add(Request("adapted", (1, 2), Sampling(max_tokens=10), adapter="a"))
        for _ in range(8):
            engine.step()
        assert recorder is None or recorder.asked == 0
        return run(engine)

    recorder = Again()
    assert told(recorder) == told(None)
    assert recorder.rows == [1]


# ---- where it fails or does not pay ------------------------------------------------------------------


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "model.recorded"]


def test_a_model_that_cannot_be_recorded_is_not_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Again(RuntimeError("operation not permitted when stream is capturing\nand more"))
    told = coming_and_going(engine_of(tiny_model(), recorder))
    assert told == coming_and_going(engine_of(tiny_model()))
    assert recorder.asked == 1
    assert [line.partition(": ")[2] for line in logged(caplog)] == ["operation not permitted when stream is capturing"]


def test_where_there_is_no_memory_to_record_answers_go_on_without() -> None:
    recorder = Again(torch.OutOfMemoryError("CUDA out of memory"))
    engine = engine_of(tiny_model(), recorder)
    engine.add(request("alone", 1, max_tokens=20))
    run(engine)
    assert recorder.asked == 1
    assert coming_and_going(engine) == coming_and_going(engine_of(tiny_model()))
    assert engine._schedule.slots == 4, "nobody has to wait for that"
    assert recorder.asked > 1, "another shape may be smaller"


def test_where_there_is_no_memory_to_record_earlier_recordings_go() -> None:
    recorder = Again()
    engine = engine_of(tiny_model(), recorder)
    for name in "ab":
        engine.add(request(name, 1, max_tokens=8))
    run(engine)
    recorder.error = torch.OutOfMemoryError("CUDA out of memory")
    engine.add(request("alone", 1, max_tokens=8))
    run(engine)
    assert (recorder.rows, recorder.asked) == ([2], 2)
    assert engine._recorded
    assert not engine._recorded._steps


def test_where_memory_runs_out_recordings_go() -> None:
    engine = engine_of(tiny_model(), Again())
    engine.add(request("a", 1, 2, max_tokens=20))
    for _ in range(6):
        engine.step()
    assert engine._recorded
    assert engine._recorded._steps
    engine._note_no_memory(torch.OutOfMemoryError("CUDA out of memory"))
    engine.step()
    assert not engine._recorded._steps, "nor are they made again at once"
    assert len(tokens(run(engine)["a"])) == 13


def test_recordings_of_rows_that_are_given_back_go_with_them() -> None:
    engine = engine_of(tiny_model(), Again())
    engine.add(request("a", 1, 2, max_tokens=20))
    run(engine)
    engine.trim()
    engine.trim()
    assert engine._recorded
    assert not engine._recorded._steps


def test_a_shape_that_is_no_faster_is_not_used_and_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    recorder = Again(faster=False)
    engine = engine_of(tiny_model(), recorder)
    for name in "ab":
        engine.add(request(name, 1, 2, max_tokens=20))
        run(engine)
        engine.trim()
        engine.trim()
    assert recorder.rows == [1]
    assert engine._recorded
    assert not engine._recorded._asked, "rows that are gone are not remembered"
    (line,) = logged(caplog)
    assert line.startswith("steps of 1 rows of 64 tokens: not recorded: ")


def ticks(*seconds: float) -> Callable[[], float]:
    """A clock at which each piece of work takes one of these, `_TRIES` times over."""
    times = [end for one in seconds for _ in range(5) for end in (0.0, one)]
    return iter(times).__next__


@pytest.mark.parametrize(
    ("plain", "again", "clock", "why"),
    [
        (0.0, 0.0, ticks(2.0, 1.0), ""),
        (0.0, 0.001, ticks(2.0, 1.0), ""),
        (0.0, 0.5, ticks(2.0, 1.0), "not recorded: they would say something else"),
        (0.0, float("nan"), ticks(2.0, 1.0), "not recorded: they would say something else"),
        (0.0, [-torch.inf] + [0.0] * 49, ticks(2.0, 1.0), "not recorded: they would say something else"),
        ([-torch.inf] + [0.0] * 49, [-torch.inf] + [0.0] * 49, ticks(2.0, 1.0), ""),
        (0.0, 0.0, ticks(0.001, 0.001), "not recorded: 1.00 ms would become 1.00"),
        (0.0, 0.0, ticks(0.001, 0.002), "not recorded: 1.00 ms would become 2.00"),
    ],
)
def test_recorded_work_has_to_say_the_same_and_sooner(
    plain: float | list[float], again: float | list[float], clock: Callable[[], float], why: str
) -> None:
    logits = torch.linspace(-1, 1, 50).repeat(2, 1)
    said, would = logits + torch.tensor(plain), logits + torch.tensor(again)
    assert objection(lambda: said, lambda: would, clock) == why


# ---- how a GPU is asked for it -----------------------------------------------------------------------


class Gpu:
    """What torch.cuda does with graphs, as far as it is told: `did` in order."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.did: list[str] = []
        gpu = self

        class Stream:
            def __init__(self, name: str = "side") -> None:
                self.name = name

            def wait_stream(self, other: Stream) -> None:
                gpu.did.append(f"{self.name} waits for {other.name}")

        class Graph:
            def pool(self) -> int:
                return self.memory

            def replay(self) -> None:
                gpu.did.append("replay")

            memory = 0

        @contextmanager
        def record(graph: Graph, pool: int | None, stream: Stream, *, capture_error_mode: str) -> Iterator[None]:
            assert capture_error_mode == "thread_local"
            gpu.did.append(f"record with pool {pool}")
            yield
            graph.memory = pool or next(numbers)

        numbers, main = count(1), Stream("main")
        patch.setattr(torch.cuda, "Stream", Stream)
        patch.setattr(torch.cuda, "CUDAGraph", Graph)
        patch.setattr(torch.cuda, "graph", record)
        patch.setattr(torch.cuda, "current_stream", lambda: main)
        patch.setattr(torch.cuda, "stream", lambda _: nullcontext())

    def told(self) -> list[str]:
        did, self.did = self.did, []
        return did

    def work(self) -> torch.Tensor:
        self.did.append("work")
        return torch.ones(1)


def test_a_graph_is_recorded_beside_what_goes_on_and_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = Gpu(monkeypatch)
    again = CudaGraphs().record(gpu.work)
    asked = [*["work"] * 3, "record with pool None", "work"]
    assert gpu.told() == ["side waits for main", *asked, "main waits for side"]
    assert again() is again()
    assert gpu.told() == ["replay", "replay"]


def test_graphs_share_their_memory_and_never_take_what_all_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = Gpu(monkeypatch)
    graphs, here = CudaGraphs(), list[Work]()
    for _ in range(3):
        here.append(graphs.record(gpu.work))
    del here[0]
    here.append(graphs.record(gpu.work))
    here.clear()
    here.append(graphs.record(gpu.work))
    pools = [line.split()[-1] for line in gpu.told() if line.startswith("record")]
    assert pools == ["None", "1", "1", "1", "None"]


def test_what_cannot_be_recorded_is_waited_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> torch.Tensor:
        raise RuntimeError("no")

    gpu = Gpu(monkeypatch)
    with pytest.raises(RuntimeError, match="no"):
        CudaGraphs().record(fails)
    assert gpu.told() == ["side waits for main", "main waits for side"]
