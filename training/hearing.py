"""Words that are missed on the way: what people say comes to a model with holes in it, so that it leans on no one word.

Whoever asks the same in other words shares only some of them. Hiding others at each step (word dropout, Iyyer et al.,
"Deep Unordered Composition Rivals Syntactic Methods", ACL 2015) makes the answer hang on what they share.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

USER, BOT = "<usr>", "<sys>"


class Hearing:
    """Misses a share of what stands between <usr> and <sys>, on average `missed` of it, in each row another share.

    Half of what is missed is hidden (the padding stands there), half is taken for any other token. Labels are not
    touched: what was said is learnt as well.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, missed: float) -> None:
        """Raises ValueError unless 0 <= missed <= 0.5."""
        if not 0 <= missed <= 0.5:
            raise ValueError(f"missed: {missed} is no share from 0 to 0.5")
        self._missed = missed
        self._user, self._bot, self._hidden = (_id(tokenizer, one) for one in (USER, BOT, str(tokenizer.pad_token)))
        self._controls = torch.zeros(len(tokenizer), dtype=torch.bool)
        self._controls[tokenizer.all_special_ids] = True
        self._words = (~self._controls).nonzero()[:, 0]

    def of(self, ids: Tensor) -> Tensor:
        """The rows (rows x length) as they are heard."""
        if not self._missed:
            return ids
        share = 2 * self._missed * torch.rand(len(ids), 1)
        missed = self._said(ids) & (torch.rand(ids.shape) < share)
        others = self._words[torch.randint(len(self._words), ids.shape)]
        instead = torch.where(torch.rand(ids.shape) < 0.5, others, self._hidden)
        return torch.where(missed, instead, ids)

    def _said(self, ids: Tensor) -> Tensor:
        """Where people speak: behind a <usr>, before the next <sys>."""
        turns = ids.eq(self._user).int() - ids.eq(self._bot).int()
        return turns.cumsum(1).gt(0) & ~self._controls[ids]


def _id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    return int(tokenizer.encode(token)[0])
