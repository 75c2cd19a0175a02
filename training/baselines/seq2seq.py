"""Two LSTMs with attention, character by character: what came before transformers.

Sutskever, Vinyals, Le 2014: Sequence to sequence learning; attention by dot product as in Luong, Pham, Manning 2015.
"""

from __future__ import annotations

import copy
import math
import random
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from training.baselines.shape import LONGEST, SCALARS
from training.corpora import Dialogue
from training.measure import Told
from training.samples import Answer

PAD, START, END, UNKNOWN = range(4)
_MARKS = 4


@dataclass(frozen=True, slots=True)
class Size:
    """`epochs` is the most; the best one by `valid` loss is kept."""

    embedding: int = 96
    hidden: int = 256
    epochs: int = 14
    batch: int = 64
    rate: float = 2e-3
    dropout: float = 0.2


class Net(nn.Module):
    def __init__(self, alphabet: int, size: Size) -> None:
        super().__init__()
        self.embed = nn.Embedding(alphabet, size.embedding, padding_idx=PAD)
        self.drop = nn.Dropout(size.dropout)
        self.encoder = nn.LSTM(size.embedding, size.hidden, batch_first=True)
        self.decoder = nn.LSTM(size.embedding, size.hidden, batch_first=True)
        self.mix = nn.Linear(2 * size.hidden, size.embedding)
        self.out = nn.Linear(size.embedding, alphabet)

    def forward(self, said: Tensor, before: Tensor) -> Tensor:
        """Questions and answers so far, [batch, length] each, padded behind -> logits [batch, length, alphabet]."""
        heard = self.drop(self.embed(said))
        lengths = (said != PAD).sum(1)
        packed = nn.utils.rnn.pack_padded_sequence(heard, lengths, batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        memory, _ = nn.utils.rnn.pad_packed_sequence(states, batch_first=True, total_length=said.shape[1])
        steps, _ = self.decoder(self.drop(self.embed(before)), last)
        scores = (steps @ memory.transpose(1, 2)).masked_fill((said == PAD)[:, None], -torch.inf)
        context = scores.softmax(-1) @ memory
        logits: Tensor = self.out(self.drop(torch.tanh(self.mix(torch.cat([steps, context], -1)))))
        return logits


@dataclass
class Seq2Seq:
    """Made by `train`. `epochs`: as run records keep them."""

    letters: dict[str, int]
    net: Net
    epochs: list[dict[str, float]] = field(default_factory=list)

    @torch.inference_mode()
    def told(self, dialogues: Sequence[Dialogue]) -> list[Told]:
        self.net.eval()
        costs: list[Told] = []
        for at in range(0, len(dialogues), 64):
            some = dialogues[at : at + 64]
            losses = _losses(self.net, _batch(some, self.letters)).sum(1) / math.log(2)
            costs.extend(self._cost(one.reply, bits) for one, bits in zip(some, losses.tolist(), strict=True))
        return costs

    def _cost(self, reply: str, bits: float) -> Told:
        text = _nfc(reply)
        spelt = sum(character not in self.letters for character in text)
        return Told(bits + spelt * math.log2(SCALARS), len(text) + 1, len(text))

    @torch.inference_mode()
    def answer(self, said: str) -> Answer:
        """The likeliest character at each step."""
        self.net.eval()
        known = {id: character for character, id in self.letters.items()}
        question = torch.tensor([_question(said, self.letters)])
        written = [START]
        while len(written) <= LONGEST:
            logits = self.net(question, torch.tensor([written]))[0, -1]
            logits[[PAD, START, UNKNOWN]] = -torch.inf
            written.append(int(logits.argmax()))
            if written[-1] == END:
                break
        text = "".join(known[id] for id in written if id >= _MARKS)
        return Answer(text.strip(), finished=written[-1] == END)


def train(dialogues: Sequence[Dialogue], valid: Sequence[Dialogue], seed: int, size: Size = Size()) -> Seq2Seq:
    """Learn the last replies from the questions before them; the epoch that predicts `valid` best is kept."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    letters = alphabet(dialogues)
    model = Seq2Seq(letters, Net(len(letters) + _MARKS, size))
    optimizer = torch.optim.AdamW(model.net.parameters(), lr=size.rate)
    best, kept = math.inf, copy.deepcopy(model.net.state_dict())
    for epoch in range(1, size.epochs + 1):
        began = time.perf_counter()
        learnt, tokens = _epoch(model.net, optimizer, _batches(dialogues, letters, size.batch, dice))
        told = _loss(model.net, list(_batches(valid, letters, size.batch, random.Random(seed))))
        seconds = round(time.perf_counter() - began, 1)
        losses = {"train_loss": round(learnt, 4), "valid_loss": round(told, 4)}
        model.epochs.append({"epoch": epoch, **losses, "seconds": seconds, "tokens": tokens})
        if told < best:
            best, kept = told, copy.deepcopy(model.net.state_dict())
    model.net.load_state_dict(kept)
    return model


def alphabet(dialogues: Sequence[Dialogue]) -> dict[str, int]:
    """Every character that occurs at least twice: one that occurs once teaches what an unknown one looks like."""
    counts = Counter(character for one in dialogues for text in (one.question, one.reply) for character in _nfc(text))
    return {character: at + _MARKS for at, character in enumerate(sorted(c for c in counts if counts[c] > 1))}


_Batch = tuple[Tensor, Tensor, Tensor]  # questions, answers with START in front, answers with END behind


def _epoch(net: Net, optimizer: torch.optim.Optimizer, batches: Iterator[_Batch]) -> tuple[float, int]:
    """Mean loss in nats a token, and the tokens that were learnt."""
    net.train()
    total, tokens = 0.0, 0
    for batch in batches:
        losses, count = _losses(net, batch).sum(), int((batch[2] != PAD).sum())
        optimizer.zero_grad()
        (losses / count).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        total, tokens = total + float(losses.detach()), tokens + count
    return total / tokens, tokens


@torch.inference_mode()
def _loss(net: Net, batches: Sequence[_Batch]) -> float:
    net.eval()
    total = sum(float(_losses(net, batch).sum()) for batch in batches)
    return total / sum(int((batch[2] != PAD).sum()) for batch in batches)


def _losses(net: Net, batch: _Batch) -> Tensor:
    """Nats of every token, 0 for padding: [batch, length]."""
    said, before, after = batch
    return cross_entropy(net(said, before).transpose(1, 2), after, ignore_index=PAD, reduction="none")


def _batches(
    dialogues: Sequence[Dialogue], letters: dict[str, int], size: int, dice: random.Random
) -> Iterator[_Batch]:
    order = list(dialogues)
    dice.shuffle(order)
    for at in range(0, len(order), size):
        yield _batch(order[at : at + size], letters)


def _batch(dialogues: Sequence[Dialogue], letters: dict[str, int]) -> _Batch:
    replies = [[letters.get(character, UNKNOWN) for character in _nfc(one.reply)] for one in dialogues]
    return (
        _padded([_question(one.question, letters) for one in dialogues]),
        _padded([[START, *reply] for reply in replies]),
        _padded([[*reply, END] for reply in replies]),
    )


def _question(said: str, letters: dict[str, int]) -> list[int]:
    """END stands behind it, so that no question is empty."""
    return [*(letters.get(character, UNKNOWN) for character in _nfc(said)), END]


def _padded(rows: Sequence[list[int]]) -> Tensor:
    length = max(len(row) for row in rows)
    return torch.tensor([[*row, *[PAD] * (length - len(row))] for row in rows])


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
