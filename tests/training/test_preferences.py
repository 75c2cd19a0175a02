"""Preferences are learnt on the very ids that are served: what is liked becomes likelier than what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from bot.messages import Message
from model.folder import EMBEDDED
from model.prompt import Renderer
from tests.model.tiny import CONTEXT, tiny_folder, tiny_tokenizer
from training import bases, preferences
from training.bases import Start
from training.callbacks import Interrupt
from training.config import Config
from training.liking import Judged, Pair
from training.recipe import Preferring
from training.records import Consent
from training.rendering import TrainingRefused

AGREED = Consent(("p",), "1", "")
QUICKLY = Preferring(rate=2e-3, epochs=4, batch=4, beta=0.1, warmup=0)


def asked(*texts: str) -> tuple[Message, ...]:
    """Texts in turns, the last one a question."""
    return tuple(Message("assistant" if n % 2 else "user", text) for n, text in enumerate(texts))


def pair(said: str, better: str, worse: str) -> Pair:
    return Pair(asked(said), better, worse, (), AGREED)


PAIRS = [pair(f"q{n}", "good", "bad") for n in range(16)]
JUDGED = [Judged(one.prompt, text, text == "good", (), AGREED) for one in PAIRS for text in ("good", "bad")]


def kogpt2() -> PreTrainedTokenizerFast:
    """A tokenizer that has the first Korean bots' turn tokens and no chat template."""
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = None
    return tokenizer


def start(root: Path, tokenizer: PreTrainedTokenizerFast, **more: Any) -> Start:
    """What a training begins with; the folder's tokenizer is this one."""
    folder = tiny_folder(root / "base")
    tokenizer.save_pretrained(folder)
    if not tokenizer.chat_template:
        (folder / "chat_template.jinja").unlink()
    settings = {"name": "toy", "data": {"set": "toy"}, "base": {"folder": str(folder)}}
    return bases.start(Config.model_validate({**settings, **more}), (), root / "kept")


@torch.no_grad()
def likelihood(model: Any, renderer: Renderer, said: str, answer: str) -> float:
    ids = preferences.split(asked(said), answer, renderer, CONTEXT)
    assert ids
    prompt, reply = ids
    logits = model(input_ids=torch.tensor([[*prompt, *reply]])).logits[0].log_softmax(-1)
    return float(sum(logits[len(prompt) + at - 1, id] for at, id in enumerate(reply)))


def margin(model: Any, renderer: Renderer) -> float:
    """By how much the liked answer is likelier, on a question that was never learnt."""
    model.eval()
    return likelihood(model, renderer, "new", "good") - likelihood(model, renderer, "new", "bad")


@pytest.mark.parametrize("renderer", [Renderer(tiny_tokenizer()), Renderer(kogpt2()), Renderer.load(EMBEDDED)])
def test_the_ids_are_those_that_are_served_and_the_stop_token_is_learnt(renderer: Renderer) -> None:
    prompt = asked("안녕", "반가워요", "배고파 <sys>")
    (row,) = preferences.paired([Pair(prompt, "뭐 드실래요?", "네", (), AGREED)], renderer, 96)
    assert tuple(row["prompt_ids"]) == renderer.render(prompt, 96).ids
    for name, text in (("chosen_ids", "뭐 드실래요?"), ("rejected_ids", "네")):
        *words, stop = row[name]
        assert words == renderer.encode(text)
        assert stop in renderer.stop_ids
    rows = preferences.unpaired([Judged(prompt, "네", False, (), AGREED)], renderer, 96, 4)
    assert (rows[0]["prompt_ids"], rows[0]["completion_ids"]) == (row["prompt_ids"], row["rejected_ids"])


def test_both_answers_of_a_pair_stand_behind_the_same_turns() -> None:
    renderer = Renderer(tiny_tokenizer())
    long = Pair(asked("a" * 30, "b" * 30, "c" * 10), "d" * 60, "e", (), AGREED)
    (row,) = preferences.paired([long], renderer, CONTEXT)
    assert tuple(row["prompt_ids"]) == renderer.render(asked("c" * 10), CONTEXT).ids
    assert preferences.paired([pair("q", "d" * 200, "e")], renderer, CONTEXT) == []


def test_kto_estimates_kl_from_the_answer_before_within_a_batch() -> None:
    rows = preferences.unpaired(JUDGED[:6], Renderer(tiny_tokenizer()), CONTEXT, 4)
    kl = [row["KL_completion_ids"] for row in rows]
    answers = [row["completion_ids"] for row in rows]
    assert kl == [answers[3], answers[0], answers[1], answers[2], answers[5], answers[4]]


@pytest.mark.parametrize("tokenizer", [tiny_tokenizer(), kogpt2()], ids=["template", "usr-sys"])
@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_the_liked_answer_becomes_likelier_and_the_loss_falls(
    tmp_path: Path, method: str, tokenizer: PreTrainedTokenizerFast
) -> None:
    begun = start(tmp_path, tokenizer)
    model, renderer = begun.open(), begun.renderer
    before = margin(model, renderer)
    rows = (
        preferences.paired(PAIRS, renderer, CONTEXT)
        if method == "dpo"
        else preferences.unpaired(JUDGED, renderer, CONTEXT, 4)
    )
    log = preferences.learn(model, begun, rows, QUICKLY, tmp_path / "out", Interrupt())
    assert log[-1]["loss"] < log[0]["loss"]
    assert margin(model, renderer) > before + 1
    assert "forward" not in model.__dict__, "trl's own forward is gone again"
    assert not list((tmp_path / "out").glob("**/README.md"))


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft 0.21 asks transformers for it
def test_adapters_learn_alone_and_are_held_to_what_they_were(tmp_path: Path) -> None:
    begun = start(tmp_path, tiny_tokenizer(), lora={"rank": 4})
    model: Any = begun.open()
    before = margin(model, begun.renderer)
    kept = {name: weight.clone() for name, weight in model.state_dict().items() if "lora_" not in name}
    rows = preferences.paired(PAIRS, begun.renderer, CONTEXT)
    how = QUICKLY.model_copy(update={"rate": 2e-2})
    preferences.learn(model, begun, rows, how, tmp_path / "out", Interrupt())
    assert margin(model, begun.renderer) > before + 1
    assert list(model.peft_config) == ["default"]
    assert all(torch.equal(weight, model.state_dict()[name]) for name, weight in kept.items())


def test_without_a_row_nothing_is_learnt(tmp_path: Path) -> None:
    begun = start(tmp_path, tiny_tokenizer())
    with pytest.raises(TrainingRefused, match="no preferences are left"):
        preferences.learn(begun.open(), begun, [], QUICKLY, tmp_path, Interrupt())


def test_pairs_are_learnt_where_there_are_many_of_them_else_single_answers() -> None:
    auto = Preferring()
    assert (auto.chosen(10, 10), auto.chosen(10, 9), auto.chosen(0, 0)) == ("dpo", "kto", "")
    assert Preferring(method="dpo").chosen(10, 0) == ""
    assert Preferring(method="none").chosen(10, 10) == ""
