"""Trains the embedded default model, tokenizer and small GPT-2, from nothing: `python -m training.embedded`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Annotated, cast

import torch
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from bot.errors import IrangError
from model.prompt import Renderer
from training import exchanges
from training.batches import Batch, batches, rows
from training.corpora import SMALLTALK, Dialogue, chatterbot, smalltalk, songys, texts
from training.hearing import Hearing
from training.measure import bits_per_character
from training.muon import Rates, clip, optimizers
from training.splits import Split, split

PAD, USER, BOT, END = CONTROLS = ("<pad>", "<usr>", "<sys>", "</s>")

TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message.role == 'user' -%}<usr>{{ message.content }}"
    "{%- elif message.role == 'assistant' -%}<sys>{{ message.content }}</s>"
    "{%- endif -%}{%- endfor -%}"
    "{%- if add_generation_prompt -%}<sys>{%- endif -%}"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out, besides the data and the hardware's rounding."""

    seed: int = 7
    vocabulary: int = 6000
    width: int = 256
    layers: int = 5
    heads: int = 4
    window: int = 192
    dropout: float = 0.1
    averaged: float = 0.998  # share of the mean that a step leaves as it is; what ships is the mean of the weights
    missed: float = 0.15  # share of what people say, in tokens, that a step hides or takes for something else
    epochs: int = 12
    tokens: int = 1024
    matrix_rate: float = 2e-3
    other_rate: float = 2e-3
    decay: float = 0.1
    repeat: dict[str, int] = field(default_factory=lambda: {"songys": 2, "chatterbot": 1, "smalltalk": 1})
    sampling: dict[str, float | int] = field(
        default_factory=lambda: {"temperature": 0.4, "top_p": 0.9, "repetition_penalty": 1.1, "max_new_tokens": 64}
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run measured: bits per character of the reply on both held-out splits of songys, and what it cost."""

    strict: float
    random: float
    epoch: int
    minutes: float
    threads: int
    parameters: int
    dialogues: dict[str, int]


class DataMissing(IrangError):
    """The text is one line that names the place."""


# ---- the parts -----------------------------------------------------------------------------------


def read(data: Path, own: Path) -> tuple[Split, dict[str, int]]:
    """songys split, with the others, which nobody is measured on, added to what is learnt; and how many of each.

    Raises DataMissing when a collection is not there.
    """
    for place in (data / "songys_chatbot/ChatbotData.csv", data / "chatterbot_korean", own):
        if not place.exists():
            raise DataMissing(f"{place}: no such data: name its folder with --data (or --own)")
    public, further, ours = (
        songys(data / "songys_chatbot/ChatbotData.csv"),
        chatterbot(data / "chatterbot_korean"),
        smalltalk(own),
    )
    parts = split(public.dialogues)
    counts = {
        "songys": len(public.dialogues),
        "chatterbot": len(further.dialogues),
        "smalltalk": len(ours.dialogues),
    }
    return Split(parts.train + further.dialogues + ours.dialogues, parts.strict, parts.random), counts


def new_tokenizer(lines: Iterable[str], vocabulary: int, window: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE: every text can be written, and comes back as it was."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=list(CONTROLS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[USER, BOT],
        chat_template=TEMPLATE,
        model_max_length=window,
        clean_up_tokenization_spaces=False,
    )


def new_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> GPT2LMHeadModel:
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=recipe.window,
        n_embd=recipe.width,
        n_layer=recipe.layers,
        n_head=recipe.heads,
        resid_pdrop=recipe.dropout,
        embd_pdrop=recipe.dropout,
        attn_pdrop=recipe.dropout,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return GPT2LMHeadModel(config)


# ---- the run -------------------------------------------------------------------------------------


class Run:
    """One training, epoch after epoch. `mean`: the model whose weights are the average of those since the start.

    `dropped`: how many dialogues, each as often as it was shown, were left out for which reason.
    """

    def __init__(self, recipe: Recipe, parts: Split, tokenizer: PreTrainedTokenizerFast, minutes: float) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.parts = parts
        self.renderer = Renderer(tokenizer)
        self.hearing = Hearing(tokenizer, recipe.missed)
        self.model = new_model(recipe, tokenizer)
        self.optimizers = optimizers(
            self.model, matrix_rate=recipe.matrix_rate, other_rate=recipe.other_rate, decay=recipe.decay
        )
        self.rates = Rates(self.optimizers)
        mean = get_ema_multi_avg_fn(recipe.averaged)  # type: ignore[no-untyped-call]
        self._average = AveragedModel(self.model, multi_avg_fn=mean)
        self.random = Random(recipe.seed)
        self.started = time.monotonic()
        self.minutes = minutes
        self.epoch = 0
        self.dropped: Counter[str] = Counter()

    @property
    def mean(self) -> GPT2LMHeadModel:
        return cast(GPT2LMHeadModel, self._average.module)

    def spent(self) -> float:
        """Minutes since the start."""
        return (time.monotonic() - self.started) / 60

    def progress(self, share: float) -> float:
        """0 to 1: by epochs or by the clock, whichever is further, so that the rate has fallen when time is up."""
        return min(1.0, max((self.epoch + share) / self.recipe.epochs, self.spent() / self.minutes))

    def step(self, batch: Batch) -> float:
        """Learn from one batch; its loss in nats a token."""
        everything = torch.ones_like(batch.ids)  # what fills a row stands at its end, where nothing looks back at it
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.model(
                input_ids=self.hearing.of(batch.ids),
                attention_mask=everything,
                position_ids=batch.positions,
                use_cache=False,
            ).logits
        told, wanted = logits[:, :-1].flatten(0, 1).float(), batch.labels[:, 1:].flatten()
        loss = torch.nn.functional.cross_entropy(told, wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        clip(self.model, 1.0)
        for one in self.optimizers:
            one.step()
            one.zero_grad()
        self._average.update_parameters(self.model)
        return loss.item()

    def epochs(self) -> Iterator[float]:
        """Train until the epochs or the minutes are used up; each epoch's mean loss."""
        while self.epoch < self.recipe.epochs and self.spent() < self.minutes:
            self.model.train()
            losses: list[float] = []
            todo = self._batches()
            for number, batch in enumerate(todo):
                if (now := self.progress(number / len(todo))) >= 1.0:
                    break
                self.rates.at(now)
                losses.append(self.step(batch))
            self.epoch += 1
            yield sum(losses) / max(1, len(losses))

    def _batches(self) -> list[Batch]:
        weighted = [one for one in self.parts.train for _ in range(self.recipe.repeat[one.source])]
        made = list(rows(weighted, self.renderer, self.recipe.window, self.random, self.dropped))
        return batches(made, self.recipe.tokens, self.recipe.window, self.renderer.pad_id, self.random)

    def measured(self, dialogues: tuple[Dialogue, ...]) -> float:
        return bits_per_character(self.mean, self.renderer, dialogues)


def train(run: Run, console: Console) -> None:
    """Every epoch of the recipe, with its figures. The last one ships: none is chosen by what is held out."""
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("epoch 1", total=None)
        for loss in run.epochs():
            strict, known = run.measured(run.parts.strict), run.measured(run.parts.random)
            console.print(
                f"epoch {run.epoch}: loss {loss:.3f}, strict {strict:.3f}, random {known:.3f} bits/character,"
                f" {run.spent():.1f} min"
            )
            bar.update(task, description=f"epoch {run.epoch + 1}")
    for reason, count in run.dropped.items():
        console.print(f"{count} left out: {reason}")


def save(run: Run, tokenizer: PreTrainedTokenizerFast, figures: Figures, own: Path, out: Path) -> None:
    """A model folder as the registry takes it: weights in half precision, tokenizer, sampling defaults, figures,
    and our own dialogues to be looked up."""
    out.mkdir(parents=True, exist_ok=True)
    model = deepcopy(run.mean).half().eval()  # type: ignore[no-untyped-call]
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **run.recipe.sampling,
    )
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    exchanges.write(out, own)
    record = {"recipe": asdict(run.recipe), "figures": asdict(figures)}
    (out / "training.json").write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


app = typer.Typer(add_completion=False)


@app.command()
def main(
    out: Annotated[Path, typer.Option(help="where the model folder goes")],
    data: Annotated[Path, typer.Option(help="folder of the public collections")] = Path("../shared/data"),
    own: Annotated[Path, typer.Option(help="folder of our own dialogues")] = SMALLTALK,
    minutes: Annotated[float, typer.Option(help="stop after so many minutes at the latest")] = 60,
    seed: Annotated[int, typer.Option(help="seed of weights, order and history")] = Recipe().seed,
    epochs: Annotated[int, typer.Option(help="passes through the data at most")] = Recipe().epochs,
    threads: Annotated[int, typer.Option(help="CPU threads; 0: torch's choice")] = 0,
) -> None:
    """Train the embedded model and write its folder."""
    if threads:
        torch.set_num_threads(threads)
    console = Console()
    recipe = Recipe(seed=seed, epochs=epochs)
    try:
        parts, counts = read(data, own)
    except DataMissing as missing:
        raise typer.BadParameter(str(missing)) from None
    tokenizer = new_tokenizer(texts(parts.train), recipe.vocabulary, recipe.window)
    run = Run(recipe, parts, tokenizer, minutes)
    train(run, console)
    figures = Figures(
        strict=run.measured(parts.strict),
        random=run.measured(parts.random),
        epoch=run.epoch,
        minutes=run.spent(),
        threads=torch.get_num_threads(),
        parameters=run.model.num_parameters(),
        dialogues=counts,
    )
    save(run, tokenizer, figures, own, out)
    console.print(figures)


if __name__ == "__main__":
    app()
