"""Which pages of the cache belong to whom, and what may be read again: integers only, no tensors.

Page 0 is nobody's: padding rows write there. A page may be shared (a common beginning); it is free again when
its last owner lets go. A full page of a prompt is remembered by what it holds and what stands before it, so
that the next prompt with this beginning finds it, for as long as nobody needs its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

PAGE = 16
"""Positions in one page."""
ROOT = 0
"""What stands before the first page."""

Key = tuple[int, tuple[int, ...]]
"""The content before a page, by its number, and the page's own token ids."""


def pages_for(num_positions: int) -> int:
    """Pages that hold this many positions."""
    return -(-num_positions // PAGE)


class Pages:
    """A free list with owner counts, and the contents that are remembered."""

    def __init__(self, num_pages: int) -> None:
        # Taken from the end, so that early pages go first and runs are contiguous on a quiet machine.
        self._free = list(range(num_pages - 1, 0, -1))
        self._owners = [0] * num_pages
        self.num_pages = num_pages - 1
        self.num_touched = 0
        """Pages up to the last one that was ever owned: what lies behind takes no memory yet."""
        # Without owners but remembered, the longest unused first.
        self._idle: dict[int, None] = {}
        self._page_of: dict[Key, int] = {}
        self._key_of: dict[int, Key] = {}
        self._content_of: dict[int, int] = {}
        self._num_contents = ROOT

    @property
    def num_free(self) -> int:
        """Pages nobody owns."""
        return len(self._free) + len(self._idle)

    def take(self, count: int) -> list[int]:
        """Own `count` pages that nobody owns; what is longest unused is forgotten first."""
        assert count <= self.num_free, "the scheduler admitted more than fits"
        while len(self._free) < count:
            page = next(iter(self._idle))
            del self._idle[page]
            self._forget(page)
            self._free.append(page)
        taken = self._free[len(self._free) - count :][::-1]
        del self._free[len(self._free) - count :]
        for page in taken:
            self._owners[page] = 1
            self.num_touched = max(self.num_touched, page)
        return taken

    def share(self, pages: Iterable[int]) -> None:
        """Add an owner to pages that are in use, or remembered."""
        for page in pages:
            assert self._owners[page] > 0 or page in self._idle, "only a page in use can be shared"
            self._idle.pop(page, None)
            self._owners[page] += 1

    def release(self, pages: Sequence[int]) -> None:
        """Let go of the pages of a sequence, in its order; those without owners are free."""
        freed = []
        # The end first: it is of no use without the beginning, and so is forgotten before it.
        for page in reversed(pages):
            assert self._owners[page] > 0, "a page was released twice"
            self._owners[page] -= 1
            if not self._owners[page]:
                if page in self._key_of:
                    self._idle[page] = None
                else:
                    freed.append(page)
        self._free.extend(freed)

    def num_owned(self, pages: Iterable[int]) -> int:
        """How many of these pages somebody owns."""
        return sum(self._owners[page] > 0 for page in pages)

    def remember(self, before: int, ids: Sequence[int], page: int) -> int:
        """`page` holds `ids` after the content `before`; returns the number of the content up to its end.

        Where another page holds the same already, that one stays the remembered one.
        """
        key = (before, tuple(ids))
        known = self._page_of.get(key)
        if known is not None:
            return self._content_of[known]
        self._num_contents += 1
        self._page_of[key], self._key_of[page] = page, key
        self._content_of[page] = self._num_contents
        return self._num_contents

    def find(self, ids: Sequence[int]) -> tuple[list[int], int]:
        """The remembered pages that `ids` begin with, and the number of their content."""
        found: list[int] = []
        content = ROOT
        for start in range(0, len(ids) - PAGE + 1, PAGE):
            page = self._page_of.get((content, tuple(ids[start : start + PAGE])))
            if page is None:
                break
            found.append(page)
            content = self._content_of[page]
        return found, content

    def forget_all(self) -> None:
        """Nothing is remembered any more (the weights have changed)."""
        for page in [*self._key_of]:
            self._forget(page)
        self._free.extend(sorted(self._idle, reverse=True))
        self._idle.clear()

    def _forget(self, page: int) -> None:
        del self._page_of[self._key_of.pop(page)]
        del self._content_of[page]
