"""Commands in Discord's menu: typed options, and what is suggested while somebody types one."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord import Discord
from adapters.discord.tree import suggestions, tree
from bot import filling, forms
from bot.command import Command, Reply, Slot, all_commands
from bot.config import DiscordSettings
from bot.locale import LANGUAGES
from bot.slots import Kind, counted
from tests.twins import faults
from tests.twins.discord import DiscordTwin, check, menu
from tests.twins.inbox import Inbox, running

ABOUT = {"ko": "무엇", "en": "What"}
SHIPPED = [command for command in (*all_commands(), *filling.commands(forms.load(forms.SHIPPED))) if not command.hidden]
FRUIT = ("사과", "배", "감")


def command(*slots: Slot, name: str = "buy") -> Command:
    return Command(name, "사기", ABOUT, lambda scene, call: Reply(""), slots=slots)


def slot(name: str, kind: Kind, *, required: bool = False) -> Slot:
    return Slot(name, "무엇", ABOUT, required=required, kind=kind)


BUY = command(
    slot("fruit", Kind("fruit", suggest=lambda typed: [each for each in FRUIT if typed in each])),
    slot("count", counted(9)),
    slot("size", Kind("size", choices=(("s", "작은 것", "small"), ("l", "큰 것", "large"))), required=True),
    slot("note", Kind("text")),
)


def options(language: str = "ko") -> dict[str, dict[str, Any]]:
    (entry,) = tree([BUY], language)
    return {option["name"]: option for option in entry["options"]}


# ---- options -------------------------------------------------------------------------------------


def test_a_count_is_a_number_with_bounds() -> None:
    count = options()["count"]
    assert (count["type"], count["min_value"], count["max_value"]) == (4, 1, 9)
    assert "autocomplete" not in count


def test_a_few_values_are_choices_named_in_the_reader_s_language() -> None:
    korean, english = options("ko")["size"], options("en")["size"]
    assert [(each["name"], each["value"]) for each in korean["choices"]] == [("작은 것", "s"), ("큰 것", "l")]
    assert [each["name"] for each in english["choices"]] == ["small", "large"]
    assert korean["choices"][0]["name_localizations"] == {"ko": "작은 것", "en-US": "small"}


def test_only_what_can_be_completed_is_autocompleted() -> None:
    assert options()["fruit"]["autocomplete"] is True
    assert "autocomplete" not in options()["note"]


def test_required_options_come_first() -> None:
    assert next(iter(options())) == "size"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_is_as_discord_s_document_says(language: str) -> None:
    assert check.request_faults("bulk_set_application_commands", tree([*SHIPPED, BUY], language)) == []


def test_no_option_is_both_chosen_from_a_list_and_completed() -> None:
    kinds = [each.kind for shipped in SHIPPED for each in shipped.slots]
    assert [kind.name for kind in kinds if kind.choices and kind.suggests] == []
    assert all(len(kind.choices) <= 25 for kind in kinds)


# ---- suggestions ---------------------------------------------------------------------------------


def typing(name: str, option: str, typed: str) -> dict[str, Any]:
    return {"name": name, "options": [{"name": option, "type": 3, "value": typed, "focused": True}]}


@pytest.mark.parametrize(
    ("name", "option", "typed", "offered"),
    [
        ("weather", "place", "고잔", "경기도 안산시 단원구 고잔동"),
        ("weather", "place", "부산 해", "부산광역시 해운대구"),
        ("settings", "place", "수", "경기도 수원시"),
        ("exchange", "currency", "", "미국 달러"),
        ("exchange", "to", "엔", "일본 엔"),
        ("stock", "company", "삼성", "삼성전자"),
    ],
)
def test_what_somebody_began_to_type_is_completed(name: str, option: str, typed: str, offered: str) -> None:
    found = suggestions(SHIPPED, typing(name, option, typed))
    assert offered in [each["value"] for each in found]
    assert len(found) <= 25


@pytest.mark.parametrize("command", SHIPPED, ids=lambda command: command.name)
def test_whatever_is_typed_the_suggestions_are_ones_that_the_option_takes(command: Command) -> None:
    for each in command.slots:
        for typed in ("", "가", "서울", "x" * 200, "😀", "12", "   "):
            offered = suggestions([command], typing(command.name, each.name, typed))
            assert all(1 <= len(choice["name"]) <= 100 for choice in offered)
            assert all(each.kind.accepts(choice["value"]) for choice in offered)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "weather"},
        {"name": "weather", "options": []},
        {"name": "weather", "options": [{"focused": True}]},
        typing("weather", "nothing", "고"),
        typing("nothing", "place", "고"),
    ],
)
def test_what_cannot_be_completed_gets_no_suggestions(data: dict[str, Any]) -> None:
    assert suggestions(SHIPPED, data) == []


def test_at_most_25_suggestions_of_100_letters_are_made() -> None:
    many = command(slot("word", Kind("word", suggest=lambda typed: [f"{typed}{'가' * 120}{n}" for n in range(40)])))
    found = suggestions([many], typing("buy", "word", "나"))
    assert (len(found), {len(each["name"]) for each in found}) == (25, {100})


# ---- on the way ----------------------------------------------------------------------------------


def bot(twin: DiscordTwin) -> Discord:
    return Discord(DiscordSettings(api=twin.url), twin.token, language="ko", backfill=100, backoff=0.01)


async def test_suggestions_are_given_at_once_and_nothing_is_committed() -> None:
    async with DiscordTwin() as twin:
        inbox = Inbox()
        async with running(bot(twin), inbox, [BUY]):
            await twin.until(lambda: "commands" in inbox.marks and twin.gateway.online)
            before = inbox.knocks
            channel = twin.channel()
            asked = twin.begin_typing(channel, twin.person("민지"), "buy", "fruit", "사", size="s", count=2)
            await twin.until(lambda: asked.acknowledged)
            assert (asked.acknowledged, asked.acknowledged_after < 3) == (8, True)
            assert asked.choices == [{"name": "사과", "value": "사과"}]
            assert (inbox.rows, inbox.knocks) == ({}, before)
            assert twin.messages(channel) == []
        assert twin.violations == []


async def test_suggestions_that_come_too_late_disturb_nobody() -> None:
    async with DiscordTwin() as twin:
        inbox = Inbox()
        async with running(bot(twin), inbox, [BUY]):
            await twin.until(lambda: twin.gateway.online)
            minji = twin.person("민지")
            twin.faults.inject("create_interaction_response", faults.answers(404))
            twin.begin_typing(twin.dm(minji), minji, "buy", "fruit", "사")
            await twin.until(lambda: twin.called("create_interaction_response"))
            twin.gateway.dispatch("INTERACTION_CREATE", {"type": 4, "data": None})
            said = twin.say(twin.dm(minji), minji, "안녕")
            await inbox.until(lambda: f"MESSAGE_CREATE:{said.id}" in inbox.rows)
        assert twin.gateway.identified == 1


async def test_options_arrive_as_words_of_the_call() -> None:
    async with DiscordTwin() as twin:
        inbox, discord = Inbox(), bot(twin)
        async with running(discord, inbox, [BUY]):
            await twin.until(lambda: twin.rest.commands and twin.gateway.online)
            minji = twin.person("민지")
            given: dict[str, str | int] = {"size": "l", "count": 3, "fruit": "감"}
            assert menu.objections(twin.rest.commands, "buy", given) == []
            twin.slash(twin.dm(minji), minji, "buy", given)
            await inbox.until(lambda: inbox.rows)
        (row,) = inbox.rows.values()
        event = discord.parse(row.payload)
    assert event
    assert getattr(event, "call", None)
    assert dict(event.call.args) == {"size": "l", "count": "3", "fruit": "감"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "objection"),
    [
        ({}, "size is required"),
        ({"size": "m"}, "'m' is no choice of size"),
        ({"size": "s", "count": 10}, "count takes a number from 1 to 9"),
        ({"size": "s", "colour": "red"}, "/buy has no option colour"),
    ],
)
def test_the_twin_s_client_lets_nobody_send_what_the_menu_does_not_take(
    given: dict[str, str | int], objection: str
) -> None:
    assert menu.objections(tree([BUY], "ko"), "buy", given) == [objection]
