"""Calls of tools in an answer, as DeepSeek's models write them: the last step on the way up.

    <calls begin> <call begin>function<sep>NAME \\n```json\\n ARGUMENTS \\n``` <call end> ... <calls end>

V3.1 leaves out the word and the fence. The parser stands behind the one of thinking and reads only content;
what it makes of a text does not depend on how the text is cut into feeds.
"""

from __future__ import annotations

from collections.abc import Sequence

from thinkling.records import Piece, ToolCall
from thinkling.text.special import (
    TOOL_CALL_BEGIN,
    TOOL_CALL_END,
    TOOL_CALLS_BEGIN,
    TOOL_CALLS_END,
    TOOL_SEP,
)
from thinkling.text.thinking import joined

TYPE_WORD = "function"
FENCE_OPEN = "```json\n"
MOST_CALLS = 128


class ToolSplitter:
    """Parts content into text and calls. A call is pieces of kind "tool_call": the first one has its name.

    Text after the calls is dropped if it is blank, and content if it is not. What breaks the form is content.
    """

    def __init__(self) -> None:
        self._unread = ""
        self._state = "text"
        self._index = -1
        self._has_fence = False

    def feed(self, text: str) -> list[Piece]:
        """The pieces that `text` completes."""
        self._unread += text
        pieces: list[Piece] = []
        while self._advance(pieces):
            pass
        return joined(pieces)

    def flush(self) -> list[Piece]:
        """The rest, once the text has ended."""
        rest, self._unread = self._unread, ""
        if self._state == "arguments":
            rest = self._without_fence(rest[: len(rest) - _overlap(rest, TOOL_CALL_END)])
            return [Piece("tool_call", rest, self._index)] if rest else []
        is_shown = rest.strip() or (rest and self._index < 0)
        return [Piece("content", rest)] if is_shown else []

    def _advance(self, pieces: list[Piece]) -> bool:
        """Read one part; False where more text is needed."""
        return {
            "text": self._read_text,
            "between": self._read_between,
            "name": self._read_name,
            "fence": self._read_fence,
            "arguments": self._read_arguments,
        }[self._state](pieces)

    def _read_text(self, pieces: list[Piece]) -> bool:
        before, tag, after = self._unread.partition(TOOL_CALLS_BEGIN)
        if tag and self._index + 1 < MOST_CALLS:
            # The layout before the calls is no answer.
            self._say(pieces, before.rstrip())
            self._unread, self._state = after, "between"
            return True
        # Blanks wait too: before a call they are layout.
        held = self._unread[: len(self._unread) - _overlap(self._unread, TOOL_CALLS_BEGIN)].rstrip()
        self._say(pieces, held)
        self._unread = self._unread[len(held) :]
        return False

    def _read_between(self, pieces: list[Piece]) -> bool:
        text = self._unread.lstrip()
        for tag, state in ((TOOL_CALL_BEGIN, "name"), (TOOL_CALLS_END, "text")):
            is_one_more = tag == TOOL_CALL_BEGIN and self._index + 1 >= MOST_CALLS
            if text.startswith(tag) and not is_one_more:
                self._unread, self._state = text[len(tag) :], state
                return True
        if any(tag != text and tag.startswith(text) for tag in (TOOL_CALL_BEGIN, TOOL_CALLS_END)):
            return False
        self._state = "text"
        return True

    def _read_name(self, pieces: list[Piece]) -> bool:
        first, tag, after = self._unread.partition(TOOL_SEP)
        if not tag:
            return False
        if first.strip() == TYPE_WORD:
            name, newline, after = after.partition("\n")
            if not newline:
                return False
        else:
            name = first
        self._index += 1
        pieces.append(Piece("tool_call", "", self._index, name.strip()))
        self._unread, self._state = after, "fence"
        return True

    def _read_fence(self, pieces: list[Piece]) -> bool:
        text = self._unread.lstrip()
        if text.startswith(FENCE_OPEN):
            text, self._has_fence = text[len(FENCE_OPEN) :], True
        elif FENCE_OPEN.startswith(text):
            return False
        else:
            self._has_fence = False
        self._unread, self._state = text, "arguments"
        return True

    def _read_arguments(self, pieces: list[Piece]) -> bool:
        before, tag, after = self._unread.partition(TOOL_CALL_END)
        if tag:
            self._argue(pieces, self._without_fence(before))
            self._unread, self._state = after, "between"
            return True
        # What may be the fence or the end of the call waits.
        shown = self._without_fence(self._unread[: len(self._unread) - _overlap(self._unread, TOOL_CALL_END)])
        self._argue(pieces, shown)
        self._unread = self._unread[len(shown) :]
        return False

    def _without_fence(self, text: str) -> str:
        """The arguments without what closes them, or begins to."""
        text = text.rstrip()
        if not self._has_fence:
            return text
        ticks = next(n for n in (3, 2, 1, 0) if text.endswith("`" * n))
        return text[: len(text) - ticks].rstrip() if ticks else text

    def _say(self, pieces: list[Piece], text: str) -> None:
        if text:
            pieces.append(Piece("content", text))

    def _argue(self, pieces: list[Piece], text: str) -> None:
        if text:
            pieces.append(Piece("tool_call", text, self._index))


def _overlap(text: str, tag: str) -> int:
    """How much of the text's end may be the beginning of the tag."""
    return next((n for n in range(min(len(text), len(tag) - 1), 0, -1) if text.endswith(tag[:n])), 0)


def calls_of(pieces: Sequence[Piece]) -> tuple[ToolCall, ...]:
    """The calls that pieces tell of."""
    names: dict[int, str] = {}
    arguments: dict[int, str] = {}
    for piece in pieces:
        if piece.kind == "tool_call":
            names.setdefault(piece.index, piece.name)
            arguments[piece.index] = arguments.get(piece.index, "") + piece.text
    return tuple(ToolCall(names[index], arguments[index]) for index in sorted(names))
