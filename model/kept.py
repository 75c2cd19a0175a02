"""Keys and values of what was read before, so that a conversation's next turn reads only what is new."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from model.memory import Layers

_BLOCK = 16  # tokens: prefixes are found at multiples of it


@dataclass(eq=False, slots=True)
class _Entry:
    owner: str
    ids: tuple[int, ...]
    layers: Layers
    size: int
    blocks: set[int] = field(default_factory=set)


class Kept:
    """Prefixes by their tokens; those used longest ago go first when there are more than `budget` bytes.

    Attributes: `hits` and `misses` count the lookups, `size` is in bytes.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._entries: OrderedDict[int, _Entry] = OrderedDict()  # by id(), the one used longest ago first
        self._index: dict[int, _Entry] = {}
        self.size = 0
        self.hits = 0
        self.misses = 0

    def find(self, ids: Sequence[int], owner: str = "") -> tuple[int, Layers]:
        """The longest kept prefix of a prompt: its tokens, and their keys and values as views.

        At least one token is left to read, since the model has to say what follows. `owner`: the adapter it was read
        with, since another one reads otherwise.
        """
        found: _Entry | None = None
        end = 0
        for further, block in _blocks(ids[:-1], owner):
            entry = self._index.get(block)
            alike = end if entry is found else 0  # so much of this entry has been compared
            # A hash is no proof.
            if entry is None or entry.owner != owner or entry.ids[alike:further] != tuple(ids[alike:further]):
                break
            found, end = entry, further
        if found is None:
            self.misses += 1
            return 0, {}
        self.hits += 1
        self._entries.move_to_end(id(found))
        return end, {layer: (keys[:, :end], values[:, :end]) for layer, (keys, values) in found.layers.items()}

    def keep(self, ids: Sequence[int], layers: Layers, owner: str = "") -> None:
        """Copy what a sequence has read, unless it is here. What it continues is no longer kept apart."""
        end = len(ids) // _BLOCK * _BLOCK
        if not end:
            return
        _, whole = max(_blocks(ids[:end], owner))
        if (entry := self._index.get(whole)) and entry.owner == owner and entry.ids[:end] == tuple(ids[:end]):
            self._entries.move_to_end(id(entry))
            return
        size = sum(2 * keys[:, :end].numel() * keys.element_size() for keys, _ in layers.values())
        if size > self._budget:
            return
        self._make_room(size)
        copies = {layer: (keys[:, :end].clone(), values[:, :end].clone()) for layer, (keys, values) in layers.items()}
        entry = _Entry(owner, tuple(ids[:end]), copies, size)
        self._entries[id(entry)] = entry
        self.size += size
        for _, block in _blocks(entry.ids, owner):
            self._point(block, entry)

    def clear(self) -> None:
        self._entries.clear()
        self._index.clear()
        self.size = 0

    def _point(self, block: int, entry: _Entry) -> None:
        before = self._index.get(block)
        self._index[block] = entry
        entry.blocks.add(block)
        if before is not None:
            before.blocks.discard(block)
            if not before.blocks:
                self._drop(before)

    def _make_room(self, size: int) -> None:
        while self.size + size > self._budget:
            self._drop(next(iter(self._entries.values())))

    def _drop(self, entry: _Entry) -> None:
        del self._entries[id(entry)]
        self.size -= entry.size
        for block in entry.blocks:
            del self._index[block]


def _blocks(ids: Sequence[int], owner: str) -> Iterator[tuple[int, int]]:
    """(end, hash of everything up to there) for each whole block."""
    chained = hash(owner)
    for end in range(_BLOCK, len(ids) + 1, _BLOCK):
        chained = hash((chained, tuple(ids[end - _BLOCK : end])))
        yield end, chained
