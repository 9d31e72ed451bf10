"""Who runs next, and where in the cache.

Requests are admitted in order. Where there is plenty of room, a completion gets all the pages it can ever
need, side by side; otherwise it begins with few and grows. Where no page is left to grow into, the youngest
gives up its own: it waits, is read again later and says what it had said once more (token by token, through
the same arithmetic), so that its answer is the one it would have given.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.reading import BLOCK, Piece
from thinkling.engine.request import NOWHERE, Reading, Request, Sequence
from thinkling.engine.running import Running, attended_pages
from thinkling.errors import RequestError

PLENTY = 4
"""Pages for all that can ever come are given where so many times as many are free."""


class Scheduler:
    """Everything that waits, is read or runs, and the pages."""

    def __init__(self, pages: Pages, num_rows: int) -> None:
        self.pages = pages
        self.running = Running(num_rows)
        self.num_rows = num_rows
        self.waiting: deque[Request] = deque()
        self.paused: list[Sequence] = []
        """Sequences of admitted requests that have no place, in their order."""
        self.reading: list[Reading] = []

    @property
    def has_waiting(self) -> bool:
        """Whether anything could be admitted."""
        return bool(self.waiting or self.paused)

    def add(self, request: Request) -> None:
        """Queue a request. Raises RequestError if it could not run even alone."""
        self.check(request.params.n, request.max_length)
        self.waiting.append(request)

    def check(self, n: int, max_length: int) -> None:
        """Raises RequestError if such a request could not run even alone."""
        if pages_for(max_length) > self.pages.num_pages or n > self.num_rows:
            raise RequestError(
                f"the request needs {max_length} cache positions in each of {n} rows, "
                f"and the engine has {self.pages.num_pages * PAGE} in {self.num_rows}.",
                "ask for fewer tokens or fewer completions, or give the engine a larger cache",
            )

    def admit(self) -> None:
        """Begin to read what waits and fits now, in its order: who waits again goes before the new."""
        while self.paused:
            if not self._place([self.paused[0]]):
                return
        while self.waiting and not self.paused:
            request = self.waiting[0]
            sequences = request.sequences or request.begin()
            if not self._place([one for one in sequences if one.finish_reason is None]):
                return
            self.waiting.popleft()

    def pieces(self, max_tokens: int) -> list[Piece]:
        """What is read next: the unread rest of the first prompts, at most `max_tokens` in all.

        A piece that does not reach the end of its prompt ends with a page, and where it can with a block of
        attention, which would otherwise be read twice.
        """
        pieces: list[Piece] = []
        room = max(PAGE, max_tokens // PAGE * PAGE)
        for reading in self.reading:
            start, stop = reading.num_read, min(len(reading.prompt_ids), reading.num_read + room)
            if stop < len(reading.prompt_ids) and stop - stop % BLOCK > start:
                stop -= stop % BLOCK
            pieces.append(Piece(reading, start, stop))
            room -= pages_for(stop - start) * PAGE
            if room <= 0:
                break
        return pieces

    def note_read(self, piece: Piece) -> None:
        """The piece is in the cache."""
        reading, pages = piece.reading, piece.reading.sequences[0].pages
        for start in range(piece.start, piece.stop - PAGE + 1, PAGE):
            ids = reading.prompt_ids[start : start + PAGE]
            reading.content = self.pages.remember(reading.content, ids, pages[start // PAGE])
        reading.num_read = piece.stop
        if piece.is_last:
            self.reading.remove(reading)

    def grow(self) -> None:
        """Give every running sequence the page of its next token; the youngest ones make room."""
        running = self.running
        rows = np.array(running.active, np.int64)
        rows = rows[running.length[rows] // PAGE >= running.num_pages[rows]]
        for sequence in sorted((running.sequence_at(row) for row in rows.tolist()), key=lambda one: one.rank):
            while not self.pages.num_free and sequence.row != NOWHERE:
                self._pause_youngest()
            if sequence.row == NOWHERE:
                continue
            missing = _pages_at(int(running.length[sequence.row]), sequence.request) - len(sequence.pages)
            # While others may have to give way, nobody takes more than a page.
            most = missing if self.pages.num_free > len(running.active) else 1
            sequence.pages += self.pages.take(min(missing, most, self.pages.num_free))
            running.lay_out(sequence)

    def pause_readings(self) -> None:
        """What is being read waits again, and who was read but has no token yet."""
        for reading in [*self.reading]:
            self._pause(reading.sequences)
        for row in [*self.running.active]:
            if not self.running.has_begun[row]:
                self._pause([self.running.sequence_at(row)])

    def finish(self, sequences: list[Sequence]) -> None:
        """Forget ended sequences, wherever they are, and give back what they have."""
        ended = set(sequences)
        for reading in [*self.reading]:
            if not ended.isdisjoint(reading.sequences):
                self._pause(reading.sequences)
        self._release(sequences)
        self.paused = [one for one in self.paused if one not in ended]

    def _pause_youngest(self) -> None:
        running = [self.running.sequence_at(row) for row in self.running.active]
        read = [one for reading in self.reading for one in reading.sequences]
        youngest = max([*running, *read], key=lambda one: one.rank)
        of_reading = [reading for reading in self.reading if youngest in reading.sequences]
        self._pause(of_reading[0].sequences if of_reading else [youngest])

    def _pause(self, sequences: list[Sequence]) -> None:
        """Take their places; what they said is kept."""
        for one in sequences:
            one.kept_ids, one.kept_logprobs = self.running.said(one)
        self._release(sequences)
        self.reading = [one for one in self.reading if one.sequences is not sequences]
        self.paused = sorted([*self.paused, *sequences], key=lambda one: one.rank)

    def _release(self, sequences: list[Sequence]) -> None:
        for one in sequences:
            self.pages.release(one.pages)
        self.running.drop({one.row for one in sequences if one.row != NOWHERE})
        for one in sequences:
            one.pages, one.row = [], NOWHERE

    def _place(self, sequences: list[Sequence]) -> bool:
        """Rows and pages for as many of one request's sequences as fit, sharing the prompt's full pages.

        False, and nothing is changed, where not even the first fits; the others wait with those that paused.
        """
        request = sequences[0].request
        num_full = len(request.prompt_ids) // PAGE
        # Somebody who was paused comes back with room for the others to grow.
        margin = len(self.running.active) if sequences[0] in self.paused else 0
        fewest = [_fewest_pages(one) - num_full for one in sequences]
        if not self.running.free or fewest[0] + margin > self.pages.num_free:
            return False
        # The last token is always read: its logits are wanted.
        known, content = self.pages.find(request.prompt_ids[:-1])
        num_free = self.pages.num_free - len(known) + self.pages.num_owned(known) - (num_full - len(known))
        whole = pages_for(request.max_length) - num_full
        has_plenty = PLENTY * whole * len(sequences) <= num_free
        own = [whole] * len(sequences) if has_plenty else fewest
        fitting = int(np.searchsorted(np.cumsum(own), num_free - margin, side="right"))
        placed = sequences[: min(fitting, len(self.running.free))]
        if not placed:
            return False
        self.pages.share(known)
        shared = known + self.pages.take(num_full - len(known))
        for one, count in zip(placed, own, strict=False):
            if one is not placed[0]:
                self.pages.share(shared)
            one.pages, one.row = shared + self.pages.take(count), self.running.free.pop()
        waiting = {*self.paused, *sequences}.difference(placed)
        self.paused = sorted(waiting, key=lambda one: one.rank)
        if request.num_cached is None:
            request.num_cached = len(known) * PAGE
        self.reading.append(Reading(placed, len(known) * PAGE, content))
        return True


def _fewest_pages(sequence: Sequence) -> int:
    """Pages with which it can begin."""
    return _pages_at(len(sequence.request.prompt_ids) + len(sequence.kept_ids), sequence.request)


def _pages_at(position: int, request: Request) -> int:
    """Pages for a token of the request at `position`, and as many more as it attends over anyway."""
    return min(int(attended_pages(np.array(position))), pages_for(request.max_length))
