"""Model folders made by somebody who means harm: `python -m tests.hostile --folders 500`.

Each is a good folder with one to three harms done to it. None may be accepted, none may run anything (each harm that
could would leave a canary file), and each must be refused within a second, in one line.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import ModelRefused
from model.registry import Registry
from tests.model.tiny import tiny_folder

SLOWEST = 1.0  # seconds

Harm = Callable[[Path, random.Random, Path], None]


class _Bomb:
    """Unpickling it leaves the canary."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self._canary}",)


def _pickled(folder: Path, chance: random.Random, canary: Path) -> None:
    name = chance.choice(["pytorch_model.bin", "model.pt", "weights.pkl", "model.safetensors", "tokenizer.json"])
    (folder / name).write_bytes(pickle.dumps(_Bomb(canary)))


def _code(folder: Path, chance: random.Random, canary: Path) -> None:
    source = f"import os\nos.system('touch {canary}')\nclass M:\n    pass\n"
    name = chance.choice(
        ["modeling.py", "configuration_x.py", "tokenization.py", "__init__.py", "setup.py", "x.so", "a.pyc"]
    )
    (folder / name).write_text(source)
    _changed(folder / "config.json", auto_map={"AutoConfig": "configuration_x.X", "AutoModelForCausalLM": "modeling.M"})


def _hidden_code(folder: Path, chance: random.Random, canary: Path) -> None:
    key = chance.choice(
        ["auto_map", "trust_remote_code", "_attn_implementation_internal", "custom_generate", "custom_pipelines"]
    )
    file = folder / chance.choice(["config.json", "tokenizer_config.json", "generation_config.json"])
    deep: dict[str, Any] = {key: f"evil/repo--modeling.{canary.name}"}
    for _ in range(chance.randrange(4)):
        deep = {"nested": [deep]}
    _changed(file, **deep)


def _linked(folder: Path, chance: random.Random, canary: Path) -> None:
    name = chance.choice(["README.md", "vocab.txt", "LICENSE", "generation_config.json", "model.safetensors"])
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(chance.choice(["/etc/passwd", "../secret", "/dev/zero", str(canary.parent)]))


def _odd_file(folder: Path, chance: random.Random, _: Path) -> None:
    match chance.randrange(4):
        case 0:
            os.mkfifo(folder / "vocab.txt")
        case 1:
            (folder / "deeper").mkdir()
            (folder / "deeper" / "x.py").touch()
        case 2:
            (folder / chance.choice(["a\nREADME.md", "model.safetensors\n", "코드.exe", "..md.sh", "-rf"])).touch()
        case _:
            (folder / "vocab.txt").unlink(missing_ok=True)
            (folder / "vocab.txt").mkdir()


def _escaping_index(folder: Path, chance: random.Random, _: Path) -> None:
    shard = chance.choice(
        ["../model.safetensors", "/etc/passwd", "gone.safetensors", "a/b.safetensors", "", 7, None, "config.json"]
    )
    content = {"metadata": {}, "weight_map": {"lm_head.weight": shard}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(content))


def _header(folder: Path, chance: random.Random, _: Path) -> None:
    """A safetensors header that is too large, negative, cut, overlapping, deep, doubled or a lie."""
    file = folder / "model.safetensors"
    body = file.read_bytes()
    length = int.from_bytes(body[:8], "little")
    header, data = body[8 : 8 + length], body[8 + length :]
    match chance.randrange(7):
        case 0:
            size = chance.choice([0, 1, 1 << 63, (1 << 64) - 1, len(body), 100 << 20])
            file.write_bytes(size.to_bytes(8, "little") + body[8:])
        case 1:
            file.write_bytes(body[: chance.randrange(len(body))])
        case 2:
            file.write_bytes(body + b"\0" * chance.randrange(1, 99))
        case 3:
            _write(file, b'{"a":' * 100_000, data)
        case 4:
            content = json.loads(header)
            one = content[chance.choice(sorted(content.keys() - {"__metadata__"}))]
            one.update(chance.choice(LIES))
            _write(file, json.dumps(content).encode(), data)
        case 5:
            _write(
                file, header.rstrip()[:-1] + b',"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' * 2 + b"}", data
            )
        case _:
            _write(file, bytes(chance.randrange(256) for _ in range(200)), data)


LIES: tuple[dict[str, Any], ...] = (
    {"shape": [1 << 39, 1 << 39]}, {"shape": [-1]}, {"shape": "x"}, {"shape": [1.5]}, {"shape": [True]},
    {"data_offsets": [0, 1]}, {"data_offsets": [-4, 0]}, {"data_offsets": [1 << 70, 1 << 71]}, {"data_offsets": []},
    {"dtype": "F1024"}, {"dtype": None}, {"shape": [1] * 5000},
)  # fmt: skip


def _absurd_sizes(folder: Path, chance: random.Random, _: Path) -> None:
    key = chance.choice(["vocab_size", "n_embd", "n_layer", "n_positions", "n_inner"])
    value = chance.choice(
        [10**9, 10**15, 10**30, -5, 0, "9" * 50, float("nan"), float("inf"), [1], None if key != "n_inner" else -1]
    )
    _changed(folder / "config.json", **{key: value})


def _other_kind(folder: Path, chance: random.Random, _: Path) -> None:
    kind = chance.choice(["bert", "clip", "whisper", "vit", "no-such-kind", "../gpt2", "", 5, None, "t5"])
    _changed(folder / "config.json", model_type=kind, architectures=["X"])


def _broken_json(folder: Path, chance: random.Random, _: Path) -> None:
    text = chance.choice(["", "[]", "{", "null", "[" * 100_000, '{"a":' * 50_000, "\ufeff{}", "\x00" * 999])
    (folder / chance.choice(["config.json", "tokenizer_config.json", "generation_config.json"])).write_text(text)


def _huge_json(folder: Path, chance: random.Random, _: Path) -> None:
    with (folder / chance.choice(["tokenizer.json", "vocab.json", "config.json"])).open("ab") as file:
        file.truncate(chance.choice([65 << 20, 1 << 40]))  # sparse: no disk is used


def _endless_template(folder: Path, chance: random.Random, canary: Path) -> None:
    loop = "{% for x in range(99999) %}"
    template = chance.choice([
        loop * 3 + "x" + "{% endfor %}" * 3,
        "{% for a in messages %}" * 6 + "x" + "{% endfor %}" * 6,
        "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
        "{% for m in messages recursive %}{{ loop(messages) }}{% endfor %}",
        "{% if %}", "{{ " * 30_000, "x" * 200_000, "{{ 'x' * 9999999999 }}",
        "{{ cycler.__init__.__globals__.os.popen('touch " + str(canary) + "') }}{% for i in range(9999999) %}"
        "{% endfor %}",
    ])  # fmt: skip
    if chance.random() < 0.5:
        (folder / "chat_template.jinja").write_text(template)
    else:
        _changed(folder / "tokenizer_config.json", chat_template=template)


HARMS: tuple[Harm, ...] = (
    _pickled, _code, _hidden_code, _linked, _odd_file, _escaping_index, _header, _absurd_sizes, _other_kind,
    _broken_json, _huge_json, _endless_template,
)  # fmt: skip


def _changed(file: Path, **keys: Any) -> None:
    try:
        content = json.loads(file.read_text()) if file.stat().st_size < 1 << 20 else None
    except (OSError, ValueError, RecursionError):  # another harm was done to it
        return
    if isinstance(content, dict):
        file.write_text(json.dumps({**content, **keys}))


def _write(file: Path, header: bytes, data: bytes) -> None:
    file.write_bytes(len(header).to_bytes(8, "little") + header + data)


@dataclass
class Outcome:
    folders: int = 0
    executed: int = 0
    slowest: float = 0.0
    accepted: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"HOSTILE {self.folders} folders: {self.executed} executed, {len(self.accepted)} accepted, "
            f"{len(self.unclear)} not refused in one line, slowest {self.slowest:.2f} s"
        )

    @property
    def fine(self) -> bool:
        return not (self.executed or self.accepted or self.unclear) and self.slowest < SLOWEST


def attack(folders: int, seed: int, work: Path) -> Outcome:
    """Offer so many hostile folders to a registry."""
    good, canary, chance = tiny_folder(work / "good"), work / "canary", random.Random(seed)
    registry, outcome = Registry(work / "models"), Outcome(folders)
    registry.add(good)  # the libraries are imported now, which is not the folders' fault
    for number in range(folders):
        victim = work / f"victim{number}"
        shutil.copytree(good, victim)
        harms = chance.sample(HARMS, chance.choice([1, 1, 1, 2, 3]))
        for harm in harms:
            with_harm(harm, victim, chance, canary)
        _offer(registry, victim, ", ".join(harm.__name__ for harm in harms), outcome)
        outcome.executed += canary.exists()
        canary.unlink(missing_ok=True)
        shutil.rmtree(victim)
    return outcome


def with_harm(harm: Harm, folder: Path, chance: random.Random, canary: Path) -> None:
    try:
        harm(folder, chance, canary)
    except (OSError, ValueError, KeyError, IndexError):  # an earlier harm has left nothing to spoil
        return


def _offer(registry: Registry, victim: Path, harms: str, outcome: Outcome) -> None:
    began = time.monotonic()
    try:
        registry.add(victim)
        outcome.accepted.append(f"{victim.name}: {harms}")
    except ModelRefused as refusal:
        if "\n" in str(refusal) or len(str(refusal)) > 400:
            outcome.unclear.append(f"{victim.name}: {harms}: {refusal!s:.200}")
    except Exception as error:  # noqa: BLE001 that is what is looked for
        outcome.unclear.append(f"{victim.name}: {harms}: {type(error).__name__}: {error!s:.200}")
    outcome.slowest = max(outcome.slowest, time.monotonic() - began)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--folders", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        outcome = attack(asked.folders, asked.seed, Path(work))
    for line in [*outcome.accepted, *outcome.unclear]:
        print(line)
    print(outcome)
    return 0 if outcome.fine else 1


if __name__ == "__main__":
    sys.exit(main())
