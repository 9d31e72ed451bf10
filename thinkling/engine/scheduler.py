"""Who runs next: requests are admitted in order, each with all the pages it can ever need.

So none is ever evicted. An admitted request is read in pieces, beginning where the cache leaves off, and then
its completions run.
"""

from __future__ import annotations

from collections import deque

from thinkling.engine.batch import Piece, Running
from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.request import Request, Sequence
from thinkling.engine.thinking import ThinkingWatch
from thinkling.errors import RequestError


class Scheduler:
    """Waiting and reading requests, the running table and the pages."""

    def __init__(self, pages: Pages, num_rows: int) -> None:
        self.pages = pages
        self.running = Running(num_rows)
        self.num_rows = num_rows
        self.waiting: deque[Request] = deque()
        self.reading: list[Request] = []

    def add(self, request: Request) -> None:
        """Queue a request. Raises RequestError if it could not run even alone."""
        self.check(len(request.prompt_ids), request.params.n, request.max_length)
        self.waiting.append(request)

    def check(self, prompt_length: int, n: int, max_length: int) -> None:
        """Raises RequestError if such a request could not run even alone."""
        needed = _pages_needed(prompt_length, n, max_length)
        if needed > self.pages.num_pages or n > self.num_rows:
            raise RequestError(
                f"the request needs {needed * PAGE} cache positions in {n} rows, "
                f"and the engine has {self.pages.num_pages * PAGE} in {self.num_rows}.",
                "ask for fewer tokens or fewer completions, or give the engine a larger cache",
            )

    def admit(self) -> list[Request]:
        """Begin to read the waiting requests that fit now, in their order."""
        admitted: list[Request] = []
        while self.waiting:
            request = self.waiting[0]
            # The last token is always read: its logits are wanted.
            known, content = self.pages.find(request.prompt_ids[:-1])
            needed = _pages_needed(len(request.prompt_ids), request.params.n, request.max_length)
            has_rows = len(self.running.free) >= request.params.n
            if not has_rows or needed - self.pages.num_owned(known) > self.pages.num_free:
                break
            self.waiting.popleft()
            self._place(request, known)
            request.num_cached = request.num_read = len(known) * PAGE
            request.content = content
            admitted.append(request)
        self.reading += admitted
        return admitted

    def pieces(self, max_tokens: int) -> list[Piece]:
        """What is read next: the unread rest of the first requests, at most `max_tokens` in all.

        A piece that does not reach the end of its prompt ends with a page.
        """
        pieces: list[Piece] = []
        room = max(PAGE, max_tokens // PAGE * PAGE)
        for request in self.reading:
            stop = min(len(request.prompt_ids), request.num_read + room)
            pieces.append(Piece(request.sequences[0], request.num_read, stop))
            room -= pages_for(stop - request.num_read) * PAGE
            if room <= 0:
                break
        return pieces

    def note_read(self, piece: Piece) -> bool:
        """The piece is in the cache; returns whether its prompt has been read to the end."""
        request, pages = piece.sequence.request, piece.sequence.pages
        for start in range(piece.start, piece.stop - PAGE + 1, PAGE):
            ids = request.prompt_ids[start : start + PAGE]
            request.content = self.pages.remember(request.content, ids, pages[start // PAGE])
        request.num_read = piece.stop
        is_read = piece.stop == len(request.prompt_ids)
        if is_read:
            self.reading.remove(request)
        return is_read

    def put_back(self, requests: list[Request]) -> None:
        """Undo `admit` for requests that do not run yet: they wait again, first as before."""
        for request in sorted(requests, key=lambda request: request.number, reverse=True):
            self.finish(request.sequences)
            request.sequences, request.num_open = [], 0
            self.waiting.appendleft(request)

    def finish(self, sequences: list[Sequence]) -> None:
        """Give back the rows and pages of ended sequences."""
        for sequence in sequences:
            self.pages.release(sequence.pages)
        self.running.drop({sequence.row for sequence in sequences})
        ended = {sequence.request.number for sequence in sequences}
        self.reading = [one for one in self.reading if one.number not in ended]

    def _place(self, request: Request, known: list[int]) -> None:
        """Rows and pages for the n completions; they share the full pages of the prompt."""
        num_shared = len(request.prompt_ids) // PAGE
        num_own = pages_for(request.max_length) - num_shared
        self.pages.share(known)
        shared = known + self.pages.take(num_shared - len(known))
        for index in range(request.params.n):
            if index:
                self.pages.share(shared)
            pages = shared + self.pages.take(num_own)
            watch = None
            if request.bounds is not None:
                watch = ThinkingWatch(request.bounds, request.max_length - len(request.prompt_ids))
            row = self.running.free.pop()
            request.sequences.append(Sequence(request, index, row, pages, watch=watch))
        request.num_open = request.params.n


def _pages_needed(prompt_length: int, n: int, max_length: int) -> int:
    """Pages for n completions of at most `max_length` tokens that share the full pages of their prompt."""
    shared = prompt_length // PAGE
    return shared + n * (pages_for(max_length) - shared)
