"""A character n-gram model with interpolated Kneser-Ney smoothing, over question and answer as one string.

Ney, Essen, Kneser 1994: On structuring probabilistic dependences; interpolated as in Chen, Goodman 1998: An empirical
study of smoothing techniques.
"""

from __future__ import annotations

import math
import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from training.baselines.shape import LONGEST, SCALARS
from training.corpora import Dialogue
from training.measure import Told
from training.samples import Answer

START, ANSWERS, END = "\x02", "\x1d", "\x03"  # before everything, between question and answer, behind the answer

_Counts = dict[str, Counter[str]]


class NGram:
    """`order`: the characters of an n-gram, the predicted one counted. Answers are drawn, so they need a `seed`."""

    def __init__(self, dialogues: Iterable[Dialogue], order: int = 6, seed: int = 0) -> None:
        self._order = order
        self._dice = random.Random(seed)
        highest: _Counts = defaultdict(Counter)
        for dialogue in dialogues:
            text = self._before(dialogue.question) + _nfc(dialogue.reply) + END
            for at in range(order - 1, len(text)):
                highest[text[at - order + 1 : at]][text[at]] += 1
        self._levels = _levels(dict(highest), order)  # from no context to the longest
        self._discounts = [_discount(level) for level in self._levels]
        self._alphabet = sorted(self._levels[0][""])

    def probability(self, character: str, before: str) -> float:
        """Of a character after a text; all that training never had share one place in the alphabet."""
        places = len(self._alphabet) + 1
        known = self._levels[0][""][character] > 0
        chance = 1 / places if known else 1 / places / SCALARS
        for size, (level, discount) in enumerate(zip(self._levels, self._discounts, strict=True)):
            seen = level.get(before[len(before) - size :])
            if seen is None:
                break
            own = max(seen[character] - discount, 0) if character in seen else 0.0
            chance = (own + discount * len(seen) * chance) / seen.total()
        return chance

    def told(self, dialogues: Sequence[Dialogue]) -> list[Told]:
        return [self._cost(dialogue.question, _nfc(dialogue.reply)) for dialogue in dialogues]

    def _cost(self, said: str, reply: str) -> Told:
        bits, before = 0.0, self._before(said)
        for character in reply + END:
            bits -= math.log2(self.probability(character, before))
            before += character
        return Told(bits, len(reply) + 1, len(reply))

    def answer(self, said: str) -> Answer:
        before, written = self._before(said), ""
        while len(written) < LONGEST:
            character = self._drawn(before)
            if character == END:
                return Answer(written.strip(), finished=True)
            written += "" if character == ANSWERS else character
            before += character
        return Answer(written.strip(), finished=False)

    def _drawn(self, before: str) -> str:
        """Exactly by `probability`, known characters only: at each level its own counts, or else the level below."""
        for size in reversed(range(self._order)):
            seen = self._levels[size].get(before[len(before) - size :])
            if seen is None or self._dice.random() < self._discounts[size] * len(seen) / seen.total():
                continue
            weights = [max(count - self._discounts[size], 0) for count in seen.values()]
            return self._dice.choices(list(seen), weights)[0]
        return self._dice.choice(self._alphabet)

    def _before(self, said: str) -> str:
        return START * (self._order - 1) + _nfc(said) + ANSWERS


def _levels(highest: _Counts, order: int) -> list[_Counts]:
    """Real counts for the longest contexts; below, in how many different contexts a character follows."""
    levels = [highest]
    for _ in range(order - 1):
        shorter: _Counts = defaultdict(Counter)
        for context, following in levels[0].items():
            shorter[context[1:]].update(dict.fromkeys(following, 1))
        levels.insert(0, dict(shorter))
    return levels


def _discount(level: _Counts) -> float:
    """n1 / (n1 + 2 n2), of how many n-grams occur once and twice."""
    often = Counter(count for following in level.values() for count in following.values())
    return often[1] / (often[1] + 2 * often[2]) if often[1] else 0.5


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
