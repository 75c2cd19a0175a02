"""What the model's process tells Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """One process's figures; a registry of its own, so that nothing is global."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "irang_model_requests", "Requests by how they ended", ["finish"], registry=self._registry
        )
        self.prompt_tokens = Counter("irang_model_prompt_tokens", "Tokens of prompts", registry=self._registry)
        self.tokens = Counter("irang_model_tokens", "Tokens written", registry=self._registry)
        self.first_token = Histogram(
            "irang_model_first_token_seconds",
            "From the request to its first token",
            buckets=_SECONDS,
            registry=self._registry,
        )

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """A figure that is looked up when it is asked for."""
        Gauge(name, about, registry=self._registry).set_function(read)

    def text(self) -> bytes:
        """The exposition format, https://prometheus.io/docs/instrumenting/exposition_formats/."""
        return generate_latest(self._registry)
