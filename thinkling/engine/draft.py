"""Guesses what a completion says next: from what it has said (prompt-lookup drafts, A. Saxena, 2023), or,
where the text says nothing, as `foresight` has guessed.

A guess is a row of the next step, where there is room for it: among those that would be padding, or beside
few others, which wait for the weights to be read anyway. Every row is drawn with the noise of its own
position, so a guess either is the very token that would have been drawn, or it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence as Tokens

import numpy as np

from thinkling.engine.batch import ROWS, leaves_room
from thinkling.engine.pages import PAGE
from thinkling.engine.request import TRIAL
from thinkling.engine.running import NO_DRAFT, Running
from thinkling.engine.thinking import FREE

GRAM = 3
"""Tokens that have to stand there again before the rest is guessed."""
MOST_DRAFTS = 7
"""Tokens that are guessed at once, at most."""
LONG = 4096
"""From this length on reading the past is what a row costs, and fewer are guessed."""


class Lookup:
    """Remembers where every three tokens of a text stood last."""

    def __init__(self, prompt_ids: tuple[int, ...]) -> None:
        self._ids: list[int] = []
        self._end_of: dict[tuple[int, ...], int] = {}
        self._found: int | None = None
        self._num_prompt_ids = len(prompt_ids)
        self._read(prompt_ids)

    def guess(self, completion_ids: np.ndarray, count: int) -> list[int]:
        """At most `count` tokens that may follow the prompt and `completion_ids`, which has only grown."""
        self._read(completion_ids[len(self._ids) - self._num_prompt_ids :].tolist())
        if self._found is None:
            return []
        guess: list[int] = []
        for place in range(self._found, self._found + count):
            # A repetition runs on into what is guessed itself.
            after = place - len(self._ids)
            guess.append(self._ids[place] if after < 0 else guess[after])
        return guess

    def _read(self, ids: tuple[int, ...] | list[int]) -> None:
        for token in ids:
            self._ids.append(token)
            gram = tuple(self._ids[-GRAM:])
            self._found = self._end_of.get(gram) if len(gram) == GRAM else None
            self._end_of[gram] = len(self._ids)


def rows_that_may_draft(running: Running) -> list[int]:
    """Running rows for which a guess can come true, if there is room for one each."""
    if not leaves_room(len(running.active)):
        return []
    # The others draw a token by what was said just before it, do not draw it, or end in the middle of a step.
    return [
        row
        for row in running.active
        if not (running.is_penalized[row] or running.is_barred[row])
        and running.forced[row] == FREE
        and not running.sequence_at(row).request.params.stop
        and _room(running, row) > 0
    ]


def guess_ahead(running: Running, rows: list[int]) -> dict[int, Tokens[int]]:
    """What these rows may say next, as far as that fits into the padding of a step."""
    count = min(MOST_DRAFTS, ROWS // max(1, len(running.active)) - 1)
    found: dict[int, Tokens[int]] = {}
    for row in rows:
        sequence = running.sequence_at(row)
        most = min(count, _room(running, row), 3 if running.length[row] > LONG else count)
        guess = _from_text(running, row, most)
        sequence.drafting = sequence.lookups
        if not guess and running.draft[row] != NO_DRAFT:
            guess, sequence.drafting = [int(running.draft[row])], sequence.foresights
        if guess:
            found[row] = guess
            sequence.drafting.tried += len(guess)
    return found


def _room(running: Running, row: int) -> int:
    """Positions that a guess may take."""
    last = min(running.num_pages[row] * PAGE - 1, running.max_length[row] - 2)
    return int(last - running.length[row])


def _from_text(running: Running, row: int, most: int) -> list[int]:
    sequence, num_said = running.sequence_at(row), running.count[row]
    # Once in so many tokens those that were not worth it are tried again.
    if not (sequence.lookups.is_worth_it or num_said % TRIAL == 0):
        return []
    if sequence.lookup is None:
        sequence.lookup = Lookup(sequence.request.prompt_ids)
    return sequence.lookup.guess(running.ids[row, :num_said], most)
