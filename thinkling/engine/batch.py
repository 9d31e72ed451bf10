"""The rows of one decode step, cut from the running table."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Tokens
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from thinkling.engine.pages import PAGE
from thinkling.engine.running import Running, attended_pages

ROWS = 16
"""A packed row is a multiple of this many tokens: then no token's arithmetic depends on its neighbours.

Measured in fp32 on a CPU: a product of 8 rows, or of no multiple of 8, sums in another order.
"""


def leaves_room(num_rows: int) -> bool:
    """Whether each of so many rows may have a guess beside it in a step."""
    return 2 * num_rows <= ROWS


NO_DRAFTS: Mapping[int, Tokens[int]] = {}


@dataclass(frozen=True, slots=True)
class Span:
    """Rows [start, stop) of the step that attend over equally many pages: `pages` [rows, pages]."""

    start: int
    stop: int
    pages: np.ndarray


@dataclass(frozen=True, slots=True)
class DecodeBatch:
    """One decode step; the arrays after `ahead` are padded.

    `rows` index the running table. A row with drafts stands there several times: `ahead` 0 is its last token,
    1 its first draft. `order`: where each stood in what the batch was made of.
    """

    rows: np.ndarray
    order: np.ndarray
    ahead: np.ndarray
    ids: np.ndarray
    positions: np.ndarray
    slots: np.ndarray
    lengths: np.ndarray
    spans: tuple[Span, ...]


def decode_batch(
    running: Running, drafts: Mapping[int, Tokens[int]] = NO_DRAFTS, multiple: int = ROWS
) -> DecodeBatch:
    """The next step of every active row and its drafts, grouped by how many pages they attend over.

    The row is filled up to a `multiple` of tokens.
    A draft is a row like any other: its token is in the cache before anybody attends.
    """
    rows, ids = np.array(running.active, np.int64), running.last_id[running.active]
    ahead = np.zeros(len(rows), np.int64)
    if drafts:
        said = [(row, i, token) for row, some in drafts.items() for i, token in enumerate(some, start=1)]
        more = np.array(said, np.int64).reshape(-1, 3)
        rows, ahead, ids = (np.concatenate(pair) for pair in zip((rows, ahead, ids), more.T, strict=True))
    return _batch(running, rows, ahead, ids, running.length[rows] + ahead, multiple)


def ahead_batch(running: Running, rows: np.ndarray, ids: np.ndarray, position: np.ndarray) -> DecodeBatch:
    """Rows for multi-token prediction: `ids` are the tokens after those at `position`."""
    return _batch(running, rows, np.zeros(len(rows), np.int64), ids, position, 1)


def _batch(
    running: Running,
    rows: np.ndarray,
    ahead: np.ndarray,
    ids: np.ndarray,
    position: np.ndarray,
    multiple: int,
) -> DecodeBatch:
    sizes = attended_pages(position)
    order = np.argsort(sizes, kind="stable")
    rows, ahead, ids, position, sizes = (x[order] for x in (rows, ahead, ids, position, sizes))
    padding = -len(rows) % multiple
    slots = running.table[rows, position // PAGE] * PAGE + position % PAGE
    spans = []
    edges = [0, *(np.flatnonzero(np.diff(sizes)) + 1).tolist(), len(rows)]
    for start, stop in pairwise(edges):
        spans.append(Span(start, stop, running.table[rows[start:stop], : sizes[start]]))
    if padding:
        spans.append(Span(len(rows), len(rows) + padding, np.zeros((padding, 2), np.int64)))

    def padded(column: np.ndarray) -> np.ndarray:
        return np.pad(column, (0, padding))

    # Padding sees one position: attention to nothing is not defined.
    lengths = np.pad(position + 1, (0, padding), constant_values=1)
    return DecodeBatch(
        rows, order, ahead, padded(ids), padded(position), padded(slots), lengths, tuple(spans)
    )
