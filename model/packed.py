"""One step's tokens of many sequences in a row, with no padding, and the attention that keeps them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

from model.memory import Seat, Slab

_NAME = "irang_packed"
_FEW = 4  # rows


@dataclass(frozen=True, slots=True)
class Stretch:
    """New tokens of one sequence: `ids` come at position `start`, behind what its seat holds already."""

    seat: Seat
    start: int
    ids: Sequence[int]
    adapter: str = ""


@dataclass(eq=False, slots=True)
class _Singles:
    """The sequences of one slab that read one token each: one attention for all of them.

    `at` are their places in the packed row, `rows` their rows in the slab, `positions` their tokens' positions.
    `seated`: so many of the slab's first rows are looked at, others' among them. `reach`: so many tokens of each row
    are. `products`: by two products instead of the fused kernel, which on a CPU takes up to three times as long for
    many rows with one query each; they want whole rows, or they copy.
    """

    slab: Slab
    at: slice
    rows: torch.Tensor
    positions: torch.Tensor
    seated: int
    products: bool
    reach: int
    masks: dict[int | None, torch.Tensor] = field(default_factory=dict)

    def attend(self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, how: How) -> torch.Tensor:
        """[tokens, heads, size of a head], from query, key and value of all tokens: [1, heads, tokens, size]."""
        keys, values = self.slab.layer(layer, key, value)
        keys[self.rows, :, self.positions] = key[0, :, self.at].transpose(0, 1)
        values[self.rows, :, self.positions] = value[0, :, self.at].transpose(0, 1)
        seated, all_rows = self.seated, len(self.rows) == self.seated
        asks = query[0, :, self.at].transpose(0, 1)  # [rows, heads, size]
        if not all_rows:  # the others' queries are nothing, and so is what becomes of them
            asks = asks.new_zeros(seated, *asks.shape[1:]).index_copy_(0, self.rows, asks)
        grouped = asks.reshape(seated, keys.shape[1], -1, asks.shape[-1])
        mask = self._mask(how.window, query)
        seen, told = keys[:seated, :, : self.reach], values[:seated, :, : self.reach]
        out = how.attention(grouped, seen, told, mask, fused=not self.products)
        out = out.reshape(seated, -1, out.shape[-1])
        return out if all_rows else out[self.rows]

    def _mask(self, window: int | None, like: torch.Tensor) -> torch.Tensor:
        """Added to the scores: [rows, 1, 1, reach]."""
        if window not in self.masks:
            ends = self.positions.new_zeros(self.seated).index_copy_(0, self.rows, self.positions)
            self.masks[window] = _hidden(ends[:, None], self.reach, window, like.dtype)[:, None, None]
        return self.masks[window]


@dataclass(eq=False, slots=True)
class _Run:
    """Several tokens of one sequence."""

    seat: Seat
    at: slice
    start: int
    masks: dict[int | None, torch.Tensor] = field(default_factory=dict)

    def attend(self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, how: How) -> torch.Tensor:
        count = self.at.stop - self.at.start
        row, end = self.seat.row, self.start + count
        keys, values = self.seat.slab.layer(layer, key, value)
        keys[row, :, self.start : end] = key[0, :, self.at]
        values[row, :, self.start : end] = value[0, :, self.at]
        heads = keys.shape[1]
        grouped = query[0, :, self.at].reshape(1, heads, -1, query.shape[-1])  # the queries of a group side by side
        mask = self._mask(how.window, query, grouped.shape[2] // count)
        out = how.attention(grouped, keys[row, None, :, :end], values[row, None, :, :end], mask)
        return out.reshape(query.shape[1], count, -1).transpose(0, 1)

    def _mask(self, window: int | None, like: torch.Tensor, group: int) -> torch.Tensor:
        if window not in self.masks:
            count = self.at.stop - self.at.start
            ends = torch.arange(self.start, self.start + count, device=like.device)[:, None]
            self.masks[window] = _hidden(ends, self.start + count, window, like.dtype).repeat(group, 1)
        return self.masks[window]


@dataclass(frozen=True, slots=True)
class How:
    """What a layer says about its attention."""

    scaling: float | None
    window: int | None
    softcap: float | None

    def attention(
        self, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, *, fused: bool = True
    ) -> torch.Tensor:
        """[rows, heads, queries, size] from all the keys and values of a row."""
        if fused and self.softcap is None:
            return scaled_dot_product_attention(query, keys, values, attn_mask=mask, scale=self.scaling)
        scale = query.shape[-1] ** -0.5 if self.scaling is None else self.scaling
        scores = (query @ keys.transpose(-1, -2)).float() * scale
        if self.softcap is not None:
            scores = torch.tanh(scores / self.softcap) * self.softcap
        return (scores + mask).softmax(-1).to(values.dtype) @ values


class Packed:
    """A step: which tokens the model reads, and where each one's past lies.

    Attributes: `ids` and `positions` as the model wants them, [1, tokens]; `last` the places of each stretch's last
    token, in the order of the stretches, [stretches]; `adapted` the places of the tokens of each adapter, by its name.
    """

    def __init__(self, stretches: Sequence[Stretch], device: torch.device) -> None:
        order = sorted(range(len(stretches)), key=lambda number: _place(stretches[number]))
        ids: list[int] = []
        positions: list[int] = []
        last = [0] * len(stretches)
        adapted: dict[str, list[int]] = {}
        for number in order:
            stretch = stretches[number]
            if stretch.adapter:
                adapted.setdefault(stretch.adapter, []).extend(range(len(ids), len(ids) + len(stretch.ids)))
            ids.extend(stretch.ids)
            positions.extend(range(stretch.start, stretch.start + len(stretch.ids)))
            last[number] = len(ids) - 1
        self.ids = torch.tensor([ids], device=device)
        self.positions = torch.tensor([positions], device=device)
        self.last = torch.tensor(last, device=device)
        self.adapted = {name: torch.tensor(places, device=device) for name, places in adapted.items()}
        self._parts = tuple(_parts([stretches[number] for number in order], self.positions[0]))

    def attend(self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, how: How) -> torch.Tensor:
        outs = [part.attend(layer, query, key, value, how) for part in self._parts]
        return (outs[0] if len(outs) == 1 else torch.cat(outs))[None]


class Fixed(Packed):
    """A step in which each of some slabs' first rows reads one token, whether or not somebody sits there.

    Nothing but the numbers in `inputs` tells one such step from another, so that it can be recorded: neither shapes
    nor places in memory change, and nothing is brought over from the CPU. Whoever sits in those rows has to be among
    the stretches: the others read token 0 at position 0, which is written anew before anybody who comes looks at it.
    """

    def __init__(self, firsts: Sequence[tuple[Slab, int]], inputs: torch.Tensor) -> None:
        self.ids, self.positions, self.last = inputs[:1], inputs[1:2], inputs[2]
        self.adapted = {}
        self._parts = tuple(_firsts(firsts, inputs[1]))

    @staticmethod
    def inputs(stretches: Sequence[Stretch], firsts: Sequence[tuple[Slab, int]]) -> torch.Tensor:
        """Tokens and positions by row, slab after slab, and the place of each stretch: [3, rows of all]."""
        begins: dict[Slab, int] = {}
        count = 0
        for slab, rows in firsts:
            begins[slab] = count
            count += rows
        ids, positions, places = ([0] * count for _ in range(3))
        for number, stretch in enumerate(stretches):
            places[number] = place = begins[stretch.seat.slab] + stretch.seat.row
            (ids[place],), positions[place] = stretch.ids, stretch.start
        return torch.tensor([ids, positions, places])


def _firsts(firsts: Sequence[tuple[Slab, int]], positions: torch.Tensor) -> Iterable[_Singles]:
    at = 0
    for slab, rows in firsts:
        here, every = slice(at, at + rows), torch.arange(rows, device=positions.device)
        yield _Singles(slab, here, every, positions[here], rows, products=False, reach=slab.length)
        at = here.stop


def prepare(model: PreTrainedModel) -> None:
    """Make a model read packed steps."""
    AttentionInterface.register(_NAME, _attention)  # no mask is registered beside it: the model makes none
    model.set_attn_implementation(_NAME)


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    packed: Packed,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' interface of an attention: [1, heads, tokens, size] thrice to [1, tokens, heads, size]."""
    layer: Any = module.layer_idx  # every attention of transformers' decoders has its number
    return packed.attend(layer, query, key, value, How(scaling, sliding_window, softcap)), None


def _place(stretch: Stretch) -> tuple[bool, int, int]:
    """Single tokens first, slab by slab, in the order of their rows."""
    return len(stretch.ids) > 1, stretch.seat.slab.length, stretch.seat.row


def _parts(stretches: Iterable[Stretch], positions: torch.Tensor) -> Iterable[_Singles | _Run]:
    at = 0
    singles: dict[Slab, list[Stretch]] = {}
    runs: list[_Run] = []
    for stretch in stretches:
        if len(stretch.ids) == 1:
            singles.setdefault(stretch.seat.slab, []).append(stretch)
    for slab, members in singles.items():
        here = slice(at, at + len(members))
        rows = torch.tensor([member.seat.row for member in members], device=positions.device)
        products = positions.device.type == "cpu" and len(slab.seats) > _FEW
        reach = slab.length if products else max(member.start for member in members) + 1
        yield _Singles(slab, here, rows, positions[here], len(slab.seats), products, reach)
        at = here.stop
    for stretch in stretches:
        if len(stretch.ids) > 1:
            runs.append(_Run(stretch.seat, slice(at, at + len(stretch.ids)), stretch.start))
            at += len(stretch.ids)
    yield from runs


def _hidden(ends: torch.Tensor, length: int, window: int | None, dtype: torch.dtype) -> torch.Tensor:
    """0 where a token at position `ends` may look, -inf elsewhere; a window counts the token itself."""
    keys = torch.arange(length, device=ends.device)
    seen = keys <= ends
    if window is not None:
        seen &= keys > ends - window
    return torch.zeros(seen.shape, dtype=dtype, device=ends.device).masked_fill_(~seen, float("-inf"))
