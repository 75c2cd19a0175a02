"""Phrases as data: hassil's templates, matched over match keys, so that Korean spacing does not matter.

The grammar is hassil's: [optional], (one|another), (in any;order), {slot}, <rule>. A template that ends in "?" is said
only with a question mark, one that ends in "." only without. Its own matcher goes by words and
takes a wildcard for anything. Here one regular expression per template says quickly that a text can't be it; of those
that can, the first way of reading whose slots are all accepted counts.
"""

from __future__ import annotations

import re
import tomllib
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
_MOST_STEPS = 5_000  # of looking for an acceptable reading; what takes longer is no request


@dataclass(frozen=True, slots=True)
class Filled:
    """What a slot holds, as it was written; `apart`: it begins a word."""

    text: str
    apart: bool


Accepts = Callable[[str, Filled], bool]
Slots = Mapping[str, Filled]


# ---- what a template is made of ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """One of a few strings of letters, which are looked up: most of a template is that. `source`: the expression."""

    by_length: Mapping[int, frozenset[str]]
    source: str
    holds_slot = False

    @property
    def all(self) -> Iterator[str]:
        return chain.from_iterable(self.by_length.values())

    def ends(self, text: str, start: int) -> Iterator[int]:
        return (start + length for length, words in self.by_length.items() if text[start : start + length] in words)


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    holds_slot = True


@dataclass(frozen=True, slots=True)
class _One:
    """One of several."""

    ways: tuple[_Node, ...]
    holds_slot: bool


@dataclass(frozen=True, slots=True)
class _All:
    """One after the other."""

    parts: tuple[_Node, ...]
    holds_slot: bool


_Node = _Words | _Slot | _One | _All


@dataclass(frozen=True, slots=True)
class Phrase:
    """One template, ready to be matched."""

    template: str
    slots: frozenset[str]
    asks: bool | None
    _pattern: re.Pattern[str]
    _node: _Node

    def match(self, said: Keyed, accepts: Accepts) -> Slots | None:
        """What the slots hold when the text says this and nothing else, and all of them are accepted."""
        first = self.loosely(said)
        if first is None or all(accepts(name, filled) for name, filled in first.items()):
            return first
        return next(_Reading(said, accepts).readings(self._node), None)

    def loosely(self, said: Keyed) -> Slots | None:
        """The same without asking whether they are accepted: the shortest words that each may hold."""
        if self.asks is not None and self.asks != bool(_QUESTION.search(said.text)):
            return None
        found = self._pattern.fullmatch(said.key)
        if not found:
            return None
        spans = ((name, found.span(name)) for name, value in found.groupdict().items() if value)
        return {name.rpartition("_")[0]: _filled(said, *span) for name, span in spans}


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
    return Phrase(template, frozenset(numbers), _asks(template), pattern, node)


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
                return _words((match_key(text),), re.escape(match_key(text)))
            case RuleReference(rule_name=name):
                return _rule(name)
            case ListReference(list_name=name):
                return _Slot(name)
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


def _one(ways: tuple[_Node, ...]) -> _Node:
    if words := _all_words(ways):
        return _words(chain.from_iterable(each.all for each in words), _either(each.source for each in words))
    return _One(ways, any(way.holds_slot for way in ways))


def _all(parts: tuple[_Node, ...]) -> _Node:
    if words := _all_words(parts):
        said = ("".join(each) for each in product(*(tuple(each.all) for each in words)))
        return _words(said, "".join(each.source for each in words))
    return _All(parts, any(part.holds_slot for part in parts))


def _all_words(nodes: tuple[_Node, ...]) -> tuple[_Words, ...]:
    """The same, if they are few words put together in any way; else nothing."""
    words = tuple(node for node in nodes if isinstance(node, _Words))
    few = prod(sum(1 for _ in each.all) for each in words) <= _MOST_WORDS
    return words if few and len(words) == len(nodes) else ()


def _words(all_words: Iterable[str], source: str) -> _Words:
    by_length: dict[int, set[str]] = {}
    for word in all_words:
        by_length.setdefault(len(word), set()).add(word)
    return _Words({length: frozenset(words) for length, words in by_length.items()}, source)


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


class _Reading:
    """Looks for the ways in which one text is one template, slots being accepted."""

    def __init__(self, said: Keyed, accepts: Accepts) -> None:
        self._said = said
        self._accepts = accepts
        self._known: dict[tuple[int, int], frozenset[int]] = {}
        self._fits: dict[tuple[str, int, int], bool] = {}
        self._steps = 0

    def readings(self, node: _Node) -> Iterator[Slots]:
        whole = len(self._said.key)
        return (slots for end, slots in self._ways(node, 0) if end == whole)

    def _ways(self, node: _Node, start: int) -> Iterator[tuple[int, Slots]]:
        """Where `node` may end that begins at `start`, and what its slots hold then."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return
        match node:
            case _Slot(name):
                for end in range(start + 1, len(self._said.key) + 1):
                    if self._fit(name, start, end):
                        yield end, {name: _filled(self._said, start, end)}
            case _ if not node.holds_slot:
                for end in sorted(self._ends(node, start)):
                    yield end, {}
            case _One(ways=ways):
                for way in ways:
                    yield from self._ways(way, start)
            case _All(parts=parts):
                yield from self._one_after_another(parts, start)

    def _one_after_another(self, parts: tuple[_Node, ...], start: int) -> Iterator[tuple[int, Slots]]:
        if not parts:
            yield start, {}
            return
        for middle, slots in self._ways(parts[0], start):
            for end, more in self._one_after_another(parts[1:], middle):
                yield end, {**slots, **more}

    def _ends(self, node: _Node, start: int) -> frozenset[int]:
        """Where a node without slots may end."""
        key = id(node), start
        if key not in self._known:
            self._known[key] = self._computed(node, start)
        return self._known[key]

    def _computed(self, node: _Node, start: int) -> frozenset[int]:
        match node:
            case _Words():
                return frozenset(node.ends(self._said.key, start))
            case _One(ways=ways):
                return frozenset().union(*(self._ends(way, start) for way in ways))
            case _All(parts=parts):
                ends = frozenset({start})
                for part in parts:
                    ends = frozenset().union(*(self._ends(part, end) for end in ends))
                return ends
        return frozenset()

    def _fit(self, name: str, start: int, end: int) -> bool:
        key = name, start, end
        if key not in self._fits:
            self._fits[key] = self._accepts(name, _filled(self._said, start, end))
        return self._fits[key]
