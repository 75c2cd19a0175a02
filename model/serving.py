"""A model folder opened and served: where weights, prompts, engine and HTTP meet."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
import uvicorn
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from bot.messages import Message, Sampling
from model import folder as folders
from model import lora, reading, tokens, weights
from model.engine import Engine
from model.exchanges import FILE as EXCHANGES
from model.folder import FolderError
from model.precision import Precision
from model.prompt import Renderer
from model.ranking import Ranking
from model.recorded import CudaGraphs
from model.repertoire import Repertoire
from model.schedule import Limits, Request
from model.server import Serving, build

log = logging.getLogger(__name__)

_LONGEST_ANSWER = 1024  # tokens, where the folder names no longest answer
_CPU_MEMORY = 2 << 30  # bytes for keys and values
_ANY_IDS, _WARM = (0,) * 16, 4  # a prompt and the tokens of its answer that warm up an engine: enough to be recorded
_SHARE = 0.8  # of a GPU's free memory; the rest is for the steps themselves


@dataclass(frozen=True, slots=True)
class Options:
    """How a model is served.

    threads    CPU threads for the model; 0: chosen by torch
    slots      answers that are written at the same time
    waiting    requests that may wait for a slot
    precision  what to compute in; int8 on a CPU alone
    memory     MiB for keys and values; 0: 2048 on a CPU, most of what is free on a GPU
    adapters   LoRA folders over the model, by name
    answers    the adapter that answers who names no model; "": the model as it is
    graphs     whether a GPU's steps may be CUDA graphs, where they say the same and sooner
    """

    threads: int = 0
    slots: int = 32
    waiting: int = 256
    precision: Precision = "auto"
    memory: int = 0
    adapters: Mapping[str, Path] = field(default_factory=dict)
    answers: str = ""
    graphs: bool = True


def open_folder(folder: Path, options: Options) -> Serving:
    """Load a model folder for serving. Raises ModelRefused."""
    folders.check(folder)
    if options.threads:
        torch.set_num_threads(options.threads)
    defaults, ignored = folders.default_sampling(folder)
    if ignored:
        log.warning("generation_config.json: not known here and left out: %s", ", ".join(ignored))
    model = weights.load(folder, options.precision)
    renderer = _renderer(folder)
    if not reading.faithful(model):
        raise FolderError(
            f"{folder}: models of the kind {model.config.model_type} can't be batched here: use [model] url"
        )
    _check_ids(folder, model, renderer)
    limits = _limits(model, options)
    defaults = replace(defaults, max_tokens=defaults.max_tokens or min(_LONGEST_ANSWER, limits.context // 2))
    adapters = {name: lora.load(place, name, model) for name, place in options.adapters.items()}
    gpu = model.device.type == "cuda"
    recorder = CudaGraphs() if gpu and options.graphs else None
    engine = Engine(model, limits, stop_ids=renderer.stop_ids, defaults=defaults, adapters=adapters, recorder=recorder)
    if gpu:  # its kernels are loaded and its memory is asked for with the first steps
        warm_up(engine)
    names = _names(folder, options.adapters)
    chosen = next((name for name in names if names[name] == options.answers), None)
    if chosen is None:
        raise FolderError(f"{options.answers}: no such adapter: name its folder too")
    repertoires = _repertoires(folder, options.adapters, Ranking(model, renderer, limits.context))
    return Serving(chosen, renderer, engine, defaults, names, repertoires)


def _repertoires(folder: Path, adapters: Mapping[str, Path], ranking: Ranking) -> dict[str, Repertoire]:
    """The model's, and over it each adapter's; none where nothing came with the model."""
    repertoires = {"": Repertoire.load(folder, ranking)}
    for name, place in adapters.items():
        taught = (place / EXCHANGES).is_file()
        repertoires[name] = Repertoire.load(folder, ranking, place) if taught else repertoires[""]
    return {name: one for name, one in repertoires.items() if one}


def warm_up(engine: Engine) -> None:
    """Let it write for as many as it can at once, so that the first chats don't pay for what comes but once.

    Memory that is touched for the first time makes the first steps of 32 chats three times as long.
    """
    ids, sampling = _ANY_IDS[: engine.context // 2], Sampling(max_tokens=_WARM, min_tokens=_WARM, seed=0)
    for number in range(engine.slots):
        engine.add(Request(f"warm {number}", ids, sampling))
    while engine.running or engine.waiting:
        engine.step()
    engine.kept.clear()


def _names(folder: Path, adapters: Mapping[str, Path]) -> dict[str, str]:
    """What clients call the model and each of its adapters: name and digest, and the adapter's bare name too."""
    full = {f"{name}@{folders.weights_digest(place)[:8]}": name for name, place in adapters.items()}
    return {folders.served_name(folder): "", **full, **{name: name for name in adapters}}


def _limits(model: PreTrainedModel, options: Options) -> Limits:
    """What fits: three quarters of the memory for answers under way, the rest for what is kept of earlier ones."""
    gpu = model.device.type == "cuda"
    free = int(torch.cuda.mem_get_info()[0] * _SHARE) if gpu else _CPU_MEMORY
    memory = options.memory << 20 or free
    return Limits(
        slots=options.slots,
        waiting=options.waiting,
        context=weights.window(model),
        chunk=2048 if gpu else 128,
        budget=memory * 3 // 4 // weights.bytes_per_token(model) // 2,  # a row may be twice as long as its tokens
        kept=memory // 4,
    )


def run(serving: Serving, listener: socket.socket, *, key: str | None, on_ready: Callable[[], None]) -> bool:
    """Serve until a signal ends it (True) or the engine fails (False)."""
    failed = False

    def on_death() -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    app = build(serving, key=key, on_ready=on_ready, on_death=on_death)
    # Two seconds for answers under way to hear of the end; a log configuration of its own would replace ours.
    config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again when it is done: then they are done
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return not failed


def _check_ids(folder: Path, model: PreTrainedModel, renderer: Renderer) -> None:
    """Raises FolderError when words or the template can become a token that the model has no numbers for.

    Added tokens that nothing becomes are none of its business: many a folder has a padding beyond its weights.
    """
    words = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab(with_added_tokens=False)
    controls = renderer.example([Message("system", "·"), Message("user", "·"), Message("assistant", "·")]).ids
    largest, known = max((*words.values(), *controls)), reading.vocabulary(model)
    if largest >= known:
        raise FolderError(f"{folder}: the tokenizer has a token {largest}, and the weights end at {known - 1}")


def _renderer(folder: Path) -> Renderer:
    tokens.check(folder / "tokenizer.json")
    try:
        return Renderer.load(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"{folder}: {weights.first_line(error)}") from error
