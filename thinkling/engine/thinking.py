"""Keeps thinking within bounds: a budget, room for the answer, and an end to going in circles.

Where a bound is reached, the tokens that close the think block are forced, one a step, whatever the model
would have said; then it goes on freely, with its answer. Thinking that is opened anew counts on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

FREE = -1
"""In place of a forced token: the model chooses."""
GRAM = 8
"""Tokens that have to be the same before a repetition is suspected."""


@dataclass(frozen=True, slots=True)
class ThinkingBounds:
    """What bounds the thinking of every completion of a request. Lengths are in tokens."""

    open_id: int
    close_id: int
    closing_ids: tuple[int, ...]
    """What is forced where a bound is reached: a transition, perhaps, and `close_id`."""
    starts_inside: bool
    """Whether the prompt ends inside the think block."""
    budget: int | None = None
    """Most tokens inside the think block, the forced ones not counted; None: as many as there is room for."""
    reserve: int = 0
    """Room kept for the answer, of the tokens that the completion may have."""
    breaks_loops: bool = True
    """Whether thinking that only repeats itself is ended."""
    end_ids: tuple[int, ...] = ()
    """Tokens that end a completion: not the first ones after thinking that was cut short."""


class ThinkingWatch:
    """Reads one completion as it grows and says which token is forced next."""

    def __init__(self, bounds: ThinkingBounds, max_tokens: int) -> None:
        """`max_tokens` is the longest that the completion can become."""
        self._bounds = bounds
        words = bounds.closing_ids
        self._bare = words[words.index(bounds.close_id) :]
        # Where words would take the answer's room, the tag alone closes; where even that does, nothing does.
        self._words = words if bounds.reserve + len(words) <= max_tokens // 2 else self._bare
        room = max(bounds.reserve, 1) + len(self._words)
        self._last_token = max_tokens - room if room < max_tokens else max_tokens
        self._is_inside = bounds.starts_inside
        self._num_tokens = self._num_inside = self._num_in_block = 0
        self._forced: deque[int] = deque()
        self._loops = LoopDetector()
        self._is_told_to_end = False
        self._was_cut = False
        self._num_after_cut = 0
        self._close_if_due()

    @property
    def forced(self) -> int:
        """The token that comes next, or FREE."""
        return self._forced[0] if self._forced else FREE

    @property
    def barred(self) -> tuple[int, ...]:
        """Tokens that may not come next. Who was told to answer does not think again, and says something."""
        if not self._was_cut or self._forced:
            return ()
        return (self._bounds.open_id, *(() if self._num_after_cut else self._bounds.end_ids))

    def note(self, token: int) -> bool:
        """The completion has grown by `token`; whether `forced` or `barred` may be others now."""
        self._num_tokens += 1
        if self._forced:
            self._forced.popleft()
        elif self._was_cut:
            self._num_after_cut += 1
        if token == self._bounds.open_id:
            self._is_inside = True
            self._num_in_block = 0
        elif token == self._bounds.close_id:
            self._is_inside = False
        elif self._is_inside:
            self._num_inside += 1
            self._num_in_block += 1
            self._loops.note(token)
        if self._is_inside and not self._forced:
            self._close_if_due()
        return self._was_cut

    def end(self) -> None:
        """Close the think block now; one that was not opened yet, as soon as it is."""
        self._is_told_to_end |= self._is_inside or not self._num_tokens
        if not self._forced:
            self._close_if_due()

    def _close_if_due(self) -> None:
        bounds = self._bounds
        is_spent = bounds.budget is not None and self._num_inside >= bounds.budget
        is_late = self._num_tokens >= self._last_token
        is_loop = bounds.breaks_loops and self._loops.is_loop
        if self._is_inside and (is_spent or is_late or is_loop or self._is_told_to_end):
            self._force_closing()

    def _force_closing(self) -> None:
        self._was_cut = True
        # There is nothing to lead over from where nothing was thought.
        self._forced.extend(self._words if self._num_in_block else self._bare)


class LoopDetector:
    """Tells when a text has become a repetition of its last part. Constant work for each token."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._last_seen: dict[tuple[int, ...], int] = {}
        self._period = 0
        self._run = 0

    @property
    def is_loop(self) -> bool:
        """Whether the last part, of whatever length, has been written at least four times in a row.

        Short parts have to fill a hundred tokens: a row of equal digits is no loop.
        """
        return self._run >= max(3 * self._period, 96)

    def note(self, token: int) -> None:
        """The text has grown by `token`."""
        self._ids.append(token)
        end = len(self._ids)
        if self._period and self._ids[end - 1 - self._period] == token:
            self._run += 1
        else:
            self._period = self._run = 0
        gram = tuple(self._ids[-GRAM:])
        seen = self._last_seen.get(gram)
        if not self._period and seen is not None:
            self._period = end - seen
            self._run = GRAM
        self._last_seen[gram] = end
