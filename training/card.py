"""The embedded model's card, written from what a run measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from training.samples import Sample

_CARD = """\
---
language: ko
license: cc0-1.0
pipeline_tag: text-generation
library_name: transformers
---

# 이랑's embedded model

A small talker for Korean everyday chat, so that 이랑 answers out of the box, on any CPU. A GPT-2 of {parameters:.1f} million
parameters with a byte-level BPE of its own ({vocabulary:,} tokens), both trained from nothing by `training/embedded.py`.
Every answer is generated; nothing is looked up.

## What it can't do

It knows no facts, does no sums, writes no code, understands hardly any English, and follows no instructions; a system
prompt is ignored. It sounds sure of itself when it is wrong. Longer or unusual messages get a vague or an odd answer.
It is no help to somebody in danger: it learnt to name the Korean crisis line 109, and may fail to.
For anything beyond small talk set a larger model's folder or endpoint in config.toml.

## Data

| collection | dialogues | licence | how often in an epoch |
|---|---:|---|---:|
| songys/Chatbot_data (4cf20d1), less rows that send people to other apps, use another name, or are too light in danger | \
{songys:,} | MIT, © 2018 songys | {songys_repeat} |
| gunthercox/chatterbot-corpus (a01efec), Korean emotion, food, greetings, humor | {chatterbot:,} | BSD-3-Clause, © 2017 \
Gunther Cox | {chatterbot_repeat} |
| training/smalltalk, our own | {newcomer:,} | CC0 | {newcomer_repeat} |

The collections themselves are not part of this project. The weights are CC0 as far as they are ours.

## Figures

Seed {seed}, epoch {epoch}, {minutes:.0f} minutes on {hardware}. Bits per character of the reply (its tokens and its stop token, over NFC \
characters), on songys:

| held out | bits per character |
|---|---:|
| by answer (no held-out answer was trained on) | {strict:.2f} |
| at random by question (answers may have been trained on with other questions; the figure others report) | {random:.2f} |

The window is {window} tokens, {answer_tokens} of them kept for the answer: about {turns} earlier turns of usual length. Unrelated earlier
turns were part of training. Labels: every token (`all`). Optimizer: Muon for the matrices, AdamW for the rest.

## Answers

Greedy, with nothing before:

| said | answered |
|---|---|
{answers}

## Made by

    {command}

Format: `<usr>question<sys>reply</s>` for each turn; `model/prompt.py` renders it for training and serving alike.
"""


def card(record: Mapping[str, object], shown: Sequence[Sample]) -> str:
    """The README.md of a model folder. `record` has a value for every name in the text but the answers."""
    lines = (f"| {sample.said} | {sample.answer.text} |" for sample in shown)
    return _CARD.format(**record, answers="\n".join(lines))
