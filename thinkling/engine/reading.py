"""The rows of one step of reading: pieces of prompts, cut into blocks of attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thinkling.engine.batch import ROWS
from thinkling.engine.pages import PAGE
from thinkling.engine.request import Reading

BLOCK = 512
"""Positions in which attention kernels sum: longer pasts are attended over in multiples of it."""


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
    """Pieces of prompts in one packed row. `last`: the row of each piece's last token.

    `next_ids`: the token after each; 0 after the last one of a prompt, and for padding.
    """

    ids: np.ndarray
    next_ids: np.ndarray
    positions: np.ndarray
    slots: np.ndarray
    blocks: tuple[Block, ...]
    last: np.ndarray


def read_batch(pieces: list[Piece]) -> ReadBatch:
    """Pack `pieces`, and cut them into blocks by position alone.

    So a token's attention is the same whatever was read with it and whatever came from the cache.
    """
    ids, next_ids, positions, slots, last = [], [], [], [], []
    lines: dict[tuple[int, int, int], list[tuple[int, int, list[int]]]] = {}
    row = 0
    for piece in pieces:
        position = np.arange(piece.start, piece.stop)
        own = piece.reading.sequences[0].pages
        pages = np.array(own, np.int64)
        prompt_ids = piece.reading.prompt_ids
        ids.append(np.array(prompt_ids[piece.start : piece.stop], np.int64))
        after = prompt_ids[piece.start + 1 : piece.stop + 1]
        next_ids.append(np.array([*after, 0] if piece.is_last else after, np.int64))
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
        np.concatenate(next_ids + tail),
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
        end = next((end for end in (64, 128, 256) if start < end), (start // BLOCK + 1) * BLOCK)
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
