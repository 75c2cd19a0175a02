"""`python -m model serve`: one model folder behind a Unix socket, for as long as its parent lives."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from bot.errors import IrangError
from bot.longlived import keep_for_good
from model import folder as folders
from model import quiet, sockets
from model.exits import BAD_SETTINGS, FAILED, NO_MEMORY

if TYPE_CHECKING:
    from model.server import Serving

log = logging.getLogger("model")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.beside:
        quiet.session_behind()  # until it has written its first token
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    if not asked.stay:
        _leave_with_parent(asked.uds)
    try:
        return _serve(asked)
    except (IrangError, RuntimeError, MemoryError) as error:
        if _lacks_memory(error):
            print(f"there is no memory for {asked.model.name}", file=sys.stderr)
            return NO_MEMORY
        if not isinstance(error, IrangError):
            raise
        print(str(error).splitlines()[0], file=sys.stderr)
        return BAD_SETTINGS


def _lacks_memory(error: BaseException | None) -> bool:
    """Whether that is what happened, or what lies behind it: a folder is refused for what its loading raised."""
    match error:
        case None:
            return False
        case MemoryError():
            return True
        case OSError(errno=errno.ENOMEM):
            return True
        case RuntimeError():
            from model.memory import out_of_memory

            return out_of_memory(error)
    return _lacks_memory(error.__cause__)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model")
    serve = parser.add_subparsers(required=True).add_parser("serve", help="serve a model folder")
    serve.add_argument("--model", type=Path, default=folders.EMBEDDED, help="a model folder; the embedded one if unset")
    where = serve.add_mutually_exclusive_group(required=True)
    where.add_argument("--uds", type=Path, help="path of the Unix socket to serve on")
    where.add_argument("--port", type=int, help="TCP port to serve on, 0: any; needs --key-env")
    serve.add_argument("--host", default="127.0.0.1", help="address for --port")
    serve.add_argument("--key-env", help="NAME of the environment variable that holds the bearer token")
    serve.add_argument("--threads", type=int, default=0, help="CPU threads; 0: chosen by torch")
    serve.add_argument("--slots", type=int, default=32, help="answers written at the same time")
    serve.add_argument("--waiting", type=int, default=256, help="requests that may wait for a slot")
    kinds = ("auto", "float32", "bfloat16", "int8")
    serve.add_argument("--precision", choices=kinds, default="auto", help="what to compute in; int8 on a CPU alone")
    serve.add_argument("--graphs", choices=("auto", "off"), default="auto", help="CUDA graphs, where they are faster")
    serve.add_argument("--memory", type=int, default=0, help="MiB for keys and values; 0: chosen by what is there")
    serve.add_argument(
        "--adapter", action="append", default=[], metavar="NAME=FOLDER", type=_adapter, help="a LoRA over the model"
    )
    serve.add_argument("--answers", default="", metavar="NAME", help="the adapter that answers who names no model")
    serve.add_argument("--beside", action="store_true", help="load behind another model that answers meanwhile")
    serve.add_argument("--stay", action="store_true", help="go on when standard input ends")
    return parser


def _adapter(words: str) -> tuple[str, Path]:
    name, _, folder = words.partition("=")
    if not name or not folder:
        raise argparse.ArgumentTypeError("expected NAME=FOLDER")
    return name, Path(folder)


def _leave_with_parent(socket: Path | None) -> None:
    """Exit when standard input ends: the parent holds the other end, and lets go however it dies."""

    def watch() -> None:
        while os.read(0, 4096):
            continue
        log.info("standard input ended, so the parent is gone: leaving (--stay goes on without one)")
        if socket and socket.is_socket():
            socket.unlink(missing_ok=True)
        os._exit(0)  # the engine may be deep in a step, and nobody is left to wait for it

    Thread(target=watch, name="parent", daemon=True).start()


def _serve(asked: argparse.Namespace) -> int:
    key = _key(asked)
    if asked.uds:
        sockets.check_free(asked.uds)
    folders.check(asked.model)
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    began = time.monotonic()
    log.info("loading %s", asked.model)
    ready = quiet.quietly(lambda: _loaded(asked)) if asked.beside else _loaded(asked)
    log.info("loaded %s in %.1f s", ready.name, time.monotonic() - began)
    from model import serving

    listener = sockets.bind_unix(asked.uds) if asked.uds else sockets.bind_tcp(asked.host, asked.port)
    where = str(asked.uds) if asked.uds else "http://{}:{}".format(*listener.getsockname()[:2])

    def on_ready() -> None:
        if asked.beside:
            quiet.session_level()
        print(f"ready {ready.name} on {where}", flush=True)

    survived = serving.run(ready, listener, key=key, on_ready=on_ready)
    if asked.uds:
        asked.uds.unlink(missing_ok=True)
    return 0 if survived else FAILED


def _loaded(asked: argparse.Namespace) -> Serving:
    from model import serving  # torch and transformers take seconds to import: what can be refused is refused before

    options = serving.Options(
        threads=asked.threads,
        slots=asked.slots,
        waiting=asked.waiting,
        precision=asked.precision,
        memory=asked.memory,
        adapters=dict(asked.adapter),
        answers=asked.answers,
        graphs=asked.graphs == "auto",
    )
    ready = serving.open_folder(asked.model, options)
    if asked.beside:
        serving.warm_up(ready.engine)
    keep_for_good()
    return ready


def _key(asked: argparse.Namespace) -> str | None:
    if asked.uds:
        return None
    if not asked.key_env:
        raise sockets.SocketError("--port needs --key-env: the NAME of an environment variable that holds the key")
    key = os.environ.get(asked.key_env, "")
    if not key:
        raise sockets.SocketError(f"the environment variable {asked.key_env} is empty: put the key there")
    return key


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # no waiting for a thread that is stuck in the model
