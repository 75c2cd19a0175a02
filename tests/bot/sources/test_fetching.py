"""Whatever a provider does, a question ends soon, in an answer or in an error that says what happened."""

from __future__ import annotations

import asyncio
import gzip
import logging
import traceback

import httpx
import pytest

from bot.errors import NotThere, SourceBusy, SourceError, SourceRefused
from bot.sources.fetching import MOST_BYTES, Web
from tests.bot.sources.provider import Provider, Says, says_json

DATES = {"Date": "Fri, 20 Nov 2026 03:00:00 GMT"}


async def test_an_answer_is_read(web: Web, provider: Provider) -> None:
    provider.will_say(says_json({"rate": 1.5}))
    answer = await web.get("X", f"{provider.url}/v1/it", {"a": "달러 &=", "b": "2"}, {"AUTH_KEY": "k"})
    assert answer.json()["rate"].number() == 1.5
    (asked,) = provider.asked
    assert (asked.method, asked.path, asked.params) == ("GET", "/v1/it", {"a": "달러 &=", "b": "2"})
    assert asked.headers["auth_key"] == "k"
    assert asked.headers["accept-encoding"] == "gzip"
    assert asked.headers["host"] == provider.url.removeprefix("http://")


async def test_a_compressed_answer_is_read(web: Web, provider: Provider) -> None:
    provider.will_say(Says(gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"}))
    assert (await web.get("X", provider.url)).json()["a"].whole() == 1


FAULTS: dict[str, tuple[Says, type[SourceError], str]] = {
    "server fault": (Says(status=500), SourceError, "X: answered 500"),
    "unknown": (Says(status=404), NotThere, "X: knows nothing of that kind (404)"),
    "no key": (Says(status=401), SourceRefused, "X: refuses us (401): look at its key or contact in the settings"),
    "blocked": (Says(status=403), SourceRefused, "X: refuses us (403): look at its key or contact in the settings"),
    "elsewhere": (
        Says(status=302, headers={"Location": "/other"}),
        SourceError,
        "X: points elsewhere (302), where we don't go",
    ),
    "too big": (Says(b" " * 10_000_000), SourceError, f"X: sent more than {MOST_BYTES:,} bytes"),
    "bomb": (
        Says(gzip.compress(b" " * 10_000_000), headers={"Content-Encoding": "gzip"}),
        SourceError,
        f"X: sent more than {MOST_BYTES:,} bytes",
    ),
    "torn gzip": (
        Says(gzip.compress(b"{}" * 99)[:-9], headers={"Content-Encoding": "gzip"}),
        SourceError,
        "broken gzip",
    ),
    "no gzip": (Says(b"{}", headers={"Content-Encoding": "gzip"}), SourceError, "X: sent broken gzip"),
    "brotli": (Says(b"{}", headers={"Content-Encoding": "br"}), SourceError, "an encoding that we didn't ask for"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_named(name: str, web: Web, provider: Provider) -> None:
    says, kind, text = FAULTS[name]
    provider.will_say(says)
    with pytest.raises(SourceError) as caught:
        await web.get("X", provider.url)
    assert type(caught.value) is kind
    assert text in str(caught.value)
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "Fri, 20 Nov 2026 03:05:00 GMT"} | DATES, 300),
        ({"Retry-After": "Fri, 20 Nov 2026 02:05:00 GMT"} | DATES, 1),
        ({"Retry-After": "99999999"}, 86_400),
        ({"Retry-After": "soon"}, 60),
        ({}, 60),
    ],
)
async def test_a_busy_source_says_for_how_long(
    headers: dict[str, str], seconds: float, web: Web, provider: Provider
) -> None:
    provider.will_say(Says(status=429, headers=headers))
    with pytest.raises(SourceBusy, match=f"wait {seconds:g} s") as caught:
        await web.get("X", provider.url)
    assert caught.value.retry_after == seconds


async def test_a_source_under_repair_is_busy(web: Web, provider: Provider) -> None:
    provider.will_say(Says(status=503, headers={"Retry-After": "30"}))
    with pytest.raises(SourceBusy):
        await web.get("X", provider.url)


async def test_silence_ends_in_time(hasty: Web, provider: Provider) -> None:
    provider.will_say(Says(silent=True))
    with pytest.raises(SourceError, match=r"X: no answer within 0\.3 s"):
        await hasty.get("X", provider.url)


async def test_an_answer_that_never_ends_ends_in_time(hasty: Web, provider: Provider) -> None:
    provider.will_say(Says(b"{", promised=10), Says(silent=True))
    with pytest.raises(SourceError, match="no answer within"):
        await hasty.get("X", provider.url)


async def test_a_reset_connection_is_tried_once_more(web: Web, provider: Provider) -> None:
    provider.will_say(Says(reset=True), says_json({}))
    await web.get("X", provider.url)
    assert len(provider.asked) == 2


async def test_two_resets_are_enough(web: Web, provider: Provider) -> None:
    provider.will_say(Says(reset=True))
    with pytest.raises(SourceError, match=r"X: can't be reached \(RemoteProtocolError\)"):
        await web.get("X", provider.url)
    assert len(provider.asked) == 2


async def test_a_cut_answer_is_no_answer(web: Web, provider: Provider) -> None:
    provider.will_say(Says(b'{"a": 1', promised=100))
    with pytest.raises(SourceError, match="can't be reached"):
        await web.get("X", provider.url)


async def test_nobody_listening_is_said(web: Web, unused_tcp_port: int) -> None:
    with pytest.raises(SourceError, match=r"X: can't be reached \(ConnectError\)"):
        await web.get("X", f"http://127.0.0.1:{unused_tcp_port}")


EVERY_END = [says_json({}), Says(status=500), Says(status=401), Says(reset=True), Says(silent=True)]


@pytest.mark.parametrize("says", EVERY_END)
async def test_no_log_and_no_error_shows_a_key_or_a_place(
    says: Says, hasty: Web, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.will_say(says)
    question = hasty.get("X", f"{provider.url}/secret-path", {"serviceKey": "sesame", "lat": "37.32"}, {"K": "sesame"})
    (end,) = await asyncio.gather(question, return_exceptions=True)
    assert provider.asked[0].params == {"serviceKey": "sesame", "lat": "37.32"}
    shown = caplog.text + ("".join(traceback.format_exception(end)) if isinstance(end, BaseException) else "")
    assert "127.0.0.1" in caplog.text  # the log was looked at
    assert not [word for word in ("sesame", "37.32", "secret-path") if word in shown]


async def test_the_client_s_redirects_stay_off(provider: Provider) -> None:
    provider.will_say(Says(status=301, headers={"Location": "/x"}))
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
        with pytest.raises(SourceError, match="points elsewhere"):
            await Web(client).get("X", provider.url)
    assert len(provider.asked) == 1
