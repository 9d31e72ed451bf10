"""Learns a byte-level BPE vocabulary from texts; `Tokenizer.train` is its only caller.

DeepSeek-V3's kind of vocabulary (arXiv 2412.19437, section 4.1), at any size down to the bare bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from thinkling.errors import ConfigError
from thinkling.text import special

SMALLEST_VOCABULARY = len(special.TOKENS) + 256
"""Every control token and every byte."""


def learn_vocabulary(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """At most `vocab_size` tokens, the control tokens first. Raises ConfigError where that is too few."""
    if vocab_size < SMALLEST_VOCABULARY:
        raise ConfigError(
            f"A vocabulary of {vocab_size} tokens was asked for.",
            f"use at least {SMALLEST_VOCABULARY}: {len(special.TOKENS)} control tokens and 256 bytes",
        )
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[AddedToken(token, special=True) for token in special.TOKENS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(_without_control_tokens(texts), trainer)
    return _with_release_flags(backend)


def _without_control_tokens(texts: Iterable[str]) -> Iterator[str]:
    """The stretches between control tokens, so that no merge ever reaches into or across one."""
    pattern = re.compile("|".join(map(re.escape, special.TOKENS)))
    for text in texts:
        yield from filter(None, pattern.split(text))


def _with_release_flags(backend: Tokenizer) -> Tokenizer:
    """Unmark the role, think and tool tokens: the trainer marks every reserved token as special."""
    description = json.loads(backend.to_str())
    for token in description["added_tokens"]:
        token["special"] = token["content"] in special.SILENT_TOKENS
    return Tokenizer.from_str(json.dumps(description))
