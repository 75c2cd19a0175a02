"""What was measured, as docs/performance.md says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEAD = """\
# Performance

Measured by `make bench` (`python -m tests.bench`), which writes this file. Medians of several runs; ratios against a baseline in
the same run.

Machine: {cpu}, {cores} cores, no GPU. {date}, torch {torch}, transformers {transformers}, Python {python}. Load average before: {load}.

"""
_SWAP = """\
## A model is changed under running chats

{chats} chats on the embedded model without a pause, {answers} answers; the new model was there after {took:.1f} s. Failed requests: {failed}.

| | median gap between two pieces | longest |
|---|---:|---:|
| usual | {usual} | {usual_longest} |
| while the model is changed | {changed} | {changed_longest} |

The longest gap grew by {longer} (aim: at most 100 ms).

"""
_LAG = """\
## The bot's event loop

{answers} answers of the embedded model for 32 chats, the bot's whole core on one event loop, the model in its own process. A ticker that
should wake every 5 ms woke late by {p50} (p50), {p99} (p99), {max} (max) in {ticks:,} ticks. Aim: p99 below 50 ms.

"""
_FAIR = """\
## Fairness

Somebody asks twenty questions at once, nine others one each, four slots. Answers that begin before one of the nine, in the mean:
{twenty:.1f}, against {one:.1f} when the first asks one too.

"""
_NOT = """\
## Not measured

- A GPU: none was at hand. The code runs there (bfloat16, the packed batch, `scaled_dot_product_attention`); CUDA graphs and torch.compile
  are not used yet, so short steps of small models will be bound by launches.
- OpenVINO GenAI, CTranslate2, vLLM on the CPU: not installed here beside it; the figures of others are not repeated.
"""


def page(about: Mapping[str, str], measured: Mapping[str, Any]) -> str:
    """The whole file, of the parts that were measured."""
    parts = [_HEAD.format(**about)]
    for threads in ("1", "2"):
        if found := measured.get(f"throughput{threads}"):
            parts.append(_throughput(found))
    if found := measured.get("first_token"):
        parts.append(_first_token(found))
    if found := measured.get("swap"):
        parts.append(_swap(found))
    if found := measured.get("lag"):
        parts.append(_LAG.format(**{**found, **{key: _ms(found[key]) for key in ("p50", "p99", "max")}}))
    if found := measured.get("fairness"):
        parts.append(_FAIR.format(twenty=found["beside twenty"], one=found["beside one"]))
    return "".join([*parts, _NOT])


def _throughput(found: Mapping[str, Any]) -> str:
    before, after = found["sequential"]["before"], found["sequential"]["after"]
    chats = sorted({row["chats"] for row in found["rows"]})
    lines = [
        f"## Many chats, {found['threads']} thread{'s' if found['threads'] > 1 else ''}",
        "",
        "Random weights in KoGPT2's shape (12 layers, 768, vocabulary 51,200), 32-token prompts, 32 new tokens, greedy. Baseline:",
        f"`model.generate`, one chat after another, float32: {before:.1f} tokens/s before and {after:.1f} after the rest.",
        "Tokens/s, and the ratio to the baseline (aim in brackets):",
        "",
        "| | " + " | ".join(f"{count} chat{'s' if count > 1 else ''}" for count in chats) + " |",
        "|---|" + "---:|" * len(chats),
    ]
    for precision in ("int8", "bfloat16", "float32"):
        cells = [
            _cell(row)
            for count in chats
            for row in found["rows"]
            if (row["precision"], row["chats"]) == (precision, count)
        ]
        lines.append(f"| {precision} | " + " | ".join(cells) + " |")
    theirs = found["transformers"]
    if theirs["ratio"]:
        lines += [
            "",
            f"transformers' own continuous batching (bfloat16, {theirs['chats']} chats): {theirs['tokens/s']:.0f}, {theirs['ratio']:.1f}x.",
        ]
    else:
        lines += ["", "transformers' own continuous batching did not run here on the CPU (`make bench` prints why)."]
    return "\n".join([*lines, "", ""])


def _cell(row: Mapping[str, Any]) -> str:
    aim = f" ({row['target']:g}x)" if row["target"] else ""
    return f"{row['tokens/s']:.0f}, {row['ratio']:.1f}x{aim}"


def _first_token(found: Mapping[str, Any]) -> str:
    return f"""\
## The first token

8-bit, 2 threads, the same shape. A new chat on an idle machine: {_ms(found["idle"])}. Beside 31 others that are being written
(a step of theirs takes {_ms(found["step"])}): {_ms(found["beside"])}, {found["ratio"]:.2f} times idle plus one step (aim: below 2).

The second turn of a 512-token conversation, 16 tokens more: {_ms(found["second turn, kept"])} with what was kept, {_ms(found["second turn, read anew"])} when
all is read anew: {found["sooner"]:.0f} times sooner (aim: 10).

"""


def _swap(found: Mapping[str, Any]) -> str:
    usual, changed = found["usual"], found["while changed"]
    return _SWAP.format(
        **{key: found[key] for key in ("chats", "answers", "took", "failed")},
        usual=_ms(usual["median"]),
        usual_longest=_ms(usual["longest"]),
        changed=_ms(changed["median"]),
        changed_longest=_ms(changed["longest"]),
        longer=_ms(found["longer by"]),
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"
