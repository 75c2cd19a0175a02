"""Where the web adapter listens, and with which keys."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from adapters.web import Taken, Web, keys
from adapters.web.place import Place, bind
from adapters.web.rates import Rates
from bot import app
from bot import cli as command_line
from bot.config import Settings, WebSettings
from bot.errors import ConfigError
from tests.adapters.site import KEYS, site


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IRANG_WEB_TOKEN", "IRANG_OPERATOR_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    made = keys(WebSettings(), tmp_path / "data")
    assert keys(WebSettings(), tmp_path / "data") == made
    assert len(made.web) >= 40
    assert made.web != made.operator
    for name in ("web.token", "operator.token"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


def test_a_key_from_the_environment_is_used_and_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRANG_WEB_TOKEN", "a-key-of-my-own-choice")
    assert keys(WebSettings(), tmp_path).web == "a-key-of-my-own-choice"
    assert not (tmp_path / "web.token").exists()


@pytest.mark.parametrize("key", ["short", "열쇠열쇠열쇠열쇠열쇠열쇠열쇠열쇠"])
def test_a_key_that_is_too_weak_is_refused_without_being_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("IRANG_WEB_TOKEN", key)
    with pytest.raises(ConfigError, match="IRANG_WEB_TOKEN: expected a key of at least 16") as error:
        keys(WebSettings(), tmp_path)
    assert key not in str(error.value)


def test_one_key_for_both_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IRANG_WEB_TOKEN", "IRANG_OPERATOR_TOKEN"):
        monkeypatch.setenv(name, "the-same-key-twice")
    with pytest.raises(ConfigError, match="a key of its own"):
        keys(WebSettings(), tmp_path)


@pytest.mark.parametrize("listen", ["0.0.0.0:8080", "[::]:8080", "192.168.0.7:80", "irang.example.org:80"])
def test_where_others_can_come_no_key_is_made_up(tmp_path: Path, listen: str) -> None:
    with pytest.raises(ConfigError, match="expected a key in IRANG_WEB_TOKEN"):
        keys(WebSettings(listen=listen), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:0", "[::1]:0", "127.8.8.8:0"])
def test_this_machine_is_known_by_its_names(listen: str) -> None:
    assert Place.of(listen).loopback


def test_a_fixed_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Taken, match=rf"127\.0\.0\.1:{port}.*set another \[web\] listen") as error:
            bind(WebSettings(listen=f"127.0.0.1:{port}"))
    assert "\n" not in str(error.value)


def test_where_the_usual_port_is_taken_a_later_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def server(address: tuple[str, int], **_: object) -> str:
        tried.append(address[1])
        if len(tried) < 3:
            raise OSError(98, "Address already in use")
        return "a socket"

    monkeypatch.setattr(socket, "create_server", server)
    assert bind(WebSettings()) == "a socket"  # type: ignore[comparison-overlap]
    assert tried == [8080, 8081, 8082]


async def test_the_link_holds_the_real_port_and_the_key_behind_the_hash() -> None:
    web = Web(WebSettings(listen="127.0.0.1:0"), KEYS, language="ko")
    assert web.link == f"{web.url}/#token={KEYS.web}"
    assert not web.url.endswith(":0")
    await web.close()


def test_a_bucket_fills_evenly_and_the_oldest_are_forgotten() -> None:
    clock = [0.0]
    rates = Rates(60, lambda: clock[0], most=3)
    assert [rates.wait("a") for _ in range(60)] == [0.0] * 60
    assert rates.wait("a") == pytest.approx(1.0)
    clock[0] += 1
    assert rates.wait("a") == 0.0
    for name in "bcd":
        rates.wait(name)
    assert len(rates._buckets) == 3
    assert Rates(0, lambda: clock[0]).wait("a") == 0.0


def test_a_taken_port_leaves_the_rest_of_the_bot_alone(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = Settings.model_validate({"web": {"listen": f"127.0.0.1:{other.getsockname()[1]}"}})
        assert app.web(taken, KEYS) is None
    (record,) = caplog.records
    assert "set another [web] listen" in record.getMessage()


async def test_the_link_is_printed_with_its_key_on_a_screen_alone(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate({"web": {"listen": "127.0.0.1:0"}})
    web = app.web(settings, KEYS)
    assert web
    command_line._tell_where_it_opens(settings, web)
    await web.close()
    page, board = capsys.readouterr().err.splitlines()
    assert web.url in page
    assert "data/web.token" in page
    assert f"{web.url}/dashboard" in board
    assert "data/operator.token" in board
    assert KEYS.web not in page + board
    assert KEYS.operator not in page + board


async def test_more_than_so_many_listeners_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.web.platform._LISTENERS", 1)
    async with site(tmp_path) as web, web.events("/chats/a/events") as events:
        await anext(events)
        refused = [await web.ask("안녕"), await web.client.get("/chats/b/events")]
        assert await web.rows("select count(*) from inbox") == [(0,)]
    assert [(each.status_code, each.json()["error"]["type"]) for each in refused] == [(503, "too_many_listeners")] * 2
