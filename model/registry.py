"""data/models/: every version that was ever added, none of which changes, and which of them answers."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import ModelRefused
from model import exchanges, header, plausible, template, tokens
from model import folder as folders
from model.ears import Ears

_NAME = re.compile(r"[\w][\w.-]{0,63}")
_BLOCK = 1 << 20  # bytes that are copied at once


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a version. `files`: SHA-256 by name; `scores`: what training/ measured, by metric."""

    source: str
    created: str
    parameters: int
    files: dict[str, str]
    base: str = ""
    licence: str = ""
    revision: str = ""
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """One model that can answer."""

    name: str
    folder: Path
    manifest: Manifest

    @property
    def size(self) -> int:
        """In bytes."""
        return sum((self.folder / name).stat().st_size for name in self.manifest.files)


class Registry:
    """The versions in one folder. Every refusal is a ModelRefused of one line, and then nothing has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pointer = root / "current"

    def versions(self) -> list[Version]:
        """All of them, by name."""
        if not self._root.is_dir():
            return []
        return [
            self.get(entry.name)
            for entry in sorted(self._root.iterdir())
            if _NAME.fullmatch(entry.name) and entry.is_dir()
        ]

    def get(self, name: str) -> Version:
        folder = self._root / name
        if not _NAME.fullmatch(name) or not (folder / "manifest.json").is_file():
            known = ", ".join(sorted(entry.name for entry in self._root.glob("*") if entry.is_dir()))
            there = f"there are {known}" if known else "there is none yet: irang models add FOLDER"
            raise ModelRefused(f"no model version is called {name!r:.70}: {there}")
        try:
            return Version(name, folder, Manifest(**folders.read(folder / "manifest.json")))
        except (folders.FolderError, TypeError):
            raise ModelRefused(f"{folder}/manifest.json can't be read: remove this version and add it again") from None

    def current(self) -> Version | None:
        """The version that answers; None: the one that comes along."""
        name = self._pointers()[0]
        return self.get(name) if name else None

    def previous(self) -> Version | None:
        """The version that answered before; None: the one that comes along."""
        name = self._pointers()[1]
        return self.get(name) if name else None

    def add(
        self, source: Path, name: str = "", *, origin: str = "", revision: str = "", licence: str = "", base: str = ""
    ) -> Version:
        """Check a folder, copy it and seal the copy. `base`: the version that a LoRA adapter changes."""
        name = name or re.sub(r"[^\w.-]+", "-", source.resolve().name).strip("-.")
        if not _NAME.fullmatch(name):
            raise ModelRefused(f"{name!r:.70} can't be a version's name: expected letters, digits, '.', '_' and '-'")
        if (self._root / name).exists():
            raise ModelRefused(f"{name}: a version of that name is there: choose another with --name")
        examine(source)
        self._check_base(source, base)
        draft = self._root / f".adding-{secrets.token_hex(8)}"
        draft.mkdir(parents=True)
        try:
            files = {
                file: _copied(source / file, draft / file)
                for file in sorted(os.listdir(source))
                if file != "manifest.json"
            }
            parameters = examine(draft)  # the copy, since the source may have changed meanwhile
            scores = _scores(draft)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            if exchanges.FILE in files:  # a deletion may have taken lines out of the copy, too
                files[exchanges.FILE] = _digest(draft / exchanges.FILE)
            manifest = Manifest(
                origin or str(source.resolve()), now, parameters, files, base, licence, revision, scores
            )
            _write(draft / "manifest.json", json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
            _seal(draft)
            draft.rename(self._root / name)
            _sync(self._root)
        except BaseException:
            _unsealed_removal(draft)
            raise
        return self.get(name)

    def use(self, name: str) -> None:
        """From the next start on, and in the running bot, this version answers; "": the one that comes along."""
        if name:
            self.get(name)
        before = self._pointers()[0]
        if before == name:
            return
        self._root.mkdir(parents=True, exist_ok=True)
        draft = self._root / f".current-{secrets.token_hex(8)}"
        _write(draft, f"{name}\n{before}\n")
        draft.replace(self._pointer)
        _sync(self._root)

    def verify(self, name: str) -> list[str]:
        """What differs from the day it was added, of an adapter's base too, a line for each file."""
        version = self.get(name)
        there = set(os.listdir(version.folder)) - {"manifest.json"}
        faults = [f"{file}: is new" for file in sorted(there - version.manifest.files.keys())]
        for file, digest in version.manifest.files.items():
            if file not in there:
                faults.append(f"{file}: is gone")
            elif _digest(version.folder / file) != digest:
                faults.append(f"{file}: has changed")
        base = version.manifest.base
        return faults + [f"{base}/{fault}" for fault in (self.verify(base) if base else [])]

    def remove(self, name: str) -> None:
        version = self.get(name)
        if self._pointers()[0] == name:
            raise ModelRefused(f"{name} answers now: use another version first")
        if above := next((other.name for other in self.versions() if other.manifest.base == name), ""):
            raise ModelRefused(f"{name} is the base of {above}: remove that first")
        _unsealed_removal(version.folder)

    def _check_base(self, source: Path, base: str) -> None:
        from model import lora  # brings torch, which the bot's process has no use for

        if base and not lora.is_adapter(source):
            raise ModelRefused(f"{source}: is no LoRA adapter: expected no --base")
        if not base and lora.is_adapter(source):
            raise ModelRefused(f"{source}: is a LoRA adapter: name the version that it was trained on with --base")
        if not base:
            return
        if self.get(base).manifest.base:
            raise ModelRefused(f"{base} is an adapter itself: expected the version that it sits on")
        if _trained_on(source) not in ("", _weights(self.get(base).manifest)):
            raise ModelRefused(f"{source}: was trained on other weights than those of {base}: name their version")

    def _pointers(self) -> tuple[str, str]:
        if not self._pointer.is_file():
            return "", ""
        lines = [*self._pointer.read_text(encoding="utf-8").splitlines(), "", ""]
        return lines[0], lines[1]


def examine(folder: Path) -> int:
    """The number of parameters of a folder that may be served. Raises ModelRefused with what is wrong; runs nothing."""
    from model import lora

    if lora.is_adapter(folder):
        parameters = lora.check(folder)
        exchanges.read(folder)
        return parameters
    folders.check(folder)
    weights: dict[str, header.Tensor] = {}
    for file in folders.weight_files(folder):
        weights |= header.tensors(file)
    for place, text in folders.templates(folder):
        template.check(place, text)
    tokens.check(folder / "tokenizer.json")
    exchanges.read(folder)
    Ears.load(folder)
    return plausible.check(folder, weights)


def _trained_on(adapter: Path) -> str:
    """A digest of the weights that an adapter was made for, as training/ notes it; "": it doesn't say."""
    file = adapter / "training.json"
    return str(folders.read(file).get("base_weights") or "") if file.is_file() else ""


def _weights(manifest: Manifest) -> str:
    """The same digest of a version's: over those of its files, in the order of their names."""
    digests = [digest for file, digest in sorted(manifest.files.items()) if file.endswith(".safetensors")]
    return hashlib.sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def _scores(folder: Path) -> dict[str, float]:
    """What training/ has measured, from the file that it leaves in the folder."""
    file = folder / "metrics.json"
    if not file.is_file():
        return {}
    numbers = {name: value for name, value in folders.read(file).items() if isinstance(value, int | float)}
    return {name: float(value) for name, value in numbers.items() if abs(value) <= sys.float_info.max}


def _copied(source: Path, to: Path) -> str:
    """Copy a plain file, following no link; returns its SHA-256."""
    digest = hashlib.sha256()
    with open(os.open(source, os.O_RDONLY | os.O_NOFOLLOW), "rb") as reading, to.open("xb") as writing:
        while block := reading.read(_BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _seal(folder: Path) -> None:
    """What is added never changes."""
    for file in folder.iterdir():
        file.chmod(0o444)
    _sync(folder)


def _unsealed_removal(folder: Path) -> None:
    """Out of sight first, so that a crash leaves no half version behind."""
    gone = folder.with_name(f".removed-{secrets.token_hex(8)}")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
