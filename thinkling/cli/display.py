"""Shows a streamed reply: thinking dimmed (or behind a bar where there is no colour), then the answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TextIO

from thinkling.records import Piece

ShowThinking = Literal["show", "fold", "hide"]

_DIM, _PLAIN, _CLEAR_LINE = "\x1b[2m", "\x1b[0m", "\r\x1b[K"
_BAR = "| "


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown so far of one reply; `is_stopped` when the person stopped it."""

    reasoning: str
    content: str
    is_stopped: bool = False


@dataclass
class Display:
    """Writes pieces to a terminal or a file as they come."""

    out: TextIO
    thinking: ShowThinking = "show"
    has_color: bool = False
    count_tokens: Callable[[str], int] | None = None
    """How many tokens a text has, for the line that stands for folded thinking."""
    clock: Callable[[], float] = time.perf_counter

    def show(self, pieces: Iterable[Piece], is_stopped: Callable[[], bool] = lambda: False) -> Shown:
        """Write `pieces` until they end or `is_stopped` says so, and return what was written."""
        start = self.clock()
        reasoning, content = "", ""
        for piece in pieces:
            if piece.kind == "reasoning":
                self._write_reasoning(reasoning, piece.text)
                reasoning += piece.text
            else:
                text = piece.text if content else piece.text.lstrip("\n")
                if text and not content:
                    self._close_thinking(reasoning, self.clock() - start)
                self._write(printable(text))
                content += text
            if is_stopped():
                break
        if reasoning and not content:
            self._close_thinking(reasoning, self.clock() - start)
        if content and not content.endswith("\n"):
            self._write("\n")
        return Shown(reasoning, content, is_stopped())

    def _write_reasoning(self, earlier: str, text: str) -> None:
        if self.thinking == "show":
            self._write(self._decorated(earlier, printable(text)))
        elif self.thinking == "fold" and self.has_color and not earlier:
            self._write(f"{_DIM}thinking ...{_PLAIN}")

    def _decorated(self, earlier: str, text: str) -> str:
        if self.has_color:
            return f"{_DIM}{text}{_PLAIN}"
        is_line_start = not earlier or earlier.endswith("\n")
        lines = text.split("\n")
        shown = [_BAR + line if line and index else line for index, line in enumerate(lines)]
        first = _BAR if is_line_start and lines[0] else ""
        return first + "\n".join(shown)

    def _close_thinking(self, reasoning: str, seconds: float) -> None:
        if not reasoning:
            return
        if self.thinking == "show":
            self._write("\n" if reasoning.endswith("\n") else "\n\n")
        elif self.thinking == "fold":
            line = folded(seconds, self.count_tokens(reasoning) if self.count_tokens else None)
            self._write(f"{_CLEAR_LINE}{_DIM}{line}{_PLAIN}\n" if self.has_color else f"{line}\n")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


def folded(seconds: float, num_tokens: int | None) -> str:
    """The line that stands for the thinking: "thought for 1.2 s, 34 tokens"."""
    if num_tokens is None:
        return f"thought for {seconds:.1f} s"
    return f"thought for {seconds:.1f} s, {num_tokens} token{'' if num_tokens == 1 else 's'}"


def printable(text: str) -> str:
    """`text` without control characters, so that no model can move the cursor or colour a terminal."""
    return "".join(char for char in text if char in "\n\t" or not _is_control(char))


def _is_control(char: str) -> bool:
    return ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads or writes `stream` directly."""
    return stream is not None and not stream.closed and stream.isatty()


def has_color(stream: TextIO | None) -> bool:
    """Whether escape codes help here: a terminal that has not said NO_COLOR."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
