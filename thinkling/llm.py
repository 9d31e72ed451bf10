"""The one door from text to text: template -> engine -> stream.

    from thinkling import LLM
    reply = LLM().chat([{"role": "user", "content": "What's 12 times 14?"}])

Only this file knows both text and tensors. An `LLM` is for one thread; several requests may be open at once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from torch import Tensor

from thinkling.engine.engine import Engine
from thinkling.engine.request import Constraint
from thinkling.engine.score import score
from thinkling.engine.thinking import ThinkingBounds
from thinkling.errors import RequestError
from thinkling.models.compiled import compile_parts
from thinkling.models.fuse import fuse
from thinkling.models.transformer import Transformer
from thinkling.pending import Inbox, Pending, Question, completion_of, refuse_endless
from thinkling.records import (
    FREE_FORM,
    AnswerForm,
    Completion,
    Message,
    Piece,
    Prompt,
    Reply,
    SamplingParams,
    StartsIn,
    ThinkingBudget,
)
from thinkling.text.reply import GrowingReply
from thinkling.text.stream import TextStream
from thinkling.text.template import ChatPrompt, Template
from thinkling.text.tokenizer import Tokenizer
from thinkling.text.turn import Turn, as_messages, is_conversation, one_for_each, part_thinking
from thinkling.weights import settings
from thinkling.weights.folder import model_folder
from thinkling.weights.read import load_model, read_config

if TYPE_CHECKING:
    from thinkling.text.structure import Structures

ANSWER_RESERVE = 256
"""Tokens that thinking leaves to the answer of a chat, but never more than a quarter of what it may have."""
THINKING_END = "\n\nI have thought for long enough and answer now."
"""Forced before the closing tag where thinking is cut short."""


class LLM:
    """A model that answers. `model` is a folder; None is the model that comes with the package."""

    def __init__(
        self,
        model: str | Path | None = None,
        device: str = "auto",
        dtype: str = "auto",
        quantization: str | None = None,
        max_model_len: int | None = None,
        threads: int | None = None,
        thinking_end: str = THINKING_END,
    ) -> None:
        """`quantization` "int8" or "int4" holds matrices as whole numbers (on a CPU); None: as in the folder.

        `thinking_end` leads over from thinking that is cut short to the answer. Raises ModelError where the
        folder cannot be used, RequestError where a setting cannot be meant.
        """
        start = time.perf_counter()
        settings.use_threads(threads)
        place = settings.device_named(device)
        settings.refuse_quantization(quantization, place)
        folder = model_folder(model)
        # The small files first: a mistake is told before gigabytes are read.
        config = read_config(folder)
        precision = settings.dtype_named(dtype, place, folder)
        quantization = settings.chosen_quantization(quantization, folder, precision, place)
        self.tokenizer, self.template = Tokenizer.load(folder), Template.load(folder)
        settings.refuse_misfit(self.tokenizer.vocab_size, config)
        self.suggested = settings.suggested_sampling(folder)
        settings.refuse_strange_ends(self.suggested.end_ids, config, folder)
        settings.refuse_context_length(max_model_len, config)
        # Of quantised weights only the embedding has a precision, and is read in fp32.
        is_own = quantization is not None and dtype == "auto"
        precision_of_floats = None if is_own else precision
        loaded = load_model(folder, precision_of_floats, quantization=quantization, device=place)
        fuse(loaded)
        self._open(loaded, max_model_len)
        self.load_s = time.perf_counter() - start
        self.thinking_end = thinking_end

    @classmethod
    def from_parts(
        cls, model: Transformer, tokenizer: Tokenizer, template: Template, max_model_len: int | None = None
    ) -> LLM:
        """A door around a model in memory: the trainer's policy samples through this, without a copy."""
        settings.refuse_misfit(tokenizer.vocab_size, model.config)
        llm = cls.__new__(cls)
        llm.tokenizer, llm.template, llm.suggested = tokenizer, template, settings.SuggestedSampling()
        settings.refuse_context_length(max_model_len, model.config)
        llm._open(model, max_model_len)
        return llm

    def _open(self, model: Transformer, max_length: int | None) -> None:
        eos_id = self.tokenizer.eos_id
        end_ids = self.suggested.end_ids if eos_id is None else (eos_id, *self.suggested.end_ids)
        self.model, self.engine, self._end_ids = model, Engine(model, end_ids, max_length), end_ids
        self._structures: Structures | None = None
        self.load_s, self.thinking_end = 0.0, THINKING_END
        self.last_reply: Reply | None = None
        self._closing: tuple[str | None, tuple[int, ...]] = (None, ())
        self._inboxes: dict[int, Pending | Inbox] = {}

    def compile(self) -> LLM:
        """Hand parts of the model to `torch.compile` (`thinkling.models.compiled`). Raises RequestError."""
        compile_parts(self.model, self.engine.runner.device)
        return self

    @property
    def num_bytes(self) -> int:
        """Memory that the weights take, and the cache as far as it was ever used."""
        return self.engine.num_bytes

    @property
    def is_idle(self) -> bool:
        """Nothing is being answered."""
        return self.engine.is_idle

    def chat(self, messages: Sequence[Turn], **keywords: Any) -> Reply:
        """The whole reply at once; keywords as in `stream`."""
        for _ in self.stream(messages, **keywords):
            pass
        return cast("Reply", self.last_reply)

    def stream(
        self,
        messages: Sequence[Turn],
        *,
        temperature: float | None = None,
        top_p: float | None = None,
        max_tokens: int | None = None,
        seed: int | None = None,
        thinking: ThinkingBudget = "auto",
        stop: str | Sequence[str] = (),
        **unknown: Any,
    ) -> Iterator[Piece]:
        """Yield the reply as it grows; afterwards `last_reply` is the whole. Closing the generator aborts it.

        None means what the model suggests; `max_tokens` None is what the context has left. `thinking` is
        auto, on, off, or the most tokens to be thought. Thinking that uses these up, repeats itself or leaves
        no room for the answer is ended with `thinking_end` and the closing tag. Raises RequestError, at once
        and not when the first piece is asked for.
        """
        if unknown:
            raise RequestError(
                f"'{min(unknown)}' is not a setting of a chat.",
                "use temperature, top_p, max_tokens, seed, thinking or stop",
            )
        params = self.sampling(
            temperature=temperature, top_p=top_p, max_tokens=max_tokens, seed=seed, stop=stop
        )
        return self._stream(self._checked(messages, params, thinking))

    def sampling(self, **given: Any) -> SamplingParams:
        """Settings of one request: those that are given and not None, for the rest the model's suggestions.

        Raises RequestError where one cannot be meant.
        """
        usual = {
            "temperature": self.suggested.temperature,
            "top_p": self.suggested.top_p,
            "top_k": self.suggested.top_k,
            "repetition_penalty": self.suggested.repetition_penalty,
            "max_tokens": self.engine.max_length,
        }
        return SamplingParams(**usual | {name: value for name, value in given.items() if value is not None})

    def begin(
        self,
        prompt: Prompt,
        params: SamplingParams,
        thinking: ThinkingBudget = "auto",
        form: AnswerForm = FREE_FORM,
    ) -> Pending:
        """Ask without waiting: `step` lets the answers grow, `drop` ends them. Raises RequestError.

        A text or token ids are continued as they are: `thinking` and `form` have a meaning in chats alone.
        """
        if is_conversation(prompt):
            return self._begin(self._checked(cast("Sequence[Turn]", prompt), params, thinking, form))
        start = time.perf_counter()
        asked = self._prompt(prompt)
        self.engine.check(asked.ids, params)
        bounds = None if params.thinking_budget is None else self._bounds(asked.ids, params)
        return self._begin(Question(asked, params, bounds, start, is_raw=True))

    def step(self) -> None:
        """One step of the engine: whoever has asked is further by a token, or by a part of the prompt."""
        result = self.engine.step()
        now = time.perf_counter()
        for token in result.tokens:
            inbox = self._inboxes.get(token.request)
            if inbox is not None and inbox.note(token, now):
                result.finished += self.engine.finish(token.request, token.index).finished
        for finished in result.finished:
            inbox = self._inboxes.get(finished.request)
            if inbox is not None:
                inbox.end(finished, now)

    def end_thinking(self, pending: Pending) -> None:
        """Answers that still think lead over to their answer with the next token."""
        self.engine.end_thinking(pending.number)

    def drop(self, pending: Pending) -> None:
        """Forget a request; answers that still grow are aborted, and keep what they have."""
        self._forget([pending.number])
        for answer in pending.answers:
            if answer.reply is None:
                answer.end("abort", self.load_s)

    def _checked(
        self,
        messages: Sequence[Turn],
        params: SamplingParams,
        thinking: ThinkingBudget,
        form: AnswerForm = FREE_FORM,
    ) -> Question:
        start = time.perf_counter()
        word, budget = part_thinking(thinking)
        turns = as_messages(messages)
        refuse_endless(turns, self.engine.max_length, self.tokenizer.longest)
        prompt = self.template.prompt(self.tokenizer, turns, word, form.tools)
        budget = 0 if word == "off" else params.thinking_budget if budget is None else budget
        params = params if params.thinking_budget == budget else replace(params, thinking_budget=budget)
        self.engine.check(prompt.ids, params)
        bounds = self._bounds(prompt.ids, params)
        made = self._constraint(form, prompt)
        return Question(prompt, params, bounds, start, has_tools=bool(form.tools), constraint=made)

    def _constraint(self, form: AnswerForm, prompt: ChatPrompt) -> Callable[[], Constraint] | None:
        if form.schema is None and not form.must_call:
            return None
        if self._structures is None:
            from thinkling.text.structure import Structures

            self._structures = Structures(self.tokenizer, self.model.config.vocab_size, self._end_ids)
        if form.must_call and not self.template.is_r1:
            raise RequestError("this model's way to call tools is not known.", "leave it to the model")
        return self._structures.of(form, prompt.starts_in)

    def _begin(self, asked: Question) -> Pending:
        params = asked.params
        answers = [
            GrowingReply(
                self.tokenizer,
                params.stop,
                asked.prompt,
                asked.asked_at,
                params.logprobs,
                not asked.is_raw,
                asked.has_tools,
            )
            for _ in range(params.n)
        ]
        number = self.engine.add(
            asked.prompt.ids, params, _fresh_seed(), True, bounds=asked.bounds, constraint=asked.constraint
        )
        pending = Pending(number, answers, self.load_s)
        self._inboxes[number] = pending
        return pending

    def _stream(self, asked: Question) -> Iterator[Piece]:
        pending = self._begin(asked)
        (answer,) = pending.answers
        try:
            while True:
                yield from answer.take()
                if answer.reply is not None:
                    break
                self.step()
        finally:
            self.drop(pending)
            self.last_reply = answer.reply

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        return len(self.tokenizer.encode_plain(text))

    def read_ahead(self, messages: Sequence[Turn], is_stopped: Callable[[], bool] = lambda: False) -> int:
        """Take a conversation that ends with an answer into the cache, in the form the next turn will see.

        Chat templates leave old reasoning out, so that this form is a new text after every answer; whoever
        calls this while the answer is read has only the next question left to read then. Returns how many
        tokens the next prompt is known to begin with. `is_stopped` is asked between the steps.
        """
        turns = as_messages(messages)
        # What no next question can change.
        first, second = (
            self.template.prompt(self.tokenizer, [*turns, Message("user", text)]).ids for text in ("a", "0")
        )
        pairs = zip(first, second, strict=False)
        known = tuple(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        params = SamplingParams(max_tokens=1)
        if len(known) >= self.engine.max_length:
            return 0
        number = self.engine.add(known, params, 0)
        inbox = self._inboxes[number] = Inbox()
        try:
            while not inbox.finished and not is_stopped():
                self.step()
        finally:
            self._forget([number])
        return len(known)

    def generate(
        self, prompts: Sequence[Prompt], params: SamplingParams | Sequence[SamplingParams]
    ) -> list[Completion]:
        """All completions: n for each prompt, side by side. A prompt is text, token ids, or a conversation.

        Without a seed every prompt draws its own. Raises RequestError before anything runs.
        """
        each = one_for_each(prompts, params)
        asked: dict[int, tuple[SamplingParams, StartsIn]] = {}
        inbox = Inbox()
        try:
            for prompt, one in zip(prompts, each, strict=True):
                chat = self._prompt(prompt)
                # Rollouts and measurements see the model as it is, unless a bound is asked for.
                bounds = None if one.thinking_budget is None else self._bounds(chat.ids, one)
                number = self.engine.add(chat.ids, one, _fresh_seed(), bool(one.stop), bounds)
                self._inboxes[number], asked[number] = inbox, (one, chat.starts_in)
                if one.stop:
                    inbox.streams |= {(number, i): TextStream(self.tokenizer, one.stop) for i in range(one.n)}
            while len(inbox.finished) < sum(one.n for one in each):
                self.step()
        finally:
            self._forget(asked)
        done = sorted(inbox.finished, key=lambda one: (one.request, one.index))
        return [completion_of(self.tokenizer, one, *asked[one.request]) for one in done]

    def score(self, sequences: Sequence[Sequence[int]]) -> list[Tensor]:
        """Teacher-forced log-probabilities: for each sequence a tensor of len - 1 numbers (temperature 1)."""
        for ids in sequences:
            if not 2 <= len(ids) <= self.engine.max_length:
                raise RequestError(
                    f"a sequence has {len(ids)} tokens.", f"give between 2 and {self.engine.max_length}"
                )
            self.engine.check_ids(ids)
        return score(self.model, sequences)

    def _bounds(self, prompt_ids: Sequence[int], params: SamplingParams) -> ThinkingBounds | None:
        """None where the vocabulary has no think tags."""
        open_id, close_id = self.tokenizer.think_open_id, self.tokenizer.think_close_id
        if open_id is None or close_id is None:
            return None
        room = min(params.max_tokens, self.engine.max_length - len(prompt_ids))
        return ThinkingBounds(
            open_id,
            close_id,
            closing_ids=self._closing_ids(self.thinking_end, close_id),
            starts_inside=[one for one in prompt_ids if one in (open_id, close_id)][-1:] == [open_id],
            budget=params.thinking_budget,
            reserve=min(ANSWER_RESERVE, room // 4),
            end_ids=self._end_ids,
        )

    def _closing_ids(self, words: str, close_id: int) -> tuple[int, ...]:
        if words != self._closing[0]:
            ids = (*self.tokenizer.encode_plain(f"{words}\n"), close_id, *self.tokenizer.encode("\n\n"))
            self._closing = words, ids
        return self._closing[1]

    def _prompt(self, prompt: Prompt) -> ChatPrompt:
        if isinstance(prompt, str):
            ids, bos_id = tuple(self.tokenizer.encode(prompt)), self.tokenizer.bos_id
            has_bos = not self.tokenizer.adds_bos or ids[:1] == (bos_id,)
            return ChatPrompt(ids if has_bos or bos_id is None else (bos_id, *ids), "undecided")
        if not is_conversation(prompt):
            return ChatPrompt(tuple(map(int, cast("Sequence[int]", prompt))), "undecided")
        return self.template.prompt(self.tokenizer, as_messages(cast("Sequence[Turn]", prompt)))

    def _forget(self, numbers: Iterable[int]) -> None:
        """Close the inboxes of requests; those that still run are aborted."""
        for number in numbers:
            self.engine.abort(number)
            self._inboxes.pop(number, None)


def _fresh_seed() -> int:
    return int.from_bytes(os.urandom(8), "little") >> 1
