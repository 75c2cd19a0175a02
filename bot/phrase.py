"""Phrases as data: hassil's templates, matched over match keys, so that Korean spacing does not matter.

The grammar is hassil's: [optional], (one|another), (in any;order), {slot}, <rule>. A template that ends in "?" is said
only with a question mark, one that ends in "." only without. Its own matcher goes by words and
takes a wildcard for anything. Here one regular expression per template says quickly that a text can't be it; of those
that can, the first way of reading whose slots are all accepted counts.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, permutations, product
from math import prod

from hassil.expression import Alternative, Expression, ListReference, Permutation, RuleReference, Sequence, TextChunk
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from bot.korean.folding import Keyed, match_key

_QUESTION = re.compile(r"[?？][\s!.~…]*$")
_RULE = re.compile(r"<(\w+)>")
_MOST_WORDS = 300  # that a part of a template without slots is written out as
_MOST_NEEDS = 3  # of a template that are looked at before it is tried
_MOST_STEPS = 5_000  # of looking for an acceptable reading; what takes longer is no request


@dataclass(frozen=True, slots=True)
class Filled:
    """What a slot holds, as it was written; `apart`: it begins a word."""

    text: str
    apart: bool


Accepts = Callable[[str, Filled], bool]
Slots = Mapping[str, Filled]
_Needs = tuple[frozenset[str], ...]


# ---- what a template is made of ------------------------------------------------------------------
# Equal parts, of one template or of two, are the same object: what is known of one for a text is known of all. Of each
# of a part's `needs` a text that holds it has a letter at least.


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """One of a few strings of letters, which are looked up: most of a template is that. `source`: the expression."""

    by_length: Mapping[int, frozenset[str]]
    source: str
    needs: _Needs
    holds_slot = False

    @property
    def all(self) -> Iterator[str]:
        return chain.from_iterable(self.by_length.values())

    def ends(self, text: str, start: int) -> frozenset[int]:
        lengths = self.by_length.items()
        return frozenset([start + length for length, words in lengths if text[start : start + length] in words])

    def starts(self, text: str, ends: frozenset[int]) -> frozenset[int]:
        pairs = [(end, length, words) for end in ends for length, words in self.by_length.items() if length <= end]
        return frozenset([end - length for end, length, words in pairs if text[end - length : end] in words])


@dataclass(frozen=True, slots=True, eq=False)
class _Slot:
    name: str
    needs = ()
    holds_slot = True


@dataclass(frozen=True, slots=True, eq=False)
class _One:
    """One of several."""

    ways: tuple[_Node, ...]
    needs: _Needs
    holds_slot: bool


@dataclass(frozen=True, slots=True, eq=False)
class _All:
    """One after the other."""

    parts: tuple[_Node, ...]
    needs: _Needs
    holds_slot: bool


_Node = _Words | _Slot | _One | _All


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A slot, or a part without slots, and what stands behind it."""

    node: _Node
    behind: _Way
    holds_slot: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Fork:
    """One of several goes on from here."""

    ways: tuple[_Way, ...]
    holds_slot = True


_Way = _Step | _Fork | None  # None: nothing more may stand there


@dataclass(frozen=True, slots=True)
class Phrase:
    """One template, ready to be matched."""

    template: str
    slots: frozenset[str]
    asks: bool | None
    needs: _Needs
    _pattern: re.Pattern[str]
    _way: _Way

    def match(self, text: Text, accepts: Accepts) -> Slots | None:
        """What the slots hold when the text says this and nothing else, and all of them are accepted."""
        if self.asks is not None and self.asks != text.asks:
            return None
        found = self._pattern.fullmatch(text.said.key)
        if found is None:
            return None
        spans = ((name, found.span(name)) for name, value in found.groupdict().items() if value)
        shortest = {name.rpartition("_")[0]: _filled(text.said, *span) for name, span in spans}
        if all(accepts(name, filled) for name, filled in shortest.items()):
            return shortest
        return _Reading(text, accepts).slots(self._way, 0)


class Text:
    """A text that templates are compared with, and where in it parts without slots stand, which many templates share.

    `asks`: it ends with a question mark.
    """

    def __init__(self, said: Keyed) -> None:
        self.said = said
        self.letters = frozenset(said.key)
        self.asks = bool(_QUESTION.search(said.text))
        self._ends: dict[tuple[_Node, int], frozenset[int]] = {}
        self._starts: dict[tuple[_Node, frozenset[int]], frozenset[int]] = {}

    def ends(self, node: _Node, start: int) -> frozenset[int]:
        """Where a node without slots may end that begins there."""
        if isinstance(node, _Words):
            return node.ends(self.said.key, start)
        key = node, start
        if key not in self._ends:
            self._ends[key] = self._found_ends(node, start)
        return self._ends[key]

    def starts(self, node: _Node, ends: frozenset[int]) -> frozenset[int]:
        """Where a node without slots may begin that ends at one of those."""
        if isinstance(node, _Words):
            return node.starts(self.said.key, ends)
        key = node, ends
        if key not in self._starts:
            self._starts[key] = self._found_starts(node, ends)
        return self._starts[key]

    def _found_ends(self, node: _Node, start: int) -> frozenset[int]:
        match node:
            case _One(ways=ways):
                return frozenset().union(*[self.ends(way, start) for way in ways])
            case _All(parts=parts):
                ends = frozenset({start})
                for part in parts:
                    ends = frozenset().union(*[self.ends(part, end) for end in ends])
                return ends
        return frozenset()

    def _found_starts(self, node: _Node, ends: frozenset[int]) -> frozenset[int]:
        match node:
            case _One(ways=ways):
                return frozenset().union(*[self.starts(way, ends) for way in ways])
            case _All(parts=parts):
                for part in reversed(parts):
                    ends = self.starts(part, ends)
                return ends
        return frozenset()


class Shelf:
    """Many templates, of which it picks those that a text may be by the letters that it holds: a few of hundreds."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self._all = (1 << len(phrases)) - 1  # a bit for each template
        self._needs = [self._nth(phrases, nth) for nth in range(_MOST_NEEDS)]

    def places(self, text: Text) -> list[int]:
        """Where the templates stand that may fit, in their order."""
        bits = self._all
        for without, by_letter in self._needs:
            held = without
            for letter in text.letters:
                held |= by_letter.get(letter, 0)
            bits &= held
        places = []
        while bits:
            lowest = bits & -bits
            places.append(lowest.bit_length() - 1)
            bits ^= lowest
        return places

    @staticmethod
    def _nth(phrases: list[Phrase], nth: int) -> tuple[int, Mapping[str, int]]:
        """The templates that have no such need, and those that have, by the letters that meet it."""
        without, by_letter = 0, defaultdict[str, int](int)
        for place, each in enumerate(phrases):
            if nth >= len(each.needs):
                without |= 1 << place
                continue
            for letter in each.needs[nth]:
                by_letter[letter] |= 1 << place
        return without, by_letter


@dataclass(frozen=True, slots=True)
class Sayings:
    """What people say for one command, as templates.

    A text is one of `phrases` when every slot is accepted; `orders` are so plain that a slot which is not is asked for.
    """

    phrases: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()


def sayings(module: str) -> Sayings:
    """The templates in the TOML file beside a module, its own rules written out. Raises ValueError."""
    package, _, name = module.rpartition(".")
    table = tomllib.loads(files(package).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    rules: Mapping[str, str] = table.get("rules", {})

    def whole(template: str) -> str:
        known = (f"<{rule}>" in template for rule in rules)
        while any(known):
            template = _RULE.sub(lambda found: f"({rules[found[1]]})" if found[1] in rules else found[0], template)
            known = (f"<{rule}>" in template for rule in rules)
        return " ".join(template.split())

    return Sayings(*(tuple(whole(each) for each in table.get(key, ())) for key in ("phrases", "orders")))


@cache
def phrase(template: str) -> Phrase:
    """Raises ValueError for a template that is none, and for one that takes silence."""
    node = _all((_parsed(template), _rule("tail"), _rule("tail")))
    numbers: dict[str, int] = {}
    pattern = re.compile(_source(node, numbers))
    if pattern.fullmatch(""):
        raise ValueError(f"{template!r} takes silence for a command")
    return Phrase(template, frozenset(numbers), _asks(template), node.needs, pattern, _way(node, None))


def _asks(template: str) -> bool | None:
    return {"?": True, ".": False}.get(template[-1:])


def stripped(text: str) -> str:
    """The text without the words that people begin a request with and that say nothing: "혹시", "저기요,", "그럼"."""
    lead = _lead()
    while found := lead.match(text):
        text = text[found.end() :]
    return text


def _filled(said: Keyed, start: int, end: int) -> Filled:
    return Filled(said.stretch(start, end), said.begins_word(start))


# ---- templates -----------------------------------------------------------------------------------


def _parsed(template: str) -> _Node:
    def node(expression: Expression) -> _Node:
        match expression:
            case TextChunk(text=text):
                word = match_key(text)
                return _words((word,), re.escape(word), tuple(map(frozenset, word[:_MOST_NEEDS])))
            case RuleReference(rule_name=name):
                return _rule(name)
            case ListReference(list_name=name):
                return _slot(name)
            case Alternative(items=items, is_optional=optional):
                ways = tuple(node(item) for item in items)
                # Without it first: a slot takes what nothing else does, not what stands there anyway.
                held = any(way.holds_slot for way in ways)
                return _one((ways[-1], *ways[:-1]) if optional and held else ways)
            case Permutation(items=items):
                return _one(tuple(_all(tuple(map(node, order))) for order in permutations(items)))
            case Sequence(items=items):
                return _all(tuple(map(node, items)))
        raise ValueError(f"{template!r}: {expression} is nothing that a phrase may hold")

    try:
        return node(parse_sentence(template).expression)
    except (ParseError, AssertionError):  # hassil's own checks are assertions
        raise ValueError(f"{template!r} is no template") from None


@cache
def _rule(name: str) -> _Node:
    rules = _rules()
    if name not in rules:
        raise ValueError(f"<{name}>: bot/korean/cues.toml has no such rule")
    return _parsed(rules[name])


@cache
def _rules() -> Mapping[str, str]:
    """How Koreans ask for things, by name."""
    text = files("bot.korean").joinpath("cues.toml").read_text(encoding="utf-8")
    return {name: " ".join(template.split()) for name, template in tomllib.loads(text).items()}


@cache
def _lead() -> re.Pattern[str]:
    """One word and the blank or sign behind it, if something follows."""
    words = [word.strip() for word in _rules()["lead"].strip("()").split("|")]
    plain = (re.escape(word.replace("[요]", "")) + ("요?" if "[요]" in word else "") for word in words)
    return re.compile(rf"\s*(?:{'|'.join(plain)})[\s,.!~…]+(?=\S)", re.IGNORECASE)


@cache
def _slot(name: str) -> _Node:
    return _Slot(name)


@cache
def _one(ways: tuple[_Node, ...]) -> _Node:
    least = [min(way.needs, key=len, default=frozenset()) for way in ways]
    needs: _Needs = (frozenset().union(*least),) if all(least) else ()
    if words := _all_words(ways):
        said = tuple(chain.from_iterable(each.all for each in words))
        return _words(said, _either(each.source for each in words), needs)
    return _One(ways, needs, any(way.holds_slot for way in ways))


@cache
def _all(parts: tuple[_Node, ...]) -> _Node:
    every = dict.fromkeys(chain.from_iterable(part.needs for part in parts))
    needs = tuple(sorted(every, key=len)[:_MOST_NEEDS])
    if words := _all_words(parts):
        said = tuple("".join(each) for each in product(*(tuple(each.all) for each in words)))
        return _words(said, "".join(each.source for each in words), needs)
    return _All(parts, needs, any(part.holds_slot for part in parts))


def _all_words(nodes: tuple[_Node, ...]) -> tuple[_Words, ...]:
    """The same, if they are few words put together in any way; else nothing."""
    words = tuple(node for node in nodes if isinstance(node, _Words))
    few = prod(sum(1 for _ in each.all) for each in words) <= _MOST_WORDS
    return words if few and len(words) == len(nodes) else ()


@cache
def _words(all_words: tuple[str, ...], source: str, needs: _Needs) -> _Words:
    by_length: dict[int, set[str]] = {}
    for word in all_words:
        by_length.setdefault(len(word), set()).add(word)
    return _Words({length: frozenset(words) for length, words in by_length.items()}, source, needs)


def _either(sources: Iterable[str]) -> str:
    return f"(?:{'|'.join(sources)})"


def _source(node: _Node, numbers: dict[str, int]) -> str:
    """The expression; each slot has a number, since a name may stand in two alternatives."""
    match node:
        case _Words(source=source):
            return source
        case _Slot(name):
            numbers[name] = numbers.get(name, 0) + 1
            return f"(?P<{name}_{numbers[name]}>.+?)"
        case _One(ways=ways):
            return _either(_source(way, numbers) for way in ways)
        case _All(parts=parts):
            return "".join(_source(part, numbers) for part in parts)


# ---- every way of reading ------------------------------------------------------------------------


def _way(node: _Node, behind: _Way) -> _Way:
    """A node as steps that end in `behind`."""
    match node:
        case _One(ways=ways, holds_slot=True):
            return _Fork(tuple(_way(way, behind) for way in ways))
        case _All(parts=parts, holds_slot=True):
            for part in reversed(parts):
                behind = _way(part, behind)
            return behind
    return _Step(node, behind, node.holds_slot or (behind is not None and behind.holds_slot))


class _Reading:
    """Looks for the first way in which one text is one template, slots being accepted.

    Whether words are accepted is asked last, and only where the rest of the template may stand behind them: looking up
    a place or reading a date takes longer than all else. Where that is, is found from the end of the text backwards.
    """

    def __init__(self, text: Text, accepts: Accepts) -> None:
        self._text = text
        self._whole = len(text.said.key)
        self._accepts = accepts
        self._places: dict[_Way, frozenset[int]] = {None: frozenset({self._whole})}
        self._fits: dict[tuple[str, int, int], Filled | None] = {}
        self._failed: set[tuple[_Way, int]] = set()
        self._steps = 0

    def slots(self, way: _Way, start: int) -> Slots | None:
        """What the slots hold if `way` leads from `start` to the end; None: it does not."""
        if way is None:
            return {} if start == self._whole else None
        key = way, start
        self._steps += 1
        if key in self._failed or self._steps > _MOST_STEPS or start not in self._open(way):
            return None
        found = next(self._ways(way, start), None)
        if found is None:
            self._failed.add(key)
        return found

    def _ways(self, way: _Step | _Fork, start: int) -> Iterator[Slots]:
        match way:
            case _Fork(ways=ways):
                yield from (found for each in ways if (found := self.slots(each, start)) is not None)
            case _Step(node=_Slot(name), behind=behind):
                for end in sorted(end for end in self._open(behind) if end > start):
                    if (filled := self._fit(name, start, end)) and (more := self.slots(behind, end)) is not None:
                        yield {name: filled, **more}
            case _Step(node=node, behind=behind):
                ends = sorted(self._text.ends(node, start))
                yield from (found for end in ends if (found := self.slots(behind, end)) is not None)

    def _open(self, way: _Way) -> frozenset[int]:
        """From where `way` leads to the end; if it holds slots, anywhere."""
        if way not in self._places:
            self._places[way] = self._leading(way)
        return self._places[way]

    def _leading(self, way: _Way) -> frozenset[int]:
        match way:
            case _Step(node=node, behind=behind, holds_slot=False):
                return self._text.starts(node, self._open(behind))
        return frozenset(range(self._whole + 1))

    def _fit(self, name: str, start: int, end: int) -> Filled | None:
        """What a slot holds there; None: it does not take that."""
        key = name, start, end
        if key not in self._fits:
            filled = _filled(self._text.said, start, end)
            self._fits[key] = filled if self._accepts(name, filled) else None
        return self._fits[key]
