"""What is refused before anything is done: no key, a wrong name, too much, too fast, no JSON."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter

from adapters.web import api
from adapters.web.guard import LONGEST_BODY
from tests.adapters.site import KEYS, Site, site

ROOT = Path(__file__).resolve().parents[2]
OPEN = ("/", "/docs", "/page/chat.js", "/page/style.css", "/page/words.json", "/page/icon.svg")
CLOSED = ("/openapi.json", "/chats", "/chats/a/messages", "/chats/a/events", "/metrics", "/api/operator/x", "/nowhere")


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Site]:
    inner = APIRouter()

    @inner.get("/api/operator/x")
    async def only_for_operators() -> dict[str, bool]:
        return {"fine": True}

    async with site(tmp_path, routers=[inner]) as web:
        yield web


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer wrong", "Basic d2ViOg==", f"Bearer {KEYS.web}x", "Bearer \xe9"])
async def test_without_the_key_nothing_but_the_page_opens(web: Site, key: str) -> None:
    headers = [(b"authorization", key.encode("latin-1"))]
    for path in CLOSED:
        refused = await web.client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["error"]["type"]) == (401, "wrong_key"), path
    for path in ("/chatbot", "/chatbot/stream", "/chats/a/messages", "/chats/a/stop", "/"):
        assert (await web.client.post(path, json={"text": "안녕"}, headers=headers)).status_code == 401, path
    for path in OPEN:
        assert (await web.client.get(path, headers=headers)).status_code == 200, path
    assert await web.rows("select count(*) from inbox") == [(0,)]


async def test_what_only_the_operator_may_see_wants_the_operator_s_key(web: Site) -> None:
    assert (await web.client.get("/api/operator/x")).status_code == 401
    operator = {"Authorization": f"Bearer {KEYS.operator}"}
    assert (await web.client.get("/api/operator/x", headers=operator)).json() == {"fine": True}
    assert (await web.client.get("/chats", headers=operator)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]:80", "localhost.evil.example:1"])
async def test_a_page_that_lets_its_name_point_here_is_refused(web: Site, host: str) -> None:
    refused = await web.client.get("/chats", headers={"Host": host})
    assert (refused.status_code, refused.json()["error"]["type"]) == (421, "unknown_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:80", "irang.example.org"])
async def test_our_own_names_are_known(tmp_path: Path, host: str) -> None:
    async with site(tmp_path, web={"hosts": ["irang.example.org"]}) as web:
        assert (await web.client.get("/chats", headers={"Host": host})).status_code == 200


async def test_only_json_is_read(web: Site) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        refused = await web.client.post("/chatbot", content=b'{"text": "a"}', headers={"Content-Type": kind})
        assert (refused.status_code, refused.json()["error"]["type"]) == (415, "not_json"), kind


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_long_is_refused_while_it_is_read(web: Site, declared: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(LONGEST_BODY // 1000 + 1):
            yield b"a" * 1000
        yield b'"}'

    content: bytes | AsyncIterator[bytes] = b"a" * (LONGEST_BODY + 1) if declared else pieces()
    refused = await web.client.post("/chatbot", content=content, headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["error"]["type"]) == (413, "too_long")


async def test_a_body_that_never_ends_is_let_go(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.web.guard._SLOWEST", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", web.client.base_url.port)
    head = f"POST /chatbot HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEYS.web}\r\nContent-Length: 9\r\n\r\n"
    writer.write(head.encode() + b"{")
    async with asyncio.timeout(10):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert b" 408 " in line


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "null", "[]", "5", "{}", "\xff", "[" * 30_000),
        *('{"text": ""}', '{"text": "  "}', '{"text": 5}', '{"text": "\\ud800"}', '{"text": "a", "more": 1}'),
        *('{"text": "a", "chat": ""}', '{"text": "a", "chat": "../x"}', '{"text": "a", "chat": "' + "a" * 65 + '"}'),
        '{"text": "' + "a" * 10_001 + '"}',
    ],
)
async def test_what_cannot_be_meant_is_refused_in_one_line_that_tells_the_fix(web: Site, body: str) -> None:
    content = body.encode("latin-1")
    for path in ("/chatbot", "/chatbot/stream"):
        refused = await web.client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert refused.status_code in (400, 422), refused.text
        error = refused.json()["error"]
        assert error["type"] in ("invalid", "unreadable")
        assert "\n" not in error["message"]
        assert "/docs" in error["message"]
    assert await web.rows("select count(*) from inbox") == [(0,)]


async def test_whoever_asks_too_fast_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with site(tmp_path, web={"chat_per_minute": 2}) as web:
        codes = [(await web.ask("지금 몇 시야", chat="a")).status_code for _ in range(3)]
        late = await web.ask("지금 몇 시야", chat="a")
        assert (await web.ask("지금 몇 시야", chat="b")).status_code == 200
    assert codes == [200, 200, 429]
    assert 1 <= int(late.headers["retry-after"]) <= 31
    assert f"{late.headers['retry-after']}초" in late.json()["error"]["message"]


async def test_one_key_may_not_ask_without_end(tmp_path: Path) -> None:
    async with site(tmp_path, web={"requests_per_minute": 3}) as web:
        codes = [(await web.client.get("/chats")).status_code for _ in range(4)]
        assert (await web.client.get("/")).status_code == 200
    assert codes == [200, 200, 200, 429]


async def test_one_key_uses_up_nothing_of_the_other_wherever_it_opens(tmp_path: Path) -> None:
    operator = {"Authorization": f"Bearer {KEYS.operator}"}
    async with site(tmp_path, web={"requests_per_minute": 2}) as web:
        paths = ("/chats", "/metrics", "/chats")
        codes = [(await web.client.get(path, headers=operator)).status_code for path in paths]
        assert (await web.client.get("/chats")).status_code == 200
    assert codes == [200, 200, 429]


async def test_every_event_of_a_chat_is_in_the_description(web: Site) -> None:
    described = (await web.client.get("/openapi.json")).json()["paths"]["/chats/{chat}/events"]["get"]["description"]
    sent = re.findall(r'stream\.event\("(\w+)"', inspect.getsource(api._happening))
    assert sent
    assert [name for name in sent if f"`{name}`" not in described] == []


def test_every_way_to_be_refused_is_in_the_documentation() -> None:
    sources = [file.read_text(encoding="utf-8") for file in Path(api.__file__).parent.glob("*.py")]
    refusals = {pair for source in sources for pair in re.findall(r'Refusal\(\s*(\d+), "(\w+)"', source)}
    table = (ROOT / "docs/web.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d, ]+) \| ([\w, ]+) \|", table, re.MULTILINE)
    told = {(code, kind) for codes, kinds in rows for code in codes.split(", ") for kind in kinds.split(", ")}
    assert refusals - told == {("499", "gone")}, "which nobody is there to read"


@pytest.mark.parametrize("path", ["/", "/chats", "/nowhere", "/page/chat.js", "/openapi.json"])
async def test_every_answer_says_how_it_may_be_used(web: Site, path: str) -> None:
    headers = (await web.client.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert "access-control-allow-origin" not in headers


async def test_faults_are_said_in_the_language_of_the_settings(tmp_path: Path) -> None:
    async with site(tmp_path, bot={"language": "en"}) as web:
        assert "There is no such address" in (await web.client.get("/nowhere")).json()["error"]["message"]
        assert (await web.client.put("/chatbot")).json()["error"]["type"] == "not_allowed"
