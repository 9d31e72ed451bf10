"""Ids to text that is safe to show, as they are sampled: the first step on the way up.

Two things may not be shown yet: the first bytes of a character, and a text that may be the beginning of a
stop text. Both are held back, and the whole costs time linear in the text (Knuth-Morris-Pratt matching).
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from thinkling.text.tokenizer import Tokenizer


class TextStream:
    """Decodes one growing answer. Where the bytes are no UTF-8, U+FFFD is shown, as `decode` does."""

    def __init__(self, tokenizer: Tokenizer, stop: Sequence[str] = (), skip_special: bool = True) -> None:
        """`stop` texts end the answer; `skip_special` leaves out BOS, EOS and pad, never the think tags."""
        self.stopped_by: str | None = None
        """The stop text that has appeared: it and what follows are never shown."""
        self._bytes_of = tokenizer.bytes_of
        self._silent_ids = tokenizer.silent_ids if skip_special else frozenset[int]()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stops = [_StopText(text) for text in ((stop,) if isinstance(stop, str) else stop)]
        self._held = ""

    @property
    def is_stopped(self) -> bool:
        """Whether a stop text has appeared."""
        return self.stopped_by is not None

    def feed(self, ids: Sequence[int]) -> str:
        """The text that `ids` make safe to show."""
        bytes_of, silent = self._bytes_of, self._silent_ids
        shown = b"".join([bytes_of(index) for index in ids if index not in silent])
        return self._release(self._decoder.decode(shown))

    def flush(self) -> str:
        """What was held back, once no more ids come; nothing after a stop text."""
        text = self._release(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return text + held

    def _release(self, text: str) -> str:
        if not self._stops:
            return text
        if self.is_stopped:
            return ""
        pending = self._held + text
        for end, letter in enumerate(text, start=len(self._held) + 1):
            found = [stop.text for stop in self._stops if stop.advance(letter)]
            if found:
                self.stopped_by = max(found, key=len)
                self._held = ""
                return pending[: end - len(self.stopped_by)]
        shown = len(pending) - max((stop.matched for stop in self._stops), default=0)
        self._held = pending[shown:]
        return pending[:shown]


class _StopText:
    """How much of one stop text stands at the end of what was read so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.matched = 0
        self._fallbacks = [0] * len(text)  # [i]: longest proper border of text[:i + 1]
        for i in range(1, len(text)):
            self._fallbacks[i] = self._step(self._fallbacks[i - 1], text[i])

    def advance(self, letter: str) -> bool:
        """Read one character; True where it completes the stop text."""
        self.matched = self._step(self.matched, letter)
        return self.matched == len(self.text)

    def _step(self, matched: int, letter: str) -> int:
        while matched and self.text[matched] != letter:
            matched = self._fallbacks[matched - 1]
        return matched + 1 if self.text[matched] == letter else 0
