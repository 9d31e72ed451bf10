"""How much a model changes when its weights are written in fewer bits.

Both models read the same prompts and the exact one's answers; at every token their distributions are
compared: KL(exact || changed) in nats, and whether the likeliest token is the same.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from thinkling.llm import LLM
from thinkling.models.attend import Causal
from thinkling.records import Message, SamplingParams
from thinkling.tasks.registry import TASKS
from thinkling.tasks.split import sample_problems
from thinkling.tasks.task import CHINESE, ENGLISH
from thinkling.weights.settings import is_rounded

NUM_ANSWER_TOKENS = 48
KINDS = ("multiply", "letters", "compare", "stories", "puzzles", "calendar", "facts", "greetings")


@dataclass(frozen=True, slots=True)
class Drift:
    """What was found; `high_kl` is the 99th percentile, `dtype` the precision of what was compared with."""

    dtype: str
    mean_kl: float
    high_kl: float
    same_best: float
    num_positions: int
    num_prompts: int


@torch.no_grad()
def measure_drift(exact: Path, changed: Path) -> Drift:
    """Compare two folders of one model; the exact one in fp32 or bf16, as it is stored. Raises ModelError.

    One model is in memory at a time; the exact one's distributions wait in temporary files.
    """
    dtype = "bf16" if is_rounded(exact) else "fp32"
    divergences, is_same = [], []
    with TemporaryDirectory() as name:
        files = list(_write_exact(LLM(exact, dtype=dtype, device="cpu"), Path(name)))
        gc.collect()
        llm = LLM(changed, device="cpu")
        for path in files:
            kept = torch.load(path, weights_only=True)
            exact_TV, changed_TV = kept["logp_TV"], _logp(llm, kept["ids"])
            divergences.append((exact_TV.exp() * (exact_TV - changed_TV)).sum(1))
            is_same.append(exact_TV.argmax(1) == changed_TV.argmax(1))
    kl_T = torch.cat(divergences).clamp(min=0)
    return Drift(
        dtype=dtype,
        mean_kl=float(kl_T.mean()),
        high_kl=float(kl_T.quantile(0.99)),
        same_best=float(torch.cat(is_same).float().mean()),
        num_positions=len(kl_T),
        num_prompts=len(files),
    )


def _write_exact(llm: LLM, folder: Path) -> Iterator[Path]:
    """The exact model's distributions over its own answers, a file for each prompt."""
    prompts = [
        [Message("user", problem.question)]
        for language in (ENGLISH, CHINESE)
        for kind in KINDS
        for problem in sample_problems(TASKS[kind], 1, seed=0, held_out=True, language=language)
    ]
    params = SamplingParams(temperature=0.0, max_tokens=NUM_ANSWER_TOKENS, seed=0)
    for number, done in enumerate(llm.generate(prompts, params)):
        ids = torch.tensor([*done.prompt_ids, *done.ids])
        path = folder / f"{number}.pt"
        torch.save({"ids": ids, "logp_TV": _logp(llm, ids)}, path)
        yield path


def _logp(llm: LLM, ids: Tensor) -> Tensor:
    """Log-probabilities of the next token after each of a sequence [T, V]."""
    states = llm.model(ids, torch.arange(len(ids)), Causal([len(ids)])).states_TD
    return llm.model.logits(states).float().log_softmax(1)
