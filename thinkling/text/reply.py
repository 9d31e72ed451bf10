"""A reply in the making: ids -> `stream` -> `thinking` -> pieces, counted and timed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thinkling.records import FinishReason, Piece, Reply, StartsIn, Timings, TopLogprobs, Usage
from thinkling.text.stream import TextStream
from thinkling.text.template import ChatPrompt
from thinkling.text.thinking import ThinkingSplitter, Unparted, text_of
from thinkling.text.tokenizer import Tokenizer
from thinkling.text.tools import ToolSplitter, calls_of


@dataclass(frozen=True, slots=True)
class SaidToken:
    """One sampled token as its bytes, with the most likely ones in its place where these were asked for."""

    data: bytes
    logprob: float
    top: tuple[tuple[bytes, float], ...]
    is_reasoning: bool
    """Whether it was said inside the think block, or is one of its tags."""


class GrowingReply:
    """One answer as it is sampled. Times are seconds of one clock, whichever the caller reads."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        stop: Sequence[str],
        prompt: ChatPrompt,
        started_at: float,
        keeps_tokens: bool = False,
        parts_reasoning: bool = True,
        finds_tools: bool = False,
    ) -> None:
        """`parts_reasoning` False shows all as content, tags included; `finds_tools` parts calls from it."""
        self._text = TextStream(tokenizer, stop)
        self._splitter = ThinkingSplitter(prompt.starts_in) if parts_reasoning else Unparted()
        self._tools = ToolSplitter() if finds_tools else None
        self._num_prompt_tokens = len(prompt.ids)
        self._pieces: list[Piece] = []
        self.num_cached = self.num_drafted = self.num_accepted = 0
        """Tokens of the prompt that were not read; tokens guessed ahead, and rightly so."""
        self.num_tokens = 0
        self._keeps_tokens, self._bytes_of = keeps_tokens, tokenizer.bytes_of
        self._silent_ids, self._angle_ids = tokenizer.silent_ids, tokenizer.angle_ids
        self._has_stops, self._unread = bool(stop), list[int]()
        self.reply: Reply | None = None
        """The whole, once it has ended."""
        self._said: list[SaidToken] = []
        self._num_reasoning = self._num_taken = self._num_said_taken = 0
        self._is_end_told = False
        self._started_at = started_at
        self._first_at = self._last_at = started_at

    @property
    def is_stopped(self) -> bool:
        """Whether a stop text has appeared: nothing after it belongs to the reply."""
        return self._text.is_stopped

    @property
    def mode(self) -> StartsIn:
        """What is being said, as far as is known."""
        self._read()
        return self._splitter.mode

    def take(self) -> list[Piece]:
        """The pieces since the last call."""
        self._read()
        taken = self._pieces[self._num_taken :]
        self._num_taken = len(self._pieces)
        return taken

    def take_said(self) -> list[SaidToken]:
        """The tokens since the last call, where they were asked for."""
        taken = self._said[self._num_said_taken :]
        self._num_said_taken = len(self._said)
        return taken

    def has_news_of_its_end(self) -> bool:
        """Whether it has ended, the first time that this is asked afterwards."""
        is_news = self.reply is not None and not self._is_end_told
        self._is_end_told |= is_news
        return is_news

    def feed(self, index: int, now: float, logprob: float = 0.0, top: TopLogprobs = ()) -> None:
        """The token `index` was sampled at `now`. It is read when somebody asks what was said."""
        self.num_tokens += 1
        self._last_at = now
        if self.num_tokens == 1:
            self._first_at = now
        if self._keeps_tokens:
            self._read_kept(index, logprob, top)
            return
        self._unread.append(index)
        if self._has_stops:  # it may be the end
            self._read()

    def _read(self) -> None:
        """What the tokens since the last time say."""
        ids, self._unread = self._unread, []
        # Many at once wherever none of them can begin or end the think block.
        if self._splitter.is_settled and self._angle_ids.isdisjoint(ids):
            self._read_together(ids)
        else:
            for index in ids:
                self._read_together([index])

    def _read_together(self, ids: Sequence[int]) -> None:
        was_inside = self._splitter.mode == "reasoning"
        self._pieces += self._with_calls(self._splitter.feed(self._text.feed(ids)))
        # The tags themselves are not inside the think block.
        if was_inside and self._splitter.mode == "reasoning":
            self._num_reasoning += len(ids)

    def _read_kept(self, index: int, logprob: float, top: TopLogprobs) -> None:
        """The same for one token that is to be shown by itself."""
        was_inside = self._splitter.mode == "reasoning"
        self._read_together([index])
        if index not in self._silent_ids:
            likely = tuple((self._bytes_of(one), value) for one, value in top)
            is_reasoning = was_inside or self._splitter.mode == "reasoning"
            self._said.append(SaidToken(self._bytes_of(index), logprob, likely, is_reasoning))

    def flush(self) -> None:
        """What was held back is said, once no more tokens come."""
        self._read()
        self._pieces += self._with_calls(self._splitter.feed(self._text.flush()) + self._splitter.flush())
        self._pieces += self._tools.flush() if self._tools else []

    def _with_calls(self, pieces: list[Piece]) -> list[Piece]:
        """The same with calls of tools parted from the content."""
        if self._tools is None:
            return pieces
        parted = [[one] if one.kind == "reasoning" else self._tools.feed(one.text) for one in pieces]
        return [one for several in parted for one in several]

    def end(self, reason: FinishReason, load_s: float) -> Reply:
        """No more tokens come: the whole, exactly what the pieces said, and what it cost."""
        self._read()
        self.reply = self._whole(reason, load_s)
        return self.reply

    def _whole(self, reason: FinishReason, load_s: float) -> Reply:
        first_s, decode_s = self._first_at - self._started_at, self._last_at - self._first_at
        return Reply(
            content=text_of(self._pieces, "content"),
            reasoning=text_of(self._pieces, "reasoning"),
            finish_reason=reason,
            stopped_by=self._text.stopped_by,
            tool_calls=calls_of(self._pieces),
            usage=Usage(self._num_prompt_tokens, self.num_tokens, self._num_reasoning, self.num_cached),
            timings=Timings(
                load_s=round(load_s, 4),
                first_token_s=round(first_s, 4),
                total_s=round(self._last_at - self._started_at, 4),
                prefill_tokens_per_s=_speed(self._num_prompt_tokens - self.num_cached, first_s),
                decode_tokens_per_s=_speed(self.num_tokens - 1, decode_s),
                draft_tokens=self.num_drafted,
                accepted_tokens=self.num_accepted,
            ),
        )


def _speed(num_tokens: int, seconds: float) -> float:
    return round(num_tokens / seconds, 1) if seconds > 0 else 0.0
