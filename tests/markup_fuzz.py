"""Throws random Markdown at bot.markup and counts faults: `python -m tests.markup_fuzz --inputs 1000000`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

import regex  # type: ignore[import-untyped]  # comes with transformers; knows Unicode's own rules

from bot.markup import render, split
from bot.messages import Body, Span

Measure = Callable[[Body], int]

KINDS = ("lost", "over the limit", "broken spans", "broken letters", "lost formatting", "crashes")
LIMITS = (1, 5, 20, 64, 200, 4096)
# A link's address counts toward the limit: below this it may have to be dropped.
ROOMY = 1200

SNIPPETS = (
    *(
        "안녕하세요. ",
        "날씨가 좋아요! ",
        "그래요",
        "다. ",
        "요. ",
        "가나다라마바사",
        "한국(Korea)",
        "서울。",
        "뭐？！ ",
    ),
    *("한글", "각", "갉", "ᄀ", "ᅡ", "ᆨ", "é", "a̐", "n̈", "क्षि", "กำ", "〮"),
    *("👨‍👩‍👧‍👦", "🏳️‍🌈", "🇰🇷", "🇺🇸", "🇰", "❤️", "👍🏽", "1️⃣", "😀", "\u200d", "\ufe0f", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
    *(
        "**",
        "*",
        "_",
        "__",
        "~~",
        "`",
        "``",
        "***",
        "**굵게**",
        "*기울임*",
        "~~취소~~",
        "`코드`",
        "**`x`**",
        "**a *b* c**",
    ),
    *("```\n", "```python\n", "~~~\n", "\n```\n", "    x = 1\n", "        y\n", "\tz\n", "``` 이것은\n", "```"),
    *(
        "- ",
        "* ",
        "+ ",
        "1. ",
        "2) ",
        "  - ",
        "   ",
        "    ",
        "> ",
        "> > ",
        ">",
        "# ",
        "### ",
        "---\n",
        "***\n",
        "===\n",
    ),
    *("[", "](", ")", "]", "![", "[링크](https://a.kr/b)", "[x](/y)", "![그림](https://a.kr/p.png)", "<https://a.kr>"),
    *(
        "[`c`](http://a.kr)",
        "[](http://a.kr)",
        "[a](tg://x)",
        "<b>",
        "</b>",
        "<!-- ",
        "&amp;",
        "&nbsp;",
        "&#10;",
        "&#x202e;",
    ),
    *("|", "|a|b|\n", "|-|-|\n", "|:-|-:|\n|", "\n|가|나|\n|---|:-:|\n|다|라|마|\n", "\\", "\\*", "\\\n"),
    *("\n", "\n", "\n\n", "\n\n", "\n\n\n", "  \n", " ", " ", "\t", "\u3000", "\u00a0", "\r\n", "\u2028"),
    *("\x00", "\x1b", "\ud800", "\udfff", "\u200b", "\u202a", "\x85", "긴낱말" * 12, "https://example.com/" + "a" * 60),
    *("2024. 5. 1.", "3.14 ", "a", "b", "Z", "0", ".", ",", "!", "…", "“", "”", "(", ">_<", "^^", "ㅋㅋ"),
)


def utf16(body: Body) -> int:
    """As Telegram counts."""
    return len(body.text) + sum(letter > "\uffff" for letter in body.text)


def marked(body: Body) -> int:
    """Much as Discord counts: signs are escaped, and spans cost their marks and addresses."""
    escapes = sum(letter in "*_~`|>[]\\" for letter in body.text)
    return len(body.text) + escapes + sum(_cost(span, body.text) for span in body.spans)


def _cost(span: Span, text: str) -> int:
    match span.kind:
        case "pre":
            return 8 + len(span.value)
        case "link":
            return 4 + len(span.value)
        case "quote":
            return 2 + 2 * text.count("\n", span.start, span.end)
        case _:
            return 4


def document(chance: random.Random) -> str:
    """A handful of snippets, cut off anywhere, as an answer that is being written is."""
    text = "".join(chance.choices(SNIPPETS, k=chance.choice((1, 3, 5, 8, 13, 21))))
    return text if chance.random() < 0.7 else text[: chance.randrange(len(text) + 1)]


def faults(body: Body, parts: list[Body], length: int, measure: Measure) -> Iterator[str]:
    """What is wrong with a splitting, one of KINDS for each fault."""
    places = list(_places(body.text, parts))
    if len(places) < len(parts) or body.text[places[-1] + len(parts[-1].text) :].strip():
        yield "lost"
        return
    for part, place in zip(parts, places, strict=True):
        if measure(part) > length and len(part.text) > 1:
            yield "over the limit"
        if not well_formed(part):
            yield "broken spans"
        if length >= ROOMY and not _looks_alike(body, part, place):
            yield "lost formatting"
    if length >= 20:
        yield from ("broken letters" for _ in _torn(body, parts, places, length, measure))


def _places(text: str, parts: list[Body]) -> Iterator[int]:
    """Where in the text each part stands, as long as only whitespace lies between them."""
    place = 0
    for part in parts:
        while not text.startswith(part.text, place) and text[place : place + 1].isspace():
            place += 1
        if not text.startswith(part.text, place):
            return
        yield place
        place += len(part.text)


def well_formed(body: Body) -> bool:
    """May a platform be sent this? Trimmed, and its spans too; nested as Telegram wants them; sorted."""
    return (
        _trimmed(body)
        and all(_placed(body.text, span) for span in body.spans)
        and _nested(body.spans)
        and _sorted(body)
    )


def _trimmed(body: Body) -> bool:
    code_first = any(span.kind == "pre" and span.start == 0 for span in body.spans)
    return not body.text[-1:].isspace() and (not body.text[:1].isspace() or (code_first and body.text[0] != "\n"))


def _placed(text: str, span: Span) -> bool:
    if not 0 <= span.start < span.end <= len(text) or text[span.end - 1].isspace():
        return False
    first = text[span.start]
    return not first.isspace() or (span.kind == "pre" and first != "\n")


def _nested(spans: tuple[Span, ...]) -> bool:
    around: list[Span] = []
    for span in spans:
        around = [outer for outer in around if outer.end > span.start]
        if any(span.end > outer.end or not _may_contain(outer, span) for outer in around):
            return False
        around.append(span)
    return True


def _may_contain(outer: Span, inner: Span) -> bool:
    return outer.kind != inner.kind and not {"pre", "code"} & {outer.kind, inner.kind} and inner.kind != "quote"


def _sorted(body: Body) -> bool:
    keys = [(span.start, -span.end) for span in body.spans]
    return keys == sorted(keys)


def _looks_alike(body: Body, part: Body, place: int) -> bool:
    """Every visible character looks in its part as it did in the whole."""
    before, after = _looks(body), _looks(part)
    letters = enumerate(part.text)
    return all(letter.isspace() or before[place + at] == after[at] for at, letter in letters)


def _looks(body: Body) -> list[frozenset[tuple[str, str]]]:
    looks: list[frozenset[tuple[str, str]]] = [frozenset()] * len(body.text)
    for span in body.spans:
        for at in range(span.start, span.end):
            looks[at] |= {(span.kind, span.value)}
    return looks


def _torn(body: Body, parts: list[Body], places: list[int], length: int, measure: Measure) -> Iterator[str]:
    """Letters, as the regex library understands Unicode, that were cut although they would have fitted."""
    ends = {place + len(part.text) for part, place in zip(parts, places, strict=True)}
    for match in regex.finditer(r"\X", body.text):
        letter = match.group()
        inside = range(match.start() + 1, match.end())
        torn = [cut for cut in ends.intersection(inside) if not letter[cut - match.start()].isspace()]
        # A letter with a space in it may be cut at the space; one in a long link may not fit with its address.
        if torn and not any(map(str.isspace, letter)) and measure(_alone(body, match.start(), match.end())) <= length:
            yield letter


def _alone(body: Body, start: int, end: int) -> Body:
    spans = (span for span in body.spans if span.start < end and span.end > start)
    return Body(body.text[start:end], tuple(Span(span.kind, 0, end - start, span.value) for span in spans))


def probe(source: str, length: int, measure: Measure) -> list[str]:
    """The faults of one input."""
    body = render(source)
    found = [] if well_formed(body) else ["broken spans"]
    return found + list(faults(body, split(body, length, measure), length, measure))


def survey(seed: int, inputs: int) -> tuple[Counter[str], list[str]]:
    """Counts faults in `inputs` random documents; also the first few that have any, as they can be typed in."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    samples: list[str] = []
    for _ in range(inputs):
        source, length, measure = document(chance), chance.choice(LIMITS), chance.choice((utf16, marked))
        try:
            found = probe(source, length, measure)
        except Exception as crash:  # noqa: BLE001 - whatever escapes is what is being counted
            found = ["crashes"]
            source = f"{source} -> {crash!r}"
        counts.update(found)
        if found and len(samples) < 5:
            samples.append(f"{found[0]}: {source!a} in {length} {measure.__name__}")
    return counts, samples


def report(inputs: int, counts: Counter[str]) -> str:
    return f"MARKUP {inputs} inputs: " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--inputs", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--processes", type=int, default=2)
    chosen = arguments.parse_args()
    began = time.monotonic()
    shares = [chosen.inputs // chosen.processes] * chosen.processes
    shares[0] += chosen.inputs % chosen.processes
    with ProcessPoolExecutor(chosen.processes) as pool:
        results = list(pool.map(survey, range(chosen.seed, chosen.seed + chosen.processes), shares))
    counts = sum((counts for counts, _ in results), Counter[str]())
    for _, samples in results:
        sys.stdout.writelines(f"{sample}\n" for sample in samples)
    print(f"{time.monotonic() - began:.0f} s")
    print(report(chosen.inputs, counts))
    return 1 if counts.total() else 0


if __name__ == "__main__":
    sys.exit(main())
