"""What is taken from the logits of single rows before a token is drawn: penalties for repetition, and biases.

Presence and frequency count the completion, as OpenAI's do; the repetition penalty counts the prompt too
(CTRL, arXiv 1909.05858, equation 2): it divides a positive logit and multiplies a negative one.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from thinkling.records import SamplingParams


def has_penalties(params: SamplingParams) -> bool:
    """Whether `penalized` would change anything."""
    is_plain = params.presence_penalty == params.frequency_penalty == 0 and params.repetition_penalty == 1
    return not is_plain or bool(params.logit_bias)


def penalized(logits_V: Tensor, params: SamplingParams, prompt_ids: np.ndarray, ids: np.ndarray) -> Tensor:
    """A new row of logits [V] after a prompt that holds `prompt_ids`, and the completion `ids` so far."""
    device = logits_V.device
    row = logits_V.clone()
    if params.repetition_penalty != 1:
        seen = torch.from_numpy(np.unique(np.concatenate((prompt_ids, ids)))).to(device)
        old = row[seen]
        row[seen] = torch.where(old > 0, old / params.repetition_penalty, old * params.repetition_penalty)
    if len(ids) and (params.presence_penalty or params.frequency_penalty):
        own, counts = np.unique(ids, return_counts=True)
        taken = params.presence_penalty + params.frequency_penalty * counts
        row[torch.from_numpy(own).to(device)] -= torch.from_numpy(taken.astype(np.float32)).to(device)
    if params.logit_bias:
        biased, amount = zip(*params.logit_bias.items(), strict=True)
        row[torch.tensor(biased, device=device)] += torch.tensor(amount, device=device)
    return row
