"""Rollouts as tensors: packed rows to score, and for each answer token where its prediction stands.

The answers to one prompt share it: its tokens stand in the row once (`thinkling.models.attend.Forked`). The
last token of an answer predicts nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from thinkling.models.attend import Branches, Forked
from thinkling.models.tape import NO_ROW, Tape
from thinkling.models.transformer import Transformer
from thinkling.objectives.logprobs import logprobs_and_entropy
from thinkling.records import Completion, Rollout


@dataclass(frozen=True, slots=True)
class Pass:
    """Some answers in one packed row. Fields after `attend` have one entry per answer token."""

    ids_T: Tensor
    positions_T: Tensor
    attend: Forked
    predicts: Tensor
    """Index into the row of the token before, whose state predicts it."""
    target: Tensor
    """The token itself."""
    answer: Tensor
    """Number of the rollout that it belongs to."""
    sampled_logp: Tensor
    """Log-probability it was sampled at."""
    tape_rows: np.ndarray
    """For every token of the row where the tape has what was computed for it, or NO_ROW."""


def pack(
    rollouts: Sequence[Rollout], numbers: Sequence[int], tokens_per_pass: int, device: str
) -> list[Pass]:
    """Cut rollouts into passes of at most `tokens_per_pass` tokens (one rollout at least).

    `numbers[i]` is what rollout i is called in `Pass.answer`. Neighbours with the same prompt share it within
    a pass.
    """
    passes: list[list[int]] = []
    size = 0
    prompt: tuple[int, ...] = ()
    for i, rollout in enumerate(rollouts):
        done = rollout.completion
        own = len(done.ids) - 1
        needed = own if passes and done.prompt_ids == prompt else own + len(done.prompt_ids)
        if not passes or size + needed > tokens_per_pass:
            passes.append([])
            size, needed = 0, own + len(done.prompt_ids)
        passes[-1].append(i)
        size += needed
        prompt = done.prompt_ids
    return [
        _pack_one([rollouts[i].completion for i in part], [numbers[i] for i in part], device)
        for part in passes
    ]


def _pack_one(answers: Sequence[Completion], numbers: Sequence[int], device: str) -> Pass:
    ids, positions, tape_rows, groups = _share_prompts(answers)
    num_ids = [len(one.ids) for one in answers]

    def tensor(numbers: Sequence[float] | np.ndarray, dtype: type) -> Tensor:
        return torch.from_numpy(np.array(numbers, dtype)).to(device)

    # A token is predicted by the one before it: by the prompt's last, or by the answer's own.
    predicts = [
        row
        for group in groups
        for start, length in group.ends
        for row in (group.start + group.length - 1, *range(start, start + length))
    ]
    return Pass(
        tensor(ids, np.int64),
        tensor(positions, np.int64),
        Forked(groups, device),
        tensor(predicts, np.int64),
        tensor([token for one in answers for token in one.ids], np.int64),
        tensor(np.repeat(numbers, num_ids), np.int64),
        tensor([logp for one in answers for logp in one.logprobs or ()], np.float32),
        np.array(tape_rows, np.int64),
    )


def _share_prompts(answers: Sequence[Completion]) -> tuple[list[int], list[int], list[int], list[Branches]]:
    """The row's ids, positions and places on the tape, and every prompt in it with its answers.

    The last token of an answer is left out.
    """
    ids: list[int] = []
    positions: list[int] = []
    tape_rows: list[int] = []
    groups = []
    for prompt, some in groupby(answers, key=lambda one: one.prompt_ids):
        start = len(ids)
        ids += prompt
        positions += range(len(prompt))
        tape_rows += [NO_ROW] * len(prompt)
        ends = []
        for one in some:
            assert one.logprobs is not None and one.ids, (
                "rollouts are sampled with logprobs, one token at least"
            )
            ends.append((len(ids), len(one.ids) - 1))
            ids += one.ids[:-1]
            num_own, first = len(one.ids) - 1, one.tape_row
            positions += range(len(prompt), len(prompt) + num_own)
            tape_rows += [NO_ROW] * num_own if first is None else range(first, first + num_own)
        groups.append(Branches(start, len(prompt), tuple(ends)))
    return ids, positions, tape_rows, groups


def answer_logprobs(
    model: Transformer, part: Pass, temperature: float, tape: Tape | None = None
) -> tuple[Tensor, Tensor]:
    """log p of every answer token at the sampling temperature, and the entropy there.

    Only the states that predict an answer token meet the head. What `tape` has is not computed again.
    """
    with nullcontext() if tape is None else tape.reading(part.tape_rows):
        hidden = model(part.ids_T, part.positions_T, part.attend)
    logits_TV = model.logits(hidden.states_TD.index_select(0, part.predicts))
    if temperature != 1.0:
        logits_TV = logits_TV / temperature
    return logprobs_and_entropy(logits_TV, part.target)
