"""Guesses what a completion says next: from what it has said (prompt-lookup drafts, A. Saxena, 2023), and
from the model's own multi-token prediction (DeepSeek-V3, section 2.2).

A guess is a row of the next step, one of those that would be padding; it costs what attending costs. Every
row is drawn with the noise of its own position, so a guess either is the very token that would have been
drawn, or it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence as Tokens

import numpy as np

from thinkling.engine.batch import ROWS
from thinkling.engine.pages import PAGE
from thinkling.engine.request import Sequence
from thinkling.engine.running import NO_DRAFT, Running
from thinkling.engine.thinking import FREE

GRAM = 3
"""Tokens that have to stand there again before the rest is guessed."""
MOST_DRAFTS = 7
"""Tokens that are guessed at once, at most."""
LONG = 4096
"""From this length on reading the past is what a row costs, and fewer are guessed."""
TRIAL = 64
"""So many guesses are made before their worth is judged, and once in so many tokens they are tried again."""


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


def guess_ahead(running: Running) -> dict[int, Tokens[int]]:
    """What rows may say next, as far as that fits into the padding of a step."""
    count = min(MOST_DRAFTS, ROWS // max(1, len(running.active)) - 1)
    found: dict[int, Tokens[int]] = {}
    for row in running.active if count > 0 else ():
        sequence, length = running.sequence_at(row), running.length[row]
        # These draw a token by what was said just before it, do not draw it, or end in the middle of a step.
        is_bound = running.is_penalized[row] or running.forced[row] != FREE
        if is_bound or sequence.request.params.stop:
            continue
        if not _is_worth_it(sequence, int(running.count[row])):
            continue
        if sequence.lookup is None:
            sequence.lookup = Lookup(sequence.request.prompt_ids)
        room = min(running.num_pages[row] * PAGE - 1, running.max_length[row] - 2) - length
        most = min(count, int(room), 3 if length > LONG else count)
        guess = sequence.lookup.guess(running.ids[row, : running.count[row]], max(0, most))
        if not guess and most > 0 and running.draft[row] != NO_DRAFT:
            guess = [int(running.draft[row])]
        if guess:
            found[row] = guess
            sequence.num_drafted += len(guess)
    return found


def may_foresee(num_rows: int) -> bool:
    """Whether so many rows leave room for a draft each."""
    return 2 * num_rows <= ROWS


def _is_worth_it(sequence: Sequence, num_tokens: int) -> bool:
    """Whether one guess in eight was right so far. It only decides how fast the same tokens come."""
    if sequence.num_drafted < TRIAL or num_tokens % TRIAL == 0:
        return True
    return 8 * sequence.num_accepted >= sequence.num_drafted
