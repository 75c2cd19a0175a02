"""config.toml: every setting, its default, and one clear line for each fault."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ConfigError
from bot.korean.folding import clean

# A Telegram token is digits:35 characters; a Discord token three dotted parts; keys of model hosts begin with sk-.
# An address may hold a password before its @, or a key behind its question mark.
_SECRET = re.compile(r"\d{6,}:[\w-]{30,}|[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}|sk-[\w-]{10,}|://[^\s/]+@|://\S+[?#]\S*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _variable_name(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        raise ValueError("the NAME of an environment variable; a secret itself belongs into the environment")
    return value


def _numeric_id(value: str) -> str:
    if not re.fullmatch(r"(telegram|discord):-?\d{1,20}", value):
        raise ValueError('a platform and a number: "telegram:123456789" (user names can change hands, ids can not)')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError('a time zone: "Asia/Seoul"') from None
    return value


def _http_url(value: str) -> str:
    if value and not (re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#@]*)?", value) and _has_place(value)):
        raise ValueError('an http(s) address without user name or password: "http://127.0.0.1:8000/v1"')
    return value.rstrip("/")


def _has_place(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:  # a port beyond 65,535, a bracket too many
        return False


def _host_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ValueError('a host and a port: "127.0.0.1:8443"')
    return value


Variable = Annotated[str, AfterValidator(_variable_name)]
NumericId = Annotated[str, AfterValidator(_numeric_id)]
Url = Annotated[str, AfterValidator(_http_url)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


Name = Annotated[str, Field(min_length=1, max_length=32), AfterValidator(clean)]  # NFC, as what people write
Days = Annotated[int, Field(ge=0, le=36_500)]
Minutes = Annotated[int, Field(ge=0, le=52_560_000)]  # both a hundred years: what a date can still be reckoned with


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BotSettings(_Table):
    name: Name = "이랑"
    language: Literal["ko", "en"] = "ko"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Seoul"
    data: str = "data"
    system_prompt: str = ""


class AccessSettings(_Table):
    open: bool = False
    owners: list[NumericId] = []
    admins: list[NumericId] = []
    people: list[NumericId] = []
    chats: list[NumericId] = []


class QuotaSettings(_Table):
    person_per_minute: Count = 20
    person_per_day: Count = 500
    chat_per_minute: Count = 40
    chat_per_day: Count = 2000


class GroupSettings(_Table):
    shared: bool = True
    bare_commands: bool = False


class MemorySettings(_Table):
    turns: Count = 8
    silence: Minutes = 120
    keep_days: Days = 30


class ModerationSettings(_Table):
    incoming: Literal["warn", "ignore", "off"] = "warn"
    outgoing: bool = True
    words: list[Annotated[str, Field(min_length=2, max_length=40)]] = []


class SourceSettings(_Table):
    weather: Literal["open-meteo", "met-norway", "off"] = "open-meteo"
    contact: str = ""
    rates: Literal["frankfurter", "off"] = "frankfurter"
    stocks: Literal["off", "data.go.kr", "krx", "own"] = "off"
    stocks_url: str = ""
    stocks_key_env: Variable = "IRANG_STOCKS_KEY"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.weather == "met-norway" and not self.contact:
            raise ValueError("contact: MET Norway wants a mail address or a page to be reached at")
        if self.stocks == "own" and "{code}" not in self.stocks_url:
            raise ValueError('stocks_url: an address with {code} in it: "https://example.org/price/{code}"')
        return self


class DeliverySettings(_Table):
    notice_after: Seconds = 2.0
    attempts: Annotated[int, Field(ge=1)] = 3
    backfill: Count = 200


class EndpointSettings(_Table):
    url: Annotated[Url, Field(min_length=1)]
    name: str = ""
    key_env: Variable = "IRANG_MODEL_KEY"


class ModelSettings(_Table):
    folder: str = ""
    url: Url = ""
    endpoints: list[EndpointSettings] = []
    name: str = ""
    key_env: Variable = "IRANG_MODEL_KEY"
    slots: Annotated[int, Field(ge=1, le=1024)] = 32
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    precision: Literal["auto", "float32", "bfloat16", "int8"] = "auto"
    graphs: Literal["auto", "off"] = "auto"
    memory: Count = 0
    max_tokens: Count = 0
    decoding: Literal["folder", "beams"] = "folder"
    bad_words: list[Annotated[str, Field(min_length=1, max_length=200)]] = []
    think_tags: list[Annotated[str, Field(pattern=r"^[A-Za-z][\w-]*$")]] = ["think", "thought"]
    patience: Seconds = 60.0

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        if self.url and self.endpoints:
            raise ValueError("either url or endpoints: move the url into endpoints")
        return self

    @property
    def hosts(self) -> tuple[EndpointSettings, ...]:
        """Every endpoint, in the order of preference; none: a process of our own writes."""
        one = (EndpointSettings(url=self.url, name=self.name, key_env=self.key_env),) if self.url else ()
        return one or tuple(self.endpoints)


class TelegramSettings(_Table):
    enabled: bool = True
    token_env: Variable = "IRANG_TELEGRAM_TOKEN"  # noqa: S105 the variable's name, not the token
    api: Url = "https://api.telegram.org"
    webhook_url: Url = ""
    webhook_listen: HostPort = "127.0.0.1:8443"
    webhook_secret_env: Variable = "IRANG_TELEGRAM_SECRET"  # noqa: S105


class DiscordSettings(_Table):
    enabled: bool = True
    token_env: Variable = "IRANG_DISCORD_TOKEN"  # noqa: S105
    api: Url = "https://discord.com/api/v10"
    message_content: bool = False


class WebSettings(_Table):
    enabled: bool = True
    listen: HostPort = "127.0.0.1:8080"
    hosts: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")]] = []
    token_env: Variable = "IRANG_WEB_TOKEN"  # noqa: S105
    operator_token_env: Variable = "IRANG_OPERATOR_TOKEN"  # noqa: S105
    requests_per_minute: Count = 600
    chat_per_minute: Count = 60
    patience: Annotated[float, Field(ge=1, le=86_400)] = 300.0


class ConsoleSettings(_Table):
    enabled: bool = True


class LogSettings(_Table):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"


class BackupSettings(_Table):
    every_hours: Annotated[float, Field(ge=0, le=8760, allow_inf_nan=False)] = 1
    keep: Annotated[int, Field(ge=1, le=100_000)] = 24


class WatchSettings(_Table):
    deaf_minutes: Annotated[float, Field(ge=0, le=1440, allow_inf_nan=False)] = 5
    restarts: Annotated[int, Field(ge=0, le=1000)] = 3


class ImproveSettings(_Table):
    person_share: Annotated[float, Field(gt=0, le=1)] = 0.05
    bits: Annotated[float, Field(ge=0, le=1)] = 0.01
    faults: Annotated[float, Field(ge=0, le=1)] = 0.01
    judged: Annotated[int, Field(ge=0, le=1000)] = 20
    share: Annotated[int, Field(ge=1, le=50)] = 10
    canary_days: Annotated[float, Field(gt=0, le=365)] = 7.0
    then: Literal["propose", "use"] = "propose"


class HealthSettings(_Table):
    poll_seconds: Annotated[float, Field(ge=1, le=86_400)] = 120.0
    token_seconds: Annotated[float, Field(ge=1, le=86_400)] = 60.0


class Settings(_Table):
    """All of config.toml; `Settings()` is the file as it ships."""

    bot: BotSettings = BotSettings()
    access: AccessSettings = AccessSettings()
    quota: QuotaSettings = QuotaSettings()
    groups: GroupSettings = GroupSettings()
    memory: MemorySettings = MemorySettings()
    moderation: ModerationSettings = ModerationSettings()
    sources: SourceSettings = SourceSettings()
    delivery: DeliverySettings = DeliverySettings()
    model: ModelSettings = ModelSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    web: WebSettings = WebSettings()
    console: ConsoleSettings = ConsoleSettings()
    log: LogSettings = LogSettings()
    health: HealthSettings = HealthSettings()
    backup: BackupSettings = BackupSettings()
    watch: WatchSettings = WatchSettings()
    improve: ImproveSettings = ImproveSettings()


def secret(variable: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The secret that an environment variable holds, None when it is unset or blank."""
    return environ.get(variable, "").strip() or None


def load(path: Path) -> Settings:
    """Read a configuration file. Raises ConfigError with a line for each fault: file, place, what was expected."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file: name one with --config or run irang where config.toml is"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: can't be read ({type(error).__name__}): expected a UTF-8 text file"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not TOML: {_without_secrets(str(error))}"]) from None
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigError([_line(path, fault) for fault in error.errors(include_url=False)]) from None


def _line(path: Path, fault: Any) -> str:
    """One fault as `config.toml: [bot] language: expected …, got …`."""
    table, *keys = (_without_secrets(str(part)) for part in fault["loc"])
    place = f"{path.name}: [{table}] {'.'.join(keys)}".rstrip()
    match fault["type"]:
        case "extra_forbidden":
            return f"{place}: unknown setting: expected one of {', '.join(_known(table if keys else None))}"
        case "value_error":
            # Where the NAME of a variable belongs, anything else is likely to be the secret itself.
            got = "something else" if keys and keys[-1].endswith("_env") else _shown(fault["input"])
            return f"{place}: expected {fault['ctx']['error']}, got {got}"
        case _:
            return f"{place}: expected {_expected(fault)}, got {_shown(fault['input'])}"


def _expected(fault: Any) -> str:
    """What pydantic wanted, in words that fit after "expected"."""
    message = str(fault["msg"]).removeprefix("Input should be ").removeprefix("a valid ")
    return {
        "model_type": "a table of settings",
        "bool_type": "true or false",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "string_type": "a text in quotes",
        "list_type": "a list in brackets",
    }.get(fault["type"], message)


def _known(table: str | None) -> list[str]:
    if table is None:
        return sorted(Settings.model_fields)
    kind = Settings.model_fields[table].annotation
    return sorted(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _shown(value: object) -> str:
    """A value as people may see it: short, and never one that looks like a secret."""
    text = repr(value)
    return "a secret" if _without_secrets(text) != text else text if len(text) <= 60 else f"{text[:57]}…"


def _without_secrets(text: str) -> str:
    return _SECRET.sub("[secret]", text)
