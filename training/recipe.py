"""How `irang improve` learns: training/improve.toml, or a file of the operator's own."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from training import settings
from training.config import Learning, Lora

SHIPPED = Path(__file__).resolve().parent / "improve.toml"


class Preferring(BaseModel):
    """How preferences are learnt.

    method  "kto" takes single judged answers, "dpo" pairs; "auto": pairs where there are as many as judged answers;
            "none": only answers to follow are learnt
    beta    how strongly it is held to the model that it comes from
    the others as in training.config.Learning
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["auto", "kto", "dpo", "none"] = "auto"
    beta: float = Field(default=0.1, gt=0)
    epochs: int = Field(default=4, ge=1)
    batch: int = Field(default=8, ge=2)  # KTO compares the rows of a batch
    accumulation: int = Field(default=1, ge=1)
    rate: float = Field(default=1e-5, gt=0)
    warmup: float = Field(default=0.1, ge=0, lt=1)
    clip: float = Field(default=1.0, gt=0)
    bf16: bool = False
    checkpointing: bool = False

    def chosen(self, judged: int, pairs: int) -> Literal["kto", "dpo", ""]:
        """By what is there; "": nothing."""
        match self.method:
            case "auto":
                return "dpo" if pairs and pairs >= judged else "kto" if judged else ""
            case "dpo":
                return "dpo" if pairs else ""
            case "kto":
                return "kto" if judged else ""
            case _:
                return ""


class Recipe(BaseModel):
    """`learning` is for the answers to follow. `window`: tokens of a row at most; 0: what the model has room for.

    `least`: answers to follow without which nothing is learnt at all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=7, ge=0)
    window: int = Field(default=0, ge=0)
    least: int = Field(default=50, ge=1)
    learning: Learning = Learning()
    preferring: Preferring = Preferring()
    lora: Lora | None = None


def load(file: Path = SHIPPED) -> Recipe:
    """Raises ConfigError with a line for each fault."""
    return settings.read(file, Recipe)
