"""The first stage: text from nothing. Draws the primer corpus and its tokenizer into the stage's folder.

A recipe has one vocabulary: a primer after another one is written with the tokens of the first.
The corpus is a function of its settings and its seed. After a kill it is written anew, whatever the step: the
first step that runs catches up.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from thinkling.data.primer import PrimerRecipe, primer_pieces
from thinkling.data.shards import open_shards
from thinkling.text.tokenizer import Tokenizer
from thinkling.train.stage import RunContext, StageSettings, State

MOST_STEPS, TOKENS_A_STEP = 50, 250_000
MOST_WORKERS = 8


class PrimerSettings(PrimerRecipe, StageSettings):
    """The corpus, as `thinkling.data` describes it; its seed is that of the stage's file."""

    def corpus(self, seed: int) -> PrimerRecipe:
        """The corpus alone, drawn from `seed`."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in PrimerRecipe.model_fields}
        return PrimerRecipe(**fields | {"seed": seed})


def build(settings: PrimerSettings, context: RunContext) -> Primer:
    """The stage; nothing is written before its step."""
    earlier = context.earlier.get("primer")
    tokenizer = None if earlier is None else Tokenizer.load(earlier)
    return Primer(settings.corpus(context.seed), context.folder, tokenizer)


class Primer:
    """Writes the corpus; a step is a part of its tokens."""

    name = "primer"

    def __init__(self, corpus: PrimerRecipe, folder: Path, tokenizer: Tokenizer | None = None) -> None:
        """Without a `tokenizer` one is trained on the corpus."""
        self.corpus = corpus
        self.folder = folder
        self.num_steps = min(MOST_STEPS, -(-corpus.num_tokens // TOKENS_A_STEP))
        num_workers = min(torch.get_num_threads(), MOST_WORKERS) if self.num_steps > 1 else 1
        self._pieces = primer_pieces(corpus, folder, tokenizer, num_workers)
        self._num_tokens = 0

    def step(self, step: int) -> dict[str, float]:
        """Draws, encodes, packs and writes. Raises TaskError where the settings cannot be met."""
        began, first = time.perf_counter(), self._num_tokens
        wanted = self.corpus.num_tokens * (step + 1) / self.num_steps
        is_last = step + 1 == self.num_steps
        try:
            while is_last or self._num_tokens < wanted:
                self._num_tokens = next(self._pieces)
        except StopIteration:
            assert is_last, "the corpus ends with the last step"
        return {
            "tokens_seen": float(self._num_tokens),
            "tokens_per_s": (self._num_tokens - first) / (time.perf_counter() - began),
        }

    def warnings(self, metrics: Mapping[str, float]) -> list[str]:
        """None."""
        return []

    def tensors(self) -> dict[str, Tensor]:
        """Nothing: the corpus lies in files."""
        return {}

    def state(self) -> State:
        """Nothing beside those files."""
        return {}

    def restore(self, tensors: Mapping[str, Tensor], state: State) -> None:
        """Nothing to put back."""

    def finish(self, folder: Path) -> None:
        """Reads every shard once: what was written is what the manifest says. Raises TaskError."""
        open_shards(folder)
