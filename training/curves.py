"""A run's losses as a picture."""

from __future__ import annotations

import logging
from pathlib import Path

from training.runs import Run

log = logging.getLogger(__name__)


def draw(run: Run, file: Path) -> bool:
    """Loss and bits per character over the epochs, as a PNG; False when matplotlib isn't installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        log.warning("no loss curve: pip install 'irang[train]' brings matplotlib")
        return False
    figure = Figure(figsize=(7, 4), layout="constrained")
    losses = figure.subplots()
    at = [one["epoch"] for one in run.epochs]
    for name, label in (("train_loss", "train"), ("valid_loss", "held out")):
        losses.plot(at, [one[name] for one in run.epochs], marker="o", label=f"loss, {label}")
    losses.set_xlabel("epoch")
    losses.set_ylabel("nats per labelled token")
    bits = losses.twinx()
    bits.plot(at, [one["bits_per_character"] for one in run.epochs], "k--", label="bits/character, held out")
    bits.set_ylabel("bits per character of the reply")
    figure.legend(loc="outside upper center", ncols=3)
    figure.savefig(file, dpi=120)
    return True
