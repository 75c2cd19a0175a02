"""A training's settings: one TOML file, every fault named at once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from training import settings
from training.labels import Scheme


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(_Section):
    """`set`: a folder of data/sets/. `rows`: at most so many rows to learn from; 0: all.

    `canaries`: so many made-up secrets are put among them, to see afterwards whether the model tells one.
    """

    set: str = Field(min_length=1)
    rows: int = Field(default=0, ge=0)
    drop_unlabelled: bool = False
    canaries: int = Field(default=0, ge=0, le=1000)


class Base(_Section):
    """What is taught further: a folder here, or owner/name on the hub.

    `template`: the chat template (Jinja) of a base that has none of its own, GPT-2 for one.
    """

    folder: str = ""
    hub: str = ""
    revision: str | None = None
    template: str = ""

    @model_validator(mode="after")
    def _one(self) -> Base:
        if bool(self.folder) == bool(self.hub):
            raise ValueError("expected either folder or hub")
        return self


class Scratch(_Section):
    """A GPT-2 from nothing, with a tokenizer trained on the training rows."""

    vocabulary: int = Field(default=6000, ge=300)
    width: int = Field(default=320, ge=8)
    layers: int = Field(default=6, ge=1)
    heads: int = Field(default=5, ge=1)
    window: int = Field(default=192, ge=16)
    dropout: float = Field(default=0.1, ge=0, lt=1)

    @model_validator(mode="after")
    def _divides(self) -> Scratch:
        if self.width % self.heads:
            raise ValueError(f"width: expected a multiple of heads ({self.heads}), for each has its share")
        return self


class Learning(_Section):
    """How it is learnt.

    optimizer     "muon": Muon for the hidden matrices, AdamW for the rest, both at `rate` (training/muon.py)
    batch         rows at once; halved when memory runs out, accumulation doubled with it
    accumulation  batches that make one step; the loss of a step is the mean over all its labelled tokens
    schedule      of the learning rate; "exponential" multiplies it by `gamma` after each epoch
    warmup        share of all steps, below 1
    patience      epochs without a better figure until it ends; 0: never early
    bf16          autocast
    """

    epochs: int = Field(default=3, ge=1)
    optimizer: Literal["adamw", "muon"] = "adamw"
    batch: int = Field(default=32, ge=1)
    accumulation: int = Field(default=1, ge=1)
    rate: float = Field(default=5e-5, gt=0)
    decay: float = Field(default=0.0, ge=0)
    warmup: float = Field(default=0.0, ge=0, lt=1)
    schedule: Literal["linear", "cosine", "constant", "exponential"] = "linear"
    gamma: float = Field(default=0.9, gt=0, le=1)
    clip: float = Field(default=1.0, gt=0)
    patience: int = Field(default=2, ge=0)
    bf16: bool = False
    buckets: bool = True
    checkpointing: bool = False


class Lora(_Section):
    """Low-rank adapters instead of the whole model. `targets`: layers by name; none: what peft knows for the model.

    `quantise` = "nf4" keeps the base in 4 bits (QLoRA: Dettmers et al. 2023), which needs CUDA and bitsandbytes.
    """

    rank: int = Field(default=8, ge=1, le=1024)
    alpha: int = Field(default=16, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: tuple[str, ...] = ()
    quantise: Literal["", "nf4"] = ""


class Questions(_Section):
    """How questions about a passage are put: the usual settings of SQuAD 2.0.

    window     tokens of question and passage together; a longer passage is read in several windows
    stride     tokens that two windows have in common
    question   tokens of a question at most
    best       starts and ends that are combined
    longest    tokens of an answer
    silence    what a generative model says when the passage holds no answer
    judged     held-out questions at most, evenly spread; 0: all
    """

    window: int = Field(default=384, ge=16)
    stride: int = Field(default=128, ge=0)
    question: int = Field(default=64, ge=1)
    best: int = Field(default=20, ge=1)
    longest: int = Field(default=30, ge=1)
    silence: str = Field(default="no answer", min_length=1)
    judged: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _moves_on(self) -> Questions:
        if self.question + self.stride + 3 > self.window:
            raise ValueError("window: expected more than question and stride together, so that windows move on")
        return self


Task = Literal["dialogues", "spans", "answers"]


class Samples(_Section):
    """What is said to the model at every evaluation; `tokens`: the longest answer."""

    said: tuple[str, ...] = ("안녕하세요", "오늘 기분이 안 좋아", "너는 누구야?")
    tokens: int = Field(default=48, ge=1)


class Config(_Section):
    """One training. `window`: tokens of a row at most; 0: what the model has positions for.

    `task`: "dialogues"; or questions about passages, whose set holds files of SQuAD's form (training/articles.py):
    "spans" marks the answer in the passage, "answers" writes it.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,40}$")
    task: Task = "dialogues"
    scheme: Scheme = "all"
    seed: int = Field(default=7, ge=0)
    window: int = Field(default=0, ge=0)
    comment: str = ""
    data: Data
    base: Base | None = None
    scratch: Scratch | None = None
    learning: Learning = Learning()
    lora: Lora | None = None
    samples: Samples = Samples()
    questions: Questions = Questions()

    @model_validator(mode="after")
    def _one_start(self) -> Config:
        if (self.base is None) == (self.scratch is None):
            raise ValueError("expected either [base] or [scratch]")
        if self.scratch and self.lora:
            raise ValueError("[lora] changes a base: it can't stand beside [scratch]")
        if self.data.canaries and self.task != "dialogues":
            raise ValueError('canaries are dialogues: expected task = "dialogues"')
        if self.lora and self.task == "spans":
            raise ValueError('[lora] can\'t stand beside task = "spans": its head has to be learnt whole')
        return self


def load(file: Path) -> Config:
    """Raises ConfigError with a line for each fault."""
    return settings.read(file, Config)


def with_canaries(config: Config, count: int) -> Config:
    """The same training with made-up secrets among its rows; 0: as the file has it."""
    if not count:
        return config
    return Config.model_validate({**config.model_dump(), "data": {**config.data.model_dump(), "canaries": count}})
