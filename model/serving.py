"""A model folder opened and served: where weights, prompts, engine and HTTP meet."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
import uvicorn

from model import folder as folders
from model import weights
from model.engine import Engine
from model.folder import FolderError
from model.prompt import Renderer
from model.server import Serving, build

log = logging.getLogger(__name__)

_LONGEST_ANSWER = 1024  # tokens, where the folder names no longest answer


def open_folder(folder: Path, *, threads: int = 0, slots: int = 4, waiting: int = 64) -> Serving:
    """Load a model folder for serving. Raises FolderError.

    threads  CPU threads for the model; 0: chosen by torch
    slots    answers that are written at the same time
    waiting  requests that may wait for a slot
    """
    folders.check(folder)
    if threads:
        torch.set_num_threads(threads)
    defaults, ignored = folders.default_sampling(folder)
    if ignored:
        log.warning("generation_config.json: not known here and left out: %s", ", ".join(ignored))
    model = weights.load(folder)
    renderer = _renderer(folder)
    context = weights.window(model)
    defaults = replace(defaults, max_tokens=defaults.max_tokens or min(_LONGEST_ANSWER, context // 2))
    engine = Engine(model, slots=slots, waiting=waiting, context=context, stop_ids=renderer.stop_ids, defaults=defaults)
    return Serving(folders.served_name(folder), renderer, engine, defaults)


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


def _renderer(folder: Path) -> Renderer:
    try:
        return Renderer.load(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"{folder}: {weights.first_line(error)}") from error
