"""Ctrl-C while an answer streams: the first asks it to stop, the second insists."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """While entered, the first SIGINT only sets `has_happened`; a second raises KeyboardInterrupt.

    So the engine is never torn in the middle of a step: the stream is closed between two pieces. Outside the
    main thread, where Python delivers no signals, it changes nothing.
    """

    def __init__(self) -> None:
        self.has_happened = False
        self._previous: Any = None

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.has_happened:
            raise KeyboardInterrupt
        self.has_happened = True
