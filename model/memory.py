"""Where the keys and values of running sequences lie: slabs of equal rows, one slab for each class of length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

import torch

Layers = dict[int, tuple[torch.Tensor, torch.Tensor]]  # by layer: keys and values, [heads, tokens, size of a head]

_SHORTEST = 64  # tokens of the smallest class; each next one is twice as long


@dataclass(eq=False, slots=True)
class Seat:
    """One sequence's row. The slab moves it when a row before it is given back."""

    slab: Slab
    row: int


@dataclass(eq=False)
class Slab:
    """Rows of `length` tokens each. The taken ones are always the first, so that a batch is a view, not a copy.

    `layers` holds keys and values per layer as [rows, heads, length, size of a head]; a layer is made when it is
    first written, since only the model knows its shape.
    """

    length: int
    seats: list[Seat] = field(default_factory=list)
    layers: Layers = field(default_factory=dict)
    _rows: int = 0

    def take(self) -> Seat:
        if len(self.seats) == self._rows:
            self._resize(max(1, self._rows * 2))
        seat = Seat(self, len(self.seats))
        self.seats.append(seat)
        return seat

    def give_back(self, seat: Seat) -> None:
        """Free a row; the last one moves into its place."""
        last = self.seats.pop()
        if last is not seat:
            for keys, values in self.layers.values():
                keys[seat.row].copy_(keys[last.row])
                values[seat.row].copy_(values[last.row])
            last.row = seat.row
            self.seats[last.row] = last
        if not self.seats:
            self._rows = 0
            self.layers.clear()

    def wipe(self, seat: Seat) -> None:
        """Make a row as it was at first, before it is given back with numbers that are not finite."""
        for keys, values in self.layers.values():
            keys[seat.row].zero_()
            values[seat.row].zero_()

    def layer(self, index: int, like: torch.Tensor, values_like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """This layer's keys and values; `like` and `values_like` are [1, heads, tokens, size of a head]."""
        if index not in self.layers:
            self.layers[index] = self._made(like), self._made(values_like)
        return self.layers[index]

    def _made(self, like: torch.Tensor) -> torch.Tensor:
        # Zeros: what lies beyond a sequence's end is masked, but a NaN there would still poison the sum.
        return like.new_zeros(self._rows, like.shape[1], self.length, like.shape[3])

    def _resize(self, rows: int) -> None:
        wider = {index: (_widened(keys, rows), _widened(values, rows)) for index, (keys, values) in self.layers.items()}
        self.layers, self._rows = wider, rows


class Memory:
    """Seats for sequences of any length up to `longest` tokens."""

    def __init__(self, longest: int) -> None:
        shorter = takewhile(lambda length: length < longest, (_SHORTEST << power for power in range(64)))
        self._slabs = [Slab(length) for length in (*shorter, longest)]

    def seat(self, tokens: int, layers: Layers | None = None) -> Seat:
        """A row that holds so many tokens and begins with these. Where there is no memory for it, none is taken."""
        seat = next(slab for slab in self._slabs if slab.length >= tokens).take()
        try:
            _put(seat, layers or {})
        except RuntimeError:
            seat.slab.give_back(seat)
            raise
        return seat

    def room(self, seat: Seat, tokens: int) -> Seat:
        """A seat with the same contents that holds so many tokens: the same one, or one in a longer class."""
        if seat.slab.length >= tokens:
            return seat
        larger = self.seat(tokens, taken(seat, seat.slab.length))
        seat.slab.give_back(seat)
        return larger


def out_of_memory(error: RuntimeError) -> bool:
    """CUDA has a type for it; its libraries and a CPU's allocator only say it."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in said or "ALLOC_FAILED" in said


def taken(seat: Seat, tokens: int) -> Layers:
    """A sequence's first `tokens` keys and values, as views."""
    return {
        index: (keys[seat.row, :, :tokens], values[seat.row, :, :tokens])
        for index, (keys, values) in seat.slab.layers.items()
    }


def _put(seat: Seat, layers: Layers) -> None:
    """Write keys and values to the start of a row."""
    for index, (keys, values) in layers.items():
        to_keys, to_values = seat.slab.layer(index, keys[None], values[None])
        to_keys[seat.row, :, : keys.shape[1]].copy_(keys)
        to_values[seat.row, :, : values.shape[1]].copy_(values)


def rearrange(seats: Iterable[Seat], sources: Iterable[Seat]) -> None:
    """Each seat gets the contents of its source, all at the same time; all of one slab."""
    pairs = [(seat, source) for seat, source in zip(seats, sources, strict=True) if seat is not source]
    if not pairs:
        return
    slab = pairs[0][0].slab
    to, of = [seat.row for seat, _ in pairs], [source.row for _, source in pairs]
    for keys, values in slab.layers.values():
        keys[to], values[to] = keys[of], values[of]


def _widened(tensor: torch.Tensor, rows: int) -> torch.Tensor:
    wider = tensor.new_zeros(rows, *tensor.shape[1:])
    wider[: tensor.shape[0]].copy_(tensor)
    return wider
