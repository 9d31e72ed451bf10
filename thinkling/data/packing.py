"""Whole documents into rows of a fixed length, by best fit: few padding tokens, no document cut.

V3 pretrained on packed rows without a mask between documents (arXiv 2412.19437, section 4.1), so a row is
just ids; "best-fit packing" is arXiv 2404.10830.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thinkling.errors import TaskError


def assign_rows(lengths: Sequence[int], row_length: int) -> list[list[int]]:
    """Which documents share a row. Longest first, each goes to the fullest row that still holds it.

    Within a row documents keep their given order, so that no position of a row belongs to short ones.
    Raises TaskError for a document longer than a row.
    """
    longest = max(lengths, default=0)
    if longest > row_length:
        raise TaskError(
            f"a document has {longest} tokens, a row only {row_length}.",
            f"set row_length to {longest} or more",
        )
    rows: list[list[int]] = []
    spaces: list[tuple[int, int]] = []  # (free tokens, row), ascending
    for document in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        place = bisect_left(spaces, (lengths[document], -1))
        if place == len(spaces):
            rows.append([])
            free, row = row_length, len(rows) - 1
        else:
            free, row = spaces.pop(place)
        rows[row].append(document)
        insort(spaces, (free - lengths[document], row))
    return [sorted(row) for row in rows]


def pack_rows(documents: Sequence[NDArray[np.uint16]], row_length: int, pad_id: int) -> NDArray[np.uint16]:
    """Rows of `row_length` ids, each a few whole documents and then padding. Raises TaskError."""
    assigned = assign_rows([len(document) for document in documents], row_length)
    rows = np.full((len(assigned), row_length), pad_id, dtype=np.uint16)
    for row, members in zip(rows, assigned, strict=True):
        ids = np.concatenate([documents[member] for member in members])
        row[: len(ids)] = ids
    return rows
