"""Several processes that train one model, as torchrun or accelerate start them; usually there is one."""

from __future__ import annotations

from collections.abc import Callable

import torch
from accelerate import PartialState  # type: ignore[import-untyped]
from accelerate.utils import broadcast_object_list, gather_object  # type: ignore[import-untyped]

from training.rendering import TrainingRefused


def _state() -> PartialState:
    return PartialState(cpu=not torch.cuda.is_available())


def count() -> int:
    return int(_state().num_processes)


def first() -> bool:
    """Whether this one keeps the books: rows, files, what is shown."""
    return bool(_state().is_main_process)


def agreed(choose: Callable[[], str]) -> str:
    """What the first process chose, in all of them. Raises what `choose` raised, or TrainingRefused elsewhere."""
    told = [""]
    fault: Exception | None = None
    if first():
        try:
            told = [choose()]
        except Exception as error:  # noqa: BLE001  the others wait and have to hear of it, whatever it is
            fault = error
    broadcast_object_list(told)
    if fault:
        raise fault
    if not told[0]:
        raise TrainingRefused("the first process gave up: see what it says")
    return told[0]


def anywhere(here: bool) -> bool:
    """Whether it is so in any process: they have to end at the same step."""
    return here if count() == 1 else any(gather_object([here]))
