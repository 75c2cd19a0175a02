"""What was measured, as docs/performance.md says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.throughput import OPENVINO, OURS

_HEAD = """\
# Performance

Measured by `make bench` (`python -m tests.bench`), which writes this file. Medians of several runs; ratios against a baseline in
the same run.

Machine: {cpu}, {cores} cores; everything here runs on the CPU. {date}, Python {python}, torch {torch}, transformers {transformers},
OpenVINO GenAI {openvino}. Load average before: {load}, after: {load_after}.

"""
_COMPARED = """\
What was compared, and how:

- transformers' own continuous batching is given a cache of the size that the chats need (it reserves most of the memory otherwise) and,
  for int8, our 8-bit layers, since it has none for a CPU. Its paged attention gathers each chat's past into a new tensor in every layer of every
  step; ours reads a view. That is why the engine has its own loop.
- OpenVINO GenAI runs a compiled graph: what stands around a product (layer norm, quantising, bias, GELU) is part of it, a step costs no Python, and keys
  and values are in 8 bits, the rest in bfloat16. Ours runs transformers' modules operation by operation, so that any architecture works (a GPT-2's
  with the Python between them cut short, model/gpt2.py), and computes in float32 around the 8-bit products.
- Its runtime as the executor behind our engine would need a graph exported for every model folder and cover no adapters, beams or kept prefixes of
  ours: not done.
"""
_SWAP = """\
## A model is changed under running chats

{chats} chats on the embedded model without a pause, {answers} answers; the new model was there after {took:.1f} s. Failed requests: {failed}.

| | median gap between two pieces | longest |
|---|---:|---:|
| usual | {usual} | {usual_longest} |
| while the model is changed | {changed} | {changed_longest} |

The longest gap grew by {longer} (median of {runs} changes, the worst: {worst}; aim: at most 100 ms). The new model is loaded at a niceness of 19 of its
whole session (10 after half a minute, or it might never come to an end): where Linux shares the processor by session (autogroup), the niceness of a thread counts for nothing beside other sessions' threads.
Before it takes over it writes for {chats} chats that don't exist, so that memory is touched and code is read; and what a model's process has loaded is
kept from the garbage collector, which stopped everybody for a quarter of a second now and then.

"""
_LAG = """\
## The bot's event loop

{answers} answers of the embedded model for 32 chats, the bot's whole core on one event loop, the model in its own process. A ticker that
should wake every 5 ms woke late by {p50} (p50), {p99} (p99), {max} (max) in {ticks:,} ticks. Aim: p99 below 50 ms.

"""
_FAIR = """\
## Fairness

One person asks twenty questions, then nine ask one each. For how many answers' time each of the nine waits, in the mean (aim: no longer
than when the first asks one, too):

| | beside twenty questions | beside one |
|---|---:|---:|
"""
_REUSE = """\
## Whose slot is free

Steps from the end of an answer to the first token of the next, with one slot: {finished} after it finished, {stopped} after it was stopped,
{disconnected} after its reader hung up (over HTTP, with steps of 2 ms; the step under way and those until the server hears of it are
counted in).

"""
_PAUSING = """
The bot's queue and the engine, a tiny model, no HTTP between them. Somebody's second answer pauses for the first one of somebody else, and
goes on later with the same tokens; without that the nine wait 1.67 on free slots. Servers of others pause nobody.

"""
_NOT = """\
## Not measured

- A GPU: none was at hand. The code is made for one too (bfloat16, the packed batch, `scaled_dot_product_attention`). There a step in which nobody
  reads a prompt and nobody has an adapter is done as a CUDA graph (`model/recorded.py`; `[model] graphs = "off"` leaves them out), if its shape has come often
  and a probe has found the same numbers and less time. That was written without a GPU at hand and tested on a CPU
  without the graphs themselves: no figures. Other steps are bound by launches if the model is small; torch.compile is not used.
- CTranslate2 and vLLM on the CPU: not run here; the figures of others are not repeated.
"""
_SITUATIONS = {
    "all slots taken": "{slots} slots, all taken when they come",
    "nobody there": "{slots} slots, all free when they come",
    "half an answer later": "{slots} slots, all free, the nine come half an answer later",
    "as shipped": "{slots} slots (the default), all free when they come",
}


def page(about: Mapping[str, str], measured: Mapping[str, Any]) -> str:
    """The whole file, of the parts that were measured."""
    parts = [_HEAD.format(**about)]
    for threads in ("1", "2"):
        if found := measured.get(f"throughput{threads}"):
            parts.append(_throughput(found))
    if found := measured.get("profile"):
        parts.append(_profile(found))
    if found := measured.get("first_token"):
        parts.append(_first_token(found))
    if found := measured.get("swap"):
        parts.append(_swap(found))
    if found := measured.get("lag"):
        parts.append(_LAG.format(**{**found, **{key: _ms(found[key]) for key in ("p50", "p99", "max")}}))
    if found := measured.get("reuse"):
        parts.append(_REUSE.format(**found))
    if found := measured.get("fairness"):
        parts.append(_fairness(found))
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
    table: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in found["rows"]:
        table.setdefault(f"{row['who']}, {row['precision']}", {})[row["chats"]] = row
    for name, cells in table.items():
        lines.append(
            f"| {name} | " + " | ".join(_cell(cells[count]) if count in cells else "" for count in chats) + " |"
        )
    return "\n".join([*lines, "", *_against_openvino(table), ""])


def _against_openvino(table: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> list[str]:
    ours, theirs = table.get(f"{OURS}, int8", {}), table.get(f"{OPENVINO}, int8", {})
    if not theirs:
        return ["OpenVINO GenAI was not installed beside it (the extra `bench`).", ""]
    parts = [f"{ours[count]['tokens/s'] / row['tokens/s']:.2f} with {count}" for count, row in sorted(theirs.items())]
    return [f"Our 8-bit speed as a share of OpenVINO GenAI's, by the number of chats: {', '.join(parts)}.", ""]


def _profile(found: Sequence[Mapping[str, Any]]) -> str:
    kinds = list(found[0]["shares"])
    lines = [
        "## Where a step's time goes",
        "",
        f"8-bit, {found[0]['threads']} threads, seen by torch's profiler, which makes small operations look longer than they are:",
        "",
        "| | " + " | ".join(kinds) + " |",
        "|---|" + "---:|" * len(kinds),
        *(
            f"| {row['chats']} chat{'s' if row['chats'] > 1 else ''} | "
            + " | ".join(f"{row['shares'][kind]:.0%}" for kind in kinds)
            + " |"
            for row in found
        ),
        "",
    ]
    return "\n".join([*lines, _COMPARED, ""])


def _fairness(found: Mapping[str, Any]) -> str:
    rows = [
        f"| {_SITUATIONS[name].format(slots=row['slots'])} | {row['beside twenty']:.2f} | {row['beside one']:.2f} |\n"
        for name, row in found.items()
    ]
    return "".join([_FAIR, *rows, _PAUSING])


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
        worst=_ms(found["worst"]),
        runs=found["runs"],
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"
