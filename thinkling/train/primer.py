"""The first stage: text from nothing. Draws the primer corpus and its tokenizer into the stage's folder.

The work is one step of the loop: it is a function of its settings and its seed, and begins anew after a kill.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from thinkling.data.primer import PrimerRecipe, write_primer
from thinkling.data.shards import open_shards
from thinkling.train.stage import RunContext, StageSettings, State


class PrimerSettings(PrimerRecipe, StageSettings):
    """The corpus, as `thinkling.data` describes it; its seed is that of the stage's file."""

    def corpus(self, seed: int) -> PrimerRecipe:
        """The corpus alone, drawn from `seed`."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in PrimerRecipe.model_fields}
        return PrimerRecipe(**fields | {"seed": seed})


def build(settings: PrimerSettings, context: RunContext) -> Primer:
    """The stage; nothing is written before its step."""
    return Primer(settings.corpus(context.seed), context.folder)


class Primer:
    """Writes the corpus in one step."""

    name = "primer"
    num_steps = 1

    def __init__(self, corpus: PrimerRecipe, folder: Path) -> None:
        self.corpus = corpus
        self.folder = folder

    def step(self, step: int) -> dict[str, float]:
        """Draws, encodes, packs and writes. Raises TaskError where the settings cannot be met."""
        began = time.perf_counter()
        manifest = write_primer(self.corpus, self.folder)
        num_tokens = manifest.corpus.num_tokens
        return {
            "tokens_seen": float(num_tokens),
            "num_documents": float(manifest.corpus.num_documents),
            "tokens_per_s": num_tokens / (time.perf_counter() - began),
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
