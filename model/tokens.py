"""A stranger's tokenizer.json, tried before anybody's words go through it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ModelRefused

_TRIAL = "안녕하세요, 이랑! Hello 1 😀\n"


def check(file: Path) -> None:
    """Raises ModelRefused for a tokenizer that can't be read, or that can't read and write a line of Korean."""
    from tokenizers import Tokenizer

    try:
        with _quiet():
            tokenizer = Tokenizer.from_file(str(file))
            tokenizer.no_padding()  # neither is ever done here, and a padding of 10^12 tokens ends the process
            tokenizer.no_truncation()
            tokenizer.decode(tokenizer.encode(_TRIAL, add_special_tokens=False).ids)
    except BaseException as error:  # the library raises bare Exceptions, and its Rust code panics
        if not isinstance(error, Exception) and not _is_panic(error):
            raise
        raise ModelRefused(f"{file}: no tokenizer that works ({type(error).__name__}): another one is needed") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the page that Rust itself writes to standard error when it panics: the refusal is one line."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _is_panic(error: BaseException) -> bool:
    """A fault of the library's Rust code. PyO3 derives its class from BaseException and exports it nowhere."""
    kind = type(error)
    return (kind.__module__, kind.__name__) == ("pyo3_runtime", "PanicException")
