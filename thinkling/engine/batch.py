"""The running sequences as columns of numbers, and the rows of one decode step cut from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from thinkling.engine.pages import PAGE
from thinkling.engine.penalties import has_penalties
from thinkling.engine.request import Reading, Sequence
from thinkling.engine.thinking import FREE

ROWS = 16
"""A packed row is a multiple of this many tokens: then no token's arithmetic depends on its neighbours.

Measured in fp32 on a CPU: a product of 8 rows, or of no multiple of 8, sums in another order.
"""

# How many pages a sequence is attended over: rounded up by its own length alone, never by its neighbours'.
# 2, 4, 6, 8, 12, 16, 24, 32, ...: at most half as much again, up to sixteen million positions.
_SIZES = np.array(
    [2, 4] + [size for power in range(2, 20) for size in (3 * 2 ** (power - 1), 2 ** (power + 1))]
)


def pages_attended(position: int) -> int:
    """How many pages a token at `position` attends over."""
    return int(_SIZES[np.searchsorted(_SIZES, position // PAGE + 1)])


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
        self.is_penalized = np.zeros(num_rows, bool)
        self.is_watched = np.zeros(num_rows, bool)
        """Somebody has to look at every token: a reader, a stop id, bounds of thinking, tokens beside it."""
        self.count = np.zeros(num_rows, np.int64)
        self.ids = np.zeros((num_rows, 64), np.int64)
        self.logprobs = np.zeros((num_rows, 64), np.float32)
        """Completions so far: `count` tokens of each row."""
        self.replay = np.zeros(num_rows, np.int64)
        """How many of these a row that had to wait has still to say again."""
        self.num_pages = np.zeros(num_rows, np.int64)
        self.table = np.zeros((num_rows, 8), np.int64)
        self.active: list[int] = []

    def add(self, sequence: Sequence) -> None:
        """Fill the sequence's row from its request; its prompt is in the cache but for the last token."""
        row, request, params = sequence.row, sequence.request, sequence.request.params
        self.sequence[row] = sequence
        self.length[row] = len(request.prompt_ids)
        self.max_length[row] = request.max_length
        self.seed[row], self.draw[row] = request.seed, sequence.index
        self.temperature[row], self.top_p[row] = params.temperature, params.top_p
        self.top_k[row], self.min_p[row] = params.top_k, params.min_p
        self.ignores_eos[row], self.num_tops[row] = params.ignore_eos, params.top_logprobs
        self.is_penalized[row] = has_penalties(params)
        self.is_watched[row] = bool(
            request.is_streamed or sequence.watch or params.stop_ids or params.top_logprobs
        )
        self.count[row] = self.replay[row] = kept = len(sequence.kept_ids)
        self._widen_to(kept)
        self.ids[row, :kept], self.logprobs[row, :kept] = sequence.kept_ids, sequence.kept_logprobs
        self._force_next(row)
        self.lay_out(sequence)
        self.active.append(row)

    def lay_out(self, sequence: Sequence) -> None:
        """Write down the sequence's pages."""
        row, count = sequence.row, len(sequence.pages)
        size = int(_SIZES[np.searchsorted(_SIZES, count)])
        if size > self.table.shape[1]:
            self.table = np.pad(self.table, ((0, 0), (0, size - self.table.shape[1])))
        self.table[row, :count] = sequence.pages
        self.table[row, count:] = 0
        self.num_pages[row] = count

    def _force_next(self, row: int) -> None:
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
        self.length[rows], self.last_id[rows] = position, ids
        is_new: np.ndarray = self.replay[rows] == 0
        for row in rows[~is_new].tolist():
            self.replay[row] -= 1
            self._force_next(row)
        return is_new

    def note(self, rows: np.ndarray, ids: np.ndarray, logprobs: np.ndarray) -> None:
        """These rows have said something new."""
        count = self.count[rows]
        self._widen_to(int(count.max(initial=-1)) + 1)
        self.ids[rows, count], self.logprobs[rows, count] = ids, logprobs
        self.count[rows] = count + 1

    def said(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Ids and log-probabilities of a row's completion so far."""
        count = self.count[row]
        return self.ids[row, :count].copy(), self.logprobs[row, :count].copy()

    def _widen_to(self, count: int) -> None:
        width = self.ids.shape[1]
        if count > width:
            wider = ((0, 0), (0, max(width, count - width)))
            self.ids, self.logprobs = np.pad(self.ids, wider), np.pad(self.logprobs, wider)

    def drop(self, rows: set[int]) -> None:
        """Forget rows that finished."""
        self.active = [row for row in self.active if row not in rows]
        for row in sorted(rows, reverse=True):
            self.sequence[row] = None
            self.free.append(row)


@dataclass(frozen=True, slots=True)
class Span:
    """Rows [start, stop) of the step that attend over equally many pages: `pages` [rows, pages]."""

    start: int
    stop: int
    pages: np.ndarray


@dataclass(frozen=True, slots=True)
class DecodeBatch:
    """One decode step. `rows` index the running table; the arrays after it are padded to multiples of 16."""

    rows: np.ndarray
    ids: np.ndarray
    positions: np.ndarray
    slots: np.ndarray
    lengths: np.ndarray
    spans: tuple[Span, ...]


def decode_batch(running: Running) -> DecodeBatch:
    """The next step of every active row, grouped by how many pages they attend over."""
    rows = np.array(running.active, np.int64)
    position = running.length[rows]
    sizes = _SIZES[np.searchsorted(_SIZES, position // PAGE + 1)] if len(rows) else rows
    order = np.argsort(sizes, kind="stable")
    rows, position, sizes = rows[order], position[order], sizes[order]
    padding = -len(rows) % ROWS
    slots = running.table[rows, position // PAGE] * PAGE + position % PAGE
    spans = []
    edges = [0, *(np.flatnonzero(np.diff(sizes)) + 1).tolist(), len(rows)]
    for start, stop in pairwise(edges):
        spans.append(Span(start, stop, running.table[rows[start:stop], : sizes[start]]))
    if padding:
        spans.append(Span(len(rows), len(rows) + padding, np.zeros((padding, 2), np.int64)))

    def padded(column: np.ndarray) -> np.ndarray:
        return np.pad(column, (0, padding))

    return DecodeBatch(
        rows,
        padded(running.last_id[rows]),
        padded(position),
        padded(slots),
        padded(position + 1),
        tuple(spans),
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """Positions [start, stop) of a prompt, to be read. `start` begins a page."""

    reading: Reading
    start: int
    stop: int

    @property
    def is_last(self) -> bool:
        """Whether it reaches the end of the prompt."""
        return self.stop == len(self.reading.prompt_ids)


@dataclass(frozen=True, slots=True)
class Block:
    """Queries that attend over equally many positions, from one start: `rows` [B, queries], -1 for padding.

    Query i of a line stands at position `start` + i and sees the first `key_length` positions of `pages`
    [B, key_length / PAGE], as far as they are not ahead of it.
    """

    start: int
    key_length: int
    rows: np.ndarray
    pages: np.ndarray


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """Pieces of prompts in one packed row. `last`: the row of each piece's last token."""

    ids: np.ndarray
    positions: np.ndarray
    slots: np.ndarray
    blocks: tuple[Block, ...]
    last: np.ndarray


def read_batch(pieces: list[Piece]) -> ReadBatch:
    """Pack `pieces`, and cut them into blocks by position alone.

    So a token's attention is the same whatever was read with it and whatever came from the cache.
    """
    ids, positions, slots, last = [], [], [], []
    lines: dict[tuple[int, int, int], list[tuple[int, int, list[int]]]] = {}
    row = 0
    for piece in pieces:
        position = np.arange(piece.start, piece.stop)
        own = piece.reading.sequences[0].pages
        pages = np.array(own, np.int64)
        ids.append(np.array(piece.reading.prompt_ids[piece.start : piece.stop], np.int64))
        positions.append(position)
        slots.append(pages[position // PAGE] * PAGE + position % PAGE)
        for start, stop, key_length in _cuts(piece.start, piece.stop):
            num_queries = -(-(stop - start) // ROWS) * ROWS
            lines.setdefault((start, key_length, num_queries), []).append(
                (row + start - piece.start, stop - start, own)
            )
        row += piece.stop - piece.start
        last.append(row - 1)
    tail = [np.zeros(-row % ROWS, np.int64)]
    return ReadBatch(
        np.concatenate(ids + tail),
        np.concatenate(positions + tail),
        np.concatenate(slots + tail),
        tuple(_block(*key, some) for key, some in lines.items()),
        np.array(last),
    )


def _cuts(start: int, stop: int) -> list[tuple[int, int, int]]:
    """(start, stop, key length) of the blocks of positions [start, stop): up to 64, 128, 256, 512, 1024, ...

    A query's key length follows from its position. From 512 on it is a multiple of 512, the block in which
    attention kernels sum.
    """
    cuts = []
    while start < stop:
        end = next((end for end in (64, 128, 256) if start < end), (start // 512 + 1) * 512)
        cuts.append((start, min(stop, end), end))
        start = end
    return cuts


def _block(start: int, key_length: int, num_queries: int, lines: list[tuple[int, int, list[int]]]) -> Block:
    rows = np.full((len(lines), num_queries), -1)
    pages = np.zeros((len(lines), key_length // PAGE), np.int64)
    for number, (first, length, own) in enumerate(lines):
        rows[number, :length] = np.arange(first, first + length)
        own = own[: pages.shape[1]]
        pages[number, : len(own)] = own
    return Block(start, key_length, rows, pages)
