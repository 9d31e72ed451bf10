"""Answers that are JSON, token by token: a grammar says what may come next (llguidance).

The grammar begins where the answer does. What is thought before is free, and so are the tags around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import llguidance
import numpy as np

from thinkling.errors import RequestError
from thinkling.records import AnswerForm, StartsIn
from thinkling.text.special import (
    TOOL_CALL_BEGIN,
    TOOL_CALL_END,
    TOOL_CALLS_BEGIN,
    TOOL_CALLS_END,
    TOOL_SEP,
)
from thinkling.text.tokenizer import Tokenizer
from thinkling.text.tools import FENCE_OPEN, TYPE_WORD

# No blanks but these: a small model that may write blanks anywhere may write nothing else.
STYLE: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
MOST_SCHEMA_CHARACTERS = 100_000


class Structures:
    """Grammars over one vocabulary. `vocab_size` is the width of the model's logits."""

    def __init__(self, tokenizer: Tokenizer, vocab_size: int, end_ids: tuple[int, ...]) -> None:
        self._tokenizer, self._vocab_size, self._end_ids = tokenizer, vocab_size, end_ids

    def of(self, form: AnswerForm, starts_in: StartsIn) -> Callable[[], Structure]:
        """Makes the structure of one answer after another: JSON by a schema, or calls that are required.

        Raises RequestError where a schema is senseless.
        """
        grammar = self._of_calls(form) if form.must_call else self._of_schema(form.schema or {})
        if len(grammar) > MOST_SCHEMA_CHARACTERS:
            raise RequestError(
                "the JSON schema is too long.", f"use at most {MOST_SCHEMA_CHARACTERS} characters"
            )
        return self._maker(grammar, starts_in)

    def _of_schema(self, schema: Mapping[str, Any]) -> str:
        try:
            return llguidance.LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=STYLE)
        except ValueError as error:
            raise RequestError(f"the JSON schema has no meaning: {error}.", "mend it") from None

    def _maker(self, grammar: str, starts_in: StartsIn) -> Callable[[], Structure]:
        matcher = llguidance.LLMatcher(self._vocabulary, grammar, log_level=0)
        if matcher.is_error():
            words = matcher.get_error().strip().splitlines()
            raise RequestError(
                f"the JSON schema has no meaning: {words[0] if words else 'no reason'}.", "mend it"
            )
        tags = (self._tokenizer.think_open_id, self._tokenizer.think_close_id)
        size, ends = self._vocab_size, self._end_ids
        return lambda: Structure(matcher.deep_copy(), self._tokenizer, tags, starts_in, size, ends)

    def _of_calls(self, form: AnswerForm) -> str:
        """Calls in DeepSeek-R1's form."""
        marks = (TOOL_CALLS_BEGIN, TOOL_CALL_BEGIN, TOOL_SEP, TOOL_CALL_END, TOOL_CALLS_END)
        ids = [self._tokenizer.id_of(mark) for mark in marks]
        if None in ids:
            raise RequestError("this model's vocabulary has no tokens for tools.", "use tool_choice auto")
        begin, call, separator, call_end, end = (f"<[{index}]>" for index in ids)
        chosen = [one["function"] for one in form.tools if one["function"]["name"] in form.must_call]
        more = "" if form.is_one_call else ' ("\\n" call)*'
        lines = [
            f"start: {begin} call{more} {end}",
            f'call: {call} "{TYPE_WORD}" {separator} tool {call_end}',
            f"tool: {' | '.join(f't{place}' for place in range(len(chosen)))}",
        ]
        for place, one in enumerate(chosen):
            opening, closing = json.dumps(f"{one['name']}\n{FENCE_OPEN}"), json.dumps("\n```")
            lines.append(f"t{place}: {opening} a{place} {closing}")
            lines.append(f"a{place}: %json {json.dumps(dict(one['parameters']) | {'x-guidance': STYLE})}")
        return llguidance.LLMatcher.grammar_from_lark("\n".join(lines))

    @cached_property
    def _vocabulary(self) -> llguidance.LLTokenizer:
        words = llguidance.TokenizerWrapper(_Words(self._tokenizer, self._vocab_size, self._end_ids))
        return llguidance.LLTokenizer(words, n_vocab=self._vocab_size, eos_token=list(self._end_ids))


class _Words:
    """A vocabulary as llguidance asks for it."""

    def __init__(self, tokenizer: Tokenizer, vocab_size: int, end_ids: tuple[int, ...]) -> None:
        self._tokenizer = tokenizer
        self.eos_token_id, self.bos_token_id = end_ids[0], tokenizer.bos_id
        self.tokens = [
            tokenizer.bytes_of(index) if index < tokenizer.vocab_size else b"" for index in range(vocab_size)
        ]
        tags = {tokenizer.think_open_id, tokenizer.think_close_id} - {None}
        beyond = range(tokenizer.vocab_size, vocab_size)
        self.special_token_ids = sorted({*tokenizer.silent_ids, *tags, *beyond})

    def __call__(self, text: bytes) -> list[int]:
        return self._tokenizer.encode_plain(text.decode(errors="replace"))


class Structure:
    """One answer: asked before every token what may follow."""

    def __init__(
        self,
        matcher: llguidance.LLMatcher,
        tokenizer: Tokenizer,
        tags: tuple[int | None, int | None],
        starts_in: StartsIn,
        vocab_size: int,
        end_ids: tuple[int, ...],
    ) -> None:
        self._matcher, self._tokenizer, self._vocab_size = matcher, tokenizer, vocab_size
        self._end_ids = end_ids
        self._open_id, self._close_id = tags
        # What cannot be closed is not waited for: a vocabulary may have no think tags.
        self._mode: StartsIn = "content" if self._close_id is None else starts_in
        self._num_read = 0
        self._has_begun = False

    def allowed(self, ids: np.ndarray) -> np.ndarray | None:
        """Which tokens [V] may follow an answer that is `ids` so far; None: all."""
        for index in ids[self._num_read :].tolist():
            self._read(index)
        self._num_read = len(ids)
        if self._mode == "reasoning":
            return None
        if self._matcher.is_error():  # a limit was met: better an end than something else than was asked for
            ending = np.zeros(self._vocab_size, bool)
            ending[list(self._end_ids)] = True
            return ending
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        mask: np.ndarray = np.unpackbits(bits, bitorder="little")[: self._vocab_size].astype(bool)
        if self._mode == "undecided" and self._open_id is not None:
            mask[self._open_id] = True
        return mask

    def _read(self, index: int) -> None:
        if index == self._open_id and self._mode == "undecided":
            self._mode = "reasoning"
        elif index == self._close_id and self._mode == "reasoning":
            self._mode = "content"
        elif self._mode != "reasoning" and (self._has_begun or self._tokenizer.bytes_of(index).strip()):
            # Blanks that lead over from the thinking are no part of it.
            self._mode, self._has_begun = "content", True
            self._matcher.consume_token(index)
