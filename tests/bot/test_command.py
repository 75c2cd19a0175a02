"""Every command keeps to what Telegram and Discord take, from one place."""

from __future__ import annotations

import re

import pytest

from adapters.discord.tree import fingerprint, tree
from adapters.telegram.menu import _menu
from bot.command import Command, all_commands
from bot.locale import LANGUAGES

COMMANDS = all_commands()
BY_NAME = {command.name: command for command in COMMANDS}
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)

# Discord: CHAT_INPUT names are 1 to 32 lower-case letters, digits, _ and -, in any script.
_DISCORD_NAME = re.compile(r"[-_'\w]{1,32}")


def test_the_six_of_the_first_day_are_there() -> None:
    assert set(BY_NAME) >= {"start", "help", "new", "stop", "retry", "time"}
    assert [command.name for command in COMMANDS] == sorted(BY_NAME)


@each_command
def test_its_name_fits_every_menu(command: Command) -> None:
    assert re.fullmatch(r"[a-z0-9_]{1,32}", command.name)  # Telegram's BotCommand
    assert re.fullmatch(r"[가-힣 ]{1,32}", command.korean)


@each_command
def test_it_says_what_it_does_in_every_language_and_within_discord_s_hundred(command: Command) -> None:
    for about in [command.about, *(slot.about for slot in command.slots)]:
        assert set(about) == set(LANGUAGES)
        assert all(1 <= len(text.strip()) <= 100 and "\n" not in text for text in about.values())


@each_command
def test_it_has_an_example_for_the_help(command: Command) -> None:
    assert command.examples
    assert any(example.split()[0] == f"/{command.name}" for example in command.examples)
    assert len(set(command.examples)) == len(command.examples)


@each_command
def test_its_slots_are_options_that_discord_takes(command: Command) -> None:
    names = [slot.name for slot in command.slots]
    assert len(names) <= 25
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegram_takes_the_menu(language: str) -> None:
    menu = _menu(COMMANDS, language)
    assert [entry.command for entry in menu] == [command.name for command in COMMANDS]
    assert all(1 <= len(entry.description) <= 256 for entry in menu)
    assert len(menu) <= 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_discord_takes_the_tree(language: str) -> None:
    payload = tree(COMMANDS, language)
    assert len(payload) <= 100
    for entry in payload:
        named = [entry, *entry["options"]]
        names = [name for each in named for name in (each["name"], *each["name_localizations"].values())]
        texts = [text for each in named for text in (each["description"], *each["description_localizations"].values())]
        assert all(_DISCORD_NAME.fullmatch(name) and name == name.lower() for name in names), names
        assert all(1 <= len(text) <= 100 for text in texts)
        assert sum(map(len, names)) + sum(map(len, texts)) <= 8000
        required = [option["required"] for option in entry["options"]]
        assert required == sorted(required, reverse=True)  # Discord: required options come first


def test_the_tree_is_sent_again_exactly_when_something_changed() -> None:
    korean, english = tree(COMMANDS, "ko"), tree(COMMANDS, "en")
    assert fingerprint("1", korean) == fingerprint("1", tree(COMMANDS, "ko"))
    assert len({fingerprint("1", korean), fingerprint("2", korean), fingerprint("1", english)}) == 3
    assert fingerprint("1", korean) != fingerprint("1", korean[1:])
