"""A run's losses as a picture."""

from __future__ import annotations

import logging
from pathlib import Path

from training.runs import Run

log = logging.getLogger(__name__)

FIGURES = {"bits_per_character": "bits per character of the reply", "f1": "F1"}


def draw(run: Run, file: Path) -> bool:
    """Loss and the held-out figure over the epochs, as a PNG; False when matplotlib isn't installed."""
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
    figures = losses.twinx()
    for name, label in FIGURES.items():
        if all(name in one for one in run.epochs):
            figures.plot(at, [one[name] for one in run.epochs], "k--", label=f"{label}, held out")
            figures.set_ylabel(label)
    figure.legend(loc="outside upper center", ncols=3)
    figure.savefig(file, dpi=120)
    return True
