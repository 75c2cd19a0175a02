"""What the operator sees and does over HTTP, and what machines ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import BackendDown
from tests.adapters.site import KEYS, Site, site
from tests.adapters.watched import Watched, watched
from tests.stage import Script

OPERATOR = {"Authorization": f"Bearer {KEYS.operator}"}
INNER = ("/metrics", "/api/operator/overview", "/api/operator/history", "/api/operator/letters", "/api/operator/models")


async def told(web: Site | Watched, path: str, **request: Any) -> httpx.Response:
    """What the operator gets."""
    client = web.operator if isinstance(web, Watched) else web.client
    return await client.request(request.pop("method", "GET"), path, headers=OPERATOR, **request)


@pytest.mark.parametrize("path", INNER)
async def test_only_the_operator_s_key_opens_what_is_the_operator_s(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as web:
        statuses = [(await web.client.get(path)).status_code, (await told(web, path)).status_code]
        nobody = httpx.AsyncClient(base_url=web.web.url)
        async with nobody:
            statuses.append((await nobody.get(path)).status_code)
    assert statuses == [401, 200, 401]


async def test_anybody_may_ask_whether_it_lives_and_learns_only_that(tmp_path: Path) -> None:
    async with site(tmp_path) as web, httpx.AsyncClient(base_url=web.web.url) as nobody:
        alive, ready = await nobody.get("/healthz"), await nobody.get("/readyz")
    assert (alive.status_code, ready.status_code) == (200, 200)
    assert [check["name"] for check in alive.json()["checks"]] == ["loop", "database"]
    assert [(check["name"], check["fine"]) for check in ready.json()["checks"]] == [
        ("loop", True),
        ("database", True),
        ("model", True),
    ]


async def test_a_bot_that_can_t_write_says_so_with_503(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        await web.said("안녕")
        await web.bot.core.store.run(lambda db: db.execute("pragma query_only = on").fetchall())
        alive = await web.client.get("/healthz")
    assert (alive.status_code, alive.json()["status"]) == (503, "failing")


async def test_a_deaf_platform_is_not_ready_until_it_hears_again(tmp_path: Path) -> None:
    async with watched(tmp_path) as web:
        await web.chat(1, 0, 0)
        assert (await web.reader.get("/readyz")).status_code == 200
        web.clock.behind = timedelta(minutes=-10)  # ten minutes later nobody was heard from
        ready = await web.reader.get("/readyz")
        assert ready.status_code == 503
        assert {check["name"] for check in ready.json()["checks"] if not check["fine"]} >= {"telegram"}
        assert (await web.reader.get("/healthz")).status_code == 200
        web.clock.behind = timedelta()
        assert (await web.reader.get("/readyz")).status_code == 200


async def test_a_model_that_says_nothing_is_not_ready(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model, health={"token_seconds": 1.0}) as web:
        model.failures = [BackendDown("no connection to the model")]
        ready = await web.client.get("/readyz")
    assert ready.status_code == 503
    assert [check["name"] for check in ready.json()["checks"] if not check["fine"]] == ["model"]


async def test_the_overview_is_what_happened_on_all_platforms(tmp_path: Path) -> None:
    async with watched(tmp_path) as web:
        await web.chat(3, 2, 1)
        await web.bot.desk.recorder.take()
        seen = (await told(web, "/api/operator/overview")).json()
        later = (await told(web, "/api/operator/overview", params={"since": seen["samples"][-1]["at"]})).json()
        history = (await told(web, "/api/operator/history", params={"span": "week"})).json()
        metrics = await told(web, "/metrics")
    assert seen["answers"]["talk"] == 6
    assert sum(seen["latency"]["counts"]) == 6
    platforms = {each["name"]: each for each in seen["platforms"]}
    assert list(platforms) == ["telegram", "discord", "web"]
    assert [platforms[name]["watched"] for name in platforms] == [True, True, False]
    assert datetime.now(UTC) - datetime.fromisoformat(platforms["telegram"]["last"]) < timedelta(minutes=1)
    assert later["samples"] == []
    assert len(history) == 7
    assert history[-1]["messages"] == {"telegram": 3, "discord": 2, "web": 1}
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {each.name for each in text_string_to_metric_families(metrics.text)}
    assert {"irang_answers", "irang_platform_age_seconds", "irang_dead_letters"} <= found


async def test_dead_letters_are_listed_read_on_wish_tried_again_and_discarded(tmp_path: Path) -> None:
    async with watched(tmp_path) as web:
        await web.lose_letters()
        listed = await told(web, "/api/operator/letters")
        assert "고장" not in listed.text
        assert "갈게" not in listed.text
        letters = {each["box"]: each["id"] for each in listed.json()}
        text = await told(web, f"/api/operator/letters/inbox/{letters['inbox']}/text")
        assert "고장 났나 봐" in text.json()["text"].encode().decode("unicode_escape", errors="ignore") + text.text
        gone = await told(web, f"/api/operator/letters/outbox/{letters['outbox']}", method="DELETE")
        again = await told(web, f"/api/operator/letters/inbox/{letters['inbox']}/retry", method="POST")
        assert (gone.status_code, again.status_code) == (200, 200)
        missing = await told(web, f"/api/operator/letters/outbox/{letters['outbox']}/text")
        assert (missing.status_code, missing.json()["error"]["type"]) == (404, "letter_gone")
        for wrong in (f"outbox/{letters['outbox']}", "inbox/9007199254740992"):
            refused = await told(web, f"/api/operator/letters/{wrong}/retry", method="POST")
            assert (refused.status_code, refused.json()["error"]["type"]) == (409, "letter_stays")
        await web.until(lambda: web.bot.core.figures.answers["apology"] == 2)  # it broke again, and is back


async def test_reminders_are_cancelled_by_their_number(tmp_path: Path) -> None:
    async with watched(tmp_path) as web:
        await web.remind()
        listed = await told(web, "/api/operator/reminders")
        assert "약" not in listed.text
        id = listed.json()[0]["id"]
        assert (await told(web, f"/api/operator/reminders/{id}", method="DELETE")).status_code == 200
        assert (await told(web, f"/api/operator/reminders/{id}", method="DELETE")).status_code == 404
        assert len((await told(web, "/api/operator/reminders")).json()) == 1


async def test_the_model_is_changed_beside_the_talk(tmp_path: Path) -> None:
    async with watched(tmp_path) as web:
        asked = await told(web, "/api/operator/model", method="PUT", json={"name": "irang-2-warm"})
        assert (asked.status_code, asked.json()) == (202, {"done": False})
        busy = await told(web, "/api/operator/model", method="PUT", json={"name": "irang-1"})
        assert (busy.status_code, busy.json()["error"]["type"]) == (409, "model_refused")
        await web.until(lambda: web.model.current == "irang-2-warm")
        models = (await told(web, "/api/operator/models")).json()
        assert [each["name"] for each in models if each["current"]] == ["irang-2-warm"]
        for name in ("nobody", "../etc"):
            refused = await told(web, "/api/operator/model", method="PUT", json={"name": name})
            assert refused.status_code in (409, 422)


@pytest.mark.parametrize("path", ["/api/operator/history?span=year", "/api/operator/overview?since=nan"])
async def test_nonsense_is_refused(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as web:
        assert (await told(web, path)).status_code == 422
