"""One request and the sequences (completions) it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from thinkling.engine.thinking import ThinkingBounds, ThinkingWatch
from thinkling.models.tape import NO_ROW
from thinkling.records import FinishReason, SamplingParams, TopLogprobs

if TYPE_CHECKING:
    from thinkling.engine.draft import Lookup

TRIAL = 64
"""So many guesses are made before their worth is judged."""
NOWHERE = -1
"""The row of a sequence that waits."""


class Constraint(Protocol):
    """What one completion may say, decided token by token."""

    def allowed(self, ids: np.ndarray) -> np.ndarray | None:
        """Which tokens [V] may follow a completion of `ids`, which only grows; None: all."""
        ...


@dataclass(slots=True)
class Tally:
    """How many guesses of one kind were made, and how many were right."""

    least_share: float
    """So many have to be right, or the guesses cost more than they save."""
    tried: int = 0
    right: int = 0

    @property
    def is_worth_it(self) -> bool:
        """It only decides how fast the same tokens come."""
        return self.tried < TRIAL or self.right >= self.least_share * self.tried


@dataclass(slots=True, eq=False)
class Sequence:
    """One completion in the making.

    While it is read or runs, it has pages and a row of the running table (which has its tokens once it runs).
    While it waits it has neither, and keeps the tokens it had.
    """

    request: Request
    index: int
    row: int = NOWHERE
    pages: list[int] = field(default_factory=list)
    kept_ids: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    kept_logprobs: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    tops: list[TopLogprobs] = field(default_factory=list)
    finish_reason: FinishReason | None = None
    watch: ThinkingWatch | None = None
    constraint: Constraint | None = None
    lookup: Lookup | None = None
    lookups: Tally = field(default_factory=lambda: Tally(1 / 8))
    """A guess from the text costs next to nothing."""
    foresights: Tally = field(default_factory=lambda: Tally(1 / 3))
    """One by the model costs a layer and the output head."""
    drafting: Tally | None = None
    """The kind of the guesses that are being checked."""
    tape_row: int = NO_ROW
    """Where the tape keeps its first token, if it does."""

    @property
    def num_drafted(self) -> int:
        """Guesses of both kinds."""
        return self.lookups.tried + self.foresights.tried

    @property
    def num_accepted(self) -> int:
        """Those of them that were right."""
        return self.lookups.right + self.foresights.right

    @property
    def rank(self) -> tuple[int, int]:
        """Who came first goes first."""
        return self.request.number, self.index


@dataclass(slots=True, eq=False)
class Request:
    """A prompt and how to continue it. `max_length` is prompt plus completion, the context included."""

    number: int
    prompt_ids: tuple[int, ...]
    params: SamplingParams
    seed: int
    max_length: int
    is_streamed: bool = False
    bounds: ThinkingBounds | None = None
    constraint: Callable[[], Constraint] | None = None
    """Makes that of each completion."""
    sequences: list[Sequence] = field(default_factory=list)
    num_open: int = 0
    num_cached: int | None = None
    """Tokens of the prompt that were in the cache when it was first read."""
    _distinct_ids: np.ndarray | None = None

    def distinct_ids(self) -> np.ndarray:
        """The tokens of the prompt, each once."""
        if self._distinct_ids is None:
            self._distinct_ids = np.unique(np.array(self.prompt_ids, np.int64))
        return self._distinct_ids

    def begin(self) -> list[Sequence]:
        """The completions, none of which has a place yet."""
        num_tokens = self.max_length - len(self.prompt_ids)
        for index in range(self.params.n):
            watch = ThinkingWatch(self.bounds, num_tokens) if self.bounds else None
            constraint = self.constraint() if self.constraint else None
            self.sequences.append(Sequence(self, index, watch=watch, constraint=constraint))
        self.num_open = self.params.n
        return self.sequences


@dataclass(slots=True, eq=False)
class Reading:
    """A prompt on its way into the pages of the first of `sequences`, which all begin when it is read."""

    sequences: list[Sequence]
    num_read: int
    content: int
    """The number that `Pages` gave to the full pages read so far."""

    @property
    def prompt_ids(self) -> tuple[int, ...]:
        """What is read."""
        return self.sequences[0].request.prompt_ids


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
    num_drafted: int
    """Tokens that were guessed, and of these the right ones."""
    num_accepted: int
    tape_row: int | None
    """Where the tape keeps its first token, if it does."""


@dataclass(slots=True)
class StepResult:
    """What one engine step produced."""

    tokens: list[Token] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
