"""Rollouts as tensors: packed rows to score, and for each answer token where its prediction stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from thinkling.models.attend import Causal
from thinkling.models.transformer import Transformer
from thinkling.objectives.logprobs import logprobs_and_entropy
from thinkling.records import Rollout

ROWS = 8


@dataclass(frozen=True, slots=True)
class Pass:
    """Some answers in one packed row, shortest first. Fields after `lengths`: one entry per answer token."""

    ids_T: Tensor
    positions_T: Tensor
    lengths: tuple[int, ...]
    predicts: Tensor
    """Index into the row of the token before, whose state predicts it."""
    answer: Tensor
    """Number of the rollout that it belongs to."""
    sampled_logp: Tensor
    """Log-probability it was sampled at."""


def pack(
    rollouts: Sequence[Rollout], numbers: Sequence[int], tokens_per_pass: int, device: str
) -> list[Pass]:
    """Cut rollouts into passes of at most `tokens_per_pass` tokens (one rollout at least).

    `numbers[i]` is what rollout i is called in `Pass.answer`. Sequences are padded to a multiple of ROWS and
    sorted by length, so that equal lengths attend as one batch.
    """
    padded = [_padded(one) for one in rollouts]
    order = sorted(range(len(rollouts)), key=padded.__getitem__)
    passes: list[list[int]] = []
    size = 0
    for i in order:
        if not passes or size + padded[i] > tokens_per_pass:
            passes.append([])
            size = 0
        passes[-1].append(i)
        size += padded[i]
    return [_pack_one([rollouts[i] for i in part], [numbers[i] for i in part], device) for part in passes]


def _padded(rollout: Rollout) -> int:
    num_tokens = len(rollout.completion.prompt_ids) + len(rollout.completion.ids)
    return -(-num_tokens // ROWS) * ROWS


def _pack_one(rollouts: Sequence[Rollout], numbers: Sequence[int], device: str) -> Pass:
    ids: list[int] = []
    predicts: list[int] = []
    answer: list[int] = []
    logps: list[float] = []
    lengths = tuple(_padded(one) for one in rollouts)
    for rollout, number, length in zip(rollouts, numbers, lengths, strict=True):
        done = rollout.completion
        assert done.logprobs is not None, "rollouts are sampled with logprobs"
        first = len(ids) + len(done.prompt_ids) - 1
        predicts += range(first, first + len(done.ids))
        answer += [number] * len(done.ids)
        logps += done.logprobs
        ids += done.prompt_ids + done.ids
        ids += [0] * (length - len(done.prompt_ids) - len(done.ids))
    positions_T = torch.cat([torch.arange(length) for length in lengths])
    return Pass(
        torch.tensor(ids, device=device),
        positions_T.to(device),
        lengths,
        torch.tensor(predicts, device=device),
        torch.tensor(answer, device=device),
        torch.tensor(logps, device=device),
    )


def answer_logprobs(model: Transformer, part: Pass, temperature: float) -> tuple[Tensor, Tensor]:
    """log p of every answer token at the sampling temperature, and the entropy there.

    Only the states that predict an answer token meet the head.
    """
    hidden = model(part.ids_T, part.positions_T, Causal(part.lengths))
    logits_TV = model.logits(hidden.states_TD.index_select(0, part.predicts))
    if temperature != 1.0:
        logits_TV = logits_TV / temperature
    return logprobs_and_entropy(logits_TV, part.ids_T[part.predicts + 1])
