"""What was asked and is not answered yet: where the engine's words go, step by step.

`LLM.begin` and `LLM.generate` put one of these beside a request's number; `LLM.step` tells it of every token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from thinkling.engine.request import Constraint, Finished, Token
from thinkling.engine.thinking import ThinkingBounds
from thinkling.errors import RequestError
from thinkling.records import Completion, Message, SamplingParams, StartsIn
from thinkling.text.reply import GrowingReply
from thinkling.text.stream import TextStream
from thinkling.text.template import ChatPrompt
from thinkling.text.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt that can be answered: what is read, how it is sampled, and when it was asked."""

    prompt: ChatPrompt
    params: SamplingParams
    bounds: ThinkingBounds | None
    asked_at: float
    is_raw: bool = False
    """Whether it is no conversation: then what is said is not parted into reasoning and answer."""

    has_tools: bool = False
    """Whether calls of tools are parted from the answer."""
    constraint: Callable[[], Constraint] | None = None
    """Makes what says which tokens may come next in an answer."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A request whose answers are being written: each has a `reply` when it has ended."""

    number: int
    answers: list[GrowingReply]
    load_s: float

    @property
    def is_done(self) -> bool:
        """Whether all of them have ended."""
        for answer in self.answers:  # noqa: SIM110  (asked for every question after every step)
            if answer.reply is None:
                return False
        return True

    def note(self, token: Token, now: float) -> bool:
        """An answer has grown; True where a stop text ends it."""
        answer = self.answers[token.index]
        # What was guessed ahead may come after the end.
        if not answer.is_stopped:
            answer.num_cached = token.num_cached
            answer.feed(token.id, now, token.logprob, token.top)
        return answer.is_stopped

    def end(self, done: Finished, now: float) -> None:
        """An answer has ended."""
        answer = self.answers[done.index]
        if not answer.is_stopped:
            # An interrupt may have come between a token and here.
            for index in done.ids[answer.num_tokens :]:
                answer.feed(index, now)
        answer.num_drafted, answer.num_accepted = done.num_drafted, done.num_accepted
        answer.flush()
        answer.end("stop" if answer.is_stopped else done.finish_reason, self.load_s)


@dataclass(slots=True)
class Inbox:
    """Completions of many requests that have ended, and the texts of those that a stop text may end."""

    finished: list[Finished] = field(default_factory=list)
    streams: dict[tuple[int, int], TextStream] = field(default_factory=dict)

    def note(self, token: Token, now: float) -> bool:
        """A completion has grown; True where a stop text ends it."""
        stream = self.streams[token.request, token.index]
        stream.feed([token.id])
        return stream.is_stopped

    def end(self, done: Finished, now: float) -> None:
        """A completion has ended."""
        self.finished.append(done)


def completion_of(
    tokenizer: Tokenizer, done: Finished, params: SamplingParams, starts_in: StartsIn
) -> Completion:
    """A completion that has ended, as a caller of `LLM.generate` reads it."""
    stream = TextStream(tokenizer, params.stop)
    text = stream.feed(done.ids) + stream.flush()
    reason = "stop" if stream.is_stopped else done.finish_reason
    logprobs = done.logprobs if params.logprobs else None
    tops = done.tops if params.top_logprobs else None
    return Completion(
        done.ids, text, reason, done.prompt_ids, logprobs, done.index, tops, done.tape_row, starts_in
    )


def refuse_endless(messages: Sequence[Message], max_length: int, longest_token: int) -> None:
    """What cannot fit is refused by its length alone: reading millions of characters takes seconds.

    `max_length` is in tokens, `longest_token` in bytes. Raises RequestError.
    """
    count = sum(len(one.content) + sum(len(call.arguments) for call in one.tool_calls) for one in messages)
    if count > max_length * longest_token:
        raise RequestError(
            f"the conversation has {count:,} characters, and the context holds {max_length} tokens.",
            "shorten the prompt or the conversation",
        )
