"""Counts and times for Prometheus, at `/metrics`. No text of anybody is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from thinkling.records import Reply

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
TOKEN_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)


class Metrics:
    """One service's own registry."""

    def __init__(self, open_questions: Callable[[], dict[str, int]], loaded: Callable[[], list[str]]) -> None:
        """`open_questions` says how many are open by model, `loaded` which models are in memory."""
        self._registry = CollectorRegistry()
        labels = ("model",)
        self._tokens = Counter(
            "thinkling_tokens", "Tokens, by what they were.", ("model", "kind"), registry=self._registry
        )
        self._answers = Counter(
            "thinkling_answers", "Answers, by why they ended.", ("model", "reason"), registry=self._registry
        )
        self._responses = Counter(
            "thinkling_responses", "HTTP responses, by status.", ("status",), registry=self._registry
        )
        self._first = Histogram(
            "thinkling_first_token_seconds",
            "From a question to its first token.",
            labels,
            registry=self._registry,
            buckets=SECONDS,
        )
        self._between = Histogram(
            "thinkling_between_tokens_seconds",
            "From one token to the next, mean of an answer.",
            labels,
            registry=self._registry,
            buckets=TOKEN_SECONDS,
        )
        self._whole = Histogram(
            "thinkling_answer_seconds",
            "From a question to its last token.",
            labels,
            registry=self._registry,
            buckets=SECONDS,
        )
        self._registry.register(_State(open_questions, loaded))

    def note_answer(self, model: str, reply: Reply) -> None:
        """An answer has ended."""
        use, times = reply.usage, reply.timings
        kinds = {
            "prompt": use.prompt_tokens,
            "cached": use.cached_tokens,
            "completion": use.completion_tokens,
            "reasoning": use.reasoning_tokens,
            "drafted": times.draft_tokens,
            "accepted": times.accepted_tokens,
        }
        for kind, count in kinds.items():
            self._tokens.labels(model, kind).inc(count)
        self._answers.labels(model, reply.finish_reason).inc()
        self._first.labels(model).observe(times.first_token_s)
        self._whole.labels(model).observe(times.total_s)
        if use.completion_tokens > 1:
            each = (times.total_s - times.first_token_s) / (use.completion_tokens - 1)
            self._between.labels(model).observe(each)

    def note_response(self, status: int) -> None:
        """A response has begun."""
        self._responses.labels(str(status)).inc()

    def text(self) -> tuple[bytes, str]:
        """All of it, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class _State(Collector):
    """What is true now, looked at when somebody asks."""

    def __init__(self, open_questions: Callable[[], dict[str, int]], loaded: Callable[[], list[str]]) -> None:
        self._open_questions, self._loaded = open_questions, loaded

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        waiting = GaugeMetricFamily(
            "thinkling_open_questions", "Questions waiting or being answered.", labels=("model",)
        )
        for model, count in self._open_questions().items():
            waiting.add_metric((model,), count)
        yield waiting
        loaded = GaugeMetricFamily("thinkling_loaded_models", "Models in memory.", labels=("model",))
        for model in self._loaded():
            loaded.add_metric((model,), 1)
        yield loaded
