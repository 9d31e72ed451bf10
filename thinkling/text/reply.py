"""A reply in the making: ids -> `stream` -> `thinking` -> pieces, counted and timed."""

from __future__ import annotations

from collections.abc import Sequence

from thinkling.records import FinishReason, Piece, Reply, Timings, Usage
from thinkling.text.stream import TextStream
from thinkling.text.template import ChatPrompt
from thinkling.text.thinking import ThinkingSplitter, text_of
from thinkling.text.tokenizer import Tokenizer


class GrowingReply:
    """One answer as it is sampled. Times are seconds of one clock, whichever the caller reads."""

    def __init__(
        self, tokenizer: Tokenizer, stop: Sequence[str], prompt: ChatPrompt, started_at: float
    ) -> None:
        self._text = TextStream(tokenizer, stop)
        self._splitter = ThinkingSplitter(prompt.starts_in)
        self._num_prompt_tokens = len(prompt.ids)
        self._pieces: list[Piece] = []
        self._num_tokens = self._num_reasoning = 0
        self.num_cached = self.num_drafted = self.num_accepted = 0
        """Tokens of the prompt that were not read; tokens guessed ahead, and rightly so."""
        self._started_at = started_at
        self._first_at = self._last_at = started_at

    @property
    def is_stopped(self) -> bool:
        """Whether a stop text has appeared: nothing after it belongs to the reply."""
        return self._text.is_stopped

    def feed(self, index: int, now: float) -> list[Piece]:
        """The pieces that the token `index`, sampled at `now`, makes safe to show."""
        was_inside = self._splitter.mode == "reasoning"
        pieces = self._splitter.feed(self._text.feed([index]))
        # The tags themselves are not inside the think block.
        self._num_reasoning += was_inside and self._splitter.mode == "reasoning"
        self._num_tokens += 1
        self._last_at = now
        if self._num_tokens == 1:
            self._first_at = now
        self._pieces += pieces
        return pieces

    def flush(self) -> list[Piece]:
        """The pieces that were held back, once no more tokens come."""
        pieces = self._splitter.feed(self._text.flush()) + self._splitter.flush()
        self._pieces += pieces
        return pieces

    def finished(self, reason: FinishReason, load_s: float) -> Reply:
        """The whole: exactly what the pieces said, and what it cost."""
        first_s, decode_s = self._first_at - self._started_at, self._last_at - self._first_at
        return Reply(
            content=text_of(self._pieces, "content"),
            reasoning=text_of(self._pieces, "reasoning"),
            finish_reason=reason,
            usage=Usage(self._num_prompt_tokens, self._num_tokens, self._num_reasoning, self.num_cached),
            timings=Timings(
                load_s=round(load_s, 4),
                first_token_s=round(first_s, 4),
                total_s=round(self._last_at - self._started_at, 4),
                prefill_tokens_per_s=_speed(self._num_prompt_tokens - self.num_cached, first_s),
                decode_tokens_per_s=_speed(self._num_tokens - 1, decode_s),
                draft_tokens=self.num_drafted,
                accepted_tokens=self.num_accepted,
            ),
        )


def _speed(num_tokens: int, seconds: float) -> float:
    return round(num_tokens / seconds, 1) if seconds > 0 else 0.0
