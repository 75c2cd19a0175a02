"""Where the keys and values of running sequences lie: slabs of equal rows, one slab for each class of length."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import takewhile

import torch

Layers = dict[int, tuple[torch.Tensor, torch.Tensor]]  # by layer: keys and values, [heads, tokens, size of a head]

LEAST = 32  # tokens that whoever gives out seats counts for a sequence at least: then no row is twice as long as that
_SHORTEST = 2 * LEAST  # tokens of the smallest class; each next one is twice as long


@dataclass(eq=False, slots=True)
class Seat:
    """One sequence's row. The slab moves it when a row before it is given back."""

    slab: Slab
    row: int


@dataclass(eq=False)
class Slab:
    """Rows of `length` tokens each. The taken ones are always the first, so that a batch is a view, not a copy.

    `layers` holds keys and values per layer as [rows, heads, length, size of a head]; a layer is made when it is
    first written, since only the model knows its shape. Rows that are given back stay: memory that is found and
    touched anew takes longer than the step that it is needed for. `rows`: how many there are, the free ones too.
    `most`: rows that were taken at the same time since the last trim. `version`: another one whenever layers have come
    to lie somewhere else.
    """

    length: int
    seats: list[Seat] = field(default_factory=list)
    layers: Layers = field(default_factory=dict)
    rows: int = 0
    most: int = 0
    version: int = 0

    @property
    def full(self) -> bool:
        return len(self.seats) == self.rows

    @property
    def held(self) -> int:
        """Tokens of all rows, the free ones too."""
        return self.rows * self.length

    def take(self) -> Seat:
        """A row that is free."""
        seat = Seat(self, len(self.seats))
        self.seats.append(seat)
        self.most = max(self.most, len(self.seats))
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

    def wipe(self, seat: Seat) -> None:
        """Make a row as it was at first, before it is given back with numbers that are not finite."""
        for keys, values in self.layers.values():
            keys[seat.row].zero_()
            values[seat.row].zero_()

    def layer(self, index: int, like: torch.Tensor, values_like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """This layer's keys and values; `like` and `values_like` are [1, heads, tokens, size of a head]."""
        if index not in self.layers:
            self.version += 1
            self.layers[index] = self._made(like), self._made(values_like)
        return self.layers[index]

    def _made(self, like: torch.Tensor) -> torch.Tensor:
        # Zeros: what lies beyond a sequence's end is masked, but a NaN there would still poison the sum.
        return like.new_zeros(self.rows, like.shape[1], self.length, like.shape[3])

    def resize(self, free: int) -> None:
        """Have so many rows to spare. Layer by layer, so that no more than one of them is there twice."""
        taken, rows = len(self.seats), len(self.seats) + free
        self.version += 1
        if not rows:
            self.layers.clear()
        self.rows = min(self.rows, rows)  # should memory run out on the way, some layers have their old rows
        for index, (keys, values) in self.layers.items():
            self.layers[index] = _resized(keys, taken, rows), _resized(values, taken, rows)
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Aside:
    """What a sequence had read, while it has no row."""

    layers: Layers
    tokens: int


class Memory:
    """Seats for sequences of any length up to `longest` tokens.

    `most`: tokens of rows, and of what is put aside, that may be held; the row of one that moves comes on top for that
    moment. No rows are free where they would be more; that those which are taken are not, sees whoever gives out seats.
    """

    def __init__(self, longest: int, most: float = math.inf) -> None:
        shorter = takewhile(lambda length: length < longest, (_SHORTEST << power for power in range(64)))
        self._slabs = [Slab(length) for length in (*shorter, longest)]
        self._most = most
        self._aside = 0

    @property
    def held(self) -> int:
        """Tokens for whose keys and values there is a place."""
        return self._aside + sum(slab.held for slab in self._slabs)

    def seat(self, tokens: int, layers: Layers | None = None) -> Seat:
        """A row that holds so many tokens and begins with these. Where there is no memory for it, none is taken."""
        return self._filled(tokens, lambda: layers or {})

    def twin(self, seat: Seat, tokens: int) -> Seat:
        """Another row of the same length that begins with the same tokens."""
        return self._filled(seat.slab.length, lambda: taken(seat, tokens))

    def room(self, seat: Seat, tokens: int) -> Seat:
        """A seat with the same contents that holds so many tokens: the same one, or one in a longer class."""
        if seat.slab.length >= tokens:
            return seat
        larger = self._filled(tokens, lambda: taken(seat, seat.slab.length))
        seat.slab.give_back(seat)
        return larger

    def put_aside(self, seat: Seat, tokens: int) -> Aside:
        """Give a row back and keep what is in it; `take_back` or `forget` has to follow."""
        self._make_room(tokens)
        layers = {index: (keys.clone(), values.clone()) for index, (keys, values) in taken(seat, tokens).items()}
        seat.slab.give_back(seat)
        self._aside += tokens
        return Aside(layers, tokens)

    def take_back(self, aside: Aside, tokens: int) -> Seat:
        """A row that holds so many tokens and begins with what was put aside."""
        seat = self.seat(tokens, aside.layers)
        self.forget(aside)
        return seat

    def forget(self, aside: Aside) -> None:
        self._aside -= aside.tokens

    def trim(self) -> None:
        """Give back the rows that nobody has needed since the last time."""
        for slab in self._slabs:
            if slab.held > slab.most * slab.length:
                slab.resize(slab.most - len(slab.seats))
            slab.most = len(slab.seats)

    def clear_idle(self) -> None:
        """Give back the rows of slabs where nobody sits."""
        for slab in self._slabs:
            if not slab.seats:
                slab.resize(0)

    def _filled(self, tokens: int, contents: Callable[[], Layers]) -> Seat:
        """Contents are asked for when the row is there: to make it, rows may have moved."""
        slab = next(slab for slab in self._slabs if slab.length >= tokens)
        if slab.full:
            self._widen(slab)
        seat = slab.take()
        try:
            _put(seat, contents())
        except RuntimeError:
            slab.give_back(seat)
            raise
        return seat

    def _widen(self, slab: Slab) -> None:
        """Twice as many rows, so that they are seldom copied; where memory is short, as many more as there is for."""
        double = max(1, len(slab.seats))
        self._make_room(double * slab.length)
        slab.resize(int(max(1, min(double, (self._most - self.held) // slab.length))))

    def _make_room(self, tokens: int) -> None:
        """Where so many more would be too many, no slab keeps free rows."""
        if self.held + tokens > self._most:
            for slab in self._slabs:
                if not slab.full:
                    slab.resize(0)


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


def _resized(tensor: torch.Tensor, taken: int, rows: int) -> torch.Tensor:
    other = tensor.new_zeros(rows, *tensor.shape[1:])
    other[:taken].copy_(tensor[:taken])
    return other
