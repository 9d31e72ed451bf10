"""From logits to tokens: temperature, top-k, top-p, min-p, and noise that knows nothing of its neighbours.

A draw uses one uniform number, a counter hash of (seed, completion, position). Every row is computed by
operations that work row by row, and rows with and without truncation never share a code path with a different
order of sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from thinkling.engine.thinking import FREE
from thinkling.kernels import vocabulary as kernels
from thinkling.kernels.tensors import reads
from thinkling.kernels.vocabulary import DRAWN, LIKELIEST

SMALLEST_TEMPERATURE = 1e-5
CANDIDATES = 512
"""So many of the likeliest tokens are looked at before the whole vocabulary is sorted."""


@dataclass(frozen=True, slots=True)
class Draws:
    """One row each: the hash's inputs and the sampling settings (see `SamplingParams`)."""

    seed: np.ndarray
    draw: np.ndarray
    position: np.ndarray
    temperature: np.ndarray
    top_p: np.ndarray
    top_k: np.ndarray
    min_p: np.ndarray
    forced: np.ndarray
    """Token ids that are taken whatever the logits say, or FREE."""


def uniform(seed: np.ndarray, draw: np.ndarray, position: np.ndarray) -> np.ndarray:
    """A number in (0, 1) for each (seed, draw, position), float64: three rounds of splitmix64's finaliser."""
    state = seed.astype(np.uint64)
    with np.errstate(over="ignore"):
        for word in (draw.astype(np.uint64), position.astype(np.uint64), np.uint64(0)):
            state = _mix(state + np.uint64(0x9E3779B97F4A7C15) + word * np.uint64(0xD1B54A32D192ED03))
    # 52 bits: with 53, adding the half would round the largest up to 1.
    return ((state >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _mix(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What was sampled: ids [T], and what log-probabilities are made of."""

    ids_T: Tensor
    logits_TV: Tensor
    divisor_T: Tensor
    log_sum_T: Tensor
    """Of every row, the log of the sum of exp(logits / divisor)."""

    def logprobs_T(self) -> Tensor:
        """Of the ids, under the tempered distribution before truncation; greedy rows are at temperature 1."""
        logit_T = self.logits_TV.gather(1, self.ids_T[:, None])[:, 0]
        return logit_T / self.divisor_T - self.log_sum_T

    def logprobs_V(self, row: int) -> Tensor:
        """The same for every token of one row."""
        return self.logits_TV[row] / self.divisor_T[row] - self.log_sum_T[row]


def sample(logits_TV: Tensor, draws: Draws) -> Tokens:
    """A token for every row."""
    device = logits_TV.device
    is_greedy = draws.temperature == 0
    # The released sampler's floor: below it, logits would overflow and not just sharpen.
    temperature = np.where(is_greedy, 1.0, np.maximum(draws.temperature, SMALLEST_TEMPERATURE))
    divisor_T = torch.from_numpy(temperature.astype(np.float32)).to(device)
    is_cut = ~is_greedy & ((draws.top_p < 1) | (draws.top_k > 0) | (draws.min_p > 0))
    noise = uniform(draws.seed, draws.draw, draws.position)
    open_ids = np.where(is_greedy, LIKELIEST, DRAWN)
    ids_T = torch.from_numpy(np.where(draws.forced == FREE, open_ids, draws.forced)).to(device)
    noise_T = torch.from_numpy(noise).to(device)
    rows = np.flatnonzero(is_cut & (draws.forced == FREE))
    if len(rows) and reads(logits_TV):
        cuts = kernels.Cuts(draws.top_p, draws.min_p, draws.top_k)
        kernels.draw_cut(logits_TV, divisor_T, noise_T, cuts, rows, ids_T)
    elif len(rows):
        index = torch.from_numpy(rows).to(device)
        tempered = logits_TV.index_select(0, index) / divisor_T.index_select(0, index)[:, None]
        ids_T[index] = _pick_truncated(
            tempered.log_softmax(-1), noise_T.index_select(0, index), _rows(draws, rows)
        )
    fill = kernels.draw if reads(logits_TV) else draw_with_stock_operators
    return Tokens(ids_T, logits_TV, divisor_T, fill(logits_TV, divisor_T, noise_T, ids_T))


def draw_with_stock_operators(logits_TV: Tensor, divisor_T: Tensor, noise_T: Tensor, ids_T: Tensor) -> Tensor:
    """The slow twin of the kernel, and what other devices use: see `thinkling.kernels.vocabulary.draw`."""
    tempered_TV = logits_TV / divisor_T[:, None]
    log_sum_T = tempered_TV.logsumexp(-1)
    ids_T[ids_T == LIKELIEST] = tempered_TV.argmax(-1)[ids_T == LIKELIEST]
    index = (ids_T == DRAWN).nonzero()[:, 0]
    if len(index):
        logp = tempered_TV.index_select(0, index) - log_sum_T.index_select(0, index)[:, None]
        ids_T[index] = _invert(logp.double().exp(), noise_T.index_select(0, index))
    return log_sum_T


def _rows(draws: Draws, rows: np.ndarray) -> Draws:
    return Draws(*(getattr(draws, name)[rows] for name in Draws.__slots__))


def _invert(mass_TV: Tensor, noise_T: Tensor) -> Tensor:
    cumulative = mass_TV.cumsum(-1)
    # Noise below 1 keeps the target below the total, so the first sum above it belongs to a token with mass.
    target = noise_T * cumulative[:, -1]
    ids_T = torch.searchsorted(cumulative, target[:, None], right=True)[:, 0]
    return ids_T.clamp_(max=mass_TV.shape[1] - 1)


def _pick_truncated(logp_TV: Tensor, noise_T: Tensor, draws: Draws) -> Tensor:
    """The slow twin of `thinkling.kernels.vocabulary.draw_cut`: sort, cut, and draw from what is left.

    What is left are mostly few tokens, which are found without sorting the vocabulary. The result is the
    same to the last bit.
    """
    if logp_TV.shape[1] <= 2 * CANDIDATES:
        return _pick_from_sorted(*_sorted(logp_TV), noise_T, draws)[0]
    found = logp_TV.topk(CANDIDATES, sorted=False).indices.sort(dim=1).values
    logp, order = _sorted(logp_TV.gather(1, found))
    ids_T, least = _pick_from_sorted(logp, found.gather(1, order), noise_T, draws)
    # Else more than the candidates may be left, or others that are as likely as the last of them.
    is_cut_off = (least <= logp[:, -1]).cpu().numpy()
    rows = np.flatnonzero(is_cut_off)
    if len(rows):
        index = torch.from_numpy(rows).to(logp_TV.device)
        ids_T[index] = _pick_from_sorted(
            *_sorted(logp_TV.index_select(0, index)), noise_T.index_select(0, index), _rows(draws, rows)
        )[0]
    return ids_T


def _sorted(logp_TV: Tensor) -> tuple[Tensor, Tensor]:
    # A stable sort: equal probabilities keep the order of the vocabulary.
    logp, order = logp_TV.sort(dim=-1, descending=True, stable=True)
    return logp, order


def _pick_from_sorted(
    logp_TC: Tensor, order_TC: Tensor, noise_T: Tensor, draws: Draws
) -> tuple[Tensor, Tensor]:
    """Tokens drawn from the likeliest ones, and the log-probability of the last that could be drawn."""
    device = logp_TC.device
    mass = logp_TC.double().exp()
    top_p, top_k, min_p = (
        torch.from_numpy(column).to(device)[:, None] for column in (draws.top_p, draws.top_k, draws.min_p)
    )
    rank = torch.arange(mass.shape[1], device=device)
    is_kept = (mass.cumsum(-1) - mass < top_p) & (mass >= min_p * mass[:, :1])
    is_kept &= (top_k == 0) | (rank < top_k)
    is_kept[:, 0] = True
    chosen = _invert(mass * is_kept, noise_T)
    least = logp_TC.gather(1, is_kept.sum(1, keepdim=True) - 1)[:, 0]
    return order_TC.gather(1, chosen[:, None])[:, 0], least
