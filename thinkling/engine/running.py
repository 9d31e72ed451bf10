"""The running sequences as columns of numbers: one row each."""

from __future__ import annotations

import numpy as np

from thinkling.engine.pages import PAGE
from thinkling.engine.penalties import has_penalties
from thinkling.engine.request import NOWHERE, Sequence
from thinkling.engine.thinking import FREE
from thinkling.models.tape import NO_ROW

NO_DRAFT = -1

# How many pages a sequence is attended over: rounded up by its own length alone, never by its neighbours'.
# 2, 4, 6, 8, 12, 16, 24, 32, ...: at most half as much again, up to sixteen million positions.
_SIZES = np.array(
    [2, 4] + [size for power in range(2, 20) for size in (3 * 2 ** (power - 1), 2 ** (power + 1))]
)


def attended_pages(position: np.ndarray) -> np.ndarray:
    """How many pages a token at each position attends over."""
    return _size_for(position // PAGE + 1)


def _size_for(num_pages: np.ndarray) -> np.ndarray:
    found: np.ndarray = _SIZES[np.searchsorted(_SIZES, num_pages)]
    return found


class Running:
    """Struct of arrays: one row per running sequence; finished rows are reused."""

    def __init__(self, num_rows: int) -> None:
        self.free = list(range(num_rows - 1, -1, -1))
        self.sequence: list[Sequence | None] = [None] * num_rows
        self.length = np.zeros(num_rows, np.int64)
        self.last_id = np.zeros(num_rows, np.int64)
        self.max_length = np.zeros(num_rows, np.int64)
        self.seed = np.zeros(num_rows, np.uint64)
        self.draw = np.zeros(num_rows, np.uint64)
        self.temperature = np.ones(num_rows, np.float32)
        self.top_p = np.ones(num_rows, np.float32)
        self.top_k = np.zeros(num_rows, np.int64)
        self.min_p = np.zeros(num_rows, np.float32)
        self.forced = np.full(num_rows, FREE)
        self.ignores_eos = np.zeros(num_rows, bool)
        self.num_tops = np.zeros(num_rows, np.int64)
        self.has_begun = np.zeros(num_rows, bool)
        """Whether a row has a last token since its prompt was read."""
        self.draft = np.full(num_rows, NO_DRAFT)
        """What the model itself expects to be said after the last token."""
        self.is_penalized = np.zeros(num_rows, bool)
        """Its logits are changed before a token is drawn: by penalties, biases or a constraint."""
        self.is_barred = np.zeros(num_rows, bool)
        """There are tokens that it may not say next."""
        self.is_watched = np.zeros(num_rows, bool)
        """Somebody has to look at every token: a reader, a stop id, bounds of thinking, tokens beside it."""
        self.count = np.zeros(num_rows, np.int64)
        self.ids = np.zeros((num_rows, 64), np.int64)
        self.logprobs = np.zeros((num_rows, 64), np.float32)
        """Completions so far: `count` tokens of each row."""
        self.replay = np.zeros(num_rows, np.int64)
        """How many of these a row that had to wait has still to say again."""
        self.tape_row = np.full(num_rows, NO_ROW)
        """Where on the tape a token at position 0 would stand."""
        self.num_pages = np.zeros(num_rows, np.int64)
        self.table = np.zeros((num_rows, 8), np.int64)
        self.active: list[int] = []

    def add(self, sequence: Sequence) -> None:
        """Fill the sequence's row from its request; its prompt is in the cache."""
        row, request, params = sequence.row, sequence.request, sequence.request.params
        self.sequence[row] = sequence
        self.length[row] = len(request.prompt_ids)
        self.max_length[row] = request.max_length
        self.seed[row], self.draw[row] = request.seed, sequence.index
        self.temperature[row], self.top_p[row] = params.temperature, params.top_p
        self.top_k[row], self.min_p[row] = params.top_k, params.min_p
        self.ignores_eos[row], self.num_tops[row] = params.ignore_eos, params.top_logprobs
        self.draft[row], self.has_begun[row] = NO_DRAFT, False
        self.is_penalized[row] = has_penalties(params) or sequence.constraint is not None
        self.is_watched[row] = bool(
            request.is_streamed or sequence.watch or params.stop_ids or params.top_logprobs
        )
        self.count[row] = self.replay[row] = kept = len(sequence.kept_ids)
        self._widen_to(kept)
        self.ids[row, :kept], self.logprobs[row, :kept] = sequence.kept_ids, sequence.kept_logprobs
        self.is_barred[row] = bool(sequence.watch and sequence.watch.barred)
        self.tape_row[row] = sequence.tape_row - len(request.prompt_ids)
        self.force_next(row)
        self.lay_out(sequence)
        self.active.append(row)

    def lay_out(self, sequence: Sequence) -> None:
        """Write down the sequence's pages."""
        row, count = sequence.row, len(sequence.pages)
        size = int(_size_for(np.array(count)))
        if size > self.table.shape[1]:
            self.table = np.pad(self.table, ((0, 0), (0, size - self.table.shape[1])))
        self.table[row, :count] = sequence.pages
        self.table[row, count:] = 0
        self.num_pages[row] = count

    def force_next(self, row: int) -> None:
        """What has to be said next, if anything: what a paused answer had said, or what ends its thinking."""
        sequence, left = self.sequence_at(row), self.replay[row]
        if left:
            self.forced[row] = self.ids[row, self.count[row] - left]
        else:
            self.forced[row] = sequence.watch.forced if sequence.watch else FREE

    def sequence_at(self, row: int) -> Sequence:
        """Who runs in a row that is in use."""
        sequence = self.sequence[row]
        assert sequence is not None
        return sequence

    def move(self, rows: np.ndarray, position: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Every row now ends with a token at `position`; which of these are new, and not said again."""
        self.length[rows], self.last_id[rows], self.has_begun[rows] = position, ids, True
        is_new: np.ndarray = self.replay[rows] == 0
        for row in rows[~is_new].tolist():
            self.replay[row] -= 1
            self.force_next(row)
        return is_new

    def note(self, rows: np.ndarray, ids: np.ndarray, logprobs: np.ndarray) -> None:
        """These rows have said something new."""
        count = self.count[rows]
        self._widen_to(int(count.max(initial=-1)) + 1)
        self.ids[rows, count], self.logprobs[rows, count] = ids, logprobs
        self.count[rows] = count + 1

    def said(self, sequence: Sequence) -> tuple[np.ndarray, np.ndarray]:
        """Ids and log-probabilities of a completion so far, whether it runs or waits."""
        row = sequence.row
        if row == NOWHERE or self.sequence[row] is not sequence:
            return sequence.kept_ids, sequence.kept_logprobs
        count = self.count[row]
        return self.ids[row, :count].copy(), self.logprobs[row, :count].copy()

    def _widen_to(self, count: int) -> None:
        width = self.ids.shape[1]
        if count > width:
            shape = (len(self.ids), max(2 * width, count))
            ids, logprobs = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
            # Rows that nobody uses are left alone: memory that is never written takes no room.
            ids[self.active, :width] = self.ids[self.active]
            logprobs[self.active, :width] = self.logprobs[self.active]
            self.ids, self.logprobs = ids, logprobs

    def drop(self, rows: set[int]) -> None:
        """Forget rows that finished."""
        self.active = [row for row in self.active if row not in rows]
        for row in sorted(rows, reverse=True):
            self.sequence[row] = None
            self.free.append(row)
