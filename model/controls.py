"""A tokenizer's control tokens, which only template and model may write, and people's words spelled without them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from model.reasoning import DEFAULT_TAGS

Span = tuple[int, int, int]  # a token of a text: its id, where it starts, where it ends


class Controls:
    """`ids` are all of them; `spoken` those that stand for text of the answer, with that text.

    Everything else is spelled by a copy of the tokenizer that knows no added token, and checked.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.ids = _control_ids(tokenizer)
        self.spoken = _spoken(tokenizer, self.ids)
        self._plain = _without_added_tokens(tokenizer.backend_tokenizer)
        self._pattern, self._by_text = _control_pattern(tokenizer, self.ids)

    def cut(self, template: str) -> Iterator[str | int]:
        """The template's own text, cut at its control tokens, which come as ids."""
        at = 0
        for found in self._pattern.finditer(template):
            yield template[at : found.start()]
            yield self._by_text[found[0].strip()]
            at = found.end()
        yield template[at:]

    def spans(self, text: str, base: int = 0) -> list[Span]:
        """The tokens of clean text, none of them a control token. What would still become one is encoded in halves."""
        encoding = self._plain.encode(text, add_special_tokens=False)
        spans: list[Span] = []
        for id, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            if id not in self.ids:
                spans.append((id, base + start, base + end))
            elif end - start > 1:
                middle = (start + end) // 2
                spans.extend(self.spans(text[start:middle], base + start))
                spans.extend(self.spans(text[middle:end], base + middle))
        return spans

    def plainly(self, ids: Sequence[int]) -> str:
        """The text of ids that are no control tokens."""
        return str(self._plain.decode(ids, skip_special_tokens=False))


def _without_added_tokens(tokenizer: Tokenizer) -> Tokenizer:
    """A copy for which every control token's text is just text, and which adds nothing of its own."""
    content = json.loads(tokenizer.to_str())
    content.update(added_tokens=[], post_processor=None, truncation=None, padding=None)
    return Tokenizer.from_str(json.dumps(content))


def _control_ids(tokenizer: PreTrainedTokenizerFast) -> frozenset[int]:
    """Every added token, special or not, except runs of blanks and a token that only means "unknown"."""
    added = {id for id, token in tokenizer.added_tokens_decoder.items() if token.content.strip(" \t\r\n▁")}
    roles = {name: tokenizer.convert_tokens_to_ids(token) for name, token in tokenizer.special_tokens_map.items()}
    unknown = roles.pop("unk_token", None)
    special = {id for id in roles.values() if isinstance(id, int)}
    harmless = {unknown} - special
    return frozenset((added | special) - harmless)


def _spoken(tokenizer: PreTrainedTokenizerFast, controls: frozenset[int]) -> dict[int, str]:
    """The control tokens that stand for text of the answer: those that are not special, and the marks of reasoning."""
    marks = {mark for tag in DEFAULT_TAGS for mark in (f"<{tag}>", f"</{tag}>")}
    tokens = tokenizer.added_tokens_decoder.items()
    return {
        id: token.content for id, token in tokens if id in controls and (not token.special or token.content in marks)
    }


def _control_pattern(
    tokenizer: PreTrainedTokenizerFast, controls: frozenset[int]
) -> tuple[re.Pattern[str], dict[str, int]]:
    """Finds control tokens in template text, the longest first, with the blanks that a token takes along."""
    tokens = [token for id, token in tokenizer.added_tokens_decoder.items() if id in controls]
    tokens.sort(key=lambda token: len(token.content), reverse=True)
    alternatives = (
        (r"\s*" if token.lstrip else "") + re.escape(token.content) + (r"\s*" if token.rstrip else "")
        for token in tokens
    )
    by_text = {token.content.strip(): id for id, token in tokenizer.added_tokens_decoder.items() if id in controls}
    return re.compile("|".join(alternatives) or r"(?!)"), by_text
