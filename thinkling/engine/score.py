"""Teacher-forced log-probabilities of given sequences."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from thinkling.engine.batch import ROWS
from thinkling.models.attend import Causal
from thinkling.models.transformer import Transformer

HEAD_ROWS = 32 * ROWS
"""Tokens whose logits stand in memory at once."""


@torch.no_grad()
def score(
    model: Transformer, sequences: Sequence[Sequence[int]], tokens_per_pass: int = 8192
) -> list[Tensor]:
    """log p(token i+1 | tokens up to i) for every sequence: one tensor of len - 1 numbers each, fp32."""
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    results: list[Tensor | None] = [None] * len(sequences)
    part: list[int] = []
    size = 0
    for i in order:
        padded = -(-len(sequences[i]) // ROWS) * ROWS
        if part and size + padded > tokens_per_pass:
            _score_part(model, sequences, part, results)
            part, size = [], 0
        part.append(i)
        size += padded
    if part:
        _score_part(model, sequences, part, results)
    return [result for result in results if result is not None]


def _score_part(
    model: Transformer, sequences: Sequence[Sequence[int]], part: list[int], results: list[Tensor | None]
) -> None:
    device = next(model.parameters()).device
    lengths = [-(-len(sequences[i]) // ROWS) * ROWS for i in part]
    rows = [list(sequences[i]) + [0] * (n - len(sequences[i])) for i, n in zip(part, lengths, strict=True)]
    ids_T = torch.tensor([token for row in rows for token in row], device=device)
    positions_T = torch.cat([torch.arange(n, device=device) for n in lengths])
    hidden = model(ids_T, positions_T, Causal(lengths))
    # A few rows of the vocabulary at a time: all of them together may be larger than the model.
    parts = zip(hidden.states_TD.split(HEAD_ROWS), ids_T.roll(-1).split(HEAD_ROWS), strict=True)
    logp_T = torch.cat([_logprobs(model, states_TD, next_T) for states_TD, next_T in parts])
    for i, document in zip(part, logp_T.split(lengths), strict=True):
        results[i] = document[: len(sequences[i]) - 1].clone()


def _logprobs(model: Transformer, states_TD: Tensor, ids_T: Tensor) -> Tensor:
    """Of the tokens `ids_T`, each from the state before it."""
    return model.logits(states_TD).log_softmax(-1).gather(1, ids_T[:, None])[:, 0]
