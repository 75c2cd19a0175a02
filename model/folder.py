"""A model folder as it must be before anything of it is loaded: known files, no code, its name and its defaults."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.errors import ModelRefused
from bot.messages import Sampling

EMBEDDED = Path(__file__).resolve().parent / "assets"

# What transformers reads, and papers that go with a model. No adapter_config.json: what it names would be loaded.
_FILES = re.compile(
    r"""
    (config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json
    | merges\.txt | vocab\.txt | tokenizer\.model | chat_template\.jinja
    | model(-\d{5}-of-\d{5})?\.safetensors | model\.safetensors\.index\.json
    | (manifest|training|metrics|evaluation)\.json | [\w.-]+\.md | LICEN[CS]E(\.txt)? | NOTICE(\.txt)?
    | exchanges\.jsonl | (kinds|moods|asking|asks|turns)\.linear
    | \.gitattributes | \.gitignore | \.gitkeep
    """,
    re.VERBOSE,
)
# Keys by which a configuration names code to run: auto_map, _attn_implementation_internal, experts_implementation, …
_CODE_KEYS = re.compile(
    r"""
    auto_map | trust_remote_code | custom_\w+ | \w*_implementation\w* | \w*kernel_config
    | _(?!name_or_path|commit_hash)\w*
    """,
    re.VERBOSE,
)
# transformers writes these by itself: true or false, and a number.
_MARKS = {"_from_model_config", "_sliding_window_pattern"}
_MOST = 1 << 31
_LARGEST = 64 << 20  # bytes of a file that is read as a whole; the largest known tokenizers have 35 MB
_SAMPLED = {
    "max_new_tokens", "temperature", "top_p", "top_k", "repetition_penalty", "do_sample", "min_new_tokens",
    "no_repeat_ngram_size", "num_beams",
}  # fmt: skip
_IDS = {"bos_token_id", "eos_token_id", "pad_token_id", "transformers_version", "use_cache"} | _MARKS


_NO_TALKER = re.compile(r"For(?:QuestionAnswering|SequenceClassification|TokenClassification|MultipleChoice|MaskedLM)$")


class FolderError(ModelRefused):
    """A model folder can't be used; the text is one line that says why."""


def check(folder: Path) -> None:
    """Raises FolderError unless the folder holds a safetensors model and nothing that could run code."""
    _check_complete(folder)
    names = regular_files(folder, _FILES)
    for name in names:
        if name.endswith("config.json"):
            check_keys(folder / name)
    _check_head(folder / "config.json")
    _check_index(folder, names)


def _check_head(file: Path) -> None:
    """A model that marks or sorts texts has no weights for saying what comes next."""
    named = read(file).get("architectures")
    for head in named if isinstance(named, list) else ():
        if isinstance(head, str) and _NO_TALKER.search(head):
            raise FolderError(f"{file}: {_shown(head)} does not write text: a causal language model is expected")


def _check_complete(folder: Path) -> None:
    if not folder.is_dir():
        raise FolderError(f"{folder}: no such model folder")
    names = os.listdir(folder)
    for needed in ("config.json", "tokenizer.json"):
        if needed not in names:
            raise FolderError(f"{folder}: {needed} is missing")
    if not any(name.endswith(".safetensors") for name in names):
        raise FolderError(f"{folder}: weights are missing: model.safetensors is expected, other formats are not loaded")


def regular_files(folder: Path, known: re.Pattern[str]) -> list[str]:
    """The names in a folder. Raises FolderError unless each is a known one, a plain file, and of a size to be read."""
    if not folder.is_dir():
        raise FolderError(f"{folder}: no such model folder")
    names = sorted(os.listdir(folder))
    for name in names:
        about = (folder / name).lstat()  # no link is followed, and no pipe is opened
        if not known.fullmatch(name) or not stat.S_ISREG(about.st_mode):
            raise FolderError(f"{folder}: {_shown(name)} is not a file of a model folder: move it elsewhere")
        if not name.endswith(".safetensors") and about.st_size > _LARGEST:
            raise FolderError(f"{folder}: {name} has {about.st_size} bytes: at most {_LARGEST} are read")
    return names


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files, in the order of their names."""
    return sorted(folder.glob("*.safetensors"))


def _check_index(folder: Path, names: Sequence[str]) -> None:
    """An index names files of its own folder, all of which are there."""
    file = folder / "model.safetensors.index.json"
    if file.name not in names:
        return
    places = read(file).get("weight_map")
    shards = set(places.values()) if isinstance(places, dict) and all(map(_is_text, places.values())) else {""}
    if not shards <= {name for name in names if name.endswith(".safetensors")}:
        raise FolderError(f"{file}: names weights that are not in the folder: copy the whole folder")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def belongs(name: str) -> bool:
    """Whether a model folder may hold a file of that name."""
    return bool(_FILES.fullmatch(name))


def _shown(name: str) -> str:
    return name if name.isprintable() and len(name) <= 60 else ascii(name)[:60]


def served_name(folder: Path) -> str:
    """The folder's name and the start of its weights' digest: "irang-embedded@3f2a91c0"."""
    folder = folder.resolve()
    name = "irang-embedded" if folder == EMBEDDED else folder.name
    return f"{name}@{weights_digest(folder)[:8]}"


def weights_digest(folder: Path) -> str:
    """SHA-256 in hex over the names and contents of the safetensors files."""
    whole = hashlib.sha256()
    for file in weight_files(folder):
        with file.open("rb") as weights:
            part = hashlib.file_digest(weights, "sha256").hexdigest()
        whole.update(f"{part}  {file.name}\n".encode())
    return whole.hexdigest()


def default_sampling(folder: Path) -> tuple[Sampling, tuple[str, ...]]:
    """What generation_config.json asks for, and its settings that this engine doesn't know.

    As in transformers, do_sample is false unless the file says otherwise, and false means greedy.
    """
    file = folder / "generation_config.json"
    if not file.is_file():
        return Sampling(), ()
    content = read(file)
    asked = {key: value for key, value in content.items() if value is not None}
    sampling = Sampling(
        max_tokens=_whole(file, asked, "max_new_tokens") or None,
        temperature=_real(file, asked, "temperature") if asked.get("do_sample") else 0.0,
        top_p=_real(file, asked, "top_p"),
        top_k=_whole(file, asked, "top_k"),
        repetition_penalty=_real(file, asked, "repetition_penalty") or None,
        min_tokens=_whole(file, asked, "min_new_tokens"),
        no_repeat_ngram_size=_whole(file, asked, "no_repeat_ngram_size"),
        num_beams=_whole(file, asked, "num_beams") or None,
    )
    return sampling, tuple(sorted(asked.keys() - _SAMPLED - _IDS))


def _real(file: Path, content: dict[str, Any], key: str) -> float | None:
    value = content.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _MOST:
        raise FolderError(f"{file}: {key}: a number that is not negative is expected")
    return float(value)


def _whole(file: Path, content: dict[str, Any], key: str) -> int | None:
    value = _real(file, content, key)
    return None if value is None else int(value)


def check_keys(file: Path) -> None:
    for key in _keys(read(file)):
        if key not in _MARKS and _CODE_KEYS.fullmatch(key):
            raise FolderError(f"{file}: {key} can name code to run, which is never done: remove that key")


def _keys(content: Any) -> Iterator[str]:
    match content:
        case dict():
            yield from content
            for value in content.values():
                yield from _keys(value)
        case list():
            for value in content:
                yield from _keys(value)


def read(file: Path) -> dict[str, Any]:
    """A JSON object out of a stranger's folder. Raises FolderError."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise FolderError(f"{file}: not JSON in UTF-8") from None
    if not isinstance(content, dict):
        raise FolderError(f"{file}: a JSON object is expected")
    return content


def templates(folder: Path) -> Iterator[tuple[Path, str]]:
    """The chat templates, each with the file that it stands in. Raises FolderError when one can't be read."""
    file = folder / "chat_template.jinja"
    if file.is_file():
        try:
            yield file, file.read_text(encoding="utf-8")
        except ValueError:
            raise FolderError(f"{file}: not UTF-8") from None
    configured = folder / "tokenizer_config.json"
    if configured.is_file():
        match read(configured).get("chat_template"):
            case str(text):
                yield configured, text
            case list(several):
                for one in several:
                    yield configured, str(one.get("template")) if isinstance(one, dict) else ""
