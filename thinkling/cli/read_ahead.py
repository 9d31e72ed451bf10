"""Takes a conversation into a model's cache while a person reads, in a thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thinkling.llm import LLM
    from thinkling.records import Message
    from thinkling.remote import Remote


class ReadAhead:
    """At most one thread is with the model: `start` it, and `stop` it before anything else asks the model."""

    def __init__(self, llm: LLM | Remote) -> None:
        self._llm = llm
        self._is_enough = threading.Event()
        self._has_left = threading.Event()
        self._has_left.set()

    def start(self, messages: list[Message]) -> None:
        """Begin, unless the last thread is still there."""
        if self._has_left.is_set():
            self._is_enough, self._has_left = threading.Event(), threading.Event()
            work = (messages, self._is_enough, self._has_left)
            threading.Thread(target=self._read, args=work, daemon=True).start()

    def stop(self) -> None:
        """Return when the thread has left the model, a step later; what was read is kept.

        A Ctrl-C on the way is raised after that: the model is never used by two.
        """
        self._is_enough.set()
        interrupt: KeyboardInterrupt | None = None
        while not self._has_left.is_set():
            try:
                self._has_left.wait()
            except KeyboardInterrupt as error:
                interrupt = error
        if interrupt is not None:
            raise interrupt

    def _read(self, messages: list[Message], is_enough: threading.Event, has_left: threading.Event) -> None:
        try:
            self._llm.read_ahead(messages, is_enough.is_set)
        # It is only a favour: whatever is wrong with the conversation, the next answer will say it.
        except Exception:
            return
        finally:
            has_left.set()
