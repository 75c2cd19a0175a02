"""Two languages, one set of sentences."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from bot.korean.josa import _PAIRS
from bot.locale import LANGUAGES, load
from bot.messages import AttachmentKind

BOT = Path(__file__).resolve().parents[2] / "bot"
SOURCES = [source for source in BOT.rglob("*.py") if source.parent.name != "locale"]


def placeholders(language: str, key: str) -> dict[str, str]:
    """The names that a sentence fills in, each with its particle."""
    fields = Formatter().parse(load(language)._sentences[key])
    return {name: spec or "" for _, name, spec, _ in fields if name is not None}


def test_every_language_has_every_sentence() -> None:
    assert {language: load(language).keys() for language in LANGUAGES} == dict.fromkeys(LANGUAGES, load("ko").keys())
    assert "" not in {
        load(language)._sentences[key].strip() for language in LANGUAGES for key in sorted(load("ko").keys())
    }


@pytest.mark.parametrize("key", sorted(load("ko").keys()))
def test_a_sentence_says_the_same_things_in_every_language(key: str) -> None:
    korean, english = placeholders("ko", key), placeholders("en", key)
    assert set(korean) == set(english)
    assert set(korean.values()) <= {"", *_PAIRS, *(f"“{particle}" for particle in _PAIRS)}
    assert set(english.values()) <= {""}
    assert all(name.isidentifier() for name in korean)


@pytest.mark.parametrize("key", sorted(load("ko").keys()))
def test_no_sentence_is_left_over(key: str) -> None:
    code = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    found = re.findall(r"""f"(\w*\{[^"]*)\"""", code)  # asked for as f"only_text_{kind}"
    asked = [shape for shape in found if "*" not in shape]  # a sum
    shapes = (re.sub(r"\{[^}]*\}", r"\\w+", shape) for shape in asked if len(re.sub(r"\{[^}]*\}", "", shape)) > 3)
    assert f'"{key}"' in code or any(re.fullmatch(shape, key) for shape in shapes)


def test_every_sentence_that_the_code_asks_for_is_there() -> None:
    code = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    asked = set(re.findall(r'\blocale\(\s*"(\w+)"', code))
    assert asked
    assert asked <= load("ko").keys()


def test_every_kind_of_attachment_has_its_sentence() -> None:
    assert {f"only_text_{kind}" for kind in get_args(AttachmentKind)} <= load("ko").keys()


def test_particles_follow_the_word_that_is_filled_in() -> None:
    assert load("ko")("time", clock="오후 3시") == "지금은 오후 3시예요."
    assert load("ko")("time", clock="오후 3시 4분") == "지금은 오후 3시 4분이에요."


@pytest.mark.parametrize("name", ["{0}", "{name.__class__}", "{}", "%s", "가" * 10_000, ""])
def test_a_name_is_never_read_as_a_template(name: str) -> None:
    assert name in load("ko")("welcome_owner", name=name)


def test_an_unknown_language_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        load("xx")
