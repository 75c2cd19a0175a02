"""What Prometheus reads: the bot's figures in its exposition format, and the model process's after them.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from bot.operating.figures import BOUNDS, Figures, Spread, Witness
from bot.overview import Overview

_FORWARDED = "irang_model_"


@dataclass(frozen=True, slots=True)
class Seen:
    """One moment, from which every family is made."""

    overview: Overview
    figures: Figures
    witness: Witness
    levels: Mapping[str, int]
    worst_lag: float


class _Once(Collector):
    """Gives the families of one moment."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        return self._families


def exposition(seen: Seen, models: Sequence[str]) -> str:
    """Everything under one scrape. `models`: what the model's endpoints tell; only our own process's goes on."""
    registry = CollectorRegistry()
    registry.register(_Once([*_of_bot(seen), *_of_platforms(seen.overview), *_of_rows(seen.overview), *_of_log(seen)]))
    ours = generate_latest(registry).decode()
    return ours + "".join(_forwarded(text) for text in models[:1] if len(models) == 1)


def _of_bot(seen: Seen) -> Iterator[Metric]:
    overview, figures, witness = seen.overview, seen.figures, seen.witness
    yield _gauge("irang_info", "1, with the program's version", {overview.version: 1}, "version")
    yield _plain("irang_start_time_seconds", "When the bot started, since 1970", overview.started.timestamp())
    yield _plain("irang_loop_lag_seconds", "How late the event loop was in the last second", overview.lag)
    yield _plain("irang_loop_lag_worst_seconds", "How late it was at worst", seen.worst_lag)
    yield _counter("irang_answers", "Answers by kind", figures.answers, "kind")
    yield _histogram("irang_answer_seconds", "From a message to its whole answer", figures.spreads, "kind")
    yield _histogram("irang_first_piece_seconds", "From asking the model to its first words", {"": witness.first})
    yield _counter("irang_pieces", "Stretches of text that the model gave", {"": witness.pieces})
    yield _counter("irang_backend_failures", "Answers that the model did not give", witness.failures, "error")
    yield _plain("irang_backend_writing", "Answers that are being written", witness.writing)
    now = overview.samples[-1] if overview.samples else None
    yield _plain("irang_lanes_running", "Conversations at work", now.lanes if now else 0)
    yield _plain("irang_lanes_waiting", "Messages that wait behind them", now.waiting if now else 0)
    yield _plain("irang_queue", "Questions that wait for the model", now.queue if now else 0)
    swaps = {"done": overview.model.swaps, "refused": overview.model.refused_swaps}
    yield _counter("irang_swaps", "Changes of models", swaps, "outcome")


def _of_platforms(overview: Overview) -> Iterator[Metric]:
    states = [state for state in overview.platforms if state.watched]
    ages = {state.name: (overview.now - state.last).total_seconds() for state in states if state.last}
    delays = {state.name: state.latency for state in states if state.latency is not None}
    parked = {state.name: state.parked for state in overview.platforms}
    yield _gauge("irang_platform_age_seconds", "Since a platform was last heard from", ages, "platform")
    yield _gauge("irang_platform_latency_seconds", "How long a platform took to answer", delays, "platform")
    yield _gauge("irang_platform_parked", "Chats that a 429 keeps waiting", parked, "platform")


def _of_rows(overview: Overview) -> Iterator[Metric]:
    counts = overview.counts
    letters = {"inbox": counts.aside, "outbox": counts.failed}
    yield _plain("irang_unanswered", "Messages that are not answered yet", counts.unanswered)
    yield _plain("irang_undelivered", "Messages of ours on their way", counts.undelivered)
    yield _gauge("irang_dead_letters", "Rows that nobody looks at by itself", letters, "box")
    yield _plain("irang_reminders", "Reminders to come", counts.reminders)
    yield _plain("irang_reminders_late", "Reminders that should have been told", counts.late)
    ratings = {"up": counts.ratings.get("👍", 0), "down": counts.ratings.get("👎", 0)}
    yield _gauge("irang_ratings", "Ratings that stand", ratings, "value")
    yield _plain("irang_database_bytes", "The database on disk", counts.bytes)


def _of_log(seen: Seen) -> Iterator[Metric]:
    yield _counter("irang_log_lines", "Lines of the log from WARNING on", seen.levels, "level")


def _forwarded(text: str) -> str:
    """The families of the model's process, which has names of its own."""
    registry = CollectorRegistry()
    registry.register(_Once([each for each in parsed(text) if each.name.startswith(_FORWARDED)]))
    return generate_latest(registry).decode()


def parsed(text: str) -> Sequence[Metric]:
    """The families of an exposition; none of one that can't be read."""
    try:
        return list(text_string_to_metric_families(text))
    except ValueError:
        return []


def _plain(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _gauge(name: str, about: str, values: Mapping[str, float], label: str) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, about: str, values: Mapping[str, float], label: str = "") -> Metric:
    family = CounterMetricFamily(name, about, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family


def _histogram(name: str, about: str, spreads: Mapping[str, Spread], label: str = "") -> Metric:
    family = HistogramMetricFamily(name, about, labels=[label] if label else [])
    for key, spread in spreads.items():
        family.add_metric([key] if label else [], _cumulative(spread), spread.total)
    return family


def _cumulative(spread: Spread) -> list[tuple[str, float]]:
    """As Prometheus has it: how many were at most as long, for each bound."""
    so_far, buckets = 0, []
    for bound, count in zip((*BOUNDS, float("inf")), spread.counts, strict=True):
        so_far += count
        buckets.append(("+Inf" if bound == float("inf") else str(bound), float(so_far)))
    return buckets
