"""The nouns that cross rooms: what is asked, what is answered, what was judged. No torch here.

A walk down the house starts with a `Message` and ends with a `Reply`; a training step starts with a
`Problem` and ends with a `Verdict` on a `Rollout`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from thinkling.errors import RequestError

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "abort"]
PieceKind = Literal["reasoning", "content", "tool_call"]
Thinking = Literal["auto", "on", "off"]
ThinkingBudget = Thinking | int
"""A word, or the most tokens that may be thought; 0 is off."""
StartsIn = Literal["undecided", "reasoning", "content"]
"""Where the first sampled token falls: the prompt may have opened, or closed, the think block."""

ROLES: tuple[str, ...] = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model asks a tool for: its name, and its arguments as the JSON text that the model wrote."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. `reasoning` is what an assistant thought before `content`."""

    role: Role
    content: str
    reasoning: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    """What an assistant asked tools for; the tools' answers follow as messages, in this order."""


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How one request is sampled. Raises RequestError where a value cannot be meant.

    Noise is a function of (`seed`, draw, position), so the same request gives the same tokens alone or
    among five hundred. `temperature` 0 is greedy. `logprobs` reports the log-probability of each sampled
    token under the distribution at this temperature, after penalties and biases and before top-k, top-p and
    min-p cut it.
    """

    n: int = 1
    """Completions per prompt; their prompt is computed once."""
    temperature: float = 1.0
    """Logits are divided by it; 0 takes the most likely token."""
    top_p: float = 1.0
    """Keep the smallest set of tokens that holds this much of all probability, whatever `top_k` leaves of it;
    1 keeps all."""
    top_k: int = 0
    """Keep this many most likely tokens; 0 keeps all."""
    min_p: float = 0.0
    """Keep tokens at least this share as likely as the most likely one; 0 keeps all."""
    max_tokens: int = 256
    """Most tokens in one completion, reasoning included."""
    seed: int | None = None
    """Makes the completion repeatable; None draws a fresh seed."""
    stop: tuple[str, ...] = ()
    """Texts that end a completion; they are not part of its text."""
    stop_ids: tuple[int, ...] = ()
    """Token ids that end a completion, besides the model's own end of sentence."""
    presence_penalty: float = 0.0
    """Taken from the logits of tokens that the completion holds already."""
    frequency_penalty: float = 0.0
    """Taken from them once for every time that they stand there."""
    repetition_penalty: float = 1.0
    """Divides the logits of tokens in prompt and completion (multiplies negative ones); 1 changes nothing."""
    logit_bias: Mapping[int, float] = field(default_factory=dict, hash=False)
    """Added to the logits of single tokens, by id."""
    logprobs: bool = False
    """Report the log-probability of each sampled token."""
    top_logprobs: int = 0
    """Report so many of the most likely tokens beside each sampled one; at most 20."""
    thinking_budget: int | None = None
    """Most tokens of reasoning; where they are used up, the think block is closed. None sets no bound."""
    ignore_eos: bool = False
    """Go on after the end-of-sentence token, up to `max_tokens` (for measurements)."""

    def __post_init__(self) -> None:
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        object.__setattr__(self, "stop", stop)
        object.__setattr__(self, "stop_ids", tuple(self.stop_ids or ()))
        _require(
            all(type(index) is int and index >= 0 for index in self.stop_ids),
            "stop_ids are not token ids.",
            "give whole numbers, 0 or more",
        )
        is_map = self.logit_bias is None or isinstance(self.logit_bias, Mapping)
        _require(is_map, "logit_bias is no mapping.", "use for example {13: -100} to forbid token 13")
        object.__setattr__(self, "logit_bias", dict(self.logit_bias or {}))
        for name in ("n", "top_k", "max_tokens", "top_logprobs"):
            value = getattr(self, name)
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            _require(is_whole, f"{name} is {value!r}.", "use a whole number")
        budget = self.thinking_budget
        is_whole = isinstance(budget, int) and not isinstance(budget, bool)
        _require(
            budget is None or (is_whole and budget >= 0),
            f"thinking_budget is {budget!r}.",
            "use a whole number of tokens, 0 or more",
        )
        for name in ("temperature", "top_p", "min_p", *_PENALTIES):
            value = getattr(self, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            _require(is_number, f"{name} is {value!r}.", "use a number")
        _require(self.n >= 1, f"n is {self.n}.", "ask for at least one completion")
        _require(
            math.isfinite(self.temperature) and self.temperature >= 0,
            f"temperature is {self.temperature}.",
            "use 0 for greedy, or a positive number such as 0.6",
        )
        _require(0 < self.top_p <= 1, f"top_p is {self.top_p}.", "use a number above 0 and at most 1")
        _require(self.top_k >= 0, f"top_k is {self.top_k}.", "use 0 to keep all tokens, or a positive count")
        _require(0 <= self.min_p <= 1, f"min_p is {self.min_p}.", "use a number from 0 to 1")
        _require(0 <= self.top_logprobs <= 20, f"top_logprobs is {self.top_logprobs}.", "use 0 to 20")
        for name, (low, high) in _PENALTIES.items():
            value = getattr(self, name)
            _require(low <= value <= high, f"{name} is {value}.", f"use a number from {low} to {high}")
        _require(
            all(
                type(index) is int and isinstance(bias, int | float) and -100 <= bias <= 100
                for index, bias in self.logit_bias.items()
            ),
            "logit_bias is not a number from -100 to 100 for each token id.",
            "use for example {13: -100} to forbid token 13",
        )
        _require(self.max_tokens >= 1, f"max_tokens is {self.max_tokens}.", "ask for at least one token")
        _require(
            self.seed is None or (isinstance(self.seed, int) and 0 <= self.seed < 2**63),
            f"seed is {self.seed!r}.",
            "use a whole number from 0 to 2^63 - 1",
        )
        _require(
            all(isinstance(text, str) and text for text in self.stop),
            "a stop text is empty.",
            "leave it out, or give at least one character",
        )


_PENALTIES = {
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
    "repetition_penalty": (0.01, 100.0),
}


def _require(is_fine: bool, message: str, hint: str) -> None:
    if not is_fine:
        raise RequestError(message, hint)


TopLogprobs = tuple[tuple[int, float], ...]
"""Token ids with their log-probabilities, the most likely first."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One finished completion: token ids, their text, why it ended.

    `text` leaves out the stop text and the end-of-sentence token; `ids` keeps the latter, as sampled.
    `index` numbers the completions of one prompt from 0.
    """

    ids: tuple[int, ...]
    text: str
    finish_reason: FinishReason
    prompt_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] | None = None
    index: int = 0
    top_logprobs: tuple[TopLogprobs, ...] | None = None
    """For each token of `ids` the most likely ones, where they were asked for."""
    tape_row: int | None = None
    """For a trainer: where the engine's tape keeps what was computed for the first token."""
    starts_in: StartsIn = "undecided"
    """Where `text` begins: the prompt of a conversation may have opened, or closed, the think block."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds and speeds of one reply."""

    load_s: float = 0.0
    first_token_s: float = 0.0
    total_s: float = 0.0
    prefill_tokens_per_s: float = 0.0
    decode_tokens_per_s: float = 0.0
    draft_tokens: int = 0
    """Tokens that were guessed ahead, and of these the right ones: a step each that was saved."""
    accepted_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person gets back: `content` never holds a tag, `reasoning` is the inside of the think block."""

    content: str
    reasoning: str
    finish_reason: FinishReason
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=Timings)
    tool_calls: tuple[ToolCall, ...] = ()
    """What tools are asked for, where the request named some."""
    stopped_by: str | None = None
    """The stop text that ended it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A streamed bit of a reply. Of a call to a tool, the first piece has the name, the others arguments."""

    kind: PieceKind
    text: str
    index: int = 0
    """Which call of the reply."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A question whose answer can be checked by rule.

    `key` names what is asked ("multiply:12x14"). It decides whether the problem is held out, so the same in
    another wording or language is on the same side; only where the wording itself is what has to be met anew
    (greetings, facts of the world) is it in the key.
    """

    kind: str
    question: str
    answer: str
    key: str
    level: int = 0
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a grader says of one answer. `is_scored` False means: left out, neither right nor wrong."""

    reward: float
    is_correct: bool
    reason: str
    is_scored: bool = True


@dataclass(frozen=True, slots=True)
class Rollout:
    """One sampled answer to one problem, with the log-probabilities it was sampled at."""

    problem: Problem
    completion: Completion
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What an answer has to be, and whom it may ask; its thinking stays free."""

    schema: Mapping[str, Any] | None = None
    """A JSON schema of the whole answer."""
    tools: Sequence[Mapping[str, Any]] = ()
    """What may be called: {"type": "function", "function": {"name", "description", "parameters"}}."""
    must_call: tuple[str, ...] = ()
    """Names of those of which one has to be called."""
    is_one_call: bool = False
    """Whether it is one call only, where one is required."""


FREE_FORM = AnswerForm()
"""Any text, and no tools."""

Prompt = str | Sequence[int] | Sequence[Message]


@runtime_checkable
class Generate(Protocol):
    """Anything that turns prompts into completions: the local engine, a remote server, a scripted fake.

    A prompt is raw text, token ids, or a conversation (which the callee renders with its own template).
    Returns len(prompts) * n completions, the n of one prompt side by side, in the order of the prompts.
    """

    def generate(
        self, prompts: Sequence[Prompt], params: SamplingParams | Sequence[SamplingParams]
    ) -> list[Completion]: ...
