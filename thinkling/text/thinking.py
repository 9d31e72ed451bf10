"""Parts an answer into reasoning and content, and checks the format that a format reward pays for.

`ThinkingSplitter` stands at the end of the way up (ids -> `stream` -> here -> reader) and forgives
everything: whatever the model writes, no tag reaches the reader. `read_block` forgives nothing: it is the
contract of R1-Zero's format reward (arXiv 2501.12948, section 2.2.2) and says how a text breaks it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from thinkling.errors import ConfigError
from thinkling.records import Piece, PieceKind, StartsIn
from thinkling.text.special import THINK_CLOSE, THINK_OPEN


@dataclass(frozen=True)
class Tags:
    """The tags around the reasoning and, in R1-Zero's template, around the answer.

    Raises ConfigError where a tag is not written as `<...>`, or one answer tag is given without the other.
    """

    think_open: str = THINK_OPEN
    think_close: str = THINK_CLOSE
    answer_open: str = ""
    answer_close: str = ""

    def __post_init__(self) -> None:
        if not self.think_open or not self.think_close or bool(self.answer_open) != bool(self.answer_close):
            raise ConfigError(f"{self} is incomplete.", "give both think tags, and both answer tags or none")
        if len(set(self.names)) < len(self.names) or not all(
            re.fullmatch("<[^<>]+>", tag) for tag in self.names
        ):
            raise ConfigError(f"{self} cannot be told apart in a text.", "use distinct tags such as <think>")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All tags that are in use."""
        tags = (self.think_open, self.think_close, self.answer_open, self.answer_close)
        return tuple(tag for tag in tags if tag)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches any tag."""
        return re.compile("|".join(map(re.escape, self.names)))

    @cached_property
    def longest(self) -> int:
        """Characters of the longest tag."""
        return max(map(len, self.names))

    @property
    def padding(self) -> str:
        """The characters around a tag that belong to the layout: newlines; with answer tags all blanks."""
        return " \t\r\n" if self.answer_open else "\n"


THINK_TAGS = Tags()
R1_ZERO_TAGS = Tags(answer_open="<answer>", answer_close="</answer>")


class ThinkingSplitter:
    """Parts a growing text into pieces; the pieces do not depend on how the text was cut into feeds.

    "undecided" waits for the first word: a think tag opens reasoning, anything else is content. Reasoning
    that is never closed stays reasoning. A tag that opens or closes nothing is dropped.
    """

    def __init__(self, starts_in: StartsIn = "undecided", tags: Tags = THINK_TAGS) -> None:
        self.mode: StartsIn = starts_in
        """What the next piece will be, as far as is known."""
        self._tags = tags
        self._unread = ""  # text that may turn out to be the beginning of a tag
        self._blanks: list[str] = []  # layout that is shown only if no closing tag follows
        self._is_leading = True  # nothing of this part was shown yet
        self._tails: dict[PieceKind, str] = {"reasoning": "", "content": ""}
        self._pieces: list[Piece] = []

    @property
    def is_settled(self) -> bool:
        """Whether no text changes the mode but a tag that is still to begin."""
        return self.mode != "undecided" and not self._unread

    def feed(self, text: str) -> list[Piece]:
        """The pieces that `text` completes."""
        if not self._unread and "<" not in text:  # nearly always
            self._read_text(text)
            return self._take_pieces()
        text = self._unread + text
        start = 0
        for match in self._tags.pattern.finditer(text):
            self._read_text(text[start : match.start()])
            self._read_tag(match.group())
            start = match.end()
        end = self._start_of_tag_beginning(text, start)
        self._read_text(text[start:end])
        self._unread = text[end:]
        return self._take_pieces()

    def flush(self) -> list[Piece]:
        """The rest, once the text has ended: the beginning of a tag turns out to be text."""
        self._read_text(self._unread)
        self._unread = ""
        if self.mode == "undecided":
            self._decide_for_content()
        if self.mode == "reasoning":
            self._show("".join(self._blanks))
        self._blanks = []
        return self._take_pieces()

    def _start_of_tag_beginning(self, text: str, start: int) -> int:
        """From where `text` may still become a tag; its length where it cannot."""
        place = text.rfind("<", start)
        may_grow = place >= 0 and any(tag.startswith(text[place:]) for tag in self._tags.names)
        return place if may_grow else len(text)

    def _read_tag(self, tag: str) -> None:
        if self.mode == "undecided" and tag != self._tags.think_open:
            self._decide_for_content()
        if tag == self._tags.think_open:
            if self.mode != "reasoning":
                self._blanks = []
            self.mode = "reasoning"
            self._is_leading = True
        elif tag == self._tags.think_close and self.mode == "reasoning":
            self._blanks = []
            self.mode = "content"
            self._is_leading = True
        elif tag == self._tags.answer_open and self.mode == "content":
            self._is_leading = True

    def _read_text(self, text: str) -> None:
        if self.mode == "undecided":
            word = text.lstrip()
            self._blanks.append(text[: len(text) - len(word)])
            if not word:
                return
            self._decide_for_content()
            text = word
        if self._is_leading:
            text = text.lstrip(self._tags.padding)
        if not text:
            return
        self._is_leading = False
        if self.mode == "content" and not self._tags.answer_open:
            self._show(text)
            return
        shown = text.rstrip(self._tags.padding)
        if shown:
            self._show("".join(self._blanks) + shown)
            self._blanks = []
        self._blanks.append(text[len(shown) :])

    def _decide_for_content(self) -> None:
        blanks = "".join(self._blanks)
        self._blanks = []
        self.mode = "content"
        self._read_text(blanks)

    def _show(self, text: str) -> None:
        """Add to the pieces. Where a dropped tag's neighbours join to a new tag, that one loses its end."""
        kind: PieceKind = "reasoning" if self.mode == "reasoning" else "content"
        tail = self._tails[kind]
        text = tail + text
        while ">" in text and (match := self._tags.pattern.search(text)):
            text = text[: match.end() - 1] + text[match.end() - 1 :].lstrip(">")
        self._tails[kind] = text[-self._tags.longest :]
        self._pieces.append(Piece(kind, text[len(tail) :]))

    def _take_pieces(self) -> list[Piece]:
        if not self._pieces:
            return []
        taken, self._pieces = joined(self._pieces), []
        return [piece for piece in taken if piece.text]


class Unparted:
    """In place of a splitter where text is shown as it is."""

    mode: StartsIn = "content"
    is_settled = True

    def feed(self, text: str) -> list[Piece]:
        """All of it."""
        return [Piece("content", text)] if text else []

    def flush(self) -> list[Piece]:
        """Nothing was held back."""
        return []


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one kind and one call as one."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and not piece.name and (last.kind, last.index) == (piece.kind, piece.index):
            found[-1] = Piece(last.kind, last.text + piece.text, last.index, last.name)
        else:
            found.append(piece)
    return found


def text_of(pieces: Sequence[Piece], kind: PieceKind) -> str:
    """The text of all pieces of one kind."""
    return "".join(piece.text for piece in pieces if piece.kind == kind)


def split_answer(text: str, starts_in: StartsIn = "undecided", tags: Tags = THINK_TAGS) -> tuple[str, str]:
    """(reasoning, content) of a whole answer, as the splitter sees it."""
    splitter = ThinkingSplitter(starts_in, tags)
    pieces = splitter.feed(text) + splitter.flush()
    return text_of(pieces, "reasoning"), text_of(pieces, "content")


@dataclass(frozen=True, slots=True)
class Block:
    """What `read_block` found: reasoning and answer, or in `fault` the way in which the text is wrong."""

    reasoning: str = ""
    answer: str = ""
    fault: str = ""


def read_block(text: str, starts_in: StartsIn = "undecided", tags: Tags = THINK_TAGS) -> Block:
    """One think block at the very start, closed once, then an answer that is not blank and holds no tag.

    White space may stand before the block. After "reasoning" the prompt has opened the block, after
    "content" it has closed it too. With answer tags the answer stands inside one pair of them, and nothing
    but white space around. A text that passes is split by `split_answer` in the same way.
    """
    reasoning, answer, fault = _part_reasoning(text, starts_in, tags)
    if not fault and tags.answer_open:
        answer, fault = _unwrap_answer(answer, tags)
    if not fault and not answer.strip():
        fault = "the answer is empty"
    if fault:
        return Block(fault=fault)
    answer = answer.strip(tags.padding) if tags.answer_open else answer.lstrip(tags.padding)
    return Block(reasoning.strip(tags.padding), answer)


def _part_reasoning(text: str, starts_in: StartsIn, tags: Tags) -> tuple[str, str, str]:
    """(reasoning, what follows the block, fault)."""
    if starts_in == "undecided":
        text = text.lstrip()
        if not text.startswith(tags.think_open):
            return "", "", "the think block is not opened at the start"
        text = text.removeprefix(tags.think_open)
    if tags.think_open in text:
        return "", "", "more than one think block"
    reasoning, answer = "", text
    if starts_in != "content":
        reasoning, close, answer = text.partition(tags.think_close)
        if not close:
            return "", "", "the think block is not closed"
    if tags.think_close in answer:
        return "", "", "the think block is closed more than once"
    if tags.pattern.search(reasoning):
        return "", "", "an answer tag stands inside the think block"
    return reasoning, answer, ""


def _unwrap_answer(text: str, tags: Tags) -> tuple[str, str]:
    """(the inside of the answer tags, fault)."""
    text = text.strip()
    if not text:
        return "", "the answer is empty"
    if not text.startswith(tags.answer_open):
        return "", "the answer tag does not follow the think block"
    inside, close, rest = text.removeprefix(tags.answer_open).partition(tags.answer_close)
    if not close:
        return "", "the answer is not closed"
    if rest or tags.answer_open in inside:
        return "", "more than one answer block" if tags.pattern.search(
            rest + inside
        ) else "text follows the answer"
    return inside, ""
