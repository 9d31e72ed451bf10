"""The one door from text to text: template -> engine -> stream.

    from thinkling import LLM
    reply = LLM().chat([{"role": "user", "content": "What's 12 times 14?"}])

Only this file knows both text and tensors. An `LLM` is for one thread; several requests may be open at once.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from thinkling.engine.engine import Engine
from thinkling.engine.request import Finished, Token
from thinkling.engine.score import score
from thinkling.errors import ModelError, RequestError
from thinkling.models.transformer import Transformer
from thinkling.records import (
    ROLES,
    Completion,
    FinishReason,
    Message,
    Piece,
    Prompt,
    Reply,
    SamplingParams,
    Thinking,
    Timings,
    Usage,
)
from thinkling.text.stream import TextStream
from thinkling.text.template import ChatPrompt, Template
from thinkling.text.thinking import ThinkingSplitter
from thinkling.text.tokenizer import Tokenizer
from thinkling.weights.read import load_model, read_json

BUNDLED = Path(__file__).parent / "assets"
DTYPES = {"fp32": torch.float32, "float32": torch.float32, "bf16": torch.bfloat16, "bfloat16": torch.bfloat16}
# R1's own recommendation, where a model folder is silent.
TEMPERATURE, TOP_P = 0.6, 0.95

Turn = Message | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Defaults:
    """Sampling settings of a model folder (generation_config.json)."""

    temperature: float = TEMPERATURE
    top_p: float = TOP_P


@dataclass(slots=True)
class _Inbox:
    """What the engine said about one request and nobody has read yet."""

    tokens: list[Token] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)


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
    ) -> None:
        """Raises ModelError where the folder cannot be used, RequestError for a setting that cannot be meant."""
        start = time.perf_counter()
        if quantization is not None:
            raise RequestError(f"quantization '{quantization}' is not supported.", "leave quantization out")
        if threads is not None:
            torch.set_num_threads(threads)
        folder = _folder(model)
        network = load_model(folder, _dtype(dtype, _device(device))).to(_device(device))
        self._set_up(network, Tokenizer.load(folder), Template.load(folder), max_model_len)
        self.defaults = _defaults(folder)
        self.load_s = time.perf_counter() - start

    @classmethod
    def from_parts(
        cls, model: Transformer, tokenizer: Tokenizer, template: Template, max_model_len: int | None = None
    ) -> LLM:
        """A door around a model in memory: the trainer's policy samples through this, without a copy."""
        llm = cls.__new__(cls)
        llm._set_up(model, tokenizer, template, max_model_len)
        llm.defaults, llm.load_s = Defaults(), 0.0
        return llm

    def _set_up(
        self, model: Transformer, tokenizer: Tokenizer, template: Template, max_model_len: int | None
    ) -> None:
        if max_model_len is not None and max_model_len < 2:
            raise RequestError(f"max_model_len is {max_model_len}.", "use at least 2 tokens")
        if tokenizer.vocab_size > model.config.vocab_size:
            raise ModelError(
                f"the tokenizer knows {tokenizer.vocab_size} tokens, the model {model.config.vocab_size}.",
                "use the tokenizer that the model was trained with",
            )
        end_ids = () if tokenizer.eos_id is None else (tokenizer.eos_id,)
        self.model, self.tokenizer, self.template = model, tokenizer, template
        self.engine = Engine(model, end_ids, max_model_len)
        self.last_reply: Reply | None = None
        self._inboxes: dict[int, _Inbox] = defaultdict(_Inbox)

    def chat(self, messages: Sequence[Turn], **settings: Any) -> Reply:
        """The whole reply at once; keywords as in `stream`."""
        for _ in self.stream(messages, **settings):
            pass
        assert self.last_reply is not None
        return self.last_reply

    def stream(
        self,
        messages: Sequence[Turn],
        *,
        temperature: float | None = None,
        top_p: float | None = None,
        max_tokens: int | None = None,
        seed: int | None = None,
        thinking: Thinking = "auto",
        stop: Sequence[str] = (),
        **unknown: Any,
    ) -> Iterator[Piece]:
        """Yield the reply as it grows; afterwards `last_reply` is the whole. Closing the generator aborts.

        None means the model's own default; `max_tokens` None is what the context has left. Raises RequestError.
        """
        if unknown:
            raise RequestError(
                f"'{min(unknown)}' is not a setting of a chat.",
                "use temperature, top_p, max_tokens, seed, thinking or stop",
            )
        start = time.perf_counter()
        if thinking not in ("auto", "on", "off"):
            raise RequestError(f"thinking is {thinking!r}.", "use auto, on or off")
        prompt = self.template.prompt(self.tokenizer, [_message(turn) for turn in messages], thinking)
        room = max(1, self.engine.max_length - len(prompt.ids))
        params = SamplingParams(
            temperature=self.defaults.temperature if temperature is None else temperature,
            top_p=self.defaults.top_p if top_p is None else top_p,
            max_tokens=room if max_tokens is None else max_tokens,
            seed=seed,
            stop=tuple([stop] if isinstance(stop, str) else stop),
        )
        return self._stream(prompt, params, start)

    def _stream(self, prompt: ChatPrompt, params: SamplingParams, start: float) -> Iterator[Piece]:
        number = self.engine.add(prompt.ids, params, _fresh_seed(), is_streamed=True)
        text = TextStream(self.tokenizer, params.stop)
        answer = _Answer(ThinkingSplitter(prompt.starts_in), start)
        inbox = self._inboxes[number]
        reason: FinishReason | None = None
        try:
            while reason is None:
                self._pump()
                for token in inbox.tokens:
                    answer.count(time.perf_counter())
                    yield from answer.feed(text.feed([token.id]))
                    if text.is_stopped:
                        self.engine.finish(number, 0)
                        reason = "stop"
                        break
                    reason = token.finish_reason or reason
                inbox.tokens.clear()
            yield from answer.feed(text.flush())
            yield from answer.flush()
        finally:
            if reason is None:
                self.engine.abort(number)
            del self._inboxes[number]
            self.last_reply = answer.reply(reason or "abort", len(prompt.ids), self.load_s)

    def generate(
        self, prompts: Sequence[Prompt], params: SamplingParams | Sequence[SamplingParams]
    ) -> list[Completion]:
        """All completions: n for each prompt, side by side. A prompt is text, token ids, or a conversation.

        Without a seed every prompt draws its own. Raises RequestError before anything runs.
        """
        if isinstance(prompts, str):
            raise RequestError("prompts is one text.", "give a list of prompts")
        each = [params] * len(prompts) if isinstance(params, SamplingParams) else list(params)
        if len(each) != len(prompts):
            raise RequestError(
                f"there are {len(prompts)} prompts and {len(each)} settings.",
                "give one setting, or one per prompt",
            )
        numbers: list[int] = []
        streams: dict[tuple[int, int], TextStream] = {}
        try:
            for prompt, one in zip(prompts, each, strict=True):
                number = self.engine.add(self._ids(prompt), one, _fresh_seed(), is_streamed=bool(one.stop))
                numbers.append(number)
                if one.stop:
                    streams |= {(number, i): TextStream(self.tokenizer, one.stop) for i in range(one.n)}
        except RequestError:
            for number in numbers:
                self.engine.abort(number)
            raise
        inboxes = [self._inboxes[number] for number in numbers]
        while any(len(box.finished) < one.n for box, one in zip(inboxes, each, strict=True)):
            self._pump()
            if streams:
                self._stop_where_text_says(inboxes, streams)
        for number in numbers:
            del self._inboxes[number]
        return [
            self._completion(one, streams.get((one.request, one.index)), params)
            for box, params in zip(inboxes, each, strict=True)
            for one in sorted(box.finished, key=lambda finished: finished.index)
        ]

    def _stop_where_text_says(
        self, inboxes: list[_Inbox], streams: dict[tuple[int, int], TextStream]
    ) -> None:
        for box in inboxes:
            for token in box.tokens:
                stream = streams[token.request, token.index]
                stream.feed([token.id])
                if stream.is_stopped and token.finish_reason is None:
                    box.finished += self.engine.finish(token.request, token.index).finished
            box.tokens.clear()

    def _completion(self, done: Finished, stream: TextStream | None, params: SamplingParams) -> Completion:
        text = self.tokenizer.decode(done.ids, skip_special=True)
        reason = done.finish_reason
        if stream is not None and stream.is_stopped:
            text = TextStream(self.tokenizer, params.stop).feed(done.ids)
            reason = "stop"
        logprobs = done.logprobs if params.logprobs else None
        return Completion(done.ids, text, reason, done.prompt_ids, logprobs, done.index)

    def score(self, sequences: Sequence[Sequence[int]]) -> list[Tensor]:
        """Teacher-forced log-probabilities: for each sequence a tensor of len - 1 numbers (temperature 1)."""
        for ids in sequences:
            if not 2 <= len(ids) <= self.engine.max_length:
                raise RequestError(
                    f"a sequence has {len(ids)} tokens.", f"give between 2 and {self.engine.max_length}"
                )
        return score(self.model, sequences)

    def _ids(self, prompt: Prompt) -> tuple[int, ...]:
        if isinstance(prompt, str):
            ids = self.tokenizer.encode(prompt)
            adds_bos = self.tokenizer.adds_bos and ids[:1] != [self.tokenizer.bos_id]
            return tuple([self.tokenizer.bos_id, *ids] if adds_bos else ids)
        if prompt and isinstance(prompt[0], int):
            return tuple(prompt)
        return self.template.prompt(self.tokenizer, [_message(turn) for turn in prompt], "auto").ids

    def _pump(self) -> None:
        """One engine step; what it says goes to the inbox of each request."""
        result = self.engine.step()
        for token in result.tokens:
            if token.request in self._inboxes:
                self._inboxes[token.request].tokens.append(token)
        for finished in result.finished:
            if finished.request in self._inboxes:
                self._inboxes[finished.request].finished.append(finished)


class _Answer:
    """A reply in the making: reasoning and content as they arrive, and the clock."""

    def __init__(self, splitter: ThinkingSplitter, start: float) -> None:
        self._splitter = splitter
        self._start = start
        self._first: float | None = None
        self._last = start
        self._texts: dict[str, list[str]] = {"reasoning": [], "content": []}
        self._num_tokens = self._num_reasoning = 0

    def count(self, now: float) -> None:
        """One more token came at `now`; it counts as reasoning while the think block is open."""
        self._first = self._first or now
        self._last = now
        self._num_tokens += 1
        self._num_reasoning += self._splitter.mode == "reasoning"

    def feed(self, text: str) -> Iterator[Piece]:
        yield from self._keep(self._splitter.feed(text))

    def flush(self) -> Iterator[Piece]:
        yield from self._keep(self._splitter.flush())

    def _keep(self, pieces: Sequence[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            self._texts[piece.kind].append(piece.text)
            yield piece

    def reply(self, reason: FinishReason, prompt_tokens: int, load_s: float) -> Reply:
        """The whole, with what it cost."""
        first = (self._first or self._last) - self._start
        decode = self._last - (self._first or self._last)
        speed = (self._num_tokens - 1) / decode if decode > 0 else 0.0
        return Reply(
            content="".join(self._texts["content"]).rstrip(),
            reasoning="".join(self._texts["reasoning"]).strip(),
            finish_reason=reason,
            usage=Usage(prompt_tokens, self._num_tokens, self._num_reasoning, 0),
            timings=Timings(
                load_s=round(load_s, 4),
                first_token_s=round(first, 4),
                total_s=round(self._last - self._start, 4),
                prefill_tokens_per_s=round(prompt_tokens / first, 1) if first else 0.0,
                decode_tokens_per_s=round(speed, 1),
            ),
        )


def _message(turn: Turn) -> Message:
    """A turn as a Message. Raises RequestError where a dict is not one."""
    if isinstance(turn, Message):
        return turn
    if (
        not isinstance(turn, Mapping)
        or not isinstance(turn.get("content"), str)
        or turn.get("role") not in ROLES
    ):
        raise RequestError(
            "a message needs a role and a text as its content.",
            f'write {{"role": "user", "content": "..."}} with one of these roles: {", ".join(ROLES)}',
        )
    unknown = set(turn) - {"role", "content", "reasoning"}
    if unknown:
        raise RequestError(
            f"a message has an unknown field '{min(unknown)}'.", "use role, content, reasoning"
        )
    return Message(turn["role"], turn["content"], turn.get("reasoning"))


def _fresh_seed() -> int:
    return int.from_bytes(os.urandom(8), "little") >> 1


def _folder(model: str | Path | None) -> Path:
    if model is None:
        if not (BUNDLED / "config.json").is_file():
            raise ModelError(
                "this copy of thinkling comes without its bundled model.",
                "name a model folder, or make one: thinkling train recipes/first_light",
            )
        return BUNDLED
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise ModelError(f"there is no model folder at {folder}.", "check the path")
    return folder


def _device(device: str) -> torch.device:
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError:
        raise RequestError(f"'{device}' is not a device.", "use auto, cpu or cuda") from None
    if found.type == "cuda" and not torch.cuda.is_available():
        raise RequestError("no CUDA device is visible to PyTorch.", "use device='cpu' or 'auto'")
    return found


def _dtype(dtype: str, device: torch.device) -> torch.dtype:
    if dtype == "auto":
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    if dtype not in DTYPES:
        raise RequestError(f"'{dtype}' is not a dtype.", f"use auto, {', '.join(DTYPES)}")
    return DTYPES[dtype]


def _defaults(folder: Path) -> Defaults:
    path = folder / "generation_config.json"
    if not path.is_file():
        return Defaults()
    raw = read_json(path)
    values = {}
    for name in ("temperature", "top_p"):
        if raw.get(name) is not None:
            if not isinstance(raw[name], int | float) or isinstance(raw[name], bool):
                raise ModelError(
                    f"{path} has a {name} that is not a number.", "give a number, or leave it out"
                )
            values[name] = float(raw[name])
    return Defaults(**values)
