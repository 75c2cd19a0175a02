"""config.toml: every setting with its default, and every fault at once, one line each, without a secret."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.config import Settings, load, secret
from bot.errors import ConfigError

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
DISCORD = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"

Loading = Callable[[str], Settings]


@pytest.fixture
def loading(tmp_path: Path) -> Loading:
    def read(text: str) -> Settings:
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        return load(tmp_path / "config.toml")

    return read


def faults(loading: Loading, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as told:
        loading(text)
    assert str(told.value).splitlines() == list(told.value.lines)
    return told.value.lines


# ---- the file as it ships --------------------------------------------------------------------------


def test_the_shipped_file_says_exactly_the_defaults() -> None:
    assert load(SHIPPED) == Settings()


def test_the_shipped_file_holds_every_setting_of_every_table_in_order() -> None:
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    known = {name: list(table) for name, table in Settings().model_dump().items()}
    assert {name: list(table) for name, table in shipped.items()} == known
    assert list(shipped) == list(known)


def test_every_default_is_one_that_the_file_may_say() -> None:
    for name, field in Settings.model_fields.items():
        table = getattr(Settings(), name)
        assert isinstance(table, BaseModel)
        assert table == type(table).model_validate(table.model_dump()), (name, field)


def test_an_empty_file_means_every_default(loading: Loading) -> None:
    assert loading("") == loading("[bot]\n") == loading("\ufeff") == Settings()


def test_settings_are_read(loading: Loading) -> None:
    settings = loading('[access]\nowners = ["telegram:-5", "discord:7"]\n[delivery]\nnotice_after = 3\n')
    assert settings.access.owners == ["telegram:-5", "discord:7"]
    assert settings.delivery.notice_after == 3.0
    assert settings.bot == Settings().bot


def test_a_name_typed_on_a_mac_is_the_name_that_people_call(loading: Loading) -> None:
    assert loading(f'[bot]\nname = "{unicodedata.normalize("NFD", "이랑")}"').bot.name == "이랑"


# ---- faults ----------------------------------------------------------------------------------------


def test_every_fault_is_told_at_once_with_its_place_and_what_was_expected(loading: Loading) -> None:
    lines = faults(
        loading,
        """
        mode = "fast"
        [bot]
        language = "fr"
        nmae = "이랑"
        timezone = "Seoul/Korea"
        [access]
        open = "yes"
        owners = [123456789, "telegram:minsu"]
        [model]
        slots = 0
        url = "127.0.0.1:8000"
        [delivery]
        notice_after = nan
        [telegram]
        webhook_listen = "8443"
        [robots]
        """,
    )
    expected = {
        "config.toml: [mode]: unknown setting: expected one of access, backup, bot, ",
        "config.toml: [bot] language: expected 'ko' or 'en', got 'fr'",
        "config.toml: [bot] nmae: unknown setting: expected one of data, language, name, system_prompt, timezone",
        "config.toml: [bot] timezone: expected a time zone: \"Asia/Seoul\", got 'Seoul/Korea'",
        "config.toml: [access] open: expected true or false, got 'yes'",
        "config.toml: [access] owners.0: expected a text in quotes, got 123456789",
        "config.toml: [access] owners.1: expected a platform and a number: ",
        "config.toml: [model] slots: expected greater than or equal to 1, got 0",
        "config.toml: [model] url: expected an http(s) address without user name or password: ",
        "config.toml: [delivery] notice_after: expected ",
        "config.toml: [telegram] webhook_listen: expected a host and a port: ",
        "config.toml: [robots]: unknown setting: expected one of access, backup, bot, ",
    }
    for start in expected:
        assert sum(line.startswith(start) for line in lines) == 1, (start, lines)
    assert len(lines) == len(expected)


@pytest.mark.parametrize(
    "text",
    [
        f'[telegram]\ntoken_env = "{TELEGRAM}"',
        f'[discord]\ntoken_env = "{DISCORD}"',
        f'[telegram]\napi = "https://api.telegram.org/bot{TELEGRAM}?x"',
        f'[telegram]\n"{TELEGRAM}" = true',
        f'"{DISCORD}" = true',
        f'["{TELEGRAM}"]\nx = 1',
        f'[bot]\nlanguage = "{TELEGRAM}"',
        f'[access]\nowners = ["{TELEGRAM}"]',
        '[model]\nkey_env = "sk-proj-abcdefghijklmnop"',
        '[model]\nkey_env = "hunter2 is my password"',
        '[telegram]\nwebhook_secret_env = "hunter2!hunter2"',
        '[model]\nurl = "http://me:hunter2@host/v1"',
        '[model]\nurl = "http://host/v1?key=hunter2"',
        '[telegram]\nwebhook_url = "https://host/x#hunter2"',
    ],
)
def test_a_secret_is_never_echoed(loading: Loading, text: str) -> None:
    told = "\n".join(faults(loading, text))
    for part in (TELEGRAM, TELEGRAM[10:], DISCORD, "sk-proj", "hunter2"):
        assert part not in told


@pytest.mark.parametrize("text", ["[bot", "bot = ", '[bot]\nname = "x', "a = 1\na = 2", "\x01", f'x = "{TELEGRAM}'])
def test_what_is_no_toml_is_told_in_one_line(loading: Loading, text: str) -> None:
    (line,) = faults(loading, text)
    assert "config.toml: not TOML: " in line
    assert TELEGRAM not in line


def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("[bot]\nname = '이랑'".encode("euc-kr"))
    for path, why in (
        (tmp_path / "none.toml", "no such file"),
        (tmp_path, "IsADirectoryError"),
        (tmp_path / "latin.toml", "UnicodeDecodeError"),
    ):
        with pytest.raises(ConfigError, match=why) as told:
            load(path)
        assert len(told.value.lines) == 1


@pytest.mark.parametrize("table", Settings.model_fields)
def test_a_table_that_is_no_table_is_told(loading: Loading, table: str) -> None:
    assert faults(loading, f"{table} = 5") == (f"config.toml: [{table}]: expected a table of settings, got 5",)


@pytest.mark.parametrize("value", ["-1", "1.5", "true", '"5"', "99999999999999999999", "[]"])
@pytest.mark.parametrize(
    "place",
    ["memory.turns", "memory.silence", "memory.keep_days", "quota.chat_per_day", "model.slots", "model.threads"],
)
def test_a_number_that_nothing_can_be_reckoned_with_is_refused(loading: Loading, place: str, value: str) -> None:
    table, _, key = place.partition(".")
    (line,) = faults(loading, f"[{table}]\n{key} = {value}")
    assert line.startswith(f"config.toml: [{table}] {key}: expected ")


def test_the_longest_spans_can_be_reckoned_with(loading: Loading) -> None:
    from datetime import UTC, datetime, timedelta

    memory = loading("[memory]\nsilence = 52560000\nkeep_days = 36500").memory
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert now - timedelta(days=memory.keep_days) > datetime.min.replace(tzinfo=UTC)
    assert timedelta(minutes=memory.silence) > timedelta(days=36_000)


def test_a_long_value_is_shortened(loading: Loading) -> None:
    (line,) = faults(loading, f'[bot]\nlanguage = "{"가" * 10_000}"')
    assert len(line) < 200


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "https://host", "https://host/v1/", ""])
def test_addresses_lose_only_their_last_slash(loading: Loading, url: str) -> None:
    assert loading(f'[model]\nurl = "{url}"').model.url == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["host/v1", "ftp://host", "http://", "http://host:99999/v1", "http://[:::/v1", "http://a b/", "http://h:x/"]
)
def test_an_address_that_leads_nowhere_is_refused(loading: Loading, url: str) -> None:
    (line,) = faults(loading, f'[model]\nurl = "{url}"')
    assert line.startswith("config.toml: [model] url: expected an http(s) address")


# ---- secrets ---------------------------------------------------------------------------------------


def test_a_blank_secret_is_none() -> None:
    assert secret("X", {}) is None
    assert secret("X", {"X": " \n"}) is None
    assert secret("X", {"X": f" {TELEGRAM}\n"}) == TELEGRAM
