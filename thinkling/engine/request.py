"""One request and the sequences (completions) it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

from thinkling.engine.thinking import ThinkingBounds, ThinkingWatch
from thinkling.records import FinishReason, SamplingParams, TopLogprobs


@dataclass(slots=True)
class Sequence:
    """One completion in the making: its row in the running table (which has its tokens) and its pages."""

    request: Request
    index: int
    row: int
    pages: list[int]
    tops: list[TopLogprobs] = field(default_factory=list)
    finish_reason: FinishReason | None = None
    watch: ThinkingWatch | None = None


@dataclass(slots=True)
class Request:
    """A prompt and how to continue it. `max_length` is prompt plus completion, the context included."""

    number: int
    prompt_ids: tuple[int, ...]
    params: SamplingParams
    seed: int
    max_length: int
    is_streamed: bool = False
    bounds: ThinkingBounds | None = None
    sequences: list[Sequence] = field(default_factory=list)
    num_open: int = 0
    num_cached: int = 0
    """Tokens of the prompt that were in the cache already."""
    num_read: int = 0
    """Tokens of the prompt that are in the cache now."""
    content: int = 0
    """The number that `Pages` gave to the full pages read so far."""


@dataclass(frozen=True, slots=True)
class Token:
    """A freshly sampled token of a streamed request."""

    request: int
    index: int
    id: int
    logprob: float
    finish_reason: FinishReason | None
    num_cached: int
    """Tokens of the prompt that did not have to be read."""
    top: TopLogprobs = ()
    """The most likely tokens in its place, as many as were asked for."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A completion that ended."""

    request: int
    index: int
    prompt_ids: tuple[int, ...]
    ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish_reason: FinishReason
    num_cached: int
    tops: tuple[TopLogprobs, ...]


@dataclass(slots=True)
class StepResult:
    """What one engine step produced."""

    tokens: list[Token] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
