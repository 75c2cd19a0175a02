"""Templates: their grammar, spacing that does not matter, slots that are checked."""

from __future__ import annotations

import unicodedata

import pytest

from bot.command import all_commands
from bot.korean.folding import keyed
from bot.phrase import Filled, Shelf, Text, phrase, stripped


def anything(name: str, filled: Filled) -> bool:
    return True


def match(template: str, text: str) -> dict[str, str] | None:
    slots = phrase(template).match(Text(keyed(text)), anything)
    return None if slots is None else {name: filled.text for name, filled in slots.items()}


@pytest.mark.parametrize(
    "text", ["동전 던져줘", "동전던져줘", "동 전 던 져 줘", unicodedata.normalize("NFD", "동전 던져줘")]
)
def test_spaces_and_composition_do_not_matter(text: str) -> None:
    assert match("동전 던져줘", text) == {}


@pytest.mark.parametrize(
    ("template", "yes", "no"),
    [
        ("[큰] 사과", ["사과", "큰 사과"], ["작은 사과"]),
        ("(사과|배) 줘", ["사과 줘", "배 줘"], ["감 줘", "줘"]),
        ("사과[를|도] 줘", ["사과 줘", "사과를 줘", "사과도 줘"], ["사과만 줘"]),
        ("(내일;아침) 보자", ["내일 아침 보자", "아침 내일 보자"], ["내일 보자"]),
    ],
)
def test_the_grammar(template: str, yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if match(template, text) is None] == []
    assert [text for text in no if match(template, text) is not None] == []


def test_a_phrase_is_the_whole_message() -> None:
    assert match("동전 던져줘", "길에서 동전 던져줘") is None
    assert match("동전 던져줘", "동전 던져줘 라고 했다") is None


def test_a_slot_holds_what_was_written_with_its_spaces() -> None:
    assert match("{what} 골라줘", "빨간 사과 골라줘") == {"what": "빨간 사과"}


def test_a_slot_that_is_not_accepted_is_read_in_another_way_or_not_at_all() -> None:
    wanted = phrase("{place} [의] 날씨").match(Text(keyed("서울의 날씨")), lambda name, filled: filled.text == "서울")
    assert wanted
    assert wanted["place"].text == "서울"
    assert phrase("{place} 날씨").match(Text(keyed("서울 날씨")), lambda name, filled: False) is None


def test_a_slot_at_the_end_may_be_left_out_for_one_before() -> None:
    said = Text(keyed("날씨 날씨"))
    slots = phrase("[{one}] 날씨 [{two}]").match(said, lambda name, filled: name == "one")
    assert slots
    assert slots.keys() == {"one"}


def test_a_slot_is_asked_for_only_where_the_rest_may_stand_behind_it() -> None:
    asked = []

    def refused(name: str, filled: Filled) -> bool:
        asked.append(filled.text)
        return False

    assert phrase("{day}까지 며칠 [남았어]").match(Text(keyed("할머니 생신까지 앞으로 며칠까지 며칠")), refused) is None
    assert asked == ["할머니 생신까지 앞으로 며칠"] * 2


def test_a_slot_knows_whether_it_begins_a_word() -> None:
    slots = phrase("사과 {rest}").match(Text(keyed("사과 주스")), anything)
    assert slots
    assert slots["rest"].apart
    glued = phrase("사과 {rest}").match(Text(keyed("사과주스")), anything)
    assert glued
    assert not glued["rest"].apart


def test_a_question_mark_at_the_end_of_a_template_must_be_said() -> None:
    assert match("비 와?", "비 와?") == {}
    assert match("비 와?", "비 와") is None
    assert match("비 와.", "비 와") == {}
    assert match("비 와.", "비 와?") is None


@pytest.mark.parametrize("template", ["[사과]", "(", "{", "[사과|배] [감]"])
def test_what_is_no_template_or_takes_silence_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        phrase(template)


@pytest.mark.parametrize(("text", "bare"), [("혹시 지금 몇 시야", "지금 몇 시야"), ("지금 몇 시야", "지금 몇 시야")])
def test_words_that_say_nothing_are_taken_from_the_front(text: str, bare: str) -> None:
    assert stripped(text) == bare


def test_a_long_text_without_an_end_takes_no_time() -> None:
    assert match("{one} 말고 {two} 말고 {three} 골라줘", "말고 " * 120) is None


def test_a_shelf_picks_every_template_that_fits_and_few_others() -> None:
    phrases = [phrase(each) for command in all_commands() for each in command.said.phrases]
    examples = [example for command in all_commands() for example in command.examples if not example.startswith("/")]
    shelf, picked = Shelf(phrases), 0
    for example in examples:
        text = Text(keyed(example))
        places = shelf.places(text)
        fitting = [place for place, each in enumerate(phrases) if each.match(text, anything) is not None]
        assert set(fitting) <= set(places), example
        assert places == sorted(places)
        picked += len(places)
    assert picked < len(phrases) * len(examples) / 5
