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


def sample(logits_TV: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
    """Token ids [T] and the tempered distribution's log-probabilities [T, V], before truncation.

    Those of greedy rows (temperature 0) are at temperature 1.
    """
    device = logits_TV.device
    is_greedy = draws.temperature == 0
    # The released sampler's floor: below it, logits would overflow and not just sharpen.
    temperature = np.where(is_greedy, 1.0, np.maximum(draws.temperature, SMALLEST_TEMPERATURE))
    divisor = torch.from_numpy(temperature.astype(np.float32)).to(device)
    logp_TV = (logits_TV / divisor[:, None]).log_softmax(-1)
    is_cut = ~is_greedy & ((draws.top_p < 1) | (draws.top_k > 0) | (draws.min_p > 0))
    is_plain = ~is_greedy & ~is_cut
    ids_T = torch.empty(len(logits_TV), dtype=torch.int64, device=device)
    noise = uniform(draws.seed, draws.draw, draws.position)
    for is_chosen, pick in ((is_greedy, None), (is_plain, _pick), (is_cut, _pick_truncated)):
        rows = np.flatnonzero(is_chosen)
        if not len(rows):
            continue
        index = torch.from_numpy(rows).to(device)
        part = logp_TV if len(rows) == len(logp_TV) else logp_TV.index_select(0, index)
        if pick is None:
            ids_T[index] = part.argmax(-1)
        else:
            ids_T[index] = pick(part, torch.from_numpy(noise[rows]).to(device), _rows(draws, rows))
    if (draws.forced != FREE).any():
        forced_T = torch.from_numpy(draws.forced).to(device)
        ids_T = torch.where(forced_T == FREE, ids_T, forced_T)
    return ids_T, logp_TV


def _rows(draws: Draws, rows: np.ndarray) -> Draws:
    return Draws(*(getattr(draws, name)[rows] for name in Draws.__slots__))


def _pick(logp_TV: Tensor, noise_T: Tensor, draws: Draws) -> Tensor:
    """Inverse of the cumulative distribution at the noise."""
    return _invert(logp_TV.double().exp(), noise_T)


def _invert(mass_TV: Tensor, noise_T: Tensor) -> Tensor:
    cumulative = mass_TV.cumsum(-1)
    # Noise below 1 keeps the target below the total, so the first sum above it belongs to a token with mass.
    target = noise_T * cumulative[:, -1]
    ids_T = torch.searchsorted(cumulative, target[:, None], right=True)[:, 0]
    return ids_T.clamp_(max=mass_TV.shape[1] - 1)


def _pick_truncated(logp_TV: Tensor, noise_T: Tensor, draws: Draws) -> Tensor:
    """Most likely first, cut, and draw from what is left.

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
