"""The engine: `add` requests, `step` until nothing runs.

A step either reads a part of the waiting prompts (all completions of a prompt share that reading, and what
the cache remembers is not read again) or adds a token to every running completion, and more where guesses
were right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Sequence as Tokens
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np
import torch

from thinkling.engine.answers import Answers
from thinkling.engine.batch import ROWS, DecodeBatch, decode_batch
from thinkling.engine.draft import guess_ahead, rows_that_may_draft
from thinkling.engine.foresight import Foresight
from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.pool import Pool, cache_width, num_layers
from thinkling.engine.reading import read_batch
from thinkling.engine.request import NOWHERE, Constraint, Reading, Request, StepResult
from thinkling.engine.runner import Runner, Sampled
from thinkling.engine.scheduler import Scheduler
from thinkling.engine.thinking import ThinkingBounds
from thinkling.errors import RequestError
from thinkling.kernels.library import build as build_kernels
from thinkling.models.hold import is_exact, num_bytes, num_weights
from thinkling.models.linear import settle
from thinkling.models.tape import NO_ROW, Tape, bytes_of_token
from thinkling.models.transformer import Transformer
from thinkling.records import SamplingParams
from thinkling.weights.device_memory import free_bytes

READ_FLOP = 2e11
"""Arithmetic of one step of reading, half a second of a small machine: so long may others have to wait."""
READ_TOKENS = (512, 8192)
"""Fewest and most tokens of one step of reading."""
MOST_BETWEEN_READINGS = 8
"""Steps that a prompt waits for others, at most."""
GATHERING = 350
"""The square of the growing answers over this is for how many steps one prompt waits alone."""


class Engine:
    """Continuous batching for one model. `end_ids` end a completion unless its request ignores them."""

    def __init__(
        self,
        model: Transformer,
        end_ids: tuple[int, ...],
        max_length: int | None = None,
        max_running: int = 512,
        cache_bytes: int | None = None,
        is_drafting: bool = True,
    ) -> None:
        """`is_drafting`: tokens are guessed ahead where there is room; it changes no token.

        `max_length` None is the model's context, or what the cache holds if that is less.

        `cache_bytes` None is a quarter of the memory that is free; pages are only touched when they are used.
        """
        device = next(model.parameters()).device
        if device.type == "cpu":
            build_kernels()
        settle(model)
        # One query per row runs several times faster in fp32 than in bf16 on a CPU.
        dtype = torch.float32 if device.type == "cpu" else next(model.parameters()).dtype
        page_bytes = PAGE * cache_width(model.config) * num_layers(model.config) * dtype.itemsize
        room = max(1, (free_bytes(device) // 4 if cache_bytes is None else cache_bytes) // page_bytes)
        context = model.config.context_length
        self.max_length = min(context, room * PAGE) if max_length is None else min(context, max_length)
        least, free = pages_for(self.max_length) * page_bytes, free_bytes(device)
        if max_length is not None and least > free:
            raise RequestError(
                f"a context of {max_length} tokens takes {least / 1e9:.1f} GB, {free / 1e9:.1f} GB are free.",
                "ask for a shorter max_model_len",
            )
        num_pages = max(min(room, max_running * pages_for(self.max_length)), pages_for(self.max_length))
        self._page_bytes = page_bytes
        self.runner = Runner(model, Pool(model.config, num_pages + 1, dtype, device))
        self.scheduler = Scheduler(Pages(num_pages + 1), max_running)
        fewest, most_tokens = READ_TOKENS
        self._prefill_tokens = int(min(max(READ_FLOP / (2 * num_weights(model)), fewest), most_tokens))
        self._rows = 1 if is_exact(model) else ROWS
        self._num_since_reading = 1
        """Steps that answers grew by since prompts were read last."""
        self._is_drafting = is_drafting
        self._foresight = Foresight(self.runner, self.scheduler) if is_drafting and model.mtp else None
        self._weights_version = self.runner.weights_version()
        self._answers = Answers(self.scheduler, end_ids)
        self._next_number = 0
        self.tape: Tape | None = None
        """Keeps what is computed for the tokens of answers, for a trainer; set by it."""
        self._result = StepResult()
        """What a step has produced so far: if it is interrupted, the next one tells of it."""

    @property
    def is_idle(self) -> bool:
        """Nothing waits and nothing runs."""
        return not self._answers.requests

    @property
    def num_bytes(self) -> int:
        """Memory of the weights and of the cache: on a CPU, of those pages that were ever used."""
        layers = self.runner.pool.layers
        touched = self.scheduler.pages.num_touched * self._page_bytes
        return num_bytes(self.runner.model) + (touched if layers.device.type == "cpu" else layers.nbytes)

    def add(
        self,
        prompt_ids: tuple[int, ...],
        params: SamplingParams,
        seed: int,
        is_streamed: bool = False,
        bounds: ThinkingBounds | None = None,
        constraint: Callable[[], Constraint] | None = None,
    ) -> int:
        """Queue a prompt; returns the request's number. Raises RequestError if it cannot ever run.

        A completion ends with "length" where the context ends. `seed` is used where `params.seed` is None.
        `bounds` keeps its thinking within bounds, `constraint` makes what says which tokens may come next.
        """
        self.check(prompt_ids, params)
        seed = seed if params.seed is None else params.seed
        max_length = self._max_length(prompt_ids, params)
        request = Request(
            self._next_number, tuple(prompt_ids), params, seed, max_length, is_streamed, bounds, constraint
        )
        self.scheduler.add(request)
        self._answers.requests[request.number] = request
        self._next_number += 1
        return request.number

    def check(self, prompt_ids: tuple[int, ...], params: SamplingParams) -> None:
        """Raises RequestError if such a request could not run even alone."""
        if not prompt_ids:
            raise RequestError("the prompt is empty.", "give at least one token")
        if len(prompt_ids) >= self.max_length:
            raise RequestError(
                f"the prompt has {len(prompt_ids)} tokens, and the context holds {self.max_length}, "
                "answer included.",
                "shorten the prompt or the conversation",
            )
        self.check_ids([*prompt_ids, *params.logit_bias])
        self.scheduler.check(params.n, self._max_length(prompt_ids, params))

    def check_ids(self, ids: Iterable[int]) -> None:
        """Raises RequestError where an id is not of the model's vocabulary."""
        vocab_size = self.runner.model.config.vocab_size
        if not all(0 <= index < vocab_size for index in ids):
            raise RequestError(
                f"there is a token id outside 0 to {vocab_size - 1}.",
                "encode texts with the model's own tokenizer",
            )

    def _max_length(self, prompt_ids: tuple[int, ...], params: SamplingParams) -> int:
        return min(len(prompt_ids) + params.max_tokens, self.max_length)

    def abort(self, number: int) -> StepResult:
        """End a request at once; what it has so far comes back with finish_reason "abort"."""
        result = StepResult()
        request = self._answers.requests.get(number)
        if request is None:
            return result
        sequences = request.sequences or request.begin()
        still_open = [one for one in sequences if one.finish_reason is None]
        self._answers.end(still_open, ["abort"] * len(still_open), result)
        return result

    def finish(self, number: int, index: int) -> StepResult:
        """End one completion now as "stop" (a stop text was found outside)."""
        result = StepResult()
        request = self._answers.requests.get(number)
        if request is not None:
            sequence = (request.sequences or request.begin())[index]
            if sequence.finish_reason is None:
                self._answers.end([sequence], ["stop"], result)
        return result

    def end_thinking(self, number: int) -> None:
        """Answers of a request that are inside their think block close it next; others are left alone."""
        request = self._answers.requests.get(number)
        if request is None or request.bounds is None:
            return
        if not request.sequences:  # it waits: then it thinks nothing at all
            request.bounds = replace(request.bounds, budget=0)
        running = self.scheduler.running
        for sequence in request.sequences:
            if sequence.watch is not None and sequence.finish_reason is None:
                sequence.watch.end()
                if sequence.row != NOWHERE and running.sequence[sequence.row] is sequence:
                    running.force_next(sequence.row)

    def step(self) -> StepResult:
        """Read a part of the prompts, or add to every running completion; in turns if both wait."""
        result = self._result
        if self.scheduler.has_waiting:
            self._forget_prefixes_of_other_weights()
            self.scheduler.admit()
        is_running = bool(self.scheduler.running.active)
        if self.scheduler.reading and self._num_since_reading >= self._fewest_between_readings():
            self._num_since_reading = 0
            self._read(result)
        elif is_running:
            self._num_since_reading += 1
            self.scheduler.grow()
            if self.scheduler.running.active:
                self._decode(result)
        self._result = StepResult()
        return result

    def _fewest_between_readings(self) -> int:
        """A few prompts are read in little more time than one: where many answers grow, they gather."""
        num_running, waiting = len(self.scheduler.running.active), self.scheduler.reading
        if not num_running:
            return 0
        if sum(len(one.prompt_ids) - one.num_read for one in waiting) >= self._prefill_tokens:
            return 1  # nothing is left to gather
        # With the square: a step is worth waiting for where it serves many, and few are waiting.
        return max(1, min(MOST_BETWEEN_READINGS, num_running**2 // (GATHERING * len(waiting))))

    def _decode(self, result: StepResult) -> None:
        running = self.scheduler.running
        drafts: dict[int, Tokens[int]] = {}
        if self._is_drafting:
            rows = rows_that_may_draft(running)
            if self._foresight is not None:
                self._foresight.guess(rows)
            drafts = guess_ahead(running, rows)
        batch = decode_batch(running, drafts, self._rows)
        with self._taping(batch):
            scored = self.runner.decode(batch)
        sampled = self._sample(scored.logits_TV, batch.rows, 1 + batch.ahead)
        said = self._answers.append_with_drafts(sampled, batch.ahead, drafts, result)
        if self._foresight is not None:
            self._foresight.note(sampled, said, scored.states_TD)

    def new_tape(self, num_tokens: int) -> Tape | None:
        """A tape for so many tokens, or as many as a quarter of the free memory holds; None off the CPU."""
        model, device = self.runner.model, self.runner.device
        if device.type != "cpu":
            return None
        num_rows = min(num_tokens, free_bytes(device) // 4 // max(1, bytes_of_token(model)))
        return Tape(model, num_rows) if num_rows else None

    def _taping(self, batch: DecodeBatch) -> AbstractContextManager[None]:
        """What is computed for the batch's tokens goes to their places on the tape, if there is one."""
        if self.tape is None:
            return nullcontext()
        count = len(batch.rows)
        return self.tape.writing(self.scheduler.running.tape_row[batch.rows] + batch.positions[:count])

    def _forget_prefixes_of_other_weights(self) -> None:
        version = self.runner.weights_version()
        if version != self._weights_version:
            self._weights_version = version
            self.scheduler.pages.forget_all()

    def _read(self, result: StepResult) -> None:
        try:
            pieces = self.scheduler.pieces(self._prefill_tokens)
            last = [number for number, piece in enumerate(pieces) if piece.is_last]
            is_foreseeing = self._foresight is not None and self._foresight.has_room()
            scored = self.runner.read(read_batch(pieces), last, is_foreseeing)
            rows, source = self._begin([pieces[number].reading for number in last])
            index = torch.tensor(source, dtype=torch.int64, device=scored.logits_TV.device)
            sampled = self._sample(scored.logits_TV.index_select(0, index), rows, 0) if last else None
            for piece in pieces:
                self.scheduler.note_read(piece)
            if sampled is not None:
                self._answers.append(sampled, result)
        except BaseException:
            # An interrupt, or no memory: nobody's request may be lost between waiting and running.
            self.scheduler.pause_readings()
            raise
        if sampled is not None and self._foresight is not None:
            self._foresight.note(sampled, np.arange(len(rows)), scored.states_TD.index_select(0, index))

    def _begin(self, readings: list[Reading]) -> tuple[np.ndarray, list[int]]:
        """Let the sequences of prompts that are read run; their rows, and the number of each's prompt."""
        rows: list[int] = []
        source: list[int] = []
        for number, reading in enumerate(readings):
            self._copy_partial_page(reading)
            for sequence in reading.sequences:
                if self.tape is not None and sequence.tape_row == NO_ROW:
                    num_tokens = sequence.request.max_length - len(sequence.request.prompt_ids)
                    sequence.tape_row = self.tape.reserve(num_tokens)
                self.scheduler.running.add(sequence)
                rows.append(sequence.row)
                source.append(number)
        return np.array(rows, np.int64), source

    def _copy_partial_page(self, reading: Reading) -> None:
        num_full, rest = divmod(len(reading.prompt_ids), PAGE)
        if rest:
            first, *others = (sequence.pages[num_full] for sequence in reading.sequences)
            for page in others:
                self.runner.pool.copy_page(first, page)

    def _sample(self, logits_TV: torch.Tensor, rows: np.ndarray, num_read: int | np.ndarray) -> Sampled:
        """A token for each of `rows`, which have read `num_read` more tokens than the table says.

        Nothing changes yet, so that an interrupted step can be made again.
        """
        position = self.scheduler.running.length[rows] + num_read
        return self.runner.sample(logits_TV, self.scheduler.running, rows, position)
