"""Guesses by multi-token prediction: the model's own module says what comes after the next token.

DeepSeek-V3, section 2.2. From the state h_i before a token and that token t_{i+1}, the module predicts
t_{i+2}; it has a layer of the cache of its own. Where that was not filled (many ran at once, or a page that
another prompt went on from differently) guesses are worse, and no token changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from thinkling.engine.batch import ahead_batch, leaves_room
from thinkling.engine.request import Sequence
from thinkling.engine.runner import Runner, Sampled
from thinkling.engine.running import NO_DRAFT
from thinkling.engine.scheduler import Scheduler


class Foresight:
    """Keeps what was said since the module last looked, and lets it guess."""

    def __init__(self, runner: Runner, scheduler: Scheduler) -> None:
        self._runner, self._scheduler = runner, scheduler
        self._said: list[_Said] = []

    def has_room(self) -> bool:
        """Whether so few run and are read that each leaves room for a guess."""
        read = sum(len(reading.sequences) for reading in self._scheduler.reading)
        return leaves_room(len(self._scheduler.running.active) + read)

    def note(self, sampled: Sampled, places: np.ndarray, states_TD: Tensor) -> None:
        """The tokens at these places of `sampled` were said, after the states of the same places."""
        running = self._scheduler.running
        if not self.has_room():
            self._said.clear()
            return
        for place in places.tolist():
            row = sampled.rows[place]
            sequence = running.sequence[row]
            if sequence is not None:  # it goes on
                position, token = int(sampled.position[place]), int(sampled.ids[place])
                self._said.append(_Said(sequence, position, token, states_TD[place]))

    def guess(self, rows: list[int]) -> None:
        """Guess for these rows, those that may draft, what follows the last token.

        A guess is drawn with the noise of its place, as its token will be: so they are the same more often.
        """
        running = self._scheduler.running
        running.draft[:] = NO_DRAFT
        wanted = {running.sequence_at(row) for row in rows if running.sequence_at(row).foresights.is_worth_it}
        said = [one for one in self._said if one.sequence in wanted]
        self._said = []
        if not said:
            return
        own = np.array([one.sequence.row for one in said])
        position = np.array([one.position for one in said])
        batch = ahead_batch(running, own, np.array([one.token for one in said]), position - 1)
        # Of tokens that a row said at once, the last one is what it goes on from.
        last = np.flatnonzero(batch.positions == running.length[batch.rows] - 1)
        if len(last):
            rows_ = batch.rows[last]
            logits_TV = self._runner.look_ahead(torch.stack([one.state_D for one in said]), batch, last)
            guessed = self._runner.sample(logits_TV, running, rows_, running.length[rows_] + 1)
            running.draft[rows_] = guessed.ids


@dataclass(frozen=True, slots=True)
class _Said:
    """A token that a sequence has said, to stand at `position`, and the state before it."""

    sequence: Sequence
    position: int
    token: int
    state_D: Tensor
