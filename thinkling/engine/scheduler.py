"""Who runs next: requests are admitted in order, each with all the pages it can ever need.

So none is ever evicted.
"""

from __future__ import annotations

from collections import deque

from thinkling.engine.batch import Running
from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.request import Request, Sequence
from thinkling.engine.thinking import ThinkingWatch
from thinkling.errors import RequestError


class Scheduler:
    """Waiting requests, the running table and the pages."""

    def __init__(self, pages: Pages, num_rows: int, prefill_tokens: int) -> None:
        self.pages = pages
        self.running = Running(num_rows)
        self.num_rows = num_rows
        self.prefill_tokens = prefill_tokens
        self.waiting: deque[Request] = deque()

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
        """Take waiting requests that fit now: rows, pages and the prompt tokens of one step."""
        admitted: list[Request] = []
        num_tokens = 0
        while self.waiting:
            request = self.waiting[0]
            num_tokens += len(request.prompt_ids)
            is_too_much = bool(admitted) and num_tokens > self.prefill_tokens
            has_rows = len(self.running.free) >= request.params.n
            needed = _pages_needed(len(request.prompt_ids), request.params.n, request.max_length)
            if is_too_much or not has_rows or needed > self.pages.num_free:
                break
            self.waiting.popleft()
            self._place(request)
            admitted.append(request)
        return admitted

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

    def _place(self, request: Request) -> None:
        """Rows and pages for the n completions; they share the full pages of the prompt."""
        num_shared = len(request.prompt_ids) // PAGE
        num_own = pages_for(request.max_length) - num_shared
        shared = self.pages.take(num_shared)
        for index in range(request.params.n):
            if index:
                self.pages.share(shared)
            pages = shared + self.pages.take(num_own)
            watch = None
            if request.bounds is not None:
                watch = ThinkingWatch(request.bounds, request.max_length - len(request.prompt_ids))
            request.sequences.append(Sequence(request, index, self.running.free.pop(), pages, watch=watch))
        request.num_open = request.params.n


def _pages_needed(prompt_length: int, n: int, max_length: int) -> int:
    """Pages for n completions of at most `max_length` tokens that share the full pages of their prompt."""
    shared = prompt_length // PAGE
    return shared + n * (pages_for(max_length) - shared)
