"""Which tokens a request may draw, by sorting one row in python."""

from __future__ import annotations

import math
from collections.abc import Sequence


def tempered(logits: Sequence[float], temperature: float) -> list[float]:
    """Probabilities at a temperature."""
    highest = max(logits)
    mass = [math.exp((x - highest) / temperature) for x in logits]
    return [m / math.fsum(mass) for m in mass]


def kept(probabilities: Sequence[float], top_k: int, top_p: float, min_p: float) -> set[int]:
    """Tokens that top-k, top-p (smallest set that holds so much) and min-p all keep; the best one always."""
    order = sorted(range(len(probabilities)), key=lambda i: (-probabilities[i], i))
    allowed = set()
    for rank, i in enumerate(order):
        before = math.fsum(probabilities[j] for j in order[:rank])
        is_within = before < top_p and (top_k == 0 or rank < top_k)
        if rank == 0 or (is_within and probabilities[i] >= min_p * probabilities[order[0]]):
            allowed.add(i)
    return allowed
