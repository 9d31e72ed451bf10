"""Which pages of the cache belong to whom: integers only, no tensors.

Page 0 is nobody's: padding rows write there. A page may be shared (the common prompt of n completions); it
is free again when its last owner lets go.
"""

from __future__ import annotations

from collections.abc import Iterable

PAGE = 16
"""Positions in one page."""


def pages_for(num_positions: int) -> int:
    """Pages that hold this many positions."""
    return -(-num_positions // PAGE)


class Pages:
    """A free list with owner counts."""

    def __init__(self, num_pages: int) -> None:
        # Taken from the end, so that early pages go first and runs are contiguous on a quiet machine.
        self._free = list(range(num_pages - 1, 0, -1))
        self._owners = [0] * num_pages
        self.num_pages = num_pages - 1

    @property
    def num_free(self) -> int:
        """Pages nobody owns."""
        return len(self._free)

    def take(self, count: int) -> list[int]:
        """Own `count` free pages."""
        assert count <= len(self._free), "the scheduler admitted more than fits"
        taken = self._free[len(self._free) - count :][::-1]
        del self._free[len(self._free) - count :]
        for page in taken:
            self._owners[page] = 1
        return taken

    def share(self, pages: Iterable[int]) -> None:
        """Add an owner to pages that are in use."""
        for page in pages:
            assert self._owners[page] > 0, "only a page in use can be shared"
            self._owners[page] += 1

    def release(self, pages: Iterable[int]) -> None:
        """Let go of pages; those without owners are free."""
        freed = []
        for page in pages:
            assert self._owners[page] > 0, "a page was released twice"
            self._owners[page] -= 1
            if not self._owners[page]:
                freed.append(page)
        self._free.extend(reversed(freed))
