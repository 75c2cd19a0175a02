"""Attack the HTTP API along its own OpenAPI description.

`python -m tests.web_fuzz --examples 500` sends that many requests that fit and as many that don't to each route, each
of them with the key and without it, and prints what came back. It ends with 1 where the server failed (500 and
above), where anything but a refusal was given to who has no key, or where an answer broke the description.

The routes that stream without an end (/chats/{chat}/events) get what does not fit alone: no client waits for their end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.adapters.site import KEYS, site

_OPEN = ("/healthz", "/readyz")  # they want no key, and take nothing that could be wrong
_ENDLESS = ("/chats/{chat}/events",)
_CHECKS = (
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)
_AUTHORIZED = {"Authorization": f"Bearer {KEYS.operator}"}  # opens everything


@dataclass
class Report:
    """How often each status came back, and what may not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    open_doors: list[str] = field(default_factory=list)
    broken_promises: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not (self.failures or self.open_doors or self.broken_promises)

    def __str__(self) -> str:
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.statuses.total()} requests ({statuses}); {len(self.failures)} server errors, "
            f"{len(self.open_doors)} successes without a key, "
            f"{len(self.broken_promises)} answers unlike the description"
        )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The bot with a scripted model on a loop and thread of its own; its address."""
    loop, ready, leaving = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    address: list[str] = []

    async def serve() -> None:
        unlimited: dict[str, object] = {"requests_per_minute": 0, "chat_per_minute": 0}
        quota: dict[str, object] = {
            "person_per_minute": 0,
            "person_per_day": 0,
            "chat_per_minute": 0,
            "chat_per_day": 0,
        }
        async with site(folder, web=unlimited, quota=quota) as web:
            address.append(web.web.url)
            ready.set()
            await leaving.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        if not ready.wait(60):
            raise TimeoutError("the bot did not start")
        yield address[0]
    finally:
        loop.call_soon_threadsafe(leaving.set)
        thread.join()
        loop.close()


def fuzz(url: str, examples: int, *, seed: int | None = None) -> Report:
    """`examples` requests of each kind for each route; with a seed always the same ones."""
    report = Report()
    description = requests.get(f"{url}/openapi.json", headers=_AUTHORIZED, timeout=30).json()
    schema = schemathesis.openapi.from_dict(description)
    schema.config.update(base_url=url)
    with requests.Session() as session:
        session.trust_env = False
        for found in schema.get_all_operations():
            operation = found.ok()  # type: ignore[union-attr]  # a faulty description ends it here
            if operation.path in _OPEN:
                continue
            _attack(operation, GenerationMode.NEGATIVE, examples, session, report, seed)
            if operation.path not in _ENDLESS:
                _attack(operation, GenerationMode.POSITIVE, examples, session, report, seed)
    return report


def _attack(
    operation: Any, mode: GenerationMode, examples: int, session: requests.Session, report: Report, seed: int | None
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=seed is not None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attack(case: Any) -> None:
        _send(case, session, report)

    attack()


def _send(case: Any, session: requests.Session, report: Report) -> None:
    place = f"{case.method} {case.formatted_path} {dict(case.query or {})}"
    locked = case.call(session=session, headers={"Authorization": ""}, timeout=30)
    if locked.status_code < 400:
        report.open_doors.append(f"{place}: {locked.status_code}")
    answer = case.call(session=session, headers=_AUTHORIZED, timeout=30)
    report.statuses.update((locked.status_code, answer.status_code))
    if max(locked.status_code, answer.status_code) >= 500:
        report.failures.append(f"{place}: {answer.status_code} {answer.text[:200]}")
    if answer.status_code == 413:  # too long to be read at all: neither accepted nor looked at
        return
    try:
        case.validate_response(answer, checks=[*_CHECKS, *_strict(case)])
    except FailureGroup as broken:
        report.broken_promises.extend(f"{place}: {answer.status_code} {each.title}" for each in broken.exceptions)


def _strict(case: Any) -> list[Any]:
    """Whether what breaks the description must be refused: not where only a name in the query is unknown to it.

    Those are passed over, as everywhere in HTTP.
    """
    declared = {each["name"] for each in case.operation.definition.raw.get("parameters", ()) if each["in"] == "query"}
    return [] if set(case.query or {}) - declared else [checks.negative_data_rejection]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--examples", type=int, default=500, help="requests of each kind for each route")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url, contextlib.suppress(KeyboardInterrupt):
        report = fuzz(url, asked.examples)
        for line in (*report.failures, *report.open_doors, *report.broken_promises):
            print(line)
        print(report)
        raise SystemExit(0 if report.fine else 1)


if __name__ == "__main__":
    main()
